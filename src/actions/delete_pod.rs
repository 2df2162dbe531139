//! S8: deletes a pod, last of all.

#[path = "delete_pod/ending.rs"]
mod ending;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use super::frame::{
    Action, ActionError, Ask, Disabled, Outcome, Right, Sketch, Spec, Undo, Work, controller, losses, path_of, pinned,
    send_all,
};
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &DeletePod;

struct DeletePod;

static SPEC: Spec = Spec {
    id: "delete-pod",
    title: "Delete the pod",
    key: 'D',
    kinds: &[Kind::Pod],
    tier: Tier::Irreversible,
    options: &[],
    rights: &[Right::here("get", "", "pods"), Right::here("delete", "", "pods"), Right::anywhere("get", "", "nodes")],
    undo: Undo::Impossible("a deleted pod's processes, memory and files are gone; its owner starts another one"),
    doc: "Deletes the pod with its own grace period, never with none: on a node that is cut off that would remove the \
          object while the containers run on. Last of all: what was not captured is lost, and the plan says which pods \
          of the targets were captured in this case. An owner starts a replacement at once. Proven by the containers' \
          end on the node, as its kubelet or the pod's last status tells, and never by the object's end alone.",
};

#[async_trait]
impl Action for DeletePod {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(pod) if pod.meta.owner.as_ref().is_some_and(|owner| owner.kind == *"Node") => {
                Err(Disabled::because("a static pod is a file on its node: deleting its mirror ends nothing"))
            }
            Facts::Pod(pod) if pod.meta.deleting => Err(Disabled::because("it is being deleted already")),
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are deleted")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let pods: Vec<Pod> = plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let pod: Pod = pinned(ask.look, target).await?;
                let spec = pod.spec.clone().unwrap_or_default();
                let owner = controller(&pod.metadata);
                if owner.is_some_and(|owner| owner.kind == "Node") {
                    let why = format!(
                        "{target} is the mirror of a file on its node: deleting it ends nothing; remove the file there"
                    );
                    return Err(ActionError::InTheWay(why.into()));
                }
                // Nobody's grace period is 0: that would take the object away without waiting for the node.
                let grace = spec.termination_grace_period_seconds.unwrap_or(30).max(1);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "owner", json!(owner.map(|owner| &owner.uid)));
                plan.fact(place, "node", json!(spec.node_name));
                plan.fact(place, "grace", grace);
                let body = json!({
                    "apiVersion": "v1",
                    "kind": "DeleteOptions",
                    "gracePeriodSeconds": grace,
                    "preconditions": {"uid": target.uid.to_string()},
                });
                plan.call(place, "DELETE", path_of(target), body);
                match owner {
                    Some(owner) => {
                        let text = format!(
                            "{} {} starts a replacement at once, on a node that takes pods",
                            Clean::from(owner.kind.as_str()),
                            Clean::from(owner.name.as_str())
                        );
                        plan.note(PlanNote::AlsoHit(text.into()));
                    }
                    None => {
                        plan.note(PlanNote::CannotUndo(format!("{target} has no owner: nothing starts it again").into()))
                    }
                }
                for finalizer in pod.metadata.finalizers.iter().flatten() {
                    let text = format!("{target} stays until {} lets it go", Clean::from(finalizer.as_str()));
                    plan.note(PlanNote::Limit(text.into()));
                }
                if let Some(note) = ending::silent_node(ask, spec.node_name.as_deref()).await? {
                    plan.note(note);
                }
                Ok((plan, pod))
            })
        })
        .await?;
        losses(&pods, ask.known).into_iter().for_each(|note| plan.note(note));
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "delete").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        ending::watched(work).await
    }
}
