//! Lets new pods onto a node again.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, field, path_of,
    put_back, raw, send_all,
};
use crate::model::facts::{Facts, NodeKind};
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &Uncordon;

struct Uncordon;

static SPEC: Spec = Spec {
    id: "uncordon",
    title: "Uncordon the node",
    key: 'u',
    kinds: &[Kind::Node],
    tier: Tier::Undone,
    options: &[],
    rights: &[Right::anywhere("get", "", "nodes"), Right::anywhere("patch", "", "nodes")],
    undo: Undo::Exactly("cordons the node again, where it was cordoned before"),
    doc: "Takes `spec.unschedulable` away, so that the scheduler puts new pods on the node again. A node that a \
          job of a case has cordoned is better released by undoing that job: it puts back only what it did. Proven \
          when neither the field nor the taint node.kubernetes.io/unschedulable is read back.",
};

/// The taint that the node controller takes away.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-unschedulable>
const TAINT: &str = "node.kubernetes.io/unschedulable";

/// Looks for the taint, a quarter of a second apart: the controller needs a moment.
const LOOKS: u32 = 20;

#[async_trait]
impl Action for Uncordon {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) if node.kind == NodeKind::Fargate => {
                Err(Disabled::because("a Fargate node is one pod's own; nothing else is ever put on it"))
            }
            Facts::Node(node) if !node.unschedulable => Err(Disabled::because("the node takes new pods already")),
            Facts::Node(_) => Ok(()),
            _ => Err(Disabled::because("only nodes are uncordoned")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let node: Value = raw(ask.look, target).await?;
                let path = format!("{}?fieldManager={MANAGER}", path_of(target));
                let body = json!({"metadata": {"uid": target.uid.to_string()}, "spec": {"unschedulable": null}});
                plan.fact(place, "uid", target.uid.to_string());
                put_back::remember(&mut plan, place, &body, &node);
                if is_closed(&node) {
                    plan.call(place, "PATCH", path, body);
                    plan.note(PlanNote::AlsoHit(
                        format!("new pods may start on {}, the attacker's included", target.name).into(),
                    ));
                } else {
                    plan.note(PlanNote::Already(
                        format!("{target} takes new pods already; nothing is sent for it").into(),
                    ));
                    plan.already(place, "PATCH", path, body);
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "spec.unschedulable").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let name = &work.target.name;
        for _ in 0..LOOKS {
            let node: Value = raw(work.look.as_ref(), &work.target).await?;
            if is_closed(&node) {
                let rests_on = format!("node {name} read back with spec.unschedulable: somebody has cordoned it");
                return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
            }
            if !is_tainted(&node) {
                let rests_on =
                    format!("node {name} read back without spec.unschedulable and without the taint {TAINT}");
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let rests_on = format!(
            "spec.unschedulable is gone from {name}, but the taint {TAINT} still keeps pods away: is the controller \
             manager running?"
        );
        Ok(Verdict::Incomplete { rests_on: rests_on.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}

fn is_closed(node: &Value) -> bool {
    *field(node, "/spec/unschedulable") == json!(true)
}

fn is_tainted(node: &Value) -> bool {
    field(node, "/spec/taints").as_array().into_iter().flatten().any(|taint| taint["key"] == TAINT)
}
