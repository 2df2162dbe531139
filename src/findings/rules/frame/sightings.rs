//! What rules see, gathered by what it is about.

use hashbrown::HashMap;

use super::{Object, Observation, Severity, Spec};
use crate::inventory::{Pod, Row, RowId};
use crate::model::{Clean, Kind, SessionId, Uid};
use crate::rbac::Binding;

/// Sightings of one round. Pods of a workload that show the same are one sighting.
#[derive(Debug, Default)]
pub struct Sightings {
    rule: Option<&'static Spec>,
    places: HashMap<(&'static str, SessionId, Clean, Clean), usize>,
    all: Vec<Observation>,
}

impl Sightings {
    /// Whose sightings follow.
    pub const fn of(&mut self, rule: &'static Spec) {
        self.rule = Some(rule);
    }

    /// Something about a pod, and so about its workload.
    pub fn pod(&mut self, pod: Pod<'_>, severity: Severity, saw: impl Into<Clean>) {
        self.add(severity, pod.session(), workload(pod), saw.into(), object(&Row::Pod(pod)));
    }

    /// Something about a row of another kind.
    pub fn row(&mut self, row: &Row<'_>, severity: Severity, saw: impl Into<Clean>) {
        let object = object(row);
        let slash = if object.namespace.is_empty() { "" } else { "/" };
        let about = format!("{} {}{slash}{}", object.id.kind, object.namespace, object.name);
        self.add(severity, object.id.session, about.into(), saw.into(), object);
    }

    /// Something about a binding.
    pub fn binding(&mut self, session: SessionId, binding: &Binding, severity: Severity, saw: impl Into<Clean>) {
        let uid: Uid = binding.uid.parse().unwrap_or_default();
        let object = Object {
            id: RowId { session, kind: binding.kind, uid },
            namespace: binding.namespace.as_str().into(),
            name: binding.name.as_str().into(),
        };
        self.add(severity, session, binding.title(), saw.into(), object);
    }

    /// Something about nothing that is there (any more): a pod that an audit log names, ourselves.
    pub fn named(&mut self, session: SessionId, about: impl Into<Clean>, severity: Severity, saw: impl Into<Clean>) {
        self.put(severity, session, about.into(), saw.into());
    }

    fn add(&mut self, severity: Severity, session: SessionId, about: Clean, saw: Clean, object: Object) {
        if let Some(observation) = self.put(severity, session, about, saw) {
            observation.on.push(object);
        }
    }

    fn put(&mut self, severity: Severity, session: SessionId, about: Clean, saw: Clean) -> Option<&mut Observation> {
        let rule = self.rule?;
        let place =
            *self.places.entry((rule.id, session, about, saw)).or_insert_with_key(|(_, session, about, saw)| {
                let (about, saw) = (about.clone(), saw.clone());
                self.all.push(Observation { rule, severity, session: *session, about, saw, on: Vec::new() });
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
            let key = |one: &Observation| (one.session, one.about.clone(), one.rule.id, one.saw.clone());
            other.severity.cmp(&one.severity).then_with(|| key(one).cmp(&key(other)))
        });
        self.all
    }
}

fn object(row: &Row<'_>) -> Object {
    Object { id: row.id(), namespace: row.namespace().clone(), name: row.name().clone() }
}

/// The workload of a pod as people name it, or the pod itself where nothing made it.
fn workload(pod: Pod<'_>) -> Clean {
    match pod.workload() {
        // The mirror of a static pod is owned by its node.
        Some((kind, name)) if kind != Kind::Node.name() => format!("{kind} {}/{name}", pod.namespace()).into(),
        _ => format!("Pod {}/{}", pod.namespace(), pod.name()).into(),
    }
}
