//! N1: a policy that denies one pod everything, both ways.

#[path = "isolate_pod/policy.rs"]
mod policy;
#[path = "isolate_pod/surroundings.rs"]
mod surroundings;
#[path = "isolate_pod/undo.rs"]
mod undo;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use self::policy::Isolation;
use self::surroundings::Surroundings;
use super::frame::{
    Action, ActionError, Ask, Disabled, Done, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, controller, labels,
    path_of, pinned,
};
use crate::kubernetes;
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &IsolatePod;

struct IsolatePod;

static SPEC: Spec = Spec {
    id: "isolate-pod",
    title: "Isolate the pod",
    key: 'i',
    kinds: &[Kind::Pod],
    tier: Tier::MayHurt,
    options: &[],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("list", "", "pods"),
        Right::here("patch", "", "pods"),
        Right::here("list", "", "services"),
        Right::anywhere("get", "", "nodes"),
        Right::here("get", "networking.k8s.io", "networkpolicies"),
        Right::here("list", "networking.k8s.io", "networkpolicies"),
        Right::here("create", "networking.k8s.io", "networkpolicies"),
    ],
    undo: Undo::Exactly("deletes the policy by its UID, then takes its label from the pod"),
    doc: "Creates a NetworkPolicy without a rule that selects this one pod by a label with its UID, and puts the \
          label on the pod: nothing may come in, nothing may go out. Whether the network obeys depends on the \
          cluster: no policy engine, other policies that still allow, open connections, the host's network. The \
          plan says what is known; until the pod's traffic has been measured the verdict is NOT MEASURED.",
};

#[async_trait]
impl Action for IsolatePod {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(pod) if matches!(&*pod.status, "Succeeded" | "Failed" | "Completed") => {
                Err(Disabled::because("its containers have ended: there is no traffic to stop"))
            }
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are isolated")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        if ask.case.is_none() {
            plan.note(PlanNote::Limit("made outside a case: the policies carry no case's name".into()));
        }
        let mut around = Surroundings::default();
        for (place, target) in ask.targets.iter().enumerate() {
            let pod: Pod = pinned(ask.look, target).await?;
            let isolation = Isolation::new(target, ask.case);
            let has_label = labels(&pod.metadata).get(policy::TARGET) == Some(&target.uid.to_string());
            let there = isolation.found(ask.look).await?;

            let spec = pod.spec.clone().unwrap_or_default();
            plan.fact(place, "uid", target.uid.to_string());
            plan.fact(place, "labels", json!(pod.metadata.labels));
            plan.fact(place, "owner", json!(controller(&pod.metadata).map(|owner| &owner.uid)));
            plan.fact(place, "node", json!(spec.node_name));
            plan.fact(place, "service account", json!(spec.service_account_name));
            plan.fact(place, "host network", json!(spec.host_network));
            plan.fact(place, "policy", json!(there.as_ref().map(|policy| isolation.is(policy))));

            match &there {
                Some(policy) if isolation.is(policy) => {
                    plan.already(place, "POST", isolation.create_path(), isolation.manifest());
                }
                Some(_) => {
                    plan.note(PlanNote::Limit(isolation.differs()));
                    plan.call(place, "POST", isolation.create_path(), isolation.manifest());
                }
                None => plan.call(place, "POST", isolation.create_path(), isolation.manifest()),
            }
            let path = format!("{}?fieldManager={MANAGER}", path_of(target));
            if has_label {
                plan.already(place, "PATCH", path, isolation.label_patch());
            } else {
                plan.call(place, "PATCH", path, isolation.label_patch());
            }
            if has_label && there.is_some_and(|policy| isolation.is(&policy)) {
                plan.note(PlanNote::Already(format!("{target} has the policy and the label already").into()));
            }
            let selecting = around.describe(ask, &pod, &mut plan).await?;
            plan.fact(place, "selecting policies", json!(selecting));
        }
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        let total = work.calls().count() as u64;
        for (done, (place, call)) in (0u64..).zip(work.calls()) {
            let creates = &*call.method == "POST";
            work.hand.step(if creates { "policy" } else { "label" }.into(), done, total);
            match work.hand.send(place).await {
                Ok(_) => {}
                Err(ActionError::Cluster(kubernetes::Error::Rejected { reason, .. }))
                    if creates && reason == "AlreadyExists" =>
                {
                    self.same_is_there(work).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Outcome::default())
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let isolation = Isolation::of_plan(&work.plan, &work.target);
        let pod: Pod = pinned(work.look.as_ref(), &work.target).await?;
        let rests_on = match isolation.found(work.look.as_ref()).await? {
            None => format!("the policy {} read back: it is not there", isolation.name()),
            Some(policy) if !isolation.is(&policy) => isolation.differs().to_string(),
            Some(_) if labels(&pod.metadata).get(policy::TARGET) != Some(&work.target.uid.to_string()) => {
                format!("the label {} read back: it is not on the pod", policy::TARGET)
            }
            Some(policy) => {
                let uid = policy.metadata.uid.unwrap_or_default();
                let why = format!(
                    "the policy {} ({uid}) and the pod's label were read back, but whether the network obeys them \
                     was not measured: look at the pod's connections from its node",
                    isolation.name()
                );
                return Ok(Verdict::NotMeasured { why: why.into() });
            }
        };
        Ok(Verdict::NotEnforced { rests_on: rests_on.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        undo::plan(Sketch::undo(&SPEC, ask, done), ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        undo::prove(work).await
    }
}

impl IsolatePod {
    /// After AlreadyExists: the same policy is as good as ours, another one is not.
    async fn same_is_there(&self, work: &Work) -> Result<(), ActionError> {
        let isolation = Isolation::of_plan(&work.plan, &work.target);
        match isolation.found(work.look.as_ref()).await? {
            Some(policy) if isolation.is(&policy) => Ok(()),
            _ => Err(ActionError::InTheWay(isolation.differs())),
        }
    }
}
