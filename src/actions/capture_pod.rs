//! V2, V3 and what the API knows of a pod: kept before it is forgotten.

#[path = "capture_pod/related.rs"]
mod related;
#[path = "capture_pod/sources.rs"]
mod sources;

use async_trait::async_trait;
use futures::StreamExt as _;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::frame::rbac::bindings;
use super::frame::{
    Action, ActionError, Ask, Disabled, Kept, Outcome, Right, Sketch, Spec, Undo, Work, controller, pinned,
};
use crate::kubernetes;
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &CapturePod;

struct CapturePod;

/// Artefacts of a pod that arrive at once, what is forgotten first before what stays.
const AT_ONCE: usize = 6;

static SPEC: Spec = Spec {
    id: "capture-pod",
    title: "Capture what the API knows of the pod",
    key: 'p',
    kinds: &[Kind::Pod],
    tier: Tier::Reads,
    options: &[],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("list", "", "pods"),
        Right::here("get", "", "pods").on("log"),
        Right::anywhere("list", "", "events"),
        Right::here("get", "", "serviceaccounts"),
        Right::here("list", "", "services"),
        Right::here("list", "discovery.k8s.io", "endpointslices"),
        Right::here("list", "networking.k8s.io", "networkpolicies"),
        Right::here("list", "policy", "poddisruptionbudgets"),
        Right::anywhere("get", "", "nodes"),
        Right::anywhere("get", "", "namespaces"),
    ],
    undo: Undo::Impossible("it only reads: there is nothing to put back"),
    doc: "Keeps as evidence, each hashed while it arrives: the pod with the digests of its images, its owners up to the \
          last, its siblings, its node, its service account with the bindings and roles that give it rights, the \
          namespace and its network policies, disruption budgets, services and endpoints, the events of all of them \
          (which the API server forgets after an hour), and the logs of every container, init and ephemeral ones \
          included, as they run now and as they ended before their last restart. Nothing is run in the pod. Proven when every artefact \
          was read again and its hash agrees.",
};

#[async_trait]
impl Action for CapturePod {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are captured")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let bindings = match bindings(ask.look).await {
            Err(ActionError::Cluster(kubernetes::Error::Forbidden { said, .. })) => {
                let text =
                    format!("bindings may not be listed, so what the service accounts may do is not captured: {said}");
                plan.note(PlanNote::Limit(text.into()));
                Vec::new()
            }
            read => read?,
        };
        let bindings = &bindings;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let pod: Pod = pinned(ask.look, target).await?;
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "owner", json!(controller(&pod.metadata).map(|owner| &owner.uid)));
                plan.fact(place, "node", json!(pod.spec.as_ref().and_then(|spec| spec.node_name.as_ref())));
                plan.fact(place, "containers", json!(sources::containers(&pod)));
                plan.fact(place, "images", json!(related::images(&pod)));
                for path in sources::paths(ask.look, target, &pod, bindings).await? {
                    plan.call(place, "GET", path, Value::Null);
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        let mut outcome = Outcome::default();
        let total = work.calls().count() as u64;
        let keeping: Vec<_> = work
            .calls()
            .map(|(place, call)| {
                let label = sources::label(&work.target, &call.path);
                async move { (label.clone(), work.hand.keep(place, label).await) }
            })
            .collect();
        let mut keeping = futures::stream::iter(keeping).buffered(AT_ONCE);
        let (mut done, mut stopped) = (0, None);
        // What has begun is kept, whatever stops the rest.
        while let Some((label, kept)) = keeping.next().await {
            done += 1;
            work.hand.step(label.clone(), done, total);
            match kept {
                Ok(Kept::Stored(custody)) => outcome.evidence.push(*custody),
                Ok(Kept::Absent(why)) => outcome.absent.push(format!("{label}: {why}").into()),
                Ok(Kept::Failed(why)) => outcome.failed.push(format!("{label}: {why}").into()),
                Err(error) => stopped = stopped.or(Some(error)),
            }
        }
        if let Some(error) = stopped {
            return Err(error);
        }
        work.hand.step("captured".into(), total, total);
        Ok(outcome)
    }

    async fn prove(&self, work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
        let mut missing = outcome.failed.iter().map(ToString::to_string).collect::<Vec<_>>();
        for custody in &outcome.evidence {
            let label = &custody.source.label;
            if !work.hand.still_there(custody).await? {
                missing.push(format!("{label}: what is stored is not what was received"));
            } else if let Some(why) = &custody.incomplete {
                missing.push(format!("{label}: it broke off: {why}"));
            }
        }
        let count = outcome.evidence.len();
        if !missing.is_empty() {
            let rests_on = format!("{count} artefacts were stored; capture again, for {}", missing.join("; "));
            return Ok(Verdict::Incomplete { rests_on: rests_on.into() });
        }
        let bytes: u64 = outcome.evidence.iter().map(|custody| custody.bytes).sum();
        let absent = match outcome.absent.len() {
            0 => String::new(),
            1 => "; 1 thing was not there to be captured".to_owned(),
            several => format!("; {several} things were not there to be captured"),
        };
        let rests_on = format!("{count} artefacts, {bytes} bytes, were read again and their hashes agree{absent}");
        Ok(Verdict::Proven { rests_on: rests_on.into() })
    }
}
