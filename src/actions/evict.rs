//! S6: moves the innocent pods of a node elsewhere, as their disruption budgets allow.

#[path = "evict/budget.rs"]
mod budget;
#[path = "evict/innocent.rs"]
mod innocent;

use std::time::Duration;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use self::innocent::Sorted;
use super::frame::{
    Action, ActionError, Ask, CASE, Choice, Disabled, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, labels, list,
    losses, name, pinned, wrong,
};
use crate::model::facts::{Facts, NodeKind};
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &Evict;

struct Evict;

static SPEC: Spec = Spec {
    id: "evict",
    title: "Evict the innocent pods",
    key: 'e',
    kinds: &[Kind::Node, Kind::Pod],
    tier: Tier::Irreversible,
    options: &[Choice {
        name: "patience",
        doc: "seconds to wait for disruption budgets",
        default: "120",
        asked: false,
    }],
    rights: &[
        Right::anywhere("get", "", "nodes"),
        Right::anywhere("list", "", "pods"),
        Right::here("get", "", "pods"),
        Right::here("create", "", "pods").on("eviction"),
        Right::anywhere("list", "policy", "poddisruptionbudgets"),
    ],
    undo: Undo::Impossible("an evicted pod has ended; its owner has started another one elsewhere"),
    doc: "Evicts from a node every pod that is not in the case's scope and not marked for a case, except those of \
          DaemonSets, static pods and pods that have ended; or the chosen pods, if they are none of those. Each goes as \
          its disruption budget allows: where a budget says not now, it is asked again until the patience is over. \
          What innocent pods know of the attacker ends with them: capture first. Cordon first, or they come back. \
          Proven when none of those pods, by UID, is there any more.",
};

#[async_trait]
impl Action for Evict {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) if node.kind == NodeKind::Fargate => {
                Err(Disabled::because("a Fargate node has one pod only"))
            }
            Facts::Node(_) => Ok(()),
            Facts::Pod(pod) => match pod.meta.owner.as_ref().map(|owner| owner.kind.as_str()) {
                Some("DaemonSet") => Err(Disabled::because("a DaemonSet's pod comes back to the same node at once")),
                Some("Node") => Err(Disabled::because("a static pod is a file on its node; it cannot be evicted")),
                _ if pod.meta.labels.iter().any(|(key, _)| *key == *CASE || *key == *innocent::TARGET) => {
                    Err(Disabled::because("it is marked for a case: it is evidence, and no innocent"))
                }
                _ => Ok(()),
            },
            Facts::Object(_) => Err(Disabled::because("only nodes and pods are evicted")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let patience = ask.options.get("patience");
        if patience.parse::<u64>().is_err() {
            return Err(wrong(&SPEC, format!("patience is a number of seconds, and not {}", Clean::from(patience))));
        }
        let mut plan = Sketch::new(&SPEC, ask);
        let going: Vec<Vec<Pod>> = plan
            .each(ask.targets, |place, target, mut plan| {
                Box::pin(async move {
                    plan.fact(place, "uid", target.uid.to_string());
                    let sorted = match target.kind {
                        Kind::Node => Sorted::of_node(ask, target, &mut plan).await?,
                        _ => Sorted::of_pod(ask, target).await?,
                    };
                    let uids: Vec<_> = sorted.innocent.iter().filter_map(|pod| pod.metadata.uid.as_deref()).collect();
                    plan.fact(place, "pods", json!(uids));
                    for pod in &sorted.innocent {
                        let (path, body) = eviction(pod);
                        plan.call(place, "POST", path, body);
                    }
                    if sorted.innocent.is_empty() {
                        plan.note(PlanNote::Already(
                            format!("no innocent pod is on {target}; nothing is sent for it").into(),
                        ));
                    }
                    Ok((plan, sorted.innocent))
                })
            })
            .await?;
        let going: Vec<Pod> = going.into_iter().flatten().collect();
        budget::notes(ask, &going).await?.into_iter().for_each(|note| plan.note(note));
        losses(&going, ask.known).into_iter().for_each(|note| plan.note(note));
        for pod in going.iter().filter(|pod| super::frame::controller(&pod.metadata).is_none()) {
            let text = format!("{} has no owner: nothing starts it again", name(&pod.metadata));
            plan.note(PlanNote::CannotUndo(text.into()));
        }
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        budget::evict(work).await
    }

    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let target = &work.target;
        let mut there = Vec::new();
        let asked = work.calls().count();
        for _ in 0..LOOKS {
            there = still_there(work).await?;
            if there.is_empty() {
                let rests_on =
                    format!("{asked} pods were evicted from {target}, and none of them, by UID, is there any more");
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            if there.len() <= outcome.failed.len() {
                break;
            }
            work.hand.step(
                format!("{} pods still end", there.len()).into(),
                (asked - there.len()) as u64,
                asked as u64,
            );
            tokio::time::sleep(EVERY).await;
        }
        let why = outcome.failed.iter().map(Clean::as_str).collect::<Vec<_>>().join("; ");
        let why = if why.is_empty() { "they still end".to_owned() } else { why };
        let rests_on = format!("of {asked} pods {} are still there: {} ({why})", there.len(), there.join(", "));
        Ok(Verdict::Incomplete { rests_on: rests_on.into() })
    }
}

/// Looks for pods that still end, half a second apart: a minute and a half.
const LOOKS: u32 = 180;

const EVERY: Duration = Duration::from_millis(500);

/// The call that evicts one pod and no namesake.
fn eviction(pod: &Pod) -> (String, Value) {
    let meta = &pod.metadata;
    let namespace = meta.namespace.as_deref().unwrap_or_default();
    let pod_name = meta.name.as_deref().unwrap_or_default();
    let body = json!({
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod_name, "namespace": namespace},
        "deleteOptions": {"preconditions": {"uid": meta.uid}},
    });
    (format!("{}/{pod_name}/eviction?fieldManager={MANAGER}", Kind::Pod.path_in(namespace)), body)
}

/// The pods of the plan that are there, by UID.
async fn still_there(work: &Work) -> Result<Vec<String>, ActionError> {
    let asked: Vec<&str> =
        work.calls().filter_map(|(_, call)| call.body.pointer("/deleteOptions/preconditions/uid")?.as_str()).collect();
    let pods: Vec<Pod> = match work.target.kind {
        Kind::Node => {
            let path = format!("{}?fieldSelector=spec.nodeName%3D{}", Kind::Pod.path(), work.target.name);
            list(work.look.as_ref(), &path).await?
        }
        _ => match pinned::<Pod>(work.look.as_ref(), &work.target).await {
            Err(ActionError::Gone { .. } | ActionError::Replaced { .. }) => Vec::new(),
            pod => vec![pod?],
        },
    };
    let there = pods.iter().filter(|pod| pod.metadata.uid.as_deref().is_some_and(|uid| asked.contains(&uid)));
    Ok(there.map(|pod| name(&pod.metadata).to_string()).collect())
}

/// Whether a pod is marked for a case.
fn is_marked(pod: &Pod) -> bool {
    let labels = labels(&pod.metadata);
    labels.contains_key(CASE) || labels.contains_key(innocent::TARGET)
}
