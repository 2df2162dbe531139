//! The group that no authorizer asks about.

use super::frame::{Rule, Severity, Sightings, Spec, Topic, World};
use crate::model::Clean;

pub const RULE: &dyn Rule = &Masters;

struct Masters;

static SPEC: Spec = Spec {
    id: "system-masters",
    title: "system:masters",
    why: "The API server lets members of system:masters do everything before it asks any authorizer: no binding gives \
          it and none can take it away. Who is in it is decided by certificates, by the aws-auth ConfigMap and by \
          whoever may impersonate groups; taking it away means taking the credential away.",
    playbook: "contain-first",
};

const GROUP: &str = "system:masters";

impl Rule for Masters {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for (session, rights) in world.rights {
            let names_it =
                |subjects: &[crate::rbac::Subject]| subjects.iter().any(|one| one.kind == "Group" && one.name == GROUP);
            for binding in rights.bindings.iter().filter(|one| names_it(&one.subjects) && !one.is_built_in()) {
                let saw = format!("binds {GROUP}, which needs no binding: somebody hides behind it, or did not know");
                seen.binding(*session, binding, Severity::Medium, saw);
            }
        }
        for cluster in world.inventory.clusters() {
            let Some(identity) = &cluster.identity else { continue };
            if identity.groups.iter().any(|group| *group == *GROUP) {
                let saw = format!("you are in {GROUP} here: nothing that you do can be denied");
                let about = Topic::new("User", Clean::default(), identity.user.clone());
                seen.named(cluster.session, about, Severity::Info, saw);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{binding, seen_with};
    use super::*;

    #[test]
    fn a_binding_of_somebody_s_own_is_seen() {
        let bindings =
            vec![binding("mine", "view", &["Group:system:masters"]), binding("b", "view", &["User:system:masters"])];
        let seen = seen_with(&Masters, vec![], bindings, vec![]);
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(seen[0].starts_with("MEDIUM ClusterRoleBinding mine"), "{seen:?}");
    }
}
