//! S7: takes a pod out of its services, and leaves it with its owner.

#[path = "remove_from_services/endpoints.rs"]
mod endpoints;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use k8s_openapi::api::core::v1::Service;
use serde_json::{Value, json};

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, MANAGER, Outcome, Right, Selecting, Sketch, Spec, Undo, Work, controller,
    keys, labels, meta_of, name, owner_of, path_of, put_back, raw, selector_of, selects, send_all,
};
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &RemoveFromServices;

struct RemoveFromServices;

static SPEC: Spec = Spec {
    id: "remove-from-services",
    title: "Remove the pod from its services",
    key: 's',
    kinds: &[Kind::Pod],
    tier: Tier::MayHurt,
    options: &[],
    rights: &[
        Right::here("get", "", "pods"),
        Right::here("patch", "", "pods"),
        Right::here("list", "", "services"),
        Right::here("list", "discovery.k8s.io", "endpointslices"),
        Right::here("list", "networking.k8s.io", "networkpolicies"),
        Right::here("list", "policy", "poddisruptionbudgets"),
    ],
    undo: Undo::Exactly("puts the labels back that were taken away"),
    doc: "Takes the labels from the pod that its services select by and its owner does not, so that they send it no \
          more traffic while the owner keeps it. Refused where a service selects by the owner's labels alone: taking \
          one of those would make the owner start a replacement. Connections that are open stay open. Proven when no \
          EndpointSlice of those services names the pod any more and its owner is the same.",
};

/// Looks at the endpoints, a quarter of a second apart: their controller needs a moment.
const LOOKS: u32 = 60;

#[async_trait]
impl Action for RemoveFromServices {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        match facts {
            Facts::Pod(pod) if pod.meta.labels.is_empty() => {
                Err(Disabled::because("it has no label that a service could select it by"))
            }
            Facts::Pod(pod) if pod.meta.deleting => Err(Disabled::because("the pod is being deleted")),
            Facts::Pod(_) => Ok(()),
            _ => Err(Disabled::because("only pods are removed from services")),
        }
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        let around = &Selecting::around(ask).await?;
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let namespace = target.namespace.as_deref().unwrap_or_default();
                let Some(selecting) = around.get(namespace) else { return Ok((plan, ())) };
                let pod: Value = raw(ask.look, target).await?;
                let meta = meta_of(&pod);
                plan.fact(place, "uid", target.uid.to_string());
                plan.fact(place, "owner", json!(controller(&meta).map(|owner| &owner.uid)));
                let before = labels(&meta);
                let owners = match owner_of(ask.look, namespace, &meta).await? {
                    None => BTreeSet::new(),
                    Some(owner) => match &owner.selector {
                        Some(selector) => keys(selector).map(str::to_owned).collect(),
                        None => {
                            let why = format!(
                                "{target} belongs to {}, and which labels that looks at is not known: taking one away \
                                 might make it start a replacement",
                                owner.title
                            );
                            return Err(ActionError::InTheWay(why.into()));
                        }
                    },
                };
                let way = Way::out(&selecting.services, &before, &owners);
                plan.fact(place, "services", json!(way.left));
                for service in &way.stuck {
                    let text = format!(
                        "service {service} selects {target} by its owner's labels alone: taking one would make the owner \
                         start a replacement; isolate the pod instead"
                    );
                    if way.left.is_empty() {
                        return Err(ActionError::InTheWay(text.into()));
                    }
                    plan.note(PlanNote::Limit(text.into()));
                }
                if way.labels.is_empty() {
                    plan.note(PlanNote::Already(format!("no service selects {target}; nothing is sent for it").into()));
                    return Ok((plan, ()));
                }
                let after: BTreeMap<_, _> = before
                    .iter()
                    .filter(|(key, _)| !way.labels.contains(*key))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect();
                selecting.changes(&target.name, &before, &after).into_iter().for_each(|note| plan.note(note));
                let gone = way.labels.iter().map(|key| (key.clone(), Value::Null));
                let body = put_back::labels_patch(target, gone);
                put_back::remember(&mut plan, place, &body, &pod);
                plan.call(place, "PATCH", format!("{}?fieldManager={MANAGER}", path_of(target)), body);
                plan.note(PlanNote::Limit("connections that are open now stay open; only new ones go elsewhere".into()));
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        send_all(work, "labels").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let target = &work.target;
        let set = put_back::is_set(work).await?;
        if !set.is_proven() {
            return Ok(set);
        }
        let pod: Value = raw(work.look.as_ref(), target).await?;
        let owner = json!(controller(&meta_of(&pod)).map(|owner| &owner.uid));
        if work.plan.fact(work.place, "owner") != Some(&owner) {
            let rests_on = format!("{target} has another owner than before: it was let go, and a replacement starts");
            return Ok(Verdict::Incomplete { rests_on: rests_on.into() });
        }
        let namespace = target.namespace.as_deref().unwrap_or_default();
        let mut naming = Vec::new();
        for _ in 0..LOOKS {
            naming = endpoints::naming(work.look.as_ref(), namespace, target).await?;
            if naming.is_empty() {
                let rests_on = format!("no EndpointSlice of {namespace} names {target}, and its owner is the same");
                return Ok(Verdict::Proven { rests_on: rests_on.into() });
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        let rests_on = format!("{target} still is an endpoint of {}", naming.join(", "));
        Ok(Verdict::Incomplete { rests_on: rests_on.into() })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        put_back::plan(&SPEC, ask, done).await
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        put_back::prove(work).await
    }
}

/// The way out of the services that select a pod.
#[derive(Debug, Default, PartialEq, Eq)]
struct Way {
    /// The labels to take away, as few as do.
    labels: BTreeSet<String>,
    /// The services that are left.
    left: Vec<String>,
    /// The services that cannot be left without the owner.
    stuck: Vec<String>,
}

impl Way {
    fn out(services: &[Service], labels: &BTreeMap<String, String>, owners: &BTreeSet<String>) -> Self {
        let mut way = Self::default();
        for service in services {
            let Some(selector) = selector_of(service).filter(|selector| selects(selector, labels)) else { continue };
            let own: Vec<&str> = keys(&selector).filter(|key| !owners.contains(*key)).collect();
            let service = name(&service.metadata).to_string();
            match own.first() {
                None => way.stuck.push(service),
                Some(first) => {
                    if !own.iter().any(|key| way.labels.contains(*key)) {
                        way.labels.insert((*first).to_owned());
                    }
                    way.left.push(service);
                }
            }
        }
        way.left.sort();
        way.stuck.sort();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn service(name: &str, selector: Value) -> Service {
        serde_json::from_value(json!({"metadata": {"name": name}, "spec": {"selector": selector}})).unwrap()
    }

    #[test]
    fn only_labels_that_the_owner_does_not_look_at_are_taken() {
        let labels =
            [("app", "web"), ("traffic", "yes"), ("zone", "a")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let owners = ["app".to_owned()].into();
        let services = [
            service("web", json!({"app": "web", "traffic": "yes"})),
            service("zoned", json!({"traffic": "yes", "zone": "a"})),
            service("all", json!({"app": "web"})),
            service("other", json!({"app": "api"})),
            service("by-hand", json!(null)),
        ];
        let way = Way::out(&services, &labels, &owners);
        assert_eq!(way.labels, ["traffic".to_owned()].into());
        assert_eq!((way.left, way.stuck), (vec!["web".to_owned(), "zoned".to_owned()], vec!["all".to_owned()]));
    }
}
