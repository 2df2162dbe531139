//! Bindings of those without a credential.

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::model::Clean;
use crate::rbac::{Subject, powers};

pub const RULE: &dyn Rule = &Anonymous;

struct Anonymous;

static SPEC: Spec = Spec {
    id: "anonymous-binding",
    title: "rights without a credential",
    why: "Whoever reaches the API server has these rights, without a token and without a name in the audit log but \
          system:anonymous. By default only system:public-info-viewer gives any: somebody made this one.",
    playbook: "contain-first",
};

/// What everybody may read of a cluster that was never changed.
/// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles>
const PUBLIC: &str = "system:public-info-viewer";

impl Rule for Anonymous {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for (session, rights) in world.rights {
            for binding in rights.bindings.iter().filter(|one| one.name != PUBLIC || one.role != PUBLIC) {
                let who: Vec<String> =
                    binding.subjects.iter().filter(|one| one.is_anonymous()).map(Subject::to_string).collect();
                if who.is_empty() {
                    continue;
                }
                let grant = rights.grant(binding);
                let held = powers(grant.rules());
                let may = match (grant.role, held.is_empty()) {
                    (None, _) => "what a role gives that could not be read, or is gone".to_owned(),
                    (Some(role), true) => {
                        role.rules.iter().map(|rule| rule.words().to_string()).collect::<Vec<_>>().join("; ")
                    }
                    (Some(_), false) => held.iter().map(|held| held.words().to_string()).collect::<Vec<_>>().join(", "),
                };
                let severity = if held.is_empty() { Severity::High } else { Severity::Critical };
                let saw = format!("{} may {}: {}", who.join(", "), grant.place(), Clean::capped(&may, 400));
                seen.binding(*session, binding, severity, saw);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::frame::tests::{binding, role, seen_with};
    use super::*;

    #[test]
    fn any_binding_but_the_public_one_is_seen() {
        let roles = vec![
            role("view", json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["pods"]}])),
            role("reader", json!([{"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"]}])),
        ];
        let bindings = vec![
            binding(PUBLIC, PUBLIC, &["Group:system:unauthenticated"]),
            binding("debug", "view", &["User:system:anonymous", "User:alice"]),
            binding("worse", "reader", &["Group:system:unauthenticated"]),
            binding("fine", "reader", &["User:alice"]),
        ];
        assert_eq!(
            seen_with(&Anonymous, vec![], bindings, roles),
            [
                "CRITICAL ClusterRoleBinding worse (ClusterRole reader): Group:system:unauthenticated may everywhere: read secrets",
                "HIGH ClusterRoleBinding debug (ClusterRole view): User:system:anonymous may everywhere: get pods",
            ]
        );
    }
}
