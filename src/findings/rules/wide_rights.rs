//! Bindings that give much.

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::model::SessionId;
use crate::rbac::{Grant, Held, Subject, Weight, powers};

pub const RULE: &dyn Rule = &WideRights;

struct WideRights;

static SPEC: Spec = Spec {
    id: "wide-rights",
    title: "wide rights",
    why: "Whoever takes over one of these identities has these rights, and from some of them all others: a right to \
          create pods is a right to every service account of the namespace, a right to exec is a right to every token.",
    playbook: "contain-first",
};

impl Rule for WideRights {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for (session, rights) in world.rights {
            for binding in &rights.bindings {
                look_at(*session, rights.grant(binding), seen);
            }
        }
    }
}

fn look_at(session: SessionId, grant: Grant<'_>, seen: &mut Sightings) {
    let binding = grant.binding;
    let counts = |subject: &&Subject| {
        // Those without a credential have a rule of their own, and so has what an API server makes for itself.
        !(subject.is_anonymous() || binding.is_built_in() && subject.is_system())
    };
    let subjects: Vec<&Subject> = binding.subjects.iter().filter(counts).collect();
    if subjects.is_empty() {
        return;
    }
    let held: Vec<Held> =
        powers(grant.rules()).into_iter().filter(|held| held.power.words != "read configuration").collect();
    let Some(first) = held.first() else { return };
    let everywhere = grant.namespace().is_empty();
    let limited = held.iter().all(|held| !held.names.is_empty());
    let severity = match (first.power.weight, everywhere) {
        _ if limited => Severity::Low,
        (Weight::Everything, true) => Severity::High,
        (_, true) => Severity::Medium,
        (Weight::Everything, false) if grant.namespace() == "kube-system" => Severity::High,
        (Weight::Everything, false) => Severity::Medium,
        (_, false) => Severity::Low,
    };
    let everybody =
        subjects.iter().any(|one| one.name == "system:authenticated" || one.name == "system:serviceaccounts");
    let agents = subjects.iter().all(|one| one.is_system());
    let severity = match severity {
        _ if everybody => Severity::Critical,
        _ if agents => Severity::Low.min(severity),
        severity => severity,
    };
    let names: Vec<String> = subjects.iter().map(ToString::to_string).collect();
    let may: Vec<String> = held.iter().map(|held| held.words().to_string()).collect();
    seen.binding(session, binding, severity, format!("{} may {}: {}", names.join(", "), grant.place(), may.join(", ")));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::frame::tests::{binding, role, seen_with};
    use super::*;
    use crate::rbac::{Binding, Role};

    fn roles() -> Vec<Role> {
        vec![
            role("cluster-admin", json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}])),
            role("view", json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "configmaps"]}])),
            role("reader", json!([{"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"]}])),
        ]
    }

    fn told(bindings: Vec<Binding>) -> Vec<String> {
        seen_with(&WideRights, vec![], bindings, roles())
    }

    #[test]
    fn rights_that_lead_further_are_told_with_who_has_them() {
        let bindings = vec![
            binding("argo", "cluster-admin", &["ServiceAccount:platform/argocd"]),
            binding("look", "view", &["User:alice"]),
            binding("agent", "reader", &["ServiceAccount:kube-system/agent"]),
            binding("all", "reader", &["Group:system:authenticated"]),
            binding("gone", "no-such-role", &["User:alice"]),
        ];
        assert_eq!(
            told(bindings),
            [
                "CRITICAL ClusterRoleBinding all (ClusterRole reader): Group:system:authenticated may everywhere: read secrets",
                "HIGH ClusterRoleBinding argo (ClusterRole cluster-admin): ServiceAccount:platform/argocd may everywhere: do everything",
                "LOW ClusterRoleBinding agent (ClusterRole reader): ServiceAccount:kube-system/agent may everywhere: read secrets",
            ]
        );
    }

    #[test]
    fn what_the_api_server_makes_for_itself_hides_nobody_else() {
        let mut own = binding("cluster-admin", "cluster-admin", &["Group:system:masters"]);
        own.object = json!({"metadata": {"labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}});
        assert!(told(vec![own.clone()]).is_empty());
        own.subjects.push(Subject::parse("User:mallory").unwrap());
        let seen = told(vec![own]);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0].contains("User:mallory may everywhere") && !seen[0].contains("masters may"), "{seen:?}");
    }
}
