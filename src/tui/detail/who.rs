//! Who a user is, as branches.

use crate::aws::Told;
use crate::config::theme::Role;
use crate::kubernetes::user::{Answer, Sure};

use super::relations::Branch;

/// What was found of a user, how sure it is, and what takes its access away.
pub fn branches(answer: &Told<Answer>) -> Vec<Branch> {
    let branch =
        |depth, role, label: String| Branch { depth, label: label.into(), role, goes: None, told: Some(answer.at) };
    let answer = match &answer.said {
        Ok(answer) => answer,
        Err(why) => return vec![branch(1, Role::Warn, format!("who it is: not known: {why}"))],
    };
    let mut branches = Vec::new();
    for link in &answer.links {
        let (role, word) = match link.sure {
            Sure::Certain => (Role::Text, ""),
            Sure::Likely => (Role::Text, "likely "),
            Sure::Possible => (Role::Dim, "possibly "),
            Sure::Unknown => (Role::Warn, ""),
        };
        branches.push(branch(1, role, format!("{word}{}", link.says)));
        branches.push(branch(2, Role::Dim, link.how.to_string()));
    }
    branches.push(branch(1, Role::Title, "to take its access away".into()));
    branches.extend(answer.revoke.iter().map(|what| branch(2, Role::Text, what.to_string())));
    branches
}
