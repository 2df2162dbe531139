//! Rows 1 and 2 of the features: the record of who did what, from now on.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, Look, Outcome, Right, Sketch, Spec, Undo, Work, call_all,
};
use crate::aws::ControlPlane;
use crate::model::facts::Facts;
use crate::model::{Call, Clean, ClusterId, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &EnableAuditLogs;

struct EnableAuditLogs;

static SPEC: Spec = Spec {
    id: "enable-audit-logs",
    title: "Turn the audit log on",
    key: 'G',
    kinds: &[Kind::Cluster],
    tier: Tier::Undone,
    options: &[],
    rights: &[
        Right::Iam("eks:DescribeCluster"),
        Right::Iam("eks:DescribeUpdate"),
        Right::Iam("eks:UpdateClusterConfig"),
    ],
    undo: Undo::Exactly("turns off those of the two logs that were off before, and no other"),
    doc: "Turns on the control plane's logs `audit` and `authenticator`, whichever is off: who did what to the cluster, and \
          as which IAM identity. They go to CloudWatch Logs, which charges for them, into the group /aws/eks/NAME/cluster. \
          What was done before is in no log. EKS takes some minutes; workloads and the API server go on meanwhile, and \
          EKS takes no other change of the cluster until it is through. Proven when DescribeCluster gives both as on.",
};

/// The logs: what was done, and which IAM identity each Kubernetes user was.
/// <https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>
const LOGS: [&str; 2] = ["audit", "authenticator"];

const UPDATE: &str = "eks:UpdateClusterConfig";

/// How long EKS may take; it needs two minutes mostly.
const PATIENCE: Duration = Duration::from_secs(900);

/// Time between two questions: short at first, for who answers at once.
const FAST: Duration = Duration::from_millis(250);

/// The longest time between two questions.
const SLOW: Duration = Duration::from_secs(5);

#[async_trait]
impl Action for EnableAuditLogs {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, _facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        Ok(())
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        for (place, target) in ask.targets.iter().enumerate() {
            let plane = plane(ask.look, ask.cluster, target).await?;
            facts(&mut plan, place, &plane);
            let (on, off): (Vec<&str>, Vec<&str>) = LOGS.iter().partition(|log| plane.logs(log));
            if !on.is_empty() {
                plan.already(place, UPDATE, plane.arn.to_string(), body(&plane.name, &on, true));
            }
            if off.is_empty() {
                plan.note(PlanNote::Already(format!("{} are on already", LOGS.join(" and ")).into()));
                continue;
            }
            let words = off.join(" and ");
            plan.note(PlanNote::Limit(format!("what was done before {words} is on stays unrecorded").into()));
            plan.note(PlanNote::Limit(
                format!("CloudWatch Logs charges for what goes to {}", plane.log_group()).into(),
            ));
            busy(&mut plan, &plane);
            plan.call(place, UPDATE, plane.arn.to_string(), body(&plane.name, &off, true));
        }
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        call_all(work, "asking EKS").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        became(work, &LOGS, true).await
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let mut plan = Sketch::undo(&SPEC, ask, done);
        for (place, target) in ask.targets.iter().enumerate() {
            let plane = plane(ask.look, ask.cluster, target).await?;
            facts(&mut plan, place, &plane);
            let ours: Vec<String> = done.effects(target).flat_map(|effect| types(effect.call)).collect();
            let (on, off): (Vec<&str>, Vec<&str>) = ours.iter().map(String::as_str).partition(|log| plane.logs(log));
            if ours.is_empty() {
                plan.note(PlanNote::Theirs(format!("the logs of {} were on before, and stay so", plane.name).into()));
            }
            if !off.is_empty() {
                plan.note(PlanNote::Theirs(format!("somebody has turned {} off since", off.join(" and ")).into()));
            }
            if !on.is_empty() {
                let words = on.join(" and ");
                plan.note(PlanNote::AlsoHit(format!("nothing is recorded by {words} from then on").into()));
                busy(&mut plan, &plane);
                plan.call(place, UPDATE, plane.arn.to_string(), body(&plane.name, &on, false));
            }
        }
        Ok(plan.done())
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let logs: Vec<String> = work.calls().flat_map(|(_, call)| types(call)).collect();
        if logs.is_empty() {
            return Ok(Verdict::Proven { rests_on: "the logs are as somebody else has left them".into() });
        }
        became(work, &logs.iter().map(String::as_str).collect::<Vec<_>>(), false).await
    }
}

