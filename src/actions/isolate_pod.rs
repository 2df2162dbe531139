//! N0 to N4: denies one pod everything, both ways, and measures whether that holds.

#[path = "isolate_pod/admin.rs"]
mod admin;
#[path = "isolate_pod/measure/mod.rs"]
pub(super) mod measure;
#[path = "isolate_pod/neighbour.rs"]
mod neighbour;
#[path = "isolate_pod/outage.rs"]
mod outage;
#[path = "isolate_pod/overrule.rs"]
mod overrule;
#[path = "isolate_pod/plugin.rs"]
pub(super) mod plugin;
#[path = "isolate_pod/policy.rs"]
mod policy;
#[path = "isolate_pod/proof.rs"]
pub(super) mod proof;
#[path = "isolate_pod/surroundings.rs"]
pub(super) mod surroundings;
#[path = "isolate_pod/table.rs"]
mod table;
#[path = "isolate_pod/undo.rs"]
mod undo;

use std::collections::BTreeSet;

use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use self::measure::{Ground, Phase, Subject};
use self::policy::Isolation;
use self::surroundings::Surroundings;
use super::frame::{
    Action, ActionError, Ask, Disabled, Done, Look, MANAGER, Outcome, Right, SEND_COMMAND, Sketch, Spec, Undo, Work,
    controller, labels, path_of, pinned, unless_moved,
};
use crate::kubernetes;
use crate::model::facts::Facts;
use crate::model::{Call, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &IsolatePod;

struct IsolatePod;

static SPEC: Spec = Spec {
    id: "isolate-pod",
    title: "Isolate the pod",
    key: 'i',
    kinds: &[Kind::Pod],
    tier: Tier::MayHurt,
    options: &[measure::CANARY],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("list", "", "pods"),
        Right::here("patch", "", "pods"),
        Right::here("list", "", "services"),
        Right::anywhere("get", "", "nodes"),
        Right::here("get", "networking.k8s.io", "networkpolicies"),
        Right::here("list", "networking.k8s.io", "networkpolicies"),
        Right::here("create", "networking.k8s.io", "networkpolicies"),
        Right::here("patch", "networking.k8s.io", "networkpolicies"),
        Right::Iam("ssm:DescribeInstanceInformation"),
        Right::Iam("ssm:SendCommand"),
        Right::Iam("ssm:GetCommandInvocation"),
        Right::Iam("ssm:ListCommandInvocations"),
    ],
    undo: Undo::Exactly(
        "deletes the policies by their UIDs, takes the label from the pod, and gives other policies their selectors back",
    ),
    doc: "Creates a NetworkPolicy without a rule that selects this one pod by a label with its UID, and puts the \
          label on the pod: nothing may come in, nothing may go out. Policies add up, so every other policy that \
          selects the pod and allows anything is told to leave it out. Whether the network obeys is measured from the \
          pod's node through AWS Systems Manager, before and after: connections are tried from the pod's network \
          namespace and from pods beside it, and the open ones are watched. Nothing runs in a container. PROVEN is \
          what was measured; NOT ENFORCED, STILL LEAKING with the connections, and NOT MEASURED with what is missing \
          are the others. The script, for the document AWS-RunShellScript, stands in the plan.",
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
        // What lies around them holds the pods themselves, too: read before them, it is read once.
        let places: BTreeSet<_> = ask.targets.iter().filter_map(|target| target.namespace.as_deref()).collect();
        let paths: Vec<String> = places.into_iter().map(|place| Kind::Pod.path_in(place)).collect();
        let lists: Vec<_> = paths.iter().map(|path| ask.look.get(path)).collect();
        let _: Vec<_> = futures::stream::iter(lists).buffered(AT_ONCE).try_collect().await?;
        let reads: Vec<_> = ask.targets.iter().map(|target| pinned::<Pod>(ask.look, target)).collect();
        let pods: Vec<Pod> = futures::stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        let around = Surroundings::read(ask, &pods).await?;
        let subjects = pods.iter().enumerate().filter_map(|(place, pod)| Subject::of(place, pod)).collect();
        let ground = Ground::read(&SPEC, ask, subjects, &mut plan).await?;
        ground.measure(Phase::Before, &mut plan);
        for (place, (target, pod)) in ask.targets.iter().zip(&pods).enumerate() {
            self.deny(ask, &around, (place, target, pod), &mut plan);
            table::note(&around, &ground, pod, &mut plan);
            around.own(pod, &mut plan);
            around.siblings(pod, &mut plan);
        }
        overrule::plan(&around, &pods, &mut plan);
        around.namespaces().for_each(|place| outage::note(&around, place, &mut plan));
        if let Some(others) = around.plugin.not_read() {
            plan.note(PlanNote::Limit(format!("{others} are here and are not read: they may still allow").into()));
        }
        plan.note(PlanNote::Limit("traffic between a pod and its own node stays open, whatever policies say".into()));
        plan.note(PlanNote::Limit(
            "whether connections that are open now are cut depends on the network plugin; Calico and Antrea keep them"
                .into(),
        ));
        ground.measure(Phase::After, &mut plan);
        proof::note_again(&mut plan);
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        let own: Vec<_> = work.calls().filter(|(_, call)| is_own(call)).collect();
        let total = own.len() as u64 + 1;
        work.hand.step("measuring what is open".into(), 0, total);
        let mut outcome = Outcome { printed: proof::before(work).await, ..Outcome::default() };
        for (done, (place, call)) in (1u64..).zip(own) {
            let creates = &*call.method == "POST";
            work.hand.step(if creates { "policy" } else { "label" }.into(), done, total);
            match work.hand.send(place).await {
                Ok(_) => {}
                // Who may not write cluster-wide policies has the namespace's all the same.
                Err(error) if admin::is_admin(call) => outcome.failed.push(error.to_string().into()),
                Err(ActionError::Cluster(kubernetes::Error::Rejected { reason, .. }))
                    if creates && reason == "AlreadyExists" =>
                {
                    self.same_is_there(work).await?;
                }
                Err(error) => return Err(unless_moved(work, place, error)),
            }
        }
        work.hand.step("other policies".into(), total, total);
        for (place, _) in overrule::of(&work.plan, &work.target.uid.to_string()) {
            if let Err(error) = work.hand.shared(place).await {
                outcome.failed.push(format!("another policy still allows: {error}").into());
            }
        }
        Ok(outcome)
    }

    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let isolation = Isolation::of_plan(&work.plan, &work.target);
        let after = work.hand.after().await;
        let pod: Pod = pinned(after.as_ref(), &work.target).await?;
        let rests_on = match isolation.found(after.as_ref()).await? {
            None => format!("the policy {} read back: it is not there", isolation.name()),
            Some(policy) if !isolation.is(&policy) => isolation.differs().to_string(),
            Some(_) if labels(&pod.metadata).get(policy::TARGET) != Some(&work.target.uid.to_string()) => {
                format!("the label {} read back: it is not on the pod", policy::TARGET)
            }
            Some(policy) => {
                let uid = policy.metadata.uid.unwrap_or_default();
                let there = format!("the policy {} ({uid}) and the pod's label were read back", isolation.name());
                return proof::verdict(work, outcome, &pod, &there).await;
            }
        };
        Ok(Verdict::NotEnforced { rests_on: rests_on.into() })
    }

    fn measures(&self, plan: &Plan, target: &Target) -> Option<usize> {
        proof::measures(plan, target)
    }

    async fn measured(
        &self,
        look: &dyn Look,
        plan: &Plan,
        target: &Target,
        printed: &[u8],
    ) -> Result<Verdict, ActionError> {
        proof::measured(look, plan, target, printed).await
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        undo::plan(Sketch::undo(&SPEC, ask, done), ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        undo::prove(work).await
    }
}

