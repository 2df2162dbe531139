//! What lets an identity of IAM in: access entries of EKS, and lines of aws-auth.

use super::answer::{Answer, Sure, WhoIs};
use super::arn::{Arn, fits};
use super::known::{Known, User};
use crate::aws::Told;
use crate::aws::access::{AccessEntry, Mapped};
use crate::model::Clean;

impl Answer {
    /// What lets it in. Says how many access entries and lines of aws-auth do.
    pub(super) fn mapped(&mut self, user: &User, known: &Known) -> usize {
        let entries = match &known.entries.said {
            Ok(entries) => entries.iter().filter(|entry| entry_is(entry, user)).collect(),
            Err(why) => {
                self.unknown("access entries", why);
                Vec::new()
            }
        };
        for entry in &entries {
            self.entry(entry, user);
        }
        let lines: Vec<&Mapped> = match &known.map {
            Told { said: Ok(Some(map)), .. } => {
                for fault in &map.faults {
                    self.link(Sure::Certain, "aws-auth is wrong", fault.clone());
                }
                let lines = map.entries.iter().filter(|line| line_is(line, user)).collect();
                let account = |account: &&Clean| {
                    user.arn.contains(&format!("::{account}:")) || user.name.contains(&format!("::{account}:"))
                };
                if let Some(account) = map.accounts.iter().find(account) {
                    let says = format!("let in with all of account {account}, under its ARN and in no group");
                    self.link(Sure::Certain, says, "mapAccounts of aws-auth");
                }
                lines
            }
            Told { said: Ok(None), .. } => Vec::new(),
            Told { said: Err(why), .. } => {
                self.unknown("aws-auth", why);
                Vec::new()
            }
        };
        for line in &lines {
            self.line(line, user, !entries.is_empty());
        }
        entries.len() + lines.len()
    }

    fn entry(&mut self, entry: &AccessEntry, user: &User) {
        let sure = if user.arn.is_empty() { Sure::Likely } else { Sure::Certain };
        let groups = list(&entry.groups);
        let says =
            format!("access entry of {} ({}), name {}, groups {groups}", entry.principal, entry.kind, entry.username);
        let how = if user.arn.is_empty() { "the entry makes this name" } else { "the entry is of its ARN" };
        self.link(sure, says, how);
        for grant in &entry.grants {
            let policy = grant.policy.rsplit('/').next().unwrap_or_default();
            let whole =
                if grant.namespaces.is_empty() { "the whole cluster".to_owned() } else { list(&grant.namespaces) };
            self.link(
                sure,
                format!("access policy {policy} in {whole}"),
                "no RBAC object shows it; EKS adds it to the entry",
            );
        }
        if self.is != WhoIs::Node {
            self.revoke(format!(
                "delete the access entry of {}: RBAC alone leaves its access policies",
                entry.principal
            ));
        }
    }

    fn line(&mut self, line: &Mapped, user: &User, overruled: bool) {
        let sure = if user.arn.is_empty() { Sure::Likely } else { Sure::Certain };
        let groups = list(&line.groups);
        let says = format!("{} of {}, name {}, groups {groups}", line.list.key(), line.arn, line.username);
        let how = if overruled { "a line of aws-auth, which its access entry overrules" } else { "a line of aws-auth" };
        self.link(sure, says, how);
        if self.is != WhoIs::Node {
            self.revoke(format!("take the line of {} out of {} in kube-system/aws-auth", line.arn, line.list.key()));
        }
    }
}

/// Whether an access entry lets a user in: by its ARN where that is known, by the name that it makes otherwise.
fn entry_is(entry: &AccessEntry, user: &User) -> bool {
    lets_in(&entry.principal, &entry.username, user)
}

fn line_is(line: &Mapped, user: &User) -> bool {
    if line.likes {
        return fits(&line.username, &user.name);
    }
    // Without a name of its own, a line gives the identity's ARN.
    lets_in(&line.arn, if line.username.is_empty() { &line.arn } else { &line.username }, user)
}

fn lets_in(principal: &str, username: &str, user: &User) -> bool {
    let arn = if user.arn.is_empty() { Arn::parse(&user.name) } else { Arn::parse(&user.arn) };
    match (arn, Arn::parse(principal)) {
        (Some(arn), Some(principal)) => arn.is_same(&principal),
        _ => fits(username, &user.name),
    }
}

fn list(texts: &[Clean]) -> String {
    if texts.is_empty() {
        return "none".to_owned();
    }
    texts.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ")
}
