//! S3: marks a pod, without moving it from where its owner and its services look for it.

use async_trait::async_trait;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::frame::{
    ANNOTATION, Action, ActionError, Ask, Choice, Disabled, Done, Marking, Outcome, REPLACE, Right, Selecting, Sketch,
    Spec, Undo, Work, adopters, controller, is_yes, label_choice, labels, meta_of, owner_of, put_back, raw, selects,
    send_all,
};
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &LabelPod;

struct LabelPod;

static SPEC: Spec = Spec {
    id: "label-pod",
    title: "Label or annotate the pod",
    key: 'l',
    kinds: &[Kind::Pod],
    tier: Tier::Undone,
    options: &[
        label_choice("status=quarantine"),
        ANNOTATION,
        REPLACE,
        Choice {
            name: "orphan",
            doc: "yes goes on where the owner would let the pod go and start another",
            default: "no",
            asked: false,
        },
    ],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("patch", "", "pods"),
        Right::here("list", "", "services"),
        Right::here("list", "networking.k8s.io", "networkpolicies"),
        Right::here("list", "policy", "poddisruptionbudgets"),
        Right::here("list", "apps", "replicasets"),
    ],
    undo: Undo::Exactly("gives every label and annotation the value that it had before, or takes it away again"),
    doc: "Puts labels and an annotation on the pod, and the case's own label. Only new keys by default. Services, \
          network policies, disruption budgets and owners find pods by labels: the plan says whose view of the pod \
          changes. Where the owner would let the pod go and start a replacement, it is refused unless orphan=yes. \
          Proven when the labels are read back and the owner is the same.",
};

#[async_trait]
impl Action for LabelPod {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(pod) if pod.meta.owner.as_ref().is_some_and(|owner| owner.kind == *"Node") => {
                Err(Disabled::because("a static pod's labels are its node's file; the kubelet sets them back"))
            }
            Facts::Pod(pod) if pod.meta.deleting => Err(Disabled::because("the pod is being deleted")),
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are labelled by this")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let marking = Marking::of(&SPEC, ask)?;
        let orphan = is_yes(&SPEC, ask.options, "orphan")?;
        let mut plan = Sketch::new(&SPEC, ask);
        let (marking, around) = (&marking, &Selecting::around(ask).await?);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let pod: Value = raw(ask.look, target).await?;
                let meta = meta_of(&pod);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "labels", json!(meta.labels));
                plan.fact(place, "owner", json!(controller(&meta).map(|owner| &owner.uid)));
                marking.plan(&mut plan, place, target, &pod)?;
                if let Some(selecting) = around.get(target.namespace.as_deref().unwrap_or_default()) {
                    self.consequences(ask, target, (&meta, marking, selecting), orphan, &mut plan).await?;
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "labels").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let verdict = put_back::is_set(work).await?;
        let pod: Value = raw(work.hand.after().await.as_ref(), &work.target).await?;
        let owner = json!(controller(&meta_of(&pod)).map(|owner| &owner.uid));
        let before = work.plan.fact(work.place, "owner");
        if verdict.is_proven() && before != Some(&owner) {
            let rests_on = format!(
                "{} has the labels, but another owner than before: it was let go, and a replacement starts",
                work.target
            );
            return Ok(Verdict::Incomplete { rests_on: rests_on.into() });
        }
        Ok(verdict)
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}

impl LabelPod {
    /// Whose view of the pod changes with its labels.
    async fn consequences(
        &self,
        ask: &Ask<'_>,
        target: &Target,
        (meta, marking, selecting): (&ObjectMeta, &Marking, &Selecting),
        orphan: bool,
        plan: &mut Sketch,
    ) -> Result<(), ActionError> {
        let namespace = target.namespace.as_deref().unwrap_or_default();
        let before = labels(meta);
        let after = marking.after(&before);
        selecting.changes(&target.name, &before, &after).into_iter().for_each(|note| plan.note(note));
        match owner_of(ask.look, namespace, meta).await? {
            None => {
                for set in adopters(ask.look, namespace, &before, &after).await? {
                    let text = format!("{set} would take {target} as its own, and may delete it as one too many");
                    plan.note(PlanNote::AlsoHit(text.into()));
                }
            }
            Some(owner) => match owner.selector {
                None => {
                    let text =
                        format!("{target} belongs to {}, and which labels that looks at is not known", owner.title);
                    plan.note(PlanNote::Limit(text.into()));
                }
                Some(selector) if selects(&selector, &before) && !selects(&selector, &after) => {
                    let text = format!(
                        "{} lets {target} go and starts a replacement, which may be compromised as well",
                        owner.title
                    );
                    if !orphan {
                        let why = format!("{text}; choose another key, or set orphan=yes if that is what you want");
                        return Err(ActionError::InTheWay(why.into()));
                    }
                    plan.raise(Tier::Irreversible);
                    let text =
                        format!("{text}; once the label is put back, one of its pods is deleted as one too many");
                    plan.note(PlanNote::CannotUndo(text.into()));
                }
                Some(_) => {}
            },
        }
        Ok(())
    }
}
