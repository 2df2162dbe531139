//! Whether a deleted pod's containers have ended.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Node, Pod};
use serde_json::Value;

use super::super::frame::{ActionError, Ask, Look, Work, decode, list, name, pinned};
use crate::kubernetes;
use crate::model::{Clean, Kind, PlanNote, Verdict};

/// How long is waited for after the grace period, in seconds.
const AFTER: u64 = 60;

/// How often is looked.
const EVERY: Duration = Duration::from_millis(250);

/// Looks for containers that run on although the object is gone.
const LOOKS: u32 = 20;

/// What was seen of the pod's containers while it went.
#[derive(Default)]
struct Seen {
    /// Ended, as the status said last: `web (137)`.
    ended: Vec<String>,
    /// Not yet ended when the status was last seen.
    running: Vec<String>,
}

/// Watches the pod go, and asks its node what still runs.
pub async fn watched(work: &Work) -> Result<Verdict, ActionError> {
    let fact = |what: &str| work.plan.fact(work.place, what);
    let grace = fact("grace").and_then(Value::as_u64).unwrap_or(30);
    let node = fact("node").and_then(Value::as_str).unwrap_or_default().to_owned();
    let began = std::time::Instant::now();
    let mut seen = Seen::default();
    loop {
        match pinned::<Pod>(work.look.as_ref(), &work.target).await {
            Ok(pod) => seen = look_at(&pod),
            Err(ActionError::Gone { .. } | ActionError::Replaced { .. }) => break,
            Err(error) => return Err(error),
        }
        let waited = began.elapsed().as_secs();
        if waited > grace + AFTER {
            let why = format!(
                "{} is still there {waited} s after it was deleted ({} still run): its node {node} may be cut off, and \
                 the containers go on running there",
                work.target,
                if seen.running.is_empty() {
                    "it is not known which containers".to_owned()
                } else {
                    seen.running.join(", ")
                }
            );
            return Ok(Verdict::NotMeasured { why: why.into() });
        }
        work.hand.step("waiting for its containers to end".into(), waited, grace);
        tokio::time::sleep(EVERY).await;
    }
    let target = &work.target;
    let mut running = running_there(work, &node).await;
    for _ in 0..LOOKS {
        if running.as_ref().is_ok_and(Vec::is_empty) || running.is_err() {
            break;
        }
        tokio::time::sleep(EVERY).await;
        running = running_there(work, &node).await;
    }
    Ok(match (running, seen.running.is_empty()) {
        (Ok(running), _) if running.is_empty() => {
            let rests_on = format!("{target} is gone, and the kubelet of {node} lists no running container of it");
            Verdict::Proven { rests_on: rests_on.into() }
        }
        (Ok(running), _) => {
            let rests_on =
                format!("{target} is gone, but on {node} these of its containers run on: {}", running.join(", "));
            Verdict::NotEnforced { rests_on: rests_on.into() }
        }
        (Err(why), true) if !seen.ended.is_empty() => {
            let rests_on = format!(
                "{target} is gone, and before it went its status said that its containers had ended: {}; its kubelet \
                 was not asked ({why})",
                seen.ended.join(", ")
            );
            Verdict::Proven { rests_on: rests_on.into() }
        }
        (Err(_), _) if node.is_empty() => {
            Verdict::Proven { rests_on: format!("{target} is gone, and it was never put on a node").into() }
        }
        (Err(why), _) => {
            let why = format!(
                "{target} is gone, but that its containers have ended was not seen, and its kubelet was not asked ({why}); \
                 look for them on {node}"
            );
            Verdict::NotMeasured { why: why.into() }
        }
    })
}

fn look_at(pod: &Pod) -> Seen {
    let mut seen = Seen::default();
    for status in pod.status.iter().flat_map(|status| status.container_statuses.iter().flatten()) {
        let name = Clean::from(status.name.as_str());
        match status.state.as_ref().and_then(|state| state.terminated.as_ref()) {
            Some(end) => seen.ended.push(format!("{name} ({})", end.exit_code)),
            None => seen.running.push(name.to_string()),
        }
    }
    seen
}

/// The containers of the pod that its node's runtime still runs, as its kubelet lists them.
async fn running_there(work: &Work, node: &str) -> Result<Vec<String>, String> {
    if node.is_empty() {
        return Err("it was on no node".to_owned());
    }
    let path = format!("{}/{node}/proxy/runningpods", Kind::Node.path());
    let pods: Vec<Pod> = list(work.look.as_ref(), &path).await.map_err(|error| error.to_string())?;
    let uid = work.target.uid.to_string();
    let own = pods.iter().filter(|pod| pod.metadata.uid.as_deref() == Some(uid.as_str()));
    let containers = own.flat_map(|pod| pod.spec.iter().flat_map(|spec| &spec.containers));
    Ok(containers.map(|container| Clean::from(container.name.as_str()).to_string()).collect())
}

/// Whether a pod's node answers no more: what is deleted there runs on.
pub async fn silent_node(ask: &Ask<'_>, node: Option<&str>) -> Result<Option<PlanNote>, ActionError> {
    let Some(node) = node else { return Ok(None) };
    let Some(node) = read(ask.look, node).await? else { return Ok(None) };
    let conditions = node.status.iter().flat_map(|status| status.conditions.iter().flatten());
    let ready = conditions.into_iter().any(|one| one.type_ == "Ready" && one.status == "True");
    Ok((!ready).then(|| {
        let text =
            format!("node {} is not ready: what is deleted there runs on until it is back", name(&node.metadata));
        PlanNote::Limit(text.into())
    }))
}

async fn read(look: &dyn Look, node: &str) -> Result<Option<Node>, ActionError> {
    let path = format!("{}/{node}", Kind::Node.path());
    match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => Ok(None),
        read => decode(&path, &read?).map(Some),
    }
}
