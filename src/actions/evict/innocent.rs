//! Which pods are moved, and which stay.

use k8s_openapi::api::core::v1::{Node, Pod};

use super::super::frame::{ActionError, Ask, Sketch, controller, has_ended, list, name, pinned};
use super::is_marked;
use crate::model::{Clean, Kind, PlanNote, Target};

/// The label that ties an isolation to its pod.
pub const TARGET: &str = "ir.podmortem/case-target";

/// The pods that go.
pub struct Sorted {
    /// Those that go.
    pub innocent: Vec<Pod>,
}

impl Sorted {
    /// The pods of a node: what stays is said.
    pub async fn of_node(ask: &Ask<'_>, target: &Target, plan: &mut Sketch) -> Result<Self, ActionError> {
        let node: Node = pinned(ask.look, target).await?;
        if node.spec.as_ref().and_then(|spec| spec.unschedulable) != Some(true) {
            let text = format!("{target} is not cordoned: what is evicted may start there again; cordon it first");
            plan.note(PlanNote::Limit(text.into()));
        }
        let path = format!("{}?fieldSelector=spec.nodeName%3D{}", Kind::Pod.path(), target.name);
        let mut pods: Vec<Pod> = list(ask.look, &path).await?;
        pods.sort_by(|one, other| key(one).cmp(&key(other)));
        let mut innocent = Vec::new();
        let mut kept: Vec<String> = Vec::new();
        for pod in pods {
            match staying(ask, &pod) {
                None => innocent.push(pod),
                Some(why) => kept.push(format!("{} ({why})", name(&pod.metadata))),
            }
        }
        if !kept.is_empty() {
            plan.note(PlanNote::Limit(format!("these stay on {}: {}", target.name, kept.join(", ")).into()));
        }
        if !kept.iter().any(|text| text.ends_with(EVIDENCE)) {
            let text =
                format!("nothing on {} is in the case's scope or marked for a case: all of it is moved", target.name);
            plan.note(PlanNote::Limit(text.into()));
        }
        Ok(Self { innocent })
    }

    /// A chosen pod.
    ///
    /// # Errors
    /// It is one that stays.
    pub async fn of_pod(ask: &Ask<'_>, target: &Target) -> Result<Self, ActionError> {
        let pod: Pod = pinned(ask.look, target).await?;
        match staying(ask, &pod) {
            None => Ok(Self { innocent: vec![pod] }),
            Some(why) => Err(ActionError::InTheWay(format!("{target} is not evicted: {why}").into())),
        }
    }
}

const EVIDENCE: &str = "evidence)";

/// Why a pod stays where it is.
fn staying(ask: &Ask<'_>, pod: &Pod) -> Option<Clean> {
    let owner = controller(&pod.metadata).map(|owner| owner.kind.as_str());
    let why = if pod.metadata.uid.as_deref().is_some_and(|uid| ask.known.in_scope(uid)) {
        "in the case's scope: evidence"
    } else if is_marked(pod) {
        "marked for a case: evidence"
    } else if owner == Some("DaemonSet") {
        "of a DaemonSet: it would come back at once"
    } else if owner == Some("Node") {
        "a static pod: a file on its node"
    } else if has_ended(pod) {
        "it has ended"
    } else if pod.metadata.deletion_timestamp.is_some() {
        "it is being deleted already"
    } else {
        return None;
    };
    Some(why.into())
}

fn key(pod: &Pod) -> (Option<&str>, Option<&str>) {
    (pod.metadata.namespace.as_deref(), pod.metadata.name.as_deref())
}
