//! S4: marks a node.

use async_trait::async_trait;
use k8s_openapi::api::apps::v1::DaemonSet;
use serde_json::Value;

use super::frame::{
    ANNOTATION, Action, ActionError, Ask, Disabled, Done, Marking, Outcome, REPLACE, Right, Sketch, Spec, Undo, Work,
    label_choice, list, name, put_back, raw, send_all,
};
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &LabelNode;

struct LabelNode;

static SPEC: Spec = Spec {
    id: "label-node",
    title: "Label or annotate the node",
    key: 'L',
    kinds: &[Kind::Node],
    tier: Tier::Undone,
    options: &[label_choice("status=quarantine"), ANNOTATION, REPLACE],
    rights: &[
        Right::anywhere("get", "", "nodes"),
        Right::anywhere("patch", "", "nodes"),
        Right::anywhere("list", "apps", "daemonsets"),
    ],
    undo: Undo::Exactly("gives every label and annotation the value that it had before, or takes it away again"),
    doc: "Puts labels and an annotation on the node, and the case's own label. Only new keys by default. Nothing that \
          runs on the node is touched, unless a DaemonSet chooses its nodes by one of the keys: the plan names it. \
          Proven when the labels are read back.",
};

#[async_trait]
impl Action for LabelNode {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Node(node) if node.meta.deleting => Err(Disabled::because("the node is being deleted")),
            Facts::Node(_) => Ok(()),
            _ => Err(Disabled::because("only nodes are labelled by this")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let marking = Marking::of(&SPEC, ask)?;
        let mut plan = Sketch::new(&SPEC, ask);
        let marking = &marking;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let node: Value = raw(ask.look, target).await?;
                plan.fact(place, "uid", target.uid.to_string());
                marking.plan(&mut plan, place, target, &node)?;
                Ok((plan, ()))
            })
        })
        .await?;
        let sets: Vec<DaemonSet> = list(ask.look, &Kind::DaemonSet.path()).await?;
        for set in &sets {
            for key in marking.labels.keys().filter(|key| chooses_by(set, key)) {
                let namespace = set.metadata.namespace.as_deref().unwrap_or_default();
                let text = format!(
                    "DaemonSet {namespace}/{} chooses its nodes by {key}: its pods may start or end there",
                    name(&set.metadata)
                );
                plan.note(PlanNote::AlsoHit(text.into()));
            }
        }
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "labels").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::is_set(work).await
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}

/// Whether a DaemonSet's pods look at a label of nodes.
fn chooses_by(set: &DaemonSet, key: &str) -> bool {
    let Some(pod) = set.spec.template.spec.as_ref() else { return false };
    let affinity = pod.affinity.as_ref().and_then(|affinity| affinity.node_affinity.as_ref());
    let required = affinity.and_then(|node| node.required_during_scheduling_ignored_during_execution.as_ref());
    let mut terms = required.iter().flat_map(|selector| &selector.node_selector_terms);
    pod.node_selector.as_ref().is_some_and(|selector| selector.contains_key(key))
        || terms.any(|term| term.match_expressions.iter().flatten().any(|one| one.key == key))
}
