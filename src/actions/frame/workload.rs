//! The pods below a workload, and what it means that they end.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;
use kube::core::PartialObjectMeta;
use serde_json::Value;

use super::{ActionError, Known, Look, controller, list, name};
use crate::model::{Clean, Kind, PlanNote, Target};

/// The pods of a workload that have not ended, down its chain of owners.
pub async fn pods_of(look: &dyn Look, target: &Target) -> Result<Vec<Pod>, ActionError> {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let mut owners = BTreeSet::from([target.uid.to_string()]);
    let between = match target.kind {
        Kind::Deployment => Some(Kind::ReplicaSet),
        Kind::CronJob => Some(Kind::Job),
        _ => None,
    };
    if let Some(kind) = between {
        let sets: Vec<PartialObjectMeta> = list(look, &kind.path_in(namespace)).await?;
        let own = sets.iter().filter(|set| controller(&set.metadata).is_some_and(|above| owners.contains(&above.uid)));
        let own: Vec<String> = own.filter_map(|set| set.metadata.uid.clone()).collect();
        owners.extend(own);
    }
    let pods: Vec<Pod> = list(look, &Kind::Pod.path_in(namespace)).await?;
    let mut own: Vec<Pod> = pods
        .into_iter()
        .filter(|pod| controller(&pod.metadata).is_some_and(|above| owners.contains(&above.uid)))
        .filter(|pod| !has_ended(pod))
        .collect();
    own.sort_by(|one, other| one.metadata.name.cmp(&other.metadata.name));
    Ok(own)
}

/// Whether a pod's containers have all ended for good.
pub fn has_ended(pod: &Pod) -> bool {
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    matches!(phase, Some("Succeeded" | "Failed"))
}

/// What is lost with pods that end, and which of them the case has captured.
pub fn losses(pods: &[Pod], known: &Known) -> Option<PlanNote> {
    if pods.is_empty() {
        return None;
    }
    let captured = |pod: &&Pod| pod.metadata.uid.as_deref().is_some_and(|uid| known.has_captured(uid));
    let names = |pods: Vec<&Pod>| {
        pods.into_iter().map(|pod| name(&pod.metadata)).map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
    };
    let (kept, lost): (Vec<&Pod>, Vec<&Pod>) = pods.iter().partition(captured);
    let all = names(pods.iter().collect());
    let state = match (kept.is_empty(), lost.is_empty()) {
        (_, true) => "captured in this case, all of them".to_owned(),
        (true, _) => "NOT captured in this case, none of them".to_owned(),
        _ => format!("captured in this case: {}; NOT captured: {}", names(kept), names(lost)),
    };
    Some(PlanNote::CannotUndo(format!("processes, memory and files of {all} are lost; {state}").into()))
}

/// Who is likely to set a workload back: tools that keep objects as a repository has them.
pub fn keepers(object: &Value) -> Vec<PlanNote> {
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let signs = [
        ("argocd.argoproj.io/", "Argo CD"),
        ("kustomize.toolkit.fluxcd.io/", "Flux"),
        ("helm.toolkit.fluxcd.io/", "Flux"),
        ("meta.helm.sh/", "Helm"),
        ("keda.sh/", "KEDA"),
    ];
    for map in ["/metadata/labels", "/metadata/annotations"] {
        let keys = object.pointer(map).and_then(Value::as_object).into_iter().flat_map(|map| map.keys());
        for key in keys {
            found.extend(signs.iter().filter(|(sign, _)| key.starts_with(sign)).map(|(_, tool)| *tool));
        }
    }
    let entries = object.pointer("/metadata/managedFields").and_then(Value::as_array).into_iter().flatten();
    for manager in entries.filter_map(|entry| entry.get("manager")?.as_str()) {
        match manager {
            "argocd-controller" | "argocd-application-controller" => found.extend(["Argo CD"]),
            "kustomize-controller" | "helm-controller" => found.extend(["Flux"]),
            _ => {}
        }
    }
    let name = object.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
    found
        .into_iter()
        .map(|tool| {
            PlanNote::Limit(
                format!("{tool} manages {}, and may set it back: suspend it there as well", Clean::from(name)).into(),
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pod(name: &str, uid: &str) -> Pod {
        serde_json::from_value(json!({"metadata": {"name": name, "uid": uid}})).unwrap()
    }

    #[test]
    fn what_was_not_captured_is_named() {
        let (one, other) = ("0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11", "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d12");
        let pods = [pod("web-1", one), pod("web-2", other)];
        let known = Known { captured: [one.parse().unwrap()].into(), ..Known::default() };
        let text = losses(&pods, &known).unwrap().text().to_string();
        assert!(text.ends_with("captured in this case: web-1; NOT captured: web-2"), "{text}");
        assert!(losses(&pods, &Known::default()).unwrap().text().contains("none of them"));
        assert!(losses(&[], &known).is_none());
    }

    #[test]
    fn tools_that_set_it_back_are_known_by_their_signs() {
        let object = json!({"metadata": {"name": "web", "annotations": {"argocd.argoproj.io/tracking-id": "x"},
            "managedFields": [{"manager": "kustomize-controller"}]}});
        assert_eq!(keepers(&object).len(), 2);
        assert!(keepers(&json!({"metadata": {"labels": {"app": "argocd"}}})).is_empty());
    }
}
