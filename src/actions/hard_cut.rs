//! N3: cuts a pod off on its node's side, where no policy and no open connection helps it.

#[path = "hard_cut/command.rs"]
mod command;
#[path = "hard_cut/undo.rs"]
mod undo;

use std::collections::BTreeMap;

use async_trait::async_trait;
use futures::{StreamExt as _, TryStreamExt as _};
use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use self::command::{Doing, WITH};
use super::frame::{
    Action, ActionError, Ask, Disabled, Done, Look, MANAGER, Outcome, Right, Sketch, Spec, Undo, Work, path_of, pinned,
    send,
};
use super::isolate_pod::measure::{CANARY, Ground, Phase, Subject};
use super::isolate_pod::{proof, surroundings};
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &HardCut;

struct HardCut;

static SPEC: Spec = Spec {
    id: "hard-cut",
    title: "Cut the pod off on its node",
    key: 'x',
    kinds: &[Kind::Pod],
    tier: Tier::MayHurt,
    options: &[CANARY, WITH],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("list", "", "pods"),
        Right::here("patch", "", "pods"),
        Right::anywhere("get", "", "nodes"),
        Right::Iam("ssm:DescribeInstanceInformation"),
        Right::Iam("ssm:SendCommand"),
        Right::Iam("ssm:GetCommandInvocation"),
        Right::Iam("ssm:ListCommandInvocations"),
    ],
    undo: Undo::Exactly(
        "deletes the rules from the node, then takes the annotation ir.podmortem/hard-cut from the pod",
    ),
    doc: "For a pod that is STILL LEAKING: on its node, through AWS Systems Manager, packets between the pod's interface \
          and anybody but the node are dropped (nft, or iptables where there is no nft), whatever policies say and \
          whatever connections are open. Probes of the kubelet go on, so that the container is not restarted. Who has \
          root on the node can take the rules away, and they are gone when the node starts anew. Proven when the rules \
          were read back and what gets through was measured, as for isolate-pod. The scripts, for the document \
          AWS-RunShellScript, stand in the plan.",
};

/// Says on the pod that its node holds rules for it, and for which case.
const ANNOTATION: &str = "ir.podmortem/hard-cut";

/// Pods that are read at once.
const AT_ONCE: usize = 32;

#[async_trait]
impl Action for HardCut {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(pod) if matches!(&*pod.status, "Succeeded" | "Failed" | "Completed") => {
                Err(Disabled::because("its containers have ended: there is no traffic to stop"))
            }
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are cut off")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let tools = command::tools(&SPEC, ask.options)?;
        let reads: Vec<_> = ask.targets.iter().map(|target| pinned::<Pod>(ask.look, target)).collect();
        let pods: Vec<Pod> = futures::stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        for (target, pod) in ask.targets.iter().zip(&pods) {
            if pod.spec.as_ref().and_then(|spec| spec.host_network) == Some(true) {
                let why = "it uses its node's network; cutting that cuts the node".into();
                return Err(ActionError::Unfit { action: SPEC.id, target: Box::new(target.clone()), why });
            }
        }
        let subjects = pods.iter().enumerate().filter_map(|(place, pod)| Subject::of(place, pod)).collect();
        let ground = Ground::read(&SPEC, ask, subjects, &mut plan).await?;
        for (target, pod) in ask.targets.iter().zip(&pods) {
            let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref()).unwrap_or_default();
            let why = match ground.instance(node) {
                Some(Ok(_)) => continue,
                Some(Err(why)) => format!("nothing can be done on its node {}: {why}", Clean::from(node)),
                None => "it is on no node, or has no address yet".to_owned(),
            };
            return Err(ActionError::Unfit { action: SPEC.id, target: Box::new(target.clone()), why: why.into() });
        }
        ground.measure(Phase::Before, &mut plan);
        command::add(&ground, &tools, &mut plan);
        let case = ask.case.map_or_else(|| "none".to_owned(), |case| case.slug());
        for (place, (target, pod)) in ask.targets.iter().zip(&pods).enumerate() {
            let spec = pod.spec.clone().unwrap_or_default();
            let annotated = pod.metadata.annotations.iter().flatten().find(|(key, _)| *key == ANNOTATION);
            plan.fact(place, "uid", target.uid.to_string());
            plan.fact(place, "node", json!(spec.node_name));
            plan.fact(place, "addresses", json!(proof::addresses(pod)));
            plan.fact(place, "hard cut", json!(annotated.map(|(_, value)| value)));
            if let Some((_, value)) = annotated {
                plan.note(PlanNote::Already(
                    format!("{target} has been cut off already, for {value}; the rules are made anew").into(),
                ));
            }
            let path = format!("{}?fieldManager={MANAGER}", path_of(target));
            let body = json!({"metadata": {"uid": target.uid.to_string(), "annotations": {ANNOTATION: case}}});
            let patch = if annotated.is_some() { Sketch::already } else { Sketch::call };
            patch(&mut plan, place, "PATCH", path, body);
            if surroundings::reaches_node(pod) {
                let text = format!("{target} has its node in its hands: it can take the rules away");
                plan.note(PlanNote::Limit(text.into()));
            }
        }
        plan.note(PlanNote::Limit("the rules are gone when the node starts anew".into()));
        plan.note(PlanNote::AlsoHit(
            "whoever talks to the pod waits in vain; it stays ready, since its node still reaches it".into(),
        ));
        ground.measure(Phase::After, &mut plan);
        proof::note_again(&mut plan);
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        work.hand.step("measuring what is open".into(), 0, 3);
        let mut printed: BTreeMap<_, _> = proof::before(work).await;
        work.hand.step("rules on the node".into(), 1, 3);
        let uid = work.target.uid.to_string();
        let Some((call, _)) = command::find(&work.plan, &uid, Doing::Cut) else {
            let why = format!("the node of {} cannot be asked; the plan's notes say why", work.target);
            return Err(ActionError::InTheWay(why.into()));
        };
        printed.insert(call, work.hand.shared(call).await?);
        work.hand.step("annotation".into(), 2, 3);
        for (place, _) in work.calls().filter(|(_, call)| &*call.method == "PATCH") {
            send(work, place).await?;
        }
        Ok(Outcome { printed, ..Outcome::default() })
    }

    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let pod: Pod = pinned(work.look.as_ref(), &work.target).await?;
        let uid = work.target.uid.to_string();
        let found = command::find(&work.plan, &uid, Doing::Cut).and_then(|(call, number)| {
            Some(command::state(&String::from_utf8_lossy(outcome.printed.get(&call)?), number))
        });
        match found {
            Some(command::State::Here { interface, tool, .. }) => {
                let there = format!("the rules on {interface} of its node ({tool}) were read back");
                proof::verdict(work, outcome, &pod, &there).await
            }
            Some(state) => {
                Ok(Verdict::NotEnforced { rests_on: format!("its node was asked for the rules: {state}").into() })
            }
            None => Ok(Verdict::NotMeasured { why: "its node did not say whether the rules are there".into() }),
        }
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
