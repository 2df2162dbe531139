//! Playbooks: what to do about a kind of incident, in order, and why.
//!
//! A playbook is a YAML file: steps, each of which shows something, opens the plan
//! of an action, or is done by hand. A person walks it; nothing runs by itself.

mod check;
mod file;
mod shelf;

use serde::Serialize;

use crate::inventory::Query;
use crate::model::{Clean, Kind};

pub use check::check;
pub use file::read;
pub use shelf::Shelf;

/// What to do about a kind of incident.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Playbook {
    /// The file's name without `.yaml`.
    pub name: String,
    /// Whether the file is part of the program.
    pub built_in: bool,
    /// A few words for menus.
    pub title: Clean,
    /// What it is for, and what to know before.
    pub about: Clean,
    /// Types of findings that call for it, in the words of whoever reports them.
    pub findings: Vec<Clean>,
    /// What to do, in this order.
    pub steps: Vec<Step>,
}

/// A step of a playbook.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// Its name within the playbook, which does not change when steps are moved.
    pub id: String,
    /// A few words for lists.
    pub title: Clean,
    /// What is done.
    pub what: Clean,
    /// Why it is done, and why at this place.
    pub why: Clean,
    /// How it is done.
    #[serde(flatten)]
    pub how: How,
}

/// How a step is done.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The plan of an action of the registry is opened on the scope.
    Action(Clean),
    /// Rows are selected and looked at.
    Show(Show),
    /// Nothing here does it: what a person does, and the next best evidence without it.
    ByHand(Clean),
}

/// A kind and a query over it, as they are typed after `:`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Show {
    /// The kind listed.
    pub kind: Kind,
    /// What is selected, as it is typed after `/`.
    pub query: String,
}

impl Show {
    /// `pods privileged`: a kind as `kubectl` names it, then a query.
    ///
    /// # Errors
    /// What is wrong with it, and what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (word, query) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let kind = Kind::parse(word).ok_or_else(|| {
            let kinds = Kind::ALL.map(Kind::plural).join(", ");
            format!("{word:?} is no kind; write one of {kinds}, then a query such as privileged or ns:shop")
        })?;
        query.parse::<Query>().map_err(|error| error.to_string())?;
        Ok(Self { kind, query: query.trim().to_owned() })
    }
}

impl From<Show> for String {
    fn from(show: Show) -> Self {
        format!("{} {}", show.kind.plural(), show.query).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_a_kind_and_a_query() {
        let show = Show::parse("po  privileged ns:shop").unwrap();
        assert_eq!((show.kind, show.query.as_str()), (Kind::Pod, "privileged ns:shop"));
        assert_eq!(String::from(show), "pods privileged ns:shop");
        assert!(Show::parse("secrets").unwrap_err().contains("one of pods, nodes"));
        assert!(Show::parse("pods imagge:x").unwrap_err().contains("image"));
    }
}
