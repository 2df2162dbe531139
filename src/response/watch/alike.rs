//! Pods that come up like the contained ones.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::case::JobId;
use crate::inventory::Pod;
use crate::model::facts::{ContainerFacts, Owner, PodFacts};
use crate::model::{Clean, ClusterId, Kind, Target, Uid};

/// What is looked at of a pod.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "each field is the pod's fact of its name")]
pub struct Seen<'a> {
    pub uid: Uid,
    pub namespace: &'a Clean,
    pub name: &'a Clean,
    pub created: i64,
    pub containers: &'a [ContainerFacts],
    pub account: &'a Clean,
    pub owner: Option<&'a Owner>,
}

impl<'a> From<&'a PodFacts> for Seen<'a> {
    fn from(pod: &'a PodFacts) -> Self {
        Self {
            uid: pod.meta.uid,
            namespace: &pod.meta.namespace,
            name: &pod.meta.name,
            created: pod.meta.created,
            containers: &pod.containers,
            account: &pod.service_account,
            owner: pod.meta.owner.as_ref(),
        }
    }
}

impl<'a> From<Pod<'a>> for Seen<'a> {
    fn from(pod: Pod<'a>) -> Self {
        Self {
            uid: pod.uid(),
            namespace: pod.namespace(),
            name: pod.name(),
            created: pod.created(),
            containers: pod.containers(),
            account: pod.service_account(),
            owner: pod.owner(),
        }
    }
}

/// A new pod that has something in common with a contained one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The job that contains the other one.
    pub job: JobId,
    /// The new pod.
    pub pod: Target,
    /// The contained pod.
    pub like: Target,
    /// What they have in common: `image, service account`.
    pub shares: Clean,
}

/// What is known of a contained pod.
#[derive(Debug)]
struct Contained {
    job: JobId,
    since: i64,
    target: Target,
    images: HashSet<Clean>,
    digests: HashSet<Clean>,
    account: Clean,
    owner: Option<(Clean, Clean)>,
    owner_uid: Option<Uid>,
}

/// Looks out for pods that come up like the contained ones.
#[derive(Debug, Default)]
pub struct Lookout {
    contained: HashMap<(JobId, Uid), Contained>,
    known: HashSet<Uid>,
}

impl Lookout {
    /// Takes note of a pod that a job contains since a moment (seconds since 1970). Says whether it is new.
    pub fn contain(&mut self, job: &JobId, since: i64, target: &Target, pod: Seen<'_>) -> bool {
        let key = (job.clone(), target.uid);
        if self.contained.contains_key(&key) {
            return false;
        }
        let contained = Contained {
            job: job.clone(),
            since,
            target: target.clone(),
            images: pod.containers.iter().map(|container| container.image.clone()).collect(),
            digests: pod.containers.iter().filter_map(|container| digest(&container.image_id)).collect(),
            account: pod.account.clone(),
            owner: pod.owner.map(workload),
            owner_uid: pod.owner.map(|owner| owner.uid),
        };
        self.known.insert(target.uid);
        self.contained.insert(key, contained);
        true
    }

    /// Lets go of what no longer stands.
    pub fn keep(&mut self, stands: impl Fn(&JobId, Uid) -> bool) {
        self.contained.retain(|(job, uid), _| stands(job, *uid));
    }

    /// A pod that somebody has told of already.
    pub fn told(&mut self, uid: Uid) {
        self.known.insert(uid);
    }

    /// The first moment since which something is contained, if anything is.
    pub fn since(&self) -> Option<i64> {
        self.contained.values().map(|contained| contained.since).min()
    }

    /// Looks at a pod. It is told once, with the contained pod that it has most in common with.
    pub fn see(&mut self, cluster: ClusterId, pod: Seen<'_>) -> Option<Sighting> {
        if self.known.contains(&pod.uid) {
            return None;
        }
        let others = self.contained.values().filter(|one| one.target.cluster == cluster && pod.created >= one.since);
        let (like, shares) = others
            .map(|one| (one, one.shares(pod)))
            .filter(|(_, shares)| !shares.is_empty())
            .max_by_key(|(one, shares)| (shares.len(), one.target.uid))?;
        self.known.insert(pod.uid);
        let (namespace, name) = (Some(pod.namespace.clone()), pod.name.clone());
        Some(Sighting {
            job: like.job.clone(),
            pod: Target { cluster, kind: Kind::Pod, namespace, name, uid: pod.uid },
            like: like.target.clone(),
            shares: shares.join(", ").into(),
        })
    }
}

