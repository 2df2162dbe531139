//! From the workload that a finding names to its pods, present or gone.

use super::{Link, Resolver, Step, Sure};
use crate::inventory::{Pod, PodSlot, Row, RowId};
use crate::model::finding::NamedWorkload;
use crate::model::{Clean, Finding, Kind, SessionId};

/// Pods that are linked one by one; a workload with more is taken by its selection.
const MOST: usize = 2_000;

impl Resolver<'_> {
    /// Links a workload and its pods.
    pub(super) fn workload(&self, session: SessionId, finding: &Finding, named: &NamedWorkload, links: &mut Vec<Link>) {
        let kind = Kind::parse(&named.kind);
        match kind {
            Some(Kind::Pod) | None if !named.name.is_empty() || named.uid.is_some() => {
                self.pod(session, finding, named, links);
            }
            Some(kind) if Kind::WORKLOADS.contains(&kind) && !named.name.is_empty() => {
                self.owner(session, finding, kind, named, links);
            }
            Some(kind) if kind != Kind::Pod && !named.name.is_empty() => self.object(session, kind, named, links),
            _ if !named.containers.is_empty() => links.push(Link::new(
                Step::Pod,
                format!("container {}", named.containers.first().cloned().unwrap_or_default()),
                Sure::Unknown,
                "the finding names a container and no pod; the node's runtime can tell (crictl, nerdctl)",
            )),
            _ => {}
        }
    }

    /// What a finding names where no cluster is open to look for it.
    pub(super) fn named_only(&self, finding: &Finding, links: &mut Vec<Link>) {
        for named in finding.about.workloads.iter().filter(|named| !named.name.is_empty()) {
            links.push(Link::new(Step::Workload, named.to_string(), Sure::Unknown, "its cluster is not open here"));
        }
    }

    fn pod(&self, session: SessionId, finding: &Finding, named: &NamedWorkload, links: &mut Vec<Link>) {
        let pods = self.inventory.pods();
        if let Some(pod) = named.uid.and_then(|uid| pods.get(pods.find(session, uid)?)) {
            let renamed = (!named.name.is_empty() && *pod.name() != named.name)
                .then(|| format!("its name is {}", pod.name()).into());
            links.push(
                self.to_pod(pod, finding, named, Sure::Certain, "its UID is the one in the finding")
                    .but(renamed.into_iter().collect()),
            );
            return;
        }
        let key = (session, named.namespace.as_str(), named.name.as_str());
        let namesakes = self.index.pods.get(&key).map_or(&[][..], Vec::as_slice);
        for pod in namesakes.iter().filter_map(|slot| pods.get(*slot)) {
            let other = named.uid.map(|uid| {
                Clean::from(format!(
                    "the finding's pod had the UID {uid} and is gone; this one only has its name ({})",
                    pod.uid()
                ))
            });
            let how = if named.uid.is_some() { "its name" } else { "its namespace and name; the finding says no UID" };
            links.push(self.to_pod(pod, finding, named, Sure::Likely, how).but(other.into_iter().collect()));
        }
        if namesakes.is_empty() {
            // A pod that a controller made has its owner's name before its own suffix.
            let link = Link::new(
                Step::Pod,
                named.to_string(),
                Sure::Unknown,
                "no such pod is there, and none was seen going; the audit log may still name it",
            );
            links.push(Link { gone: true, ..link });
        }
    }

    fn owner(&self, session: SessionId, finding: &Finding, kind: Kind, named: &NamedWorkload, links: &mut Vec<Link>) {
        let object = self.index.objects.get(&(session, kind, named.namespace.as_str(), named.name.as_str())).copied();
        let title = format!("{} {}/{}", kind, named.namespace, named.name);
        let slots = self.pods_of(session, kind, named);
        let workload = match object {
            Some(uid) => {
                let id = RowId { session, kind, uid };
                match named.uid {
                    Some(wanted) if wanted == uid => {
                        Link::new(Step::Workload, title, Sure::Certain, "its UID is the one in the finding").at(id)
                    }
                    Some(wanted) => Link::new(Step::Workload, title, Sure::Likely, "its name").at(id).but(vec![
                        format!("the finding's had the UID {wanted}; this one has {uid}: it was made anew").into(),
                    ]),
                    None => Link::new(
                        Step::Workload,
                        title,
                        Sure::Likely,
                        "its namespace and name; the finding says no UID",
                    )
                    .at(id),
                }
            }
            None if slots.is_empty() => Link::new(
                Step::Workload,
                title,
                Sure::Unknown,
                "nothing of this name has pods here, or had any since we look",
            ),
            None => Link::new(Step::Workload, title, Sure::Likely, "its pods name it as their owner"),
        };
        links.push(workload);
        let pods = slots.iter().filter_map(|slot| self.inventory.pods().get(*slot));
        links.extend(
            pods.map(|pod| {
                self.to_pod(pod, finding, named, Sure::Likely, "owned by the workload that the finding names")
            }),
        );
        if slots.len() == MOST {
            links.push(Link::new(
                Step::Pod,
                "more",
                Sure::Unknown,
                format!("more than {MOST} pods; select them with workload:{kind}/{}", named.name),
            ));
        }
    }

    /// The pods of a workload; a CronJob's pods belong to Jobs that have its name before a number.
    fn pods_of(&self, session: SessionId, kind: Kind, named: &NamedWorkload) -> Vec<PodSlot> {
        let direct = self.index.pods_of(session, kind, &named.namespace, &named.name);
        let mut slots: Vec<PodSlot> = direct.iter().take(MOST).copied().collect();
        if kind == Kind::CronJob {
            let prefix = format!("Job/{}-", named.name);
            let of_jobs = self.index.owned.iter().filter(|((held, namespace, owner), _)| {
                let numbered =
                    owner.strip_prefix(&prefix).is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
                *held == session && *namespace == named.namespace.as_str() && numbered
            });
            slots.extend(of_jobs.flat_map(|(_, slots)| slots).take(MOST));
        }
        slots
    }

    fn object(&self, session: SessionId, kind: Kind, named: &NamedWorkload, links: &mut Vec<Link>) {
        let link = match self.index.objects.get(&(session, kind, named.namespace.as_str(), named.name.as_str())) {
            Some(uid) => Link::new(Step::Workload, named.to_string(), Sure::Likely, "its name").at(RowId {
                session,
                kind,
                uid: *uid,
            }),
            None => Link::new(
                Step::Workload,
                named.to_string(),
                Sure::Unknown,
                format!("no {} of this name is listed now", kind),
            ),
        };
        links.push(link);
    }

    fn to_pod(&self, pod: Pod<'_>, finding: &Finding, named: &NamedWorkload, sure: Sure, how: &str) -> Link {
        let link =
            Link::new(Step::Pod, format!("{}/{}", pod.namespace(), pod.name()), sure, how).at(Row::Pod(pod).id());
        let gone = pod.gone().is_some();
        Link { gone, ..link }.but(against(pod, finding, named))
    }
}

