//! S4: keeps pods off a node that do not tolerate the mark.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Choice, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, field,
    path_of, raw, raw_if_there, send_all, wrong,
};
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &TaintNode;

struct TaintNode;

static SPEC: Spec = Spec {
    id: "taint-node",
    title: "Taint the node",
    key: 't',
    kinds: &[Kind::Node],
    tier: Tier::Undone,
    options: &[Choice { name: "taint", doc: "KEY=VALUE:NoSchedule", default: "ir=quarantine:NoSchedule", asked: true }],
    rights: &[Right::anywhere("get", "", "nodes"), Right::anywhere("patch", "", "nodes")],
    undo: Undo::Exactly("takes the taint away again, where the node did not have it before"),
    doc: "Adds a taint with the effect NoSchedule, so that the scheduler puts no pod on the node that does not \
          tolerate it. What runs there goes on running. NoExecute is refused: it would evict the evidence. Proven \
          when the taint is read back.",
};

#[async_trait]
impl Action for TaintNode {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) if node.meta.deleting => Err(Disabled::because("the node is being deleted")),
            Facts::Node(_) => Ok(()),
            _ => Err(Disabled::because("only nodes are tainted")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let taint = Taint::parse(ask.options.get("taint"))?;
        let mut plan = Sketch::new(&SPEC, ask);
        let taint = &taint;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let node: Value = raw(ask.look, target).await?;
                let there = taints(&node);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "taints", Value::Array(there.to_vec()));
                let path = format!("{}?fieldManager={MANAGER}", path_of(target));
                let body = taint.adding(target, &node);
                match there.iter().find(|other| taint.is_place_of(other)) {
                    None => plan.call(place, "PATCH", path, body),
                    Some(same) if taint.is(same) => {
                        plan.note(PlanNote::Already(
                            format!("{target} has the taint already; nothing is sent for it").into(),
                        ));
                        plan.already(place, "PATCH", path, body);
                    }
                    Some(other) => {
                        let why = format!(
                            "{target} has the taint {}={}:NoSchedule already; choose another key",
                            taint.key,
                            field(other, "/value").as_str().unwrap_or_default()
                        );
                        return Err(ActionError::InTheWay(why.into()));
                    }
                }
                plan.note(PlanNote::Limit(
                    "pods that tolerate every taint still start there, such as those of most DaemonSets".into(),
                ));
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "spec.taints").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let taint = Taint::parse(work.plan.options.get("taint"))?;
        let node: Value = raw(work.look.as_ref(), &work.target).await?;
        let there = taints(&node).iter().any(|other| taint.is(other));
        let name = &work.target.name;
        Ok(if there {
            Verdict::Proven { rests_on: format!("node {name} read back with the taint {taint}").into() }
        } else {
            Verdict::NotEnforced { rests_on: format!("node {name} read back without the taint {taint}").into() }
        })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let taint = Taint::parse(done.plan.options.get("taint"))?;
        let mut plan = Sketch::undo(&SPEC, ask, done);
        let taint = &taint;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let Some(node) = raw_if_there(ask.look, target).await? else {
                    plan.note(PlanNote::Already(format!("{target} is gone: nothing of it is left to put back").into()));
                    return Ok((plan, ()));
                };
                let there = taints(&node);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "taints", Value::Array(there.to_vec()));
                if !done.changed(target) {
                    plan.note(PlanNote::Theirs(format!("{target} had the taint before, and keeps it").into()));
                    return Ok((plan, ()));
                }
                let Some((at, ours)) = there.iter().enumerate().find(|(_, other)| taint.is(other)) else {
                    plan.note(PlanNote::Theirs(
                        format!("somebody has taken the taint {taint} from {target} since").into(),
                    ));
                    return Ok((plan, ()));
                };
                let body = json!([
                    {"op": "test", "path": "/metadata/uid", "value": target.uid.to_string()},
                    {"op": "test", "path": format!("/spec/taints/{at}"), "value": ours},
                    {"op": "remove", "path": format!("/spec/taints/{at}")},
                ]);
                plan.call(place, "PATCH", format!("{}?fieldManager={MANAGER}", path_of(target)), body);
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let taint = Taint::parse(work.plan.options.get("taint"))?;
        let name = &work.target.name;
        let Some(node) = raw_if_there(work.look.as_ref(), &work.target).await? else {
            return Ok(Verdict::Proven { rests_on: format!("node {name} is gone").into() });
        };
        let there = taints(&node).iter().any(|other| taint.is(other));
        Ok(match (there, work.calls().next().is_some()) {
            (false, _) => {
                Verdict::Proven { rests_on: format!("node {name} read back without the taint {taint}").into() }
            }
            (true, false) => {
                Verdict::Proven { rests_on: format!("node {name} has the taint {taint} as it had it before").into() }
            }
            (true, true) => {
                Verdict::NotEnforced { rests_on: format!("node {name} read back with the taint {taint}").into() }
            }
        })
    }
}

/// A taint with the effect NoSchedule.
struct Taint {
    key: String,
    value: String,
}

impl Taint {
    fn parse(text: &str) -> Result<Self, ActionError> {
        let no = |why: String| Err(wrong(&SPEC, why));
        let (pair, effect) = text.rsplit_once(':').unwrap_or((text, ""));
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        match effect {
            "NoSchedule" if !key.is_empty() => Ok(Self { key: key.to_owned(), value: value.to_owned() }),
            "NoExecute" => {
                no("NoExecute would evict what runs on the node, the evidence included; use NoSchedule".to_owned())
            }
            _ => no(format!("{} is no KEY=VALUE:NoSchedule", Clean::from(text))),
        }
    }

    /// Whether a taint stands where this one would: one key has one taint of an effect.
    fn is_place_of(&self, other: &Value) -> bool {
        other["key"] == self.key.as_str() && other["effect"] == "NoSchedule"
    }

    fn is(&self, other: &Value) -> bool {
        self.is_place_of(other) && field(other, "/value").as_str().unwrap_or_default() == self.value
    }

    /// The patch that adds it to a node whose taints are still those that were read.
    fn adding(&self, target: &Target, node: &Value) -> Value {
        let taint = json!({"key": self.key, "value": self.value, "effect": "NoSchedule"});
        let uid = json!({"op": "test", "path": "/metadata/uid", "value": target.uid.to_string()});
        let there = taints(node);
        if there.is_empty() {
            // There is no list to compare: that the whole spec is as it was says that there is none.
            json!([
                uid,
                {"op": "test", "path": "/spec", "value": field(node, "/spec")},
                {"op": "add", "path": "/spec/taints", "value": [taint]},
            ])
        } else {
            json!([
                uid,
                {"op": "test", "path": "/spec/taints", "value": there},
                {"op": "add", "path": "/spec/taints/-", "value": taint},
            ])
        }
    }
}

impl std::fmt::Display for Taint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}:NoSchedule", Clean::from(self.key.as_str()), Clean::from(self.value.as_str()))
    }
}

fn taints(node: &Value) -> &[Value] {
    field(node, "/spec/taints").as_array().map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_no_schedule_is_taken() {
        assert_eq!(Taint::parse("ir=quarantine:NoSchedule").unwrap().to_string(), "ir=quarantine:NoSchedule");
        assert!(Taint::parse("ir=q:NoExecute").err().unwrap().to_string().contains("evict"));
        for wrong in ["ir", "ir=q", "=q:NoSchedule", "ir=q:PreferNoSchedule"] {
            assert!(Taint::parse(wrong).is_err(), "{wrong}");
        }
    }
}
