//! A row as an action is told of it.

use crate::model::facts::{Facts, Meta, PodFacts};

use super::row::Row;

impl Row<'_> {
    /// The facts of the row, as far as the inventory keeps them: of a pod not its node's address.
    pub fn facts(&self) -> Facts {
        match self {
            Self::Node(_, node) => Facts::Node(Box::new((*node).clone())),
            Self::Object(_, object) => Facts::Object(Box::new((*object).clone())),
            Self::Pod(pod) => Facts::Pod(Box::new(PodFacts {
                meta: Meta {
                    uid: pod.uid(),
                    namespace: pod.namespace().clone(),
                    name: pod.name().clone(),
                    created: pod.created(),
                    // The status says so while the object is being deleted, as kubectl does.
                    deleting: *pod.status() == *"Terminating",
                    labels: pod.labels().to_vec(),
                    owner: pod.owner().cloned(),
                    hid_something: pod.hid_something(),
                },
                service_account: pod.service_account().clone(),
                node: pod.node().clone(),
                ips: pod.ips().to_vec(),
                host_ip: None,
                status: pod.status().clone(),
                ready: pod.ready(),
                restarts: pod.restarts(),
                containers: pod.containers().to_vec(),
                security: pod.security(),
                given: pod.given().clone(),
            })),
        }
    }
}
