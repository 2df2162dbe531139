//! What rules see, gathered by what it is about.

use hashbrown::HashMap;

use super::{Object, Observation, Rule, Severity, Spec, Topic, World};
use crate::inventory::{Pod, Row, RowId};
use crate::model::{Clean, Kind, SessionId, Uid};
use crate::rbac::{Binding, Subject};

/// Sightings of one round. Pods of a workload that show the same are one sighting.
#[derive(Debug, Default)]
pub struct Sightings {
    rule: Option<&'static Spec>,
    places: HashMap<(&'static str, SessionId, Topic, Clean), usize>,
    all: Vec<Observation>,
}

impl Sightings {
    /// These sightings, and those of one more rule.
    #[must_use]
    pub fn looked(mut self, rule: &dyn Rule, world: &World<'_>) -> Self {
        self.rule = Some(rule.spec());
        rule.look(world, &mut self);
        self
    }

    /// Something about a pod, and so about its workload.
    pub fn pod(&mut self, pod: Pod<'_>, severity: Severity, saw: impl Into<Clean>) {
        self.add(severity, pod.session(), workload(pod), saw.into(), object(&Row::Pod(pod)));
    }

    /// Something about a row of another kind.
    pub fn row(&mut self, row: &Row<'_>, severity: Severity, saw: impl Into<Clean>) {
        let object = object(row);
        let about = Topic::new(object.id.kind.name(), object.namespace.clone(), object.name.clone());
        self.add(severity, object.id.session, about, saw.into(), object);
    }

    /// Something about a binding, and so about those whom it binds.
    pub fn binding(&mut self, session: SessionId, binding: &Binding, severity: Severity, saw: impl Into<Clean>) {
        let uid: Uid = binding.uid.parse().unwrap_or_default();
        let object = Object {
            id: RowId { session, kind: binding.kind, uid },
            namespace: binding.namespace.as_str().into(),
            name: binding.name.as_str().into(),
        };
        let about = Topic {
            note: format!("{} {}", binding.role_kind, binding.role).into(),
            ..Topic::new(binding.kind.name(), object.namespace.clone(), object.name.clone())
        };
        let accounts = binding.subjects.iter().filter_map(Subject::as_account);
        let accounts = accounts.map(|(namespace, name)| (namespace.into(), name.into())).collect();
        if let Some(observation) = self.put(severity, session, about, saw.into()) {
            observation.on.push(object);
            observation.accounts = accounts;
        }
    }

    /// Something about nothing that is there (any more): a pod that an audit log names, ourselves.
    pub fn named(&mut self, session: SessionId, about: Topic, severity: Severity, saw: impl Into<Clean>) {
        self.put(severity, session, about, saw.into());
    }

    fn add(&mut self, severity: Severity, session: SessionId, about: Topic, saw: Clean, object: Object) {
        if let Some(observation) = self.put(severity, session, about, saw) {
            observation.on.push(object);
        }
    }

    fn put(&mut self, severity: Severity, session: SessionId, about: Topic, saw: Clean) -> Option<&mut Observation> {
        let rule = self.rule?;
        let place =
            *self.places.entry((rule.id, session, about, saw)).or_insert_with_key(|(_, session, about, saw)| {
                let (about, saw, session) = (about.clone(), saw.clone(), *session);
                self.all.push(Observation {
                    rule,
                    severity,
                    session,
                    about,
                    saw,
                    on: Vec::new(),
                    accounts: Vec::new(),
                });
                self.all.len() - 1
            });
        let observation = self.all.get_mut(place)?;
        observation.severity = observation.severity.max(severity);
        Some(observation)
    }

    /// Everything, the gravest first, then by cluster and by what it is about.
    pub fn told(mut self) -> Vec<Observation> {
        self.all
            .iter_mut()
            .for_each(|one| one.on.sort_by(|a, b| (&a.namespace, &a.name).cmp(&(&b.namespace, &b.name))));
        self.all.sort_by(|one, other| {
            let in_order = (one.session, &one.about, one.rule.id, &one.saw).cmp(&(
                other.session,
                &other.about,
                other.rule.id,
                &other.saw,
            ));
            other.severity.cmp(&one.severity).then(in_order)
        });
        self.all
    }
}

fn object(row: &Row<'_>) -> Object {
    Object { id: row.id(), namespace: row.namespace().clone(), name: row.name().clone() }
}

/// The workload of a pod as people name it, or the pod itself where nothing made it.
fn workload(pod: Pod<'_>) -> Topic {
    match pod.workload() {
        // The mirror of a static pod is owned by its node.
        Some((kind, name)) if kind != Kind::Node.name() => Topic::new(kind, pod.namespace().clone(), name),
        _ => Topic::new(Kind::Pod.name(), pod.namespace().clone(), pod.name().clone()),
    }
}
