//! Texts that hide something from the eye.

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::inventory::Row;
use crate::model::{Clean, Kind};

pub const RULE: &dyn Rule = &HiddenText;

struct HiddenText;

static SPEC: Spec = Spec {
    id: "hidden-text",
    title: "text that hides something",
    why: "Escape sequences, bidirectional overrides and invisible characters make a name look like another, or make a \
          terminal do something. Kubernetes takes them in images, paths, variables and subjects; nobody types them by \
          accident.",
    playbook: "capture-first",
};

impl Rule for HiddenText {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for pod in world.pods() {
            let given = pod.given();
            let hidden = |text: &&Clean| text.hid_something();
            let names = given.plain_credentials.iter().chain(&given.secret_variables).map(|(_, name)| name);
            let images = pod.containers().iter().flat_map(|one| [&one.image, &one.name]);
            let texts = images.chain(&given.paths).chain(names).chain([pod.name(), pod.status()]);
            if let Some(text) = texts.into_iter().find(hidden) {
                seen.pod(pod, Severity::High, format!("hides characters in {text}"));
            } else if pod.hid_something() {
                seen.pod(pod, Severity::High, "hides characters in its labels or its owner's name");
            }
        }
        for (_, node) in world.inventory.nodes().iter() {
            odd(&Row::Node(node.session, &node.facts), seen);
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !matches!(kind, Kind::Pod | Kind::Node)) {
            for (_, object) in world.inventory.objects(kind).iter() {
                odd(&Row::Object(object.session, &object.facts), seen);
            }
        }
        for (session, rights) in world.rights {
            for binding in &rights.bindings {
                let subjects = binding.subjects.iter().flat_map(|one| [&one.name, &one.namespace]);
                let texts = subjects.chain([&binding.name, &binding.role]).map(|text| Clean::from(text.as_str()));
                for text in texts.filter(Clean::hid_something) {
                    seen.binding(*session, binding, Severity::High, format!("hides characters in {text}"));
                }
            }
        }
    }
}

fn odd(row: &Row<'_>, seen: &mut Sightings) {
    if row.hid_something() {
        seen.row(row, Severity::High, "hides characters in its name, labels or owner");
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{binding, pod, seen, seen_with};
    use super::*;

    #[test]
    fn what_is_hidden_is_shown() {
        let mut web = pod(1, "shop", "web");
        web.containers[0].image = "shop/web\u{202e}:1".into();
        assert_eq!(
            seen(&HiddenText, vec![web, pod(2, "shop", "api")]),
            ["HIGH Deployment shop/web: hides characters in shop/web<U+202E>:1"]
        );
        let odd = binding("b", "view", &["User:al\u{200b}ice"]);
        let told = seen_with(&HiddenText, vec![], vec![odd], vec![]);
        assert_eq!(told, ["HIGH ClusterRoleBinding b (ClusterRole view): hides characters in al<U+200B>ice"]);
    }
}
