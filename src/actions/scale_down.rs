//! F2: takes a workload's pods away, and the evidence in them.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Choice, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, controller,
    decode, field, keepers, list, losses, meta_of, path_of, pods_of, put_back, raw, send_all, wrong,
};
use crate::kubernetes;
use crate::model::facts::{Facts, Shape};
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &ScaleDown;

struct ScaleDown;

static SPEC: Spec = Spec {
    id: "scale-down",
    title: "Scale the workload down",
    key: 'd',
    kinds: &[Kind::Deployment, Kind::StatefulSet, Kind::ReplicaSet],
    tier: Tier::Irreversible,
    options: &[Choice { name: "replicas", doc: "how many pods are left", default: "0", asked: true }],
    rights: &[
        Right::here("get", "apps", "deployments"),
        Right::here("get", "apps", "deployments").on("scale"),
        Right::here("patch", "apps", "deployments").on("scale"),
        Right::here("get", "apps", "statefulsets").on("scale"),
        Right::here("patch", "apps", "statefulsets").on("scale"),
        Right::here("get", "apps", "replicasets").on("scale"),
        Right::here("patch", "apps", "replicasets").on("scale"),
        Right::here("list", "apps", "replicasets"),
        Right::here("list", "", "pods"),
        Right::here("list", "autoscaling", "horizontalpodautoscalers"),
    ],
    undo: Undo::Exactly("sets the number of replicas that was there before; new pods start, those that ended are lost"),
    doc: "Sets the number of replicas, 0 unless told otherwise. The pods that are taken away are deleted, and their \
          processes, memory and files with them: capture first. The plan names them and says which were captured in \
          this case. An autoscaler, or a tool that keeps objects as a repository has them, may set it back. Proven \
          when the number is read back and no more pods than that are there.",
};

/// Looks for pods that still end, half a second apart: two minutes.
const LOOKS: u32 = 240;

#[async_trait]
impl Action for ScaleDown {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Object(object) => match (&object.shape, &object.meta.owner) {
                (Shape::Workload { .. }, Some(owner)) => {
                    let why = format!("{} {} sets it back at once; scale that one down", owner.kind, owner.name);
                    Err(Disabled::because(why))
                }
                (Shape::Workload { desired: 0, .. }, _) => Err(Disabled::because("it has no replicas already")),
                (Shape::Workload { .. }, _) => Ok(()),
                _ => Err(Disabled::because("only Deployments, StatefulSets and ReplicaSets have replicas")),
            },
            _ => Err(Disabled::because("only Deployments, StatefulSets and ReplicaSets have replicas")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let wanted = ask.options.get("replicas");
        let no_number = || wrong(&SPEC, format!("replicas is a number, and not {}", Clean::from(wanted)));
        let wanted: u32 = wanted.parse().map_err(|_| no_number())?;
        let mut plan = Sketch::new(&SPEC, ask);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let workload: Value = raw(ask.look, target).await?;
                if let Some(owner) = controller(&meta_of(&workload)) {
                    let why = format!(
                        "{target} belongs to {} {}, which sets it back; scale that one",
                        owner.kind, owner.name
                    );
                    return Err(ActionError::InTheWay(why.into()));
                }
                let now = field(&workload, "/spec/replicas").as_u64().unwrap_or(1);
                let body = json!({"metadata": {"uid": target.uid.to_string()}, "spec": {"replicas": wanted}});
                let path = format!("{}/scale?fieldManager={MANAGER}", path_of(target));
                plan.fact(place, "uid", target.uid.to_string());
                put_back::remember(&mut plan, place, &body, &workload);
                if now <= u64::from(wanted) {
                    plan.note(PlanNote::Already(format!("{target} has {now} replicas; nothing is sent for it").into()));
                    plan.already(place, "PATCH", path, body);
                    return Ok((plan, ()));
                }
                plan.call(place, "PATCH", path, body);
                let pods = pods_of(ask.look, target).await?;
                let uids: Vec<_> = pods.iter().filter_map(|pod| pod.metadata.uid.as_deref()).collect();
                plan.fact(place, "pods", json!(uids));
                if wanted > 0 {
                    let text = format!("{target} goes from {now} to {wanted}; its controller chooses which pods end");
                    plan.note(PlanNote::Limit(text.into()));
                }
                losses(&pods, ask.known).into_iter().for_each(|note| plan.note(note));
                keepers(&workload).into_iter().for_each(|note| plan.note(note));
                autoscalers(ask, target, wanted).await?.into_iter().for_each(|note| plan.note(note));
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "spec.replicas").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let target = &work.target;
        let wanted: usize = work.plan.options.get("replicas").parse().unwrap_or_default();
        for look in 0..LOOKS {
            let path = format!("{}/scale", path_of(target));
            let scale: Value = decode(&path, &work.look.get(&path).await?)?;
            let now = field(&scale, "/spec/replicas").as_u64().unwrap_or_default();
            if now > wanted as u64 {
                let rests_on = format!("{target} was read back with {now} replicas: somebody has scaled it up again");
                return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
            }
            let pods = pods_of(work.look.as_ref(), target).await?;
            if pods.len() <= wanted {
                let rests_on =
                    format!("{target} was read back with {now} replicas, and {} pods of it are there", pods.len());
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            work.hand.step(format!("{} pods still end", pods.len() - wanted).into(), u64::from(look), u64::from(LOOKS));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let rests_on = format!("{target} was scaled to {wanted}, but more pods than that are there after two minutes");
        Ok(Verdict::Incomplete { rests_on: rests_on.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}

/// The autoscalers of a workload, and what each does about it.
async fn autoscalers(ask: &Ask<'_>, target: &Target, wanted: u32) -> Result<Vec<PlanNote>, ActionError> {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let path = format!("/apis/autoscaling/v2/namespaces/{namespace}/horizontalpodautoscalers");
    let all: Vec<Value> = match list(ask.look, &path).await {
        Err(ActionError::Cluster(kubernetes::Error::NotFound { .. })) => return Ok(Vec::new()),
        read => read?,
    };
    let own = all.iter().filter(|one| {
        field(one, "/spec/scaleTargetRef/kind") == target.kind.name()
            && field(one, "/spec/scaleTargetRef/name") == target.name.as_str()
    });
    Ok(own
        .map(|one| {
            let name = Clean::from(field(one, "/metadata/name").as_str().unwrap_or_default());
            // The autoscaler leaves alone what was scaled to 0 by hand:
            // https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation
            PlanNote::Limit(
                match wanted {
                    0 => format!("autoscaler {name} stands still while {target} has no replicas"),
                    _ => format!("autoscaler {name} scales {target} again as it sees fit"),
                }
                .into(),
            )
        })
        .collect())
}
