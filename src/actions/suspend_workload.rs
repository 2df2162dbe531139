//! F2: keeps a CronJob or a Job from starting anything.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, field, keepers,
    losses, path_of, pods_of, put_back, raw, send_all,
};
use crate::model::facts::{Facts, Shape};
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &SuspendWorkload;

struct SuspendWorkload;

static SPEC: Spec = Spec {
    id: "suspend-workload",
    title: "Suspend the CronJob or Job",
    key: 'w',
    kinds: &[Kind::CronJob, Kind::Job],
    tier: Tier::MayHurt,
    options: &[],
    rights: &[
        Right::here("get", "batch", "cronjobs"),
        Right::here("patch", "batch", "cronjobs"),
        Right::here("get", "batch", "jobs"),
        Right::here("list", "batch", "jobs"),
        Right::here("patch", "batch", "jobs"),
        Right::here("list", "", "pods"),
    ],
    undo: Undo::Exactly("lets it start again, where it was not suspended before; pods that were ended stay ended"),
    doc: "Sets `spec.suspend`. A CronJob starts no Jobs from then on, and those that run go on. A Job that is suspended \
          deletes its running pods, and what they know with them: the plan names them, says which were captured, and \
          is confirmed by typing. Tools that keep objects as a repository has them may set it back. Proven when the \
          field is read back and, of a Job, no pod runs any more.",
};

/// Looks for pods that still end, half a second apart.
const LOOKS: u32 = 120;

#[async_trait]
impl Action for SuspendWorkload {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Object(object) => match &object.shape {
                Shape::CronJob { suspended: true, .. } | Shape::Job { suspended: true, .. } => {
                    Err(Disabled::because("it is suspended already"))
                }
                Shape::CronJob { .. } | Shape::Job { .. } => Ok(()),
                _ => Err(Disabled::because("only CronJobs and Jobs can be suspended; scale others down")),
            },
            _ => Err(Disabled::because("only CronJobs and Jobs can be suspended")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let object: Value = raw(ask.look, target).await?;
                plan.fact(place, "uid", target.uid.to_string());
                let body = json!({"metadata": {"uid": target.uid.to_string()}, "spec": {"suspend": true}});
                put_back::remember(&mut plan, place, &body, &object);
                let path = format!("{}?fieldManager={MANAGER}", path_of(target));
                if *field(&object, "/spec/suspend") == json!(true) {
                    plan.note(PlanNote::Already(
                        format!("{target} is suspended already; nothing is sent for it").into(),
                    ));
                    plan.already(place, "PATCH", path, body);
                    return Ok((plan, ()));
                }
                plan.call(place, "PATCH", path, body);
                keepers(&object).into_iter().for_each(|note| plan.note(note));
                let pods = pods_of(ask.look, target).await?;
                let mut names: Vec<_> = pods.iter().filter_map(|pod| pod.metadata.name.clone()).collect();
                names.sort();
                if target.kind == Kind::Job {
                    plan.fact(place, "pods", json!(names));
                    if let Some(note) = losses(&pods, ask.known) {
                        plan.raise(Tier::Irreversible);
                        plan.note(note);
                    }
                } else if !names.is_empty() {
                    let text = format!("what {target} has started goes on: {}", names.join(", "));
                    plan.note(PlanNote::Limit(text.into()));
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "spec.suspend").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let set = put_back::is_set(work).await?;
        if !set.is_proven() || work.target.kind != Kind::Job {
            return Ok(set);
        }
        let target = &work.target;
        for look in 0..LOOKS {
            let pods = pods_of(work.look.as_ref(), target).await?;
            if pods.is_empty() {
                let rests_on = format!("{target} was read back with spec.suspend, and no pod of it is there");
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            work.hand.step(format!("{} pods still end", pods.len()).into(), u64::from(look), u64::from(LOOKS));
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let rests_on = format!("{target} is suspended, but pods of it are still there after a minute");
        Ok(Verdict::Incomplete { rests_on: rests_on.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}
