//! Images that nothing else runs.

use hashbrown::{HashMap, HashSet};

use super::frame::{Rule, Severity, Sightings, Spec, World};
use crate::inventory::Pod;
use crate::model::facts::ContainerRole;
use crate::model::{Clean, ImageRef, Uid};

pub const RULE: &dyn Rule = &RareImage;

struct RareImage;

static SPEC: Spec = Spec {
    id: "rare-image",
    title: "image seen nowhere else",
    why: "What an organisation runs comes from few places and runs many times. An image that one pod alone has, or a \
          registry that one workload alone pulls from, may be what an intruder brought along.",
    playbook: "capture-first",
};

/// Who uses something: the first, and whether there is another.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Users<T> {
    One(T),
    Many,
}

impl<T: PartialEq + Copy> Users<T> {
    fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::One(first), Self::One(second)) if first == second => self,
            _ => Self::Many,
        }
    }

    const fn is_one(&self) -> bool {
        matches!(self, Self::One(_))
    }
}

/// Who uses something.
fn count<K: Eq + std::hash::Hash, T: PartialEq + Copy>(of: &mut HashMap<K, Users<T>>, key: K, users: Users<T>) {
    of.entry(key).and_modify(|known| *known = known.with(users)).or_insert(users);
}

/// Who has a template: a pod, and a workload by its namespace and owner.
type Having<'a> = (Pod<'a>, Users<Uid>, Users<(&'a Clean, Uid)>);

/// The templates of the pods: what their images are is asked once for all pods of one.
fn templates<'a>(world: &World<'a>) -> HashMap<u32, Having<'a>> {
    let mut templates: HashMap<u32, Having<'a>> = HashMap::new();
    for pod in world.pods() {
        let uid = pod.uid();
        let workload = (pod.namespace(), pod.owner().map_or(uid, |owner| owner.uid));
        let (alone, workload) = (Users::One(uid), Users::One(workload));
        templates
            .entry(pod.template_number())
            .and_modify(|(_, pods, workloads)| (*pods, *workloads) = (pods.with(alone), workloads.with(workload)))
            .or_insert((pod, alone, workload));
    }
    templates
}

impl Rule for RareImage {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn look(&self, world: &World<'_>, seen: &mut Sightings) {
        let mut images: HashMap<(&str, &str), Users<Uid>> = HashMap::new();
        let mut registries: HashMap<&str, Users<(&Clean, Uid)>> = HashMap::new();
        let templates = templates(world);
        for (pod, pods, workloads) in templates.values() {
            for image in images_of(*pod) {
                count(&mut images, key(&image), *pods);
                count(&mut registries, registry(image.name), *workloads);
            }
        }
        let several = registries.len() > 1;
        let is_strange =
            |image: &ImageRef<'_>| several && registries.get(registry(image.name)).is_some_and(Users::is_one);
        let is_rare = |image: &ImageRef<'_>| images.get(&key(image)).is_some_and(Users::is_one);
        let rare: HashSet<u32> = templates
            .iter()
            .filter(|(_, (pod, ..))| images_of(*pod).any(|image| is_strange(&image) || is_rare(&image)))
            .map(|(number, _)| *number)
            .collect();
        if rare.is_empty() {
            return;
        }
        for pod in world.pods().filter(|pod| rare.contains(&pod.template_number())) {
            for (container, image) in pod.containers().iter().zip(images_of(pod)) {
                if is_strange(&image) {
                    let place = registry(image.name);
                    let saw = format!("{} is from {place}, which nothing else pulls from", container.image);
                    seen.pod(pod, Severity::Medium, saw);
                } else if is_rare(&image) {
                    let loose = pod.owner().is_none() || container.role == ContainerRole::Ephemeral;
                    let severity = if loose { Severity::Medium } else { Severity::Low };
                    seen.pod(pod, severity, format!("no other pod runs {}", container.image));
                }
            }
        }
    }
}

/// By what an image is told from others.
fn key<'a>(image: &ImageRef<'a>) -> (&'a str, &'a str) {
    (image.name, image.tag.or(image.digest).unwrap_or("latest"))
}

fn images_of<'a>(pod: Pod<'a>) -> impl Iterator<Item = ImageRef<'a>> + use<'a> {
    pod.containers().iter().map(|one| ImageRef::parse(&one.image))
}

/// The host that an image is pulled from. As runtimes read it, a first part with a dot, a port or the name
/// `localhost` is a host; anything else is on Docker Hub.
fn registry(name: &str) -> &str {
    match name.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => host,
        _ => "docker.io",
    }
}

#[cfg(test)]
mod tests {
    use super::super::frame::tests::{pod, seen};
    use super::*;
    use crate::model::facts::PodFacts;

    fn with(number: u8, name: &str, image: &str) -> PodFacts {
        let mut pod = pod(number, "shop", name);
        pod.containers[0].image = image.into();
        pod
    }

    #[test]
    fn what_one_pod_alone_runs_is_seen() {
        let mut lone = with(3, "tool", "tools:9");
        lone.meta.owner = None;
        let pods =
            vec![with(1, "web", "tools:2"), with(2, "api", "docker.io/library/tools:2"), lone, with(4, "job", "job")];
        assert_eq!(
            seen(&RareImage, pods),
            [
                "MEDIUM Pod shop/tool-7d9f-3: no other pod runs tools:9",
                "LOW Deployment shop/job: no other pod runs job"
            ]
        );
    }

    #[test]
    fn a_registry_of_one_workload_is_seen_and_that_of_all_is_not() {
        let pods = vec![
            with(1, "web", "ecr.example/web:1"),
            with(2, "api", "ecr.example/api:1"),
            with(3, "miner", "evil.example:5000/xmr:1"),
            with(4, "miner", "evil.example:5000/xmr:1"),
            with(5, "web", "ecr.example/web:1"),
            with(6, "api", "ecr.example/api:1"),
        ];
        let expected = "MEDIUM Deployment shop/miner: evil.example:5000/xmr:1 is from evil.example:5000, which nothing else pulls from";
        assert_eq!(seen(&RareImage, pods), [expected]);
        let alone = vec![with(1, "web", "x.example/web:1"), with(2, "web", "x.example/web:1")];
        assert!(seen(&RareImage, alone).is_empty());
    }
}