/// Pods that are read at once.
const AT_ONCE: usize = 32;

/// Whether a call concerns one target only.
fn is_own(call: &Call) -> bool {
    &*call.method != SEND_COMMAND && !overrule::is_exclusion(call)
}

impl IsolatePod {
    /// N1, and the cluster-wide policy where there is such a thing.
    fn deny(
        &self,
        ask: &Ask<'_>,
        around: &Surroundings,
        (place, target, pod): (usize, &Target, &Pod),
        plan: &mut Sketch,
    ) {
        let isolation = Isolation::new(target, ask.case);
        let uid = target.uid.to_string();
        let has_label = labels(&pod.metadata).get(policy::TARGET) == Some(&uid);
        let there = around.of(pod).and_then(|space| {
            space.policies.iter().find(|policy| policy.metadata.name.as_deref() == Some(isolation.name()))
        });
        let same = there.is_some_and(|policy| isolation.is(policy));

        let spec = pod.spec.clone().unwrap_or_default();
        plan.fact(place, "uid", uid.clone());
        plan.fact(place, "labels", json!(pod.metadata.labels));
        plan.fact(place, "owner", json!(controller(&pod.metadata).map(|owner| &owner.uid)));
        plan.fact(place, "node", json!(spec.node_name));
        plan.fact(place, "service account", json!(spec.service_account_name));
        plan.fact(place, "host network", json!(spec.host_network));
        plan.fact(place, "policy", json!(there.map(|policy| isolation.is(policy))));
        plan.fact(place, "selecting policies", json!(overrule::selecting(around, pod)));

        if there.is_some() && !same {
            plan.note(PlanNote::Limit(isolation.differs()));
        }
        let create = if same { Sketch::already } else { Sketch::call };
        create(plan, place, "POST", isolation.create_path(), isolation.manifest());
        if around.plugin.cluster_policies {
            let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
            let manifest = admin::manifest(&isolation, namespace, &uid);
            let there = admin::is_there(&around.admin, &manifest);
            plan.fact(place, "cluster-wide policy", json!(there));
            if there == Some(false) {
                plan.note(PlanNote::Limit(format!("the cluster-wide policy {} is there and is another one: somebody changed it; look at it, delete it, and plan again", isolation.name()).into()));
            }
            let create = if there == Some(true) { Sketch::already } else { Sketch::call };
            create(plan, place, "POST", admin::create_path(), manifest);
        }
        let path = format!("{}?fieldManager={MANAGER}", path_of(target));
        let patch = if has_label { Sketch::already } else { Sketch::call };
        patch(plan, place, "PATCH", path, isolation.label_patch());
        if has_label && same {
            plan.note(PlanNote::Already(format!("{target} has the policy and the label already").into()));
        }
    }

    /// After AlreadyExists: the same policy is as good as ours, another one is not.
    async fn same_is_there(&self, work: &Work) -> Result<(), ActionError> {
        let isolation = Isolation::of_plan(&work.plan, &work.target);
        match isolation.found(work.look.as_ref()).await? {
            Some(policy) if isolation.is(&policy) => Ok(()),
            _ => Err(ActionError::InTheWay(isolation.differs())),
        }
    }
}
