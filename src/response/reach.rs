//! From the pods that a responder looks at to what an action acts on: their
//! nodes, their service accounts, the workloads that own them.

use serde_json::Value;

use super::planning::find;
use super::{ResponseError, Site};
use crate::actions::{ActionError, Spec};
use crate::kubernetes::Read;
use crate::model::{Kind, Target};

/// Owners above a pod are followed this far: no workload of Kubernetes stands higher.
const HIGHEST: usize = 4;

/// Whether an action that does not act on pods acts on something that a pod leads to.
pub fn reaches(kinds: &[Kind]) -> bool {
    !kinds.contains(&Kind::Pod)
        && kinds.iter().any(|kind| matches!(kind, Kind::Node | Kind::ServiceAccount) || Kind::WORKLOADS.contains(kind))
}

/// The targets themselves where the action acts on them, and for a pod otherwise
/// what it leads to, each once, in the order of the pods.
///
/// # Errors
/// A pod or what it leads to cannot be read, or it leads to nothing that the action acts on.
pub async fn reached(site: &Site, action: &str, targets: Vec<Target>) -> Result<Vec<Target>, ResponseError> {
    let spec = find(action)?.spec();
    let read = site.cluster.read();
    let mut found: Vec<Target> = Vec::new();
    for target in targets {
        let leads_on = target.kind == Kind::Pod && reaches(spec.kinds);
        let next = if leads_on { beneath(&read, spec, &target).await? } else { target };
        if !found.contains(&next) {
            found.push(next);
        }
    }
    Ok(found)
}

/// What one pod leads to.
async fn beneath(read: &Read, spec: &'static Spec, pod: &Target) -> Result<Target, ResponseError> {
    let unfit = |why: String| ActionError::Unfit { action: spec.id, target: Box::new(pod.clone()), why: why.into() };
    let namespace = pod.namespace.as_deref().unwrap_or_default();
    let object = object(read, Kind::Pod, namespace, &pod.name).await.map_err(ActionError::from)?;
    let text = |place: &str| object.pointer(place).and_then(Value::as_str).unwrap_or_default();
    if text("/metadata/uid") != pod.uid.to_string() {
        return Err(unfit("a pod of that name is there, but it is another one".to_owned()).into());
    }
    let named = |kind, namespace, name| async move {
        let there = self::object(read, kind, namespace, name).await.map_err(ActionError::from)?;
        identified(pod, kind, &there).ok_or_else(|| ResponseError::from(unfit(format!("its {kind} has no UID"))))
    };
    if spec.kinds.contains(&Kind::Node) {
        return match text("/spec/nodeName") {
            "" => Err(unfit("it stands on no node yet".to_owned()).into()),
            node => named(Kind::Node, "", node).await,
        };
    }
    if spec.kinds.contains(&Kind::ServiceAccount) {
        return match text("/spec/serviceAccountName") {
            "" => Err(unfit("it names no service account".to_owned()).into()),
            account => named(Kind::ServiceAccount, namespace, account).await,
        };
    }
    let (mut below, mut highest) = (object, None);
    for _ in 0..HIGHEST {
        let Some((kind, name)) = controller(&below) else { break };
        below = self::object(read, kind, namespace, &name).await.map_err(ActionError::from)?;
        highest = identified(pod, kind, &below).filter(|owner| spec.kinds.contains(&owner.kind)).or(highest);
    }
    highest.ok_or_else(|| unfit("it has no owner that this acts on".to_owned()).into())
}

async fn object(read: &Read, kind: Kind, namespace: &str, name: &str) -> Result<Value, crate::kubernetes::Error> {
    Ok(serde_json::from_slice(&read.get(kind, namespace, name).await?).unwrap_or_default())
}

/// The kind and name of an object's controller.
fn controller(object: &Value) -> Option<(Kind, String)> {
    let owners = object.pointer("/metadata/ownerReferences")?.as_array()?;
    let owner = owners.iter().find(|owner| owner.get("controller") == Some(&Value::Bool(true)))?;
    let field = |name: &str| owner.get(name).and_then(Value::as_str);
    Some((Kind::parse(field("kind")?)?, field("name")?.to_owned()))
}

/// An object that was read, in the cluster of a pod.
fn identified(pod: &Target, kind: Kind, object: &Value) -> Option<Target> {
    let text = |place: &str| object.pointer(place).and_then(Value::as_str);
    Some(Target {
        cluster: pod.cluster,
        kind,
        namespace: text("/metadata/namespace").map(Into::into),
        name: text("/metadata/name")?.into(),
        uid: text("/metadata/uid")?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn actions_on_pods_stay_there_and_others_lead_on() {
        assert!(!reaches(&[Kind::Pod, Kind::Node]));
        assert!(reaches(&[Kind::Node]) && reaches(&[Kind::ServiceAccount, Kind::RoleBinding]));
        assert!(reaches(&[Kind::Deployment]) && !reaches(&[Kind::ClusterRoleBinding]));
    }

    #[test]
    fn only_the_controller_owns() {
        let owner = |kind: &str, controller: bool| json!({"kind": kind, "name": "web-1", "controller": controller});
        let owned = |owners: Value| json!({"metadata": {"ownerReferences": owners}});
        let replicas = owned(json!([owner("Deployment", false), owner("ReplicaSet", true)]));
        assert_eq!(controller(&replicas), Some((Kind::ReplicaSet, "web-1".to_owned())));
        assert_eq!(controller(&owned(json!([owner("Deployment", false)]))), None);
        assert_eq!(controller(&owned(json!([owner("Widget", true)]))), None);
    }
}
