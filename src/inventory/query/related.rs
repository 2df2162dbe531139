//! Selecting rows that are no pods: by their own fields, and by the pods that
//! belong to them.

use std::collections::HashSet;

use crate::model::facts::Shape;
use crate::model::{Clean, Kind, SessionId, Uid};

use super::super::pods::Pod;
use super::super::row::Row;
use super::super::store::Inventory;
use super::matcher::Matcher;

/// What a query selects among rows of a kind other than pods. A word that a
/// row's own fields cannot answer is asked of its pods: `image:X` on nodes
/// selects the nodes that host such a pod.
pub struct Related<'m, 'a> {
    matcher: &'m Matcher<'a>,
    by_pods: Vec<Option<Belongings>>,
}

#[derive(Default)]
struct Belongings {
    nodes: HashSet<(SessionId, Clean)>,
    namespaces: HashSet<(SessionId, Clean)>,
    accounts: HashSet<(SessionId, Clean, Clean)>,
    owners: HashSet<(SessionId, Uid)>,
    workloads: HashSet<(SessionId, Clean, Clean, Clean)>,
    services: HashSet<(SessionId, Clean, Clean)>,
    pods: HashSet<(SessionId, Uid)>,
}

impl<'m, 'a> Related<'m, 'a> {
    /// Makes a bound query ready to be asked of rows that are no pods.
    pub fn new(matcher: &'m Matcher<'a>) -> Self {
        let by_pods = (0..matcher.len()).map(|_| None).collect();
        Self { matcher, by_pods }
    }

    /// Whether a row is selected.
    pub fn row(&mut self, row: &Row<'_>) -> bool {
        (0..self.by_pods.len()).all(|place| match self.matcher.own_word(place, row) {
            Some(answer) => answer,
            None => self.belongings(place).is_some_and(|belongings| belongings.include(row)),
        })
    }

    fn belongings(&mut self, place: usize) -> Option<&Belongings> {
        let held = self.by_pods.get_mut(place)?;
        if held.is_none() {
            let mut belongings = Belongings::default();
            let pods = self.matcher.inventory().pods().iter();
            pods.map(|(_, pod)| pod)
                .filter(|pod| pod.gone().is_none() && self.matcher.word(place, *pod))
                .for_each(|pod| belongings.add(pod));
            belongings.add_services(self.matcher.inventory());
            *held = Some(belongings);
        }
        held.as_ref()
    }
}

impl Belongings {
    fn add(&mut self, pod: Pod<'_>) {
        let session = pod.session();
        self.pods.insert((session, pod.uid()));
        if !pod.node().is_empty() {
            self.nodes.insert((session, pod.node().clone()));
        }
        self.namespaces.insert((session, pod.namespace().clone()));
        self.accounts.insert((session, pod.namespace().clone(), pod.service_account().clone()));
        if let Some(owner) = pod.owner() {
            self.owners.insert((session, owner.uid));
        }
        if let Some((kind, name)) = pod.workload() {
            self.workloads.insert((session, kind, pod.namespace().clone(), name));
        }
    }

    /// Services whose EndpointSlices name one of the pods.
    fn add_services(&mut self, inventory: &Inventory) {
        for (_, slice) in inventory.objects(Kind::EndpointSlice).iter() {
            let Shape::EndpointSlice { service, endpoints } = &slice.facts.shape else { continue };
            let mut pods = endpoints.iter().filter_map(|endpoint| endpoint.pod);
            if pods.any(|pod| self.pods.contains(&(slice.session, pod))) {
                self.services.insert((slice.session, slice.facts.meta.namespace.clone(), service.clone()));
            }
        }
    }

    fn include(&self, row: &Row<'_>) -> bool {
        let id = row.id();
        let (session, name, namespace) = (id.session, row.name(), row.namespace());
        match row {
            Row::Pod(_) => self.pods.contains(&(session, id.uid)),
            Row::Node(..) => self.nodes.contains(&(session, name.clone())),
            Row::Object(_, object) => match (&object.shape, object.kind) {
                (Shape::Namespace { .. }, _) => self.namespaces.contains(&(session, name.clone())),
                (Shape::ServiceAccount { .. }, _) => {
                    self.accounts.contains(&(session, namespace.clone(), name.clone()))
                }
                (Shape::EndpointSlice { endpoints, .. }, _) => {
                    endpoints.iter().filter_map(|endpoint| endpoint.pod).any(|pod| self.pods.contains(&(session, pod)))
                }
                (Shape::Service { .. }, _) => self.services.contains(&(session, namespace.clone(), name.clone())),
                (_, kind) => {
                    self.owners.contains(&(session, id.uid))
                        || self.workloads.contains(&(session, kind.name().into(), namespace.clone(), name.clone()))
                }
            },
        }
    }
}
