//! Commands in pods that audit logs tell of, with the cluster of each as soon as it is known.

use std::collections::BTreeSet;

use super::envelope::Around;
use super::resolve::{Reach, session_of};
use super::rules::Exec;
use crate::inventory::Inventory;
use crate::model::SessionId;

/// What audit logs tell of, each once however often a log is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execs(BTreeSet<(Around, Exec)>);

impl Execs {
    /// Takes in what one event tells; `around` says which cluster's log it stood in.
    pub fn insert(&mut self, around: Around, exec: Exec) {
        self.0.insert((around, exec));
    }

    /// Takes in what another log tells.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Whether no log tells of any.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of open clusters, and the number of those that are of none, or could be of several.
    pub fn placed(&self, inventory: &Inventory, reaches: &[Reach]) -> (Vec<(SessionId, Exec)>, usize) {
        let (mut placed, mut nowhere) = (Vec::new(), 0);
        let mut last: Option<(&Around, Option<SessionId>)> = None;
        for (around, exec) in &self.0 {
            let session = match last {
                Some((same, session)) if same == around => session,
                _ => session_of(inventory, reaches, around),
            };
            last = Some((around, session));
            match session {
                Some(session) => placed.push((session, exec.clone())),
                None => nowhere += 1,
            }
        }
        (placed, nowhere)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::read::read;
    use super::super::rules::small_world as small;
    use super::*;
    use crate::inventory::ClusterState;

    fn event(user: &str, code: u16) -> String {
        json!({"kind": "Event", "apiVersion": "audit.k8s.io/v1", "stage": "ResponseComplete", "auditID": user, "verb": "create",
            "user": {"username": user}, "sourceIPs": ["203.0.113.9"], "responseStatus": {"code": code},
            "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-7d9f-1"},
            "requestReceivedTimestamp": "2026-11-28T03:12:00Z"})
        .to_string()
    }

    fn other(label: &str) -> ClusterState {
        ClusterState::new(SessionId(1), label.into(), "111122223333".into(), "eu-west-1".into())
    }

    #[test]
    fn a_log_without_its_cluster_is_of_the_only_one_that_is_open() {
        let list = format!(r#"{{"kind": "EventList", "items": [{}]}}"#, event("mallory", 403));
        let log = [event("eve", 101), event("eve", 101), "no json".to_owned(), list].join("\n");
        let read = read(&"log".into(), log.as_bytes());
        assert_eq!(read.unread, 1);
        let execs = read.execs;
        let mut inventory = small::inventory(vec![]);
        let (placed, nowhere) = execs.placed(&inventory, &[]);
        let users: Vec<_> =
            placed.iter().map(|(session, exec)| (session.0, exec.user.as_str(), exec.allowed)).collect();
        assert_eq!((users, nowhere), (vec![(0, "eve", true), (0, "mallory", false)], 0));
        inventory.open(other("bank"));
        let (placed, nowhere) = execs.placed(&inventory, &[]);
        assert_eq!((placed.len(), nowhere), (0, 2), "it could be of either");
    }

    #[test]
    fn a_log_group_names_the_cluster() {
        let wrapped = json!({"logGroup": "/aws/eks/bank/cluster", "logEvents": [{"message": event("eve", 101)}]});
        let execs = read(&"page".into(), wrapped.to_string().as_bytes()).execs;
        let mut inventory = small::inventory(vec![]);
        assert_eq!(execs.placed(&inventory, &[]).1, 1, "bank is not open");
        inventory.open(other("bank"));
        let (placed, nowhere) = execs.placed(&inventory, &[]);
        assert_eq!((placed.first().map(|(session, _)| session.0), nowhere), (Some(1), 0));
    }
}
