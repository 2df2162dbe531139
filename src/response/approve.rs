//! A second person.

use super::{ResponseError, Site};
use crate::case::{By, Case, Entry, Record};
use crate::model::{Clean, PlanHash};

/// Somebody, as the operating system and the cluster know them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The Unix user.
    pub by: By,
    /// The user that the cluster takes them for.
    pub identity: Clean,
    /// Whether the cluster does so only because they asked it to (`--as`, or `as` of the
    /// kubeconfig): whoever may impersonate can be anybody, and still is one person.
    pub impersonated: bool,
}

impl Person {
    /// Whoever runs this program, in a cluster.
    pub fn here(case: &Case, site: &Site) -> Self {
        Self {
            by: case.journal().by().clone(),
            identity: site.identity.user.clone(),
            impersonated: site.cluster.impersonates(),
        }
    }

    /// Whether this is somebody else: another Unix user, or another identity that the
    /// cluster has authenticated. The same user on another machine is the same person.
    pub fn is_another(&self, than: &Self) -> bool {
        let another_identity = self.identity != than.identity && !self.impersonated && !than.impersonated;
        (self.by.uid, &self.by.user) != (than.by.uid, &than.by.user) || another_identity
    }

    /// `alice@bastion, in the cluster responder`.
    pub fn words(&self) -> String {
        let only = if self.impersonated { " (impersonated)" } else { "" };
        format!("{}@{}, in the cluster {}{only}", self.by.user, self.by.host, self.identity)
    }
}

/// Whoever has approved a plan, other than the one who runs it.
pub fn approved_by(records: &[Record], plan: PlanHash, runs: &Person) -> Option<Person> {
    let approvals = records.iter().filter_map(|record| match &record.entry {
        Entry::Approved { plan: approved, identity, impersonated } if *approved == plan => {
            Some(Person { by: record.by.clone(), identity: identity.clone(), impersonated: *impersonated })
        }
        _ => None,
    });
    approvals.into_iter().find(|person| person.is_another(runs))
}

/// Records that a plan of the case was read and approved by whoever runs this program.
///
/// # Errors
/// There is no such plan, whoever approves made or began it themselves, or the journal cannot be written.
pub fn approve(case: &Case, plan: PlanHash, site: &Site) -> Result<Record, ResponseError> {
    approve_as(case, plan, Person::here(case, site))
}

fn approve_as(case: &Case, plan: PlanHash, approver: Person) -> Result<Record, ResponseError> {
    case.plans().find(plan)?;
    let own = case.records()?.into_iter().any(|record| match record.entry {
        Entry::Planned { plan: planned, identity, impersonated, .. } => {
            planned == plan && !approver.is_another(&Person { by: record.by, identity, impersonated })
        }
        _ => false,
    });
    if own {
        return Err(ResponseError::OwnPlan(approver.words().into()));
    }
    let Person { identity, impersonated, .. } = approver;
    Ok(case.journal().append(Entry::Approved { plan, identity, impersonated })?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::NewCase;
    use crate::config::Directories;
    use crate::model::{ClusterId, Plan, Tier};

    fn person(user: &str, uid: u32, host: &str, identity: &str) -> Person {
        let by = By { user: user.into(), uid, host: host.into() };
        Person { by, identity: identity.into(), impersonated: false }
    }

    #[test]
    fn a_second_person_is_another_user_or_another_identity() {
        let alice = person("alice", 1000, "bastion", "responder");
        assert!(!alice.is_another(&alice));
        assert!(!person("alice", 1000, "laptop", "responder").is_another(&alice));
        assert!(person("bob", 1001, "bastion", "responder").is_another(&alice));
        assert!(person("alice", 1000, "bastion", "lead").is_another(&alice));
    }

    #[test]
    fn who_only_impersonates_is_who_they_were() {
        let alice = person("alice", 1000, "bastion", "responder");
        let as_lead = Person { impersonated: true, ..person("alice", 1000, "bastion", "lead") };
        assert!(!as_lead.is_another(&alice), "impersonating makes nobody else of whoever approves");
        assert!(!alice.is_another(&as_lead), "nor of whoever planned");
        let bob = Person { impersonated: true, ..person("bob", 1001, "bastion", "lead") };
        assert!(bob.is_another(&alice), "another Unix user is somebody else, whoever they ask the cluster to see");
    }

    #[test]
    fn the_case_takes_no_approval_of_ones_own() {
        let root = tempfile::tempdir().unwrap();
        let home = Directories::under(root.path());
        let new = NewCase { id: "INC-1".to_owned(), title: String::new(), responder: "a".to_owned(), clusters: vec![] };
        let case = Case::create(&home, new).unwrap();
        let plan = Plan {
            action: "remove-anonymous".into(),
            tier: Tier::Everything,
            cluster: ClusterId::default(),
            case: None,
            options: Default::default(),
            targets: vec![],
            calls: vec![],
            notes: vec![],
            facts: vec![],
            rests: vec![],
            undoes: None,
        };
        let hash = case.plans().keep(&plan).unwrap();
        let me = |identity: &str, impersonated| Person {
            by: case.journal().by().clone(),
            identity: identity.into(),
            impersonated,
        };
        let planned = Entry::Planned {
            plan: hash,
            action: plan.action.clone(),
            identity: "responder".into(),
            impersonated: false,
        };
        case.journal().append(planned).unwrap();
        for own in [me("responder", false), me("lead", true)] {
            let refused = approve_as(&case, hash, own).unwrap_err();
            assert!(matches!(refused, ResponseError::OwnPlan(_)) && refused.is_refusal(), "{refused}");
        }
        assert_eq!(approved_by(&case.records().unwrap(), hash, &me("responder", false)), None);
        approve_as(&case, hash, me("lead", false)).unwrap();
        let second = approved_by(&case.records().unwrap(), hash, &me("responder", false)).unwrap();
        assert_eq!(&*second.identity, "lead");
        assert_eq!(approved_by(&case.records().unwrap(), hash, &me("responder", true)), None);
    }
}
