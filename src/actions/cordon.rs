//! S5: keeps new pods off a node.

use async_trait::async_trait;
use k8s_openapi::api::core::v1::{Node, Pod};
use serde_json::{Value, json};
use std::time::Duration;

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, controller, list,
    path_of, pinned, send_all, still_there, taken_over,
};
use crate::model::facts::{Facts, NodeKind};
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &Cordon;

struct Cordon;

static SPEC: Spec = Spec {
    id: "cordon",
    title: "Cordon the node",
    key: 'c',
    kinds: &[Kind::Node],
    tier: Tier::Undone,
    options: &[],
    rights: &[
        Right::anywhere("get", "", "nodes"),
        Right::anywhere("list", "", "nodes"),
        Right::anywhere("patch", "", "nodes"),
        Right::anywhere("list", "", "pods"),
    ],
    undo: Undo::Exactly("takes `spec.unschedulable` away again, where the node took new pods before"),
    doc: "Sets `spec.unschedulable`, so that the scheduler puts no new pod on the node. What runs there goes on \
          running. Pods of DaemonSets, static pods and pods that name the node themselves still start there, and \
          every other node stays open. Proven when the field and the taint node.kubernetes.io/unschedulable are \
          read back.",
};

/// The taint that the node controller sets on a node that is unschedulable.
/// <https://kubernetes.io/docs/reference/labels-annotations-taints/#node-kubernetes-io-unschedulable>
const TAINT: &str = "node.kubernetes.io/unschedulable";

/// Attempts to see the taint, a quarter of a second apart: the controller needs a moment.
const LOOKS: u32 = 20;

#[async_trait]
impl Action for Cordon {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) if node.kind == NodeKind::Fargate => {
                Err(Disabled::because("a Fargate node is one pod's own; nothing else is ever put on it"))
            }
            Facts::Node(node) if node.meta.deleting => Err(Disabled::because("the node is being deleted")),
            Facts::Node(_) => Ok(()),
            _ => Err(Disabled::because("only nodes are cordoned")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let node: Node = pinned(ask.look, target).await?;
                let closed = is_closed(&node);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "unschedulable", closed);
                let (path, body) = setting(target, json!(true));
                if closed {
                    plan.note(PlanNote::Already(
                        format!("{target} is cordoned already; nothing is sent for it").into(),
                    ));
                    plan.already(place, "PATCH", path, body);
                    return Ok((plan, ()));
                }
                plan.call(place, "PATCH", path, body);
                if let Some(note) = bypassing(ask, target).await? {
                    plan.note(note);
                }
                Ok((plan, ()))
            })
        })
        .await?;
        let nodes: Vec<Node> = list(ask.look, &Kind::Node.path()).await?;
        let chosen = |node: &Node| ask.targets.iter().any(|target| node.metadata.uid == Some(target.uid.to_string()));
        let open = nodes.iter().filter(|node| !is_closed(node) && !chosen(node)).count();
        plan.note(match open {
            0 => PlanNote::AlsoHit("no node stays open: pods that are created from now on stay pending".into()),
            1 => PlanNote::Limit("1 other node stays open to new pods, those of the same image included".into()),
            open => PlanNote::Limit(
                format!("{open} other nodes stay open to new pods, those of the same image included").into(),
            ),
        });
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "spec.unschedulable").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let name = &work.target.name;
        for _ in 0..LOOKS {
            let node: Node = pinned(work.look.as_ref(), &work.target).await?;
            if !is_closed(&node) {
                let rests_on = format!("node {name} read back without spec.unschedulable: somebody has uncordoned it");
                return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
            }
            let mut taints = node.spec.iter().flat_map(|spec| spec.taints.iter().flatten());
            if taints.any(|taint| taint.key == TAINT) {
                let rests_on = format!("node {name} read back with spec.unschedulable and the taint {TAINT}");
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let why = format!(
            "spec.unschedulable is set on {name}, but the taint {TAINT} did not come: is the controller manager running?"
        );
        Ok(Verdict::NotMeasured { why: why.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let mut plan = Sketch::undo(&SPEC, ask, done);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let Some(node): Option<Node> = still_there(ask.look, target).await? else {
                    plan.note(PlanNote::Already(format!("{target} is gone: nothing of it is left to put back").into()));
                    return Ok((plan, ()));
                };
                let other = taken_over(&node.metadata, &["spec", "unschedulable"]);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "unschedulable", is_closed(&node));
                plan.fact(place, "unschedulable by", json!(other));
                let note = if !done.changed(target) {
                    PlanNote::Theirs(format!("{target} was cordoned before, and stays so").into())
                } else if !is_closed(&node) {
                    PlanNote::Theirs(format!("somebody has uncordoned {target} since").into())
                } else if let Some(other) = other {
                    PlanNote::Theirs(format!("{other} has cordoned {target} since: it stays so").into())
                } else {
                    let (path, body) = setting(target, json!(null));
                    plan.call(place, "PATCH", path, body);
                    return Ok((plan, ()));
                };
                plan.note(note);
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let name = &work.target.name;
        let Some(node): Option<Node> = still_there(work.look.as_ref(), &work.target).await? else {
            return Ok(Verdict::Proven { rests_on: format!("node {name} is gone").into() });
        };
        let sent = work.calls().next().is_some();
        Ok(match (is_closed(&node), sent) {
            (false, _) => {
                Verdict::Proven { rests_on: format!("node {name} read back without spec.unschedulable").into() }
            }
            (true, false) => Verdict::Proven {
                rests_on: format!("node {name} is cordoned as somebody else has left it; nothing of ours is there")
                    .into(),
            },
            (true, true) => {
                Verdict::NotEnforced { rests_on: format!("node {name} read back with spec.unschedulable").into() }
            }
        })
    }
}

/// The call that sets or clears the field, on this very node and no namesake.
fn setting(target: &Target, unschedulable: Value) -> (String, Value) {
    let path = format!("{}?fieldManager={MANAGER}", path_of(target));
    (path, json!({"metadata": {"uid": target.uid.to_string()}, "spec": {"unschedulable": unschedulable}}))
}

fn is_closed(node: &Node) -> bool {
    node.spec.as_ref().and_then(|spec| spec.unschedulable) == Some(true)
}

/// What starts on a cordoned node all the same.
async fn bypassing(ask: &Ask<'_>, target: &Target) -> Result<Option<PlanNote>, ActionError> {
    let path = format!("{}?fieldSelector=spec.nodeName%3D{}", Kind::Pod.path(), target.name);
    let pods: Vec<Pod> = list(ask.look, &path).await?;
    let mut names: Vec<Clean> = pods
        .iter()
        .filter(|pod| {
            controller(&pod.metadata).is_some_and(|owner| matches!(owner.kind.as_str(), "DaemonSet" | "Node"))
        })
        .map(|pod| super::frame::name(&pod.metadata))
        .collect();
    names.sort();
    Ok((!names.is_empty()).then(|| {
        let names = names.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        PlanNote::Limit(
            format!("pods of DaemonSets and static pods start on {} all the same: {names}", target.name).into(),
        )
    }))
}
