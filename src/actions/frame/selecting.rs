//! Who selects pods by their labels, and what a change of labels would do there.

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::NetworkPolicy;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use serde_json::Value;

use super::{ActionError, Ask, Look, controller, decode, list, name, selects};
use crate::kubernetes;
use crate::model::{Clean, Kind, PlanNote};

type Labels = BTreeMap<String, String>;

/// Namespaces that are read at once.
const AT_ONCE: usize = 16;

/// What selects pods in one namespace.
pub struct Selecting {
    /// The namespace's services.
    pub services: Vec<Service>,
    policies: Vec<NetworkPolicy>,
    budgets: Vec<PodDisruptionBudget>,
}

/// What controls a pod, and which pods it counts as its own.
pub struct Owner {
    /// `ReplicaSet web-7d9f`.
    pub title: Clean,
    /// Its selector; `None` where it cannot be read.
    pub selector: Option<LabelSelector>,
}

impl Selecting {
    /// Reads the namespaces of a plan's targets.
    pub async fn around(ask: &Ask<'_>) -> Result<BTreeMap<String, Self>, ActionError> {
        let namespaces: BTreeSet<&str> =
            ask.targets.iter().map(|target| target.namespace.as_deref().unwrap_or_default()).collect();
        let look = ask.look;
        let reads: Vec<_> =
            namespaces
                .into_iter()
                .map(|namespace| async move {
                    Ok::<_, ActionError>((namespace.to_owned(), Self::read(look, namespace).await?))
                })
                .collect();
        stream::iter(reads).buffered(AT_ONCE).try_collect().await
    }

    /// Reads a namespace.
    async fn read(look: &dyn Look, namespace: &str) -> Result<Self, ActionError> {
        let paths = [Kind::Service, Kind::NetworkPolicy, Kind::PodDisruptionBudget].map(|kind| kind.path_in(namespace));
        let [services, policies, budgets] = &paths;
        let (services, policies, budgets) =
            tokio::join!(list(look, services), list(look, policies), list(look, budgets));
        Ok(Self { services: services?, policies: policies?, budgets: budgets? })
    }

    /// What changes for a pod whose labels change: by services, policies and budgets.
    pub fn changes(&self, pod: &str, before: &Labels, after: &Labels) -> Vec<PlanNote> {
        let services = self.services.iter().map(|service| {
            (("service", "sends it traffic"), &service.metadata, selector_of(service).unwrap_or_default())
        });
        let services = services.filter(|(_, _, selector)| selector.match_labels.is_some());
        let policies = self.policies.iter().map(|policy| {
            let selector = policy.spec.as_ref().and_then(|spec| spec.pod_selector.clone()).unwrap_or_default();
            (("network policy", "governs it"), &policy.metadata, selector)
        });
        let budgets = self.budgets.iter().filter_map(|budget| {
            let selector = budget.spec.as_ref()?.selector.clone()?;
            Some((("disruption budget", "counts it"), &budget.metadata, selector))
        });
        let all = services.chain(policies).chain(budgets);
        all.filter_map(|((kind, effect), meta, selector)| {
            let text = match (selects(&selector, before), selects(&selector, after)) {
                (true, false) => format!("{kind} {} {effect} no longer: {pod}", name(meta)),
                (false, true) => format!("{kind} {} {effect} from then on: {pod}", name(meta)),
                _ => return None,
            };
            Some(PlanNote::AlsoHit(text.into()))
        })
        .collect()
    }
}

/// A service's selector; `None` where its endpoints are kept by hand.
pub fn selector_of(service: &Service) -> Option<LabelSelector> {
    let map = service.spec.as_ref()?.selector.clone().filter(|map| !map.is_empty())?;
    Some(LabelSelector { match_labels: Some(map), ..LabelSelector::default() })
}

/// The keys that a selector looks at.
pub fn keys(selector: &LabelSelector) -> impl Iterator<Item = &str> {
    let equal = selector.match_labels.iter().flat_map(BTreeMap::keys);
    equal.chain(selector.match_expressions.iter().flatten().map(|one| &one.key)).map(String::as_str)
}

/// What controls a pod, where something does.
pub async fn owner_of(look: &dyn Look, namespace: &str, meta: &ObjectMeta) -> Result<Option<Owner>, ActionError> {
    let Some(owner) = controller(meta) else { return Ok(None) };
    let title = Clean::from(format!("{} {}", owner.kind, owner.name));
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == owner.kind && kind.api_version() == owner.api_version);
    let Some(kind) = kind else { return Ok(Some(Owner { title, selector: None })) };
    let path = format!("{}/{}", kind.path_in(namespace), owner.name);
    let selector = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. } | kubernetes::Error::Forbidden { .. }) => None,
        read => {
            let object: Value = decode(&path, &read?)?;
            object.pointer("/spec/selector").and_then(|selector| serde_json::from_value(selector.clone()).ok())
        }
    };
    Ok(Some(Owner { title, selector }))
}

/// The sets of a namespace that would take a pod without an owner as their own once it has those labels.
pub async fn adopters(
    look: &dyn Look,
    namespace: &str,
    before: &Labels,
    after: &Labels,
) -> Result<Vec<Clean>, ActionError> {
    let mut found = Vec::new();
    for kind in [Kind::ReplicaSet, Kind::StatefulSet, Kind::DaemonSet] {
        let sets: Vec<Value> = list(look, &kind.path_in(namespace)).await?;
        for set in sets {
            let selector = set.pointer("/spec/selector").cloned().unwrap_or_default();
            let Ok(selector) = serde_json::from_value::<LabelSelector>(selector) else { continue };
            if selects(&selector, after) && !selects(&selector, before) {
                let name = set.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
                found.push(format!("{kind} {name}").into());
            }
        }
    }
    Ok(found)
}
