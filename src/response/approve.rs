//! A second person.

use super::ResponseError;
use crate::case::{By, Case, Entry, Record};
use crate::model::{Clean, PlanHash};

/// Somebody, as the operating system and the cluster know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The Unix user.
    pub by: By,
    /// The user that the cluster takes them for.
    pub identity: Clean,
}

impl Person {
    /// Whether this is somebody else: another Unix user, or another identity in the
    /// cluster. The same user on another machine is the same person.
    pub fn is_another(&self, than: &Self) -> bool {
        (self.by.uid, &self.by.user) != (than.by.uid, &than.by.user) || self.identity != than.identity
    }

    /// `alice@bastion, in the cluster responder`.
    pub fn words(&self) -> String {
        format!("{}@{}, in the cluster {}", self.by.user, self.by.host, self.identity)
    }
}

/// Whoever has approved a plan, other than the one who runs it.
pub fn approved_by(records: &[Record], plan: PlanHash, runs: &Person) -> Option<Person> {
    let approvals = records.iter().filter_map(|record| match &record.entry {
        Entry::Approved { plan: approved, identity } if *approved == plan => {
            Some(Person { by: record.by.clone(), identity: identity.clone() })
        }
        _ => None,
    });
    approvals.into_iter().find(|person| person.is_another(runs))
}

/// Records that a plan of the case was read and approved.
///
/// # Errors
/// There is no such plan, whoever approves made or began it themselves, or the journal cannot be written.
pub fn approve(case: &Case, plan: PlanHash, identity: Clean) -> Result<Record, ResponseError> {
    case.plans().find(plan)?;
    let approver = Person { by: case.journal().by().clone(), identity: identity.clone() };
    let own = case.records()?.into_iter().any(|record| match record.entry {
        Entry::Planned { plan: planned, identity, .. } => {
            planned == plan && !approver.is_another(&Person { by: record.by, identity })
        }
        _ => false,
    });
    if own {
        return Err(ResponseError::OwnPlan(approver.words().into()));
    }
    Ok(case.journal().append(Entry::Approved { plan, identity })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(user: &str, uid: u32, host: &str, identity: &str) -> Person {
        Person { by: By { user: user.into(), uid, host: host.into() }, identity: identity.into() }
    }

    #[test]
    fn a_second_person_is_another_user_or_another_identity() {
        let alice = person("alice", 1000, "bastion", "responder");
        assert!(!alice.is_another(&alice));
        assert!(!person("alice", 1000, "laptop", "responder").is_another(&alice));
        assert!(person("bob", 1001, "bastion", "responder").is_another(&alice));
        assert!(person("alice", 1000, "bastion", "lead").is_another(&alice));
    }
}