impl Contained {
    fn shares(&self, pod: Seen<'_>) -> Vec<&'static str> {
        let here = self.target.namespace.as_ref() == Some(pod.namespace);
        let owner = pod.owner.is_some_and(|owner| {
            self.owner_uid == Some(owner.uid) || (here && self.owner.as_ref() == Some(&workload(owner)))
        });
        let image = pod.containers.iter().any(|container| self.images.contains(&container.image));
        let digest = pod
            .containers
            .iter()
            .filter_map(|container| digest(&container.image_id))
            .any(|one| self.digests.contains(&one));
        // The account `default` is everybody's who names none.
        let account = here && *pod.account == self.account && !matches!(&*self.account, "" | "default");
        [(owner, "owner"), (image, "image"), (digest, "digest"), (account, "service account")]
            .into_iter()
            .filter_map(|(shared, word)| shared.then_some(word))
            .collect()
    }
}

/// The owner by kind and name; of a ReplicaSet the name without the hash that its Deployment gave it.
fn workload(owner: &Owner) -> (Clean, Clean) {
    let name = match (&*owner.kind, owner.name.rsplit_once('-')) {
        ("ReplicaSet", Some((deployment, _))) => deployment.into(),
        _ => owner.name.clone(),
    };
    (owner.kind.clone(), name)
}

fn digest(image_id: &Clean) -> Option<Clean> {
    image_id.split_once("sha256:").map(|(_, digest)| digest.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pod(number: u8, name: &str, image: &str, account: &str, set: &str, created: i64) -> PodFacts {
        let mut facts = PodFacts::default();
        facts.meta.uid = Uid::from_bytes([number; 16]);
        facts.meta.namespace = "shop".into();
        facts.meta.name = name.into();
        facts.meta.created = created;
        facts.meta.owner =
            Some(Owner { kind: "ReplicaSet".into(), name: set.into(), uid: Uid::from_bytes([number + 100; 16]) });
        facts.service_account = account.into();
        facts.containers = vec![ContainerFacts { image: image.into(), ..ContainerFacts::default() }];
        facts
    }

    #[test]
    fn what_comes_up_like_a_contained_pod_is_told_once() {
        let cluster = ClusterId::default();
        let web = pod(1, "web-1", "shop/web:1", "web", "web-abc", 100);
        let (namespace, name) = (Some("shop".into()), "web-1".into());
        let target = Target { cluster, kind: Kind::Pod, namespace, name, uid: web.meta.uid };
        let job = JobId("isolate-pod-1".into());
        let mut lookout = Lookout::default();
        assert!(lookout.contain(&job, 1_000, &target, Seen::from(&web)));
        assert!(!lookout.contain(&job, 1_000, &target, Seen::from(&web)));

        let see = |lookout: &mut Lookout, pod: &PodFacts| {
            lookout.see(cluster, Seen::from(pod)).map(|seen| seen.shares.to_string())
        };
        assert_eq!(see(&mut lookout, &web), None, "the contained pod itself");
        assert_eq!(see(&mut lookout, &pod(2, "web-0", "shop/web:1", "web", "web-abc", 999)), None, "was there before");
        let again = pod(3, "web-2", "shop/web:1", "web", "web-def", 1_001);
        assert_eq!(see(&mut lookout, &again).as_deref(), Some("owner, image, service account"));
        assert_eq!(see(&mut lookout, &again), None, "told already");
        assert_eq!(
            see(&mut lookout, &pod(4, "api-1", "shop/api:1", "web", "api-a", 1_002)).as_deref(),
            Some("service account")
        );
        assert_eq!(see(&mut lookout, &pod(5, "db-1", "shop/db:1", "default", "db-a", 1_003)), None);
        lookout.keep(|_, _| false);
        assert_eq!(see(&mut lookout, &pod(6, "web-3", "shop/web:1", "web", "web-def", 1_004)), None);
    }
}