/// The control plane of a target, which must be the cluster that is connected.
async fn plane(look: &dyn Look, cluster: ClusterId, target: &Target) -> Result<ControlPlane, ActionError> {
    if target.uid != cluster.0 {
        return Err(ActionError::Replaced { target: Box::new(target.clone()), now: cluster.to_string().into() });
    }
    Ok(look.control_plane().await?)
}

fn facts(plan: &mut Sketch, place: usize, plane: &ControlPlane) {
    plan.fact(place, "arn", plane.arn.as_str());
    plan.fact(place, "logs", json!(plane.logs));
}

fn busy(plan: &mut Sketch, plane: &ControlPlane) {
    if plane.status != "ACTIVE" {
        let text =
            format!("the cluster is {}: EKS takes one change at a time, and refuses this one until then", plane.status);
        plan.note(PlanNote::WouldFail(text.into()));
    }
}

/// One setup for each log, so that each can be told apart from the others later.
fn body(cluster: &Clean, logs: &[&str], enabled: bool) -> Value {
    let setups: Vec<_> = logs.iter().map(|log| json!({"types": [log], "enabled": enabled})).collect();
    json!({"name": cluster, "logging": {"clusterLogging": setups}})
}

/// The logs that a call is about.
fn types(call: &Call) -> Vec<String> {
    let setups = call.body.pointer("/logging/clusterLogging").and_then(Value::as_array).into_iter().flatten();
    let types = setups.filter_map(|setup| setup.get("types")?.as_array()).flatten();
    types.filter_map(|log| log.as_str().map(str::to_owned)).collect()
}

/// Reads the cluster until its logs are as they should be and the update is through.
async fn became(work: &Work, logs: &[&str], enabled: bool) -> Result<Verdict, ActionError> {
    let words = format!("{} {}", logs.join(" and "), if enabled { "on" } else { "off" });
    let (begun, mut pause) = (Instant::now(), FAST);
    loop {
        let plane = work.look.control_plane().await?;
        let is = logs.iter().all(|log| plane.logs(log) == enabled);
        if is && plane.status == "ACTIVE" {
            let rests_on = format!("DescribeCluster gives {words} for {}", plane.name);
            return Ok(Verdict::Proven { rests_on: rests_on.into() });
        }
        if work.hand.is_cancelled() || begun.elapsed() > PATIENCE {
            let waited = begun.elapsed().as_secs();
            let why = format!("EKS was still at it after {waited} s ({}); look again with doctor", plane.status);
            return Ok(Verdict::NotMeasured { why: why.into() });
        }
        if !is && plane.status == "ACTIVE" && pause >= SLOW {
            let rests_on =
                format!("DescribeCluster does not give {words} for {}, and no update is under way", plane.name);
            return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
        }
        work.hand.step(format!("EKS is at it: {}", plane.status).into(), 0, 1);
        tokio::time::sleep(pause).await;
        pause = (pause * 3 / 2).min(SLOW);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_log_is_a_setup_of_its_own() {
        let body = body(&"shop".into(), &LOGS, true);
        assert_eq!(body["logging"]["clusterLogging"][1], json!({"types": ["authenticator"], "enabled": true}));
        let call = Call { target: 0, method: UPDATE.into(), path: "arn".into(), body };
        assert_eq!(types(&call), LOGS);
    }
}