/// What a pod has that the finding's had not, or the other way round.
fn against(pod: Pod<'_>, finding: &Finding, named: &NamedWorkload) -> Vec<Clean> {
    let mut against = Vec::new();
    if let Some(last) = finding.last_seen
        && pod.created() > 0
        && pod.created() > last.as_second()
        && named.uid.is_none_or(|uid| uid != pod.uid())
    {
        against.push(format!("it was created after the finding's last event ({last}); the pod of then is gone").into());
    }
    let runs = |image: &Clean| pod.containers().iter().any(|container| alike(&container.image, image));
    if !named.images.is_empty() && !named.images.iter().any(runs) {
        let image = named.images.first().cloned().unwrap_or_default();
        against.push(format!("none of its containers runs {image} now").into());
    }
    if named.given.iter().any(|given| *given == "privileged") && !pod.security().has(crate::model::Security::PRIVILEGED)
    {
        against.push("the finding's was privileged, this one is not".into());
    }
    if !named.account.is_empty() && *pod.service_account() != named.account {
        against.push(format!("it runs as {}, the finding's as {}", pod.service_account(), named.account).into());
    }
    against
}

/// Whether two references mean one image: a registry or a tag may be left out in one of them.
fn alike(one: &str, other: &str) -> bool {
    let bare = |image: &str| {
        let image = image.split('@').next().unwrap_or_default();
        let tag = image.rfind(':').filter(|colon| image.rfind('/').is_none_or(|slash| slash < *colon));
        image.split_at(tag.unwrap_or(image.len())).0.rsplit('/').next().unwrap_or_default().to_owned()
    };
    one == other || bare(one) == bare(other)
}
