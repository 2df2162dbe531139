//! Credentials in the environment of containers: their names, never their values.

use super::frame::{Rule, Severity, Sightings, Spec, World, joined};
use crate::model::Clean;

pub const RULE: &dyn Rule = &SecretsInEnvironment;

struct SecretsInEnvironment;

static SPEC: Spec = Spec {
    id: "secrets-in-environment",
    title: "credentials in the environment",
    why: "Every process of the container has its environment, crashes and debug pages print it, and /proc gives it to \
          whoever is on the node. A value that stands in the specification itself is also read by everybody who may \
          read pods. Take them for known to the intruder, and rotate them.",
    playbook: "capture-first",
};

impl Rule for SecretsInEnvironment {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn by_pod(&self) -> bool {
        true
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            let given = pod.given();
            for (container, names) in by_container(&given.plain_credentials) {
                let saw = format!("{container} has in its specification, in the clear: {}", joined(names));
                seen.pod(pod, Severity::Medium, saw);
            }
            for (container, names) in by_container(&given.secret_variables) {
                let saw = format!("{container} has in its environment values of the secrets {}", joined(names));
                seen.pod(pod, Severity::Info, saw);
            }
        }
    }
}

fn by_container(pairs: &[(Clean, Clean)]) -> Vec<(&Clean, Vec<&Clean>)> {
    let mut all: Vec<(&Clean, Vec<&Clean>)> = Vec::new();
    for (container, name) in pairs {
        match all.iter_mut().find(|(known, _)| *known == container) {
            Some((_, names)) => names.push(name),
            None => all.push((container, vec![name])),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;

    #[test]
    fn what_stands_in_the_clear_is_worse_than_what_comes_from_a_secret() {
        let mut web = pod(1, "shop", "web");
        web.given.plain_credentials = vec![("main".into(), "DB_PASSWORD".into()), ("main".into(), "API_TOKEN".into())];
        web.given.secret_variables = vec![("main".into(), "db".into())];
        assert_eq!(
            seen(&SecretsInEnvironment, vec![web, pod(2, "shop", "api")]),
            [
                "MEDIUM Deployment shop/web: main has in its specification, in the clear: DB_PASSWORD, API_TOKEN",
                "INFO Deployment shop/web: main has in its environment values of the secrets db",
            ]
        );
    }
}
