//! A tag that has meant different images.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::inventory::Pod;
use crate::model::{ImageRef, SessionId};

pub const RULE: &dyn Rule = &ChangedDigest;

struct ChangedDigest;

static SPEC: Spec = Spec {
    id: "changed-digest",
    title: "tag that changed its digest",
    why: "Pods of one tag run different images: somebody pushed another image under it. That is what a careless build \
          does, and what whoever holds the registry's credentials does on purpose. Look up when each digest was pushed.",
    playbook: "capture-first",
};

/// The pods of each digest of an image.
type Digests<'a> = BTreeMap<&'a str, Vec<Pod<'a>>>;

impl Rule for ChangedDigest {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        for ((_, name, tag), digests) in changed(world) {
            let most = digests.values().map(Vec::len).max().unwrap_or(0);
            let told: Vec<String> =
                digests.iter().map(|(digest, pods)| format!("{} on {} pods", short(digest), pods.len())).collect();
            let saw = format!("{name}:{tag} has been {} images: {}", digests.len(), told.join(", "));
            // Where all are as common as each other, nobody knows which one was meant.
            let even = digests.values().all(|pods| pods.len() == most);
            for pod in digests.values().filter(|pods| even || pods.len() < most).flatten() {
                seen.pod(*pod, Severity::Medium, saw.as_str());
            }
        }
    }
}

/// An image by the session, its name and its tag.
type Tagged<'a> = (SessionId, &'a str, &'a str);

/// Images by tag with more than one digest, among the pods that are there and those that went within a day.
fn changed<'a>(world: &World<'a>) -> BTreeMap<Tagged<'a>, Digests<'a>> {
    let pods = || world.inventory.pods().iter().map(|(_, pod)| pod);
    // What runs is asked once for all pods of a template.
    let templates: HashMap<(SessionId, u32), Pod<'a>> =
        pods().map(|pod| ((pod.session(), pod.template_number()), pod)).collect();
    let mut first: HashMap<Tagged<'a>, Option<&str>> = HashMap::new();
    for (image, digest) in templates.values().flat_map(|pod| running(*pod)) {
        let known = first.entry(image).or_insert(Some(digest));
        if *known != Some(digest) {
            *known = None;
        }
    }
    let mut changed: BTreeMap<_, Digests<'a>> = BTreeMap::new();
    if first.values().all(Option::is_some) {
        return changed;
    }
    for pod in pods() {
        for (image, digest) in running(pod).filter(|(image, _)| first.get(image) == Some(&None)) {
            changed.entry(image).or_default().entry(digest).or_default().push(pod);
        }
    }
    changed
}

/// What a pod runs by tag, with the digest that the runtime reported.
fn running<'a>(pod: Pod<'a>) -> impl Iterator<Item = (Tagged<'a>, &'a str)> + use<'a> {
    pod.containers().iter().filter_map(move |one| {
        let asked = ImageRef::parse(&one.image);
        let digest = ImageRef::parse(&one.image_id).digest?;
        let by_tag = asked.digest.is_none().then_some((pod.session(), asked.name, asked.tag.unwrap_or("latest")))?;
        Some((by_tag, digest))
    })
}

/// As much of a digest as tells two apart.
fn short(digest: &str) -> &str {
    digest.get(..19).unwrap_or(digest)
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;
    use crate::model::facts::PodFacts;

    fn with(number: u8, name: &str, image: &str, digest: char) -> PodFacts {
        let mut pod = pod(number, "shop", name);
        pod.containers[0].image = image.into();
        pod.containers[0].image_id = format!("ecr.example/x@sha256:{}", digest.to_string().repeat(64)).into();
        pod
    }

    #[test]
    fn the_pods_of_the_rarer_image_are_named() {
        let pods = vec![
            with(1, "web", "web:1", 'a'),
            with(2, "web", "web:1", 'a'),
            with(3, "canary", "docker.io/web:1", 'b'),
            with(4, "api", "api:1", 'c'),
            with(5, "api", "api:2", 'd'),
        ];
        let expected = "MEDIUM Deployment shop/canary: web:1 has been 2 images: sha256:aaaaaaaaaaaa on 2 pods, \
                        sha256:bbbbbbbbbbbb on 1 pods";
        assert_eq!(seen(&ChangedDigest, pods), [expected]);
    }

    #[test]
    fn what_is_asked_for_by_digest_cannot_change() {
        let pinned = |number, digest: char| {
            let image = format!("web:1@sha256:{}", digest.to_string().repeat(64));
            with(number, "web", &image, digest)
        };
        assert!(seen(&ChangedDigest, vec![pinned(1, 'a'), pinned(2, 'b')]).is_empty());
    }
}
