//! Rights of service accounts that every pod has without asking.

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::model::Clean;
use crate::rbac::{Subject, Weight, powers};

pub const RULE: &dyn Rule = &DefaultAccount;

struct DefaultAccount;

static SPEC: Spec = Spec {
    id: "default-account",
    title: "default service account with rights",
    why: "Every pod that names no service account speaks as the namespace's default one, with a token mounted: what is \
          given to it is given to whatever is started there.",
    playbook: "contain-first",
};

impl Rule for DefaultAccount {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for (session, rights) in world.rights {
            for binding in rights.bindings.iter().filter(|binding| !binding.is_built_in()) {
                let who: Vec<&Subject> = binding.subjects.iter().filter(|one| is_default(one)).collect();
                let Some(first) = who.first() else { continue };
                let grant = rights.grant(binding);
                let held = powers(grant.rules());
                let severity = match held.first().map(|held| held.power.weight) {
                    Some(Weight::Everything) => Severity::Critical,
                    Some(_) => Severity::High,
                    None => Severity::Medium,
                };
                let may = if held.is_empty() {
                    grant.rules().iter().map(|rule| rule.words().to_string()).collect::<Vec<_>>().join("; ")
                } else {
                    held.iter().map(|held| held.words().to_string()).collect::<Vec<_>>().join(", ")
                };
                let may = if may.is_empty() { "what a role gives that could not be read".to_owned() } else { may };
                let pods = speaking(world, *session, first);
                let saw = format!("{first} ({pods} pods) may {}: {}", grant.place(), Clean::capped(&may, 400));
                seen.binding(*session, binding, severity, saw);
            }
        }
    }
}

/// A default account, or a group that they are all in.
fn is_default(subject: &Subject) -> bool {
    match subject.as_account() {
        Some((_, name)) => name == "default",
        None => subject.kind == "Group" && subject.name.starts_with("system:serviceaccounts"),
    }
}

/// The pods that speak as one of them.
fn speaking(world: &World<'_>, session: crate::model::SessionId, subject: &Subject) -> usize {
    let of_group = subject.name.strip_prefix("system:serviceaccounts").map(|rest| rest.trim_start_matches(':'));
    let namespace = match (subject.as_account(), of_group) {
        (Some((namespace, _)), _) | (None, Some(namespace)) => namespace,
        (None, None) => return 0,
    };
    let named = subject.as_account().is_some();
    let speaks = |account: &str| account == "default" || !named;
    let here = |name: &str| namespace.is_empty() || name == namespace;
    world
        .pods()
        .filter(|pod| pod.session() == session && here(pod.namespace()) && speaks(pod.service_account()))
        .count()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::frame::tests::{binding, pod, role, seen_with};
    use super::*;

    #[test]
    fn what_every_pod_gets_is_seen() {
        let roles = vec![
            role("view", json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])),
            role("reader", json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}])),
        ];
        let bindings = vec![
            binding("a", "view", &["ServiceAccount:shop/default"]),
            binding("b", "reader", &["Group:system:serviceaccounts:shop"]),
            binding("c", "reader", &["ServiceAccount:shop/web"]),
        ];
        let mut lazy = pod(1, "shop", "lazy");
        lazy.service_account = "default".into();
        assert_eq!(
            seen_with(&DefaultAccount, vec![lazy, pod(2, "shop", "web"), pod(3, "other", "web")], bindings, roles),
            [
                "HIGH ClusterRoleBinding b (ClusterRole reader): Group:system:serviceaccounts:shop (2 pods) may everywhere: read secrets",
                "MEDIUM ClusterRoleBinding a (ClusterRole view): ServiceAccount:shop/default (1 pods) may everywhere: get pods",
            ]
        );
    }
}
