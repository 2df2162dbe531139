//! A plan while it is being made.

use futures::future::BoxFuture;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde_json::Value;

use super::{ActionError, Ask, Done, Spec};
use crate::model::{Call, Clean, Fact, Options, Plan, PlanNote, Target, Tier};

/// Targets that are read at once.
const AT_ONCE: usize = 32;

/// Collects the parts of a plan.
pub struct Sketch(Plan);

impl Sketch {
    /// The empty plan of an action.
    pub fn new(spec: &Spec, ask: &Ask<'_>) -> Self {
        Self(Plan {
            action: spec.id.into(),
            tier: spec.tier,
            cluster: ask.cluster,
            case: ask.case.map(|case| case.text().clone()),
            options: ask.options.clone(),
            targets: ask.targets.to_vec(),
            calls: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            rests: Vec::new(),
            undoes: None,
        })
    }

    /// The empty plan of putting back what a job did. It is confirmed as the
    /// action is, except that a way back is never one that cannot be undone.
    pub fn undo(spec: &Spec, ask: &Ask<'_>, done: &Done) -> Self {
        let Self(plan) = Self::new(spec, ask);
        Self(Plan { tier: plan.tier.min(Tier::MayHurt), undoes: Some(done.job.clone()), ..plan })
    }

    /// Plans every target by itself, several at once, and puts their parts together in
    /// the order of the targets, whichever was read first. Gives what each part gives beside.
    ///
    /// # Errors
    /// That of the first target, in their order, that could not be planned for.
    pub async fn each<'a, T: Send>(
        &mut self,
        targets: &'a [Target],
        part: impl Fn(usize, &'a Target, Self) -> BoxFuture<'a, Result<(Self, T), ActionError>>,
    ) -> Result<Vec<T>, ActionError> {
        let parts: Vec<_> = (0..).zip(targets).map(|(place, target)| part(place, target, self.blank())).collect();
        let parts: Vec<(Self, T)> = stream::iter(parts).buffered(AT_ONCE).try_collect().await?;
        Ok(parts
            .into_iter()
            .map(|(part, beside)| {
                self.take(part);
                beside
            })
            .collect())
    }

    /// An empty part of this plan.
    fn blank(&self) -> Self {
        Self(Plan {
            action: self.0.action.clone(),
            tier: self.0.tier,
            cluster: self.0.cluster,
            case: None,
            options: Options::default(),
            targets: Vec::new(),
            calls: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            rests: Vec::new(),
            undoes: None,
        })
    }

    fn take(&mut self, Self(part): Self) {
        self.0.calls.extend(part.calls);
        self.0.facts.extend(part.facts);
        self.0.rests.extend(part.rests);
        part.notes.into_iter().for_each(|note| self.note(note));
        self.raise(part.tier);
    }

    /// A call, in the order in which it is sent.
    pub fn call(&mut self, target: usize, method: &str, path: String, body: Value) {
        self.0.calls.push(Call { target, method: method.into(), path: path.into(), body });
    }

    /// A call that is not sent, since what it would make is there already. The job
    /// rests on it all the same: nobody's undo takes it away while the job stands.
    pub fn already(&mut self, target: usize, method: &str, path: String, body: Value) {
        self.0.rests.push(Call { target, method: method.into(), path: path.into(), body });
    }

    /// Something to read before saying yes; said once, however many targets it is true of.
    pub fn note(&mut self, note: PlanNote) {
        if !self.0.notes.contains(&note) {
            self.0.notes.push(note);
        }
    }

    /// What a target makes of it is worse than the action is by itself: it is confirmed as `tier` asks.
    pub fn raise(&mut self, tier: Tier) {
        self.0.tier = self.0.tier.max(tier);
    }

    /// A fact that the plan rests on.
    pub fn fact(&mut self, target: usize, what: &str, value: impl Into<Value>) {
        self.0.facts.push(Fact { target, what: Clean::from(what), value: value.into() });
    }

    /// The plan.
    pub fn done(self) -> Plan {
        self.0
    }
}
