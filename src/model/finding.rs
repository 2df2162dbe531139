//! An alert, whoever raised it, as far as it could be read.

mod severity;
mod source;

pub use severity::Severity;
pub use source::Source;

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use super::{Clean, Kind, SessionId, Uid};

/// What somebody reports. Names in it are the reporter's: they may be old, wrong or hostile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Finding {
    /// The reporter's id. Where it gives none, one is made of what the finding says.
    pub id: Clean,
    /// Who reports.
    pub source: Source,
    /// Its type in GuardDuty's notation (`Tactic:Family/Name`), or the name of the rule that fired.
    pub kind: Clean,
    /// A line for people.
    pub title: Clean,
    /// What happened, in the reporter's words.
    pub description: Clean,
    /// How bad the reporter takes it for.
    pub severity: Severity,
    /// AWS account number, empty where not said.
    pub account: Clean,
    /// AWS Region, empty where not said.
    pub region: Clean,
    /// When it first happened.
    pub first_seen: Option<Timestamp>,
    /// When it last happened.
    pub last_seen: Option<Timestamp>,
    /// When the reporter last wrote it.
    pub updated: Option<Timestamp>,
    /// How often it happened.
    pub count: u64,
    /// Whether the reporter's users have put it away.
    pub archived: bool,
    /// Whether it is one of the reporter's examples, and nothing happened.
    pub sample: bool,
    /// What it is about.
    pub about: About,
    /// Where the call or connection came from, or went to.
    pub caller: Option<Caller>,
    /// What is odd about the finding itself: parts that contradict each other, wrappers that say otherwise.
    pub remarks: Vec<Clean>,
    /// Where it was read.
    pub origin: Origin,
    /// The finding as it was read: untrusted JSON, for evidence and for whoever wants all of it.
    pub raw: Arc<str>,
}

/// What a finding is about, in its reporter's names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct About {
    /// What the reporter calls the kind of resource: `EKSCluster`, `AccessKey`.
    pub resource: Clean,
    /// The cluster.
    pub cluster: Option<NamedCluster>,
    /// Workloads and pods; more than one only in an attack sequence.
    pub workloads: Vec<NamedWorkload>,
    /// The Kubernetes user.
    pub user: Option<NamedUser>,
    /// Names of nodes.
    pub nodes: Vec<Clean>,
    /// EC2 instance ids.
    pub instances: Vec<Clean>,
    /// The access key.
    pub key: Option<NamedKey>,
    /// Whatever else is named: ARNs of buckets, roles, volumes.
    pub others: Vec<Clean>,
    /// Objects on which it was seen from here; then nothing has to be found by its name.
    pub seen_on: Vec<SeenOn>,
}

impl About {
    /// Whether anything of Kubernetes is named.
    pub const fn is_kubernetes(&self) -> bool {
        self.cluster.is_some() || !self.workloads.is_empty() || self.user.is_some() || !self.nodes.is_empty()
    }
}

/// An object on which one of our own rules saw something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenOn {
    /// The session on which it was seen.
    pub session: SessionId,
    /// Its kind.
    pub kind: Kind,
    /// Its identity.
    pub uid: Uid,
    /// Its namespace, empty for kinds without one.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
}

/// A cluster as a finding names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NamedCluster {
    /// Its name.
    pub name: Clean,
    /// `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`, empty where not said.
    pub arn: Clean,
}

/// A workload or pod as a finding names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NamedWorkload {
    /// As written, mostly the plural of the API: `pods`, `deployments`. Empty where not said.
    pub kind: Clean,
    /// Namespace, empty where not said.
    pub namespace: Clean,
    /// Name, empty where not said.
    pub name: Clean,
    /// Identity, where said.
    pub uid: Option<Uid>,
    /// Service account, empty where not said.
    pub account: Clean,
    /// Images of its containers.
    pub images: Vec<Clean>,
    /// Ids of its containers, without the runtime's name.
    pub containers: Vec<Clean>,
    /// What it was given, in the words of the pod specification: `privileged`, `hostPID`, `hostPath /`.
    pub given: Vec<Clean>,
}

/// A Kubernetes user as a finding names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NamedUser {
    /// Name.
    pub name: Clean,
    /// What the authenticator calls the uid; for an IAM identity it holds the account and the principal's id.
    pub uid: Clean,
    /// Groups.
    pub groups: Vec<Clean>,
    /// Names of the session of an assumed role.
    pub sessions: Vec<Clean>,
    /// Whom it acted as, empty unless it impersonated somebody.
    pub acted_as: Clean,
    /// The ARN of the IAM identity behind it, where the reporter says so (the audit log does).
    pub arn: Clean,
}

/// An access key as a finding names it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NamedKey {
    /// `AKIA…`, `ASIA…`.
    pub id: Clean,
    /// The principal's id.
    pub principal: Clean,
    /// The user's or role's name.
    pub user: Clean,
    /// `IAMUser`, `AssumedRole`, `Role`, `Root`, `AWSService`…
    pub user_type: Clean,
}

/// The other end of a call or a connection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Caller {
    /// Its addresses, as written.
    pub addresses: Vec<Clean>,
    /// A domain, where one was asked for.
    pub domain: Clean,
    /// City and country, as the reporter locates the address.
    pub location: Clean,
    /// Number of the autonomous system, 0 where unknown.
    pub asn: u32,
    /// Whose network it is.
    pub organization: Clean,
    /// What the client calls itself.
    pub agent: Clean,
    /// What was called: `create /api/v1/namespaces/shop/pods`, `iam PutRolePolicy`.
    pub call: Clean,
    /// The status or error code of the answer.
    pub answer: Clean,
}

/// Where a finding was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file's name, `standard input`, or the service with profile and Region. A label, never a path to open.
    pub label: Clean,
    /// The line on which it begins, counted from 1; 0 where it was in no file.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.label),
            line => write!(f, "{}:{line}", self.label),
        }
    }
}

impl Finding {
    /// When it happened last, or was written last.
    pub fn when(&self) -> Option<Timestamp> {
        self.last_seen.or(self.updated).or(self.first_seen)
    }

    /// What it is about, in a few words, for a row.
    pub fn resource(&self) -> String {
        let about = &self.about;
        let cluster = about.cluster.as_ref().map(|cluster| cluster.name.as_str()).filter(|name| !name.is_empty());
        let inside = match (about.workloads.first(), about.nodes.first(), about.instances.first(), &about.key) {
            (Some(workload), ..) if !workload.name.is_empty() || !workload.namespace.is_empty() => workload.to_string(),
            (_, Some(node), ..) => format!("node {node}"),
            (_, _, Some(instance), _) => instance.to_string(),
            _ if !self.source.is_alert() => {
                about.user.as_ref().map(|user| format!("user {}", user.name)).unwrap_or_default()
            }
            (_, _, _, Some(key)) if cluster.is_none() => {
                format!("{} {}", if key.user.is_empty() { "key" } else { &*key.user }, key.id)
            }
            _ => String::new(),
        };
        let other = || about.others.first().unwrap_or(&about.resource).to_string();
        match (cluster, inside.is_empty()) {
            (Some(cluster), true) => cluster.to_owned(),
            (Some(cluster), false) => format!("{cluster}: {inside}"),
            (None, false) => inside,
            (None, true) => other(),
        }
    }
}

impl fmt::Display for NamedWorkload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = [self.kind.as_str(), self.namespace.as_str(), self.name.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        f.write_str(&words.join("/"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_says_what_it_is_about() {
        let mut finding = Finding::default();
        finding.about.resource = "S3Bucket".into();
        assert_eq!(finding.resource(), "S3Bucket");
        finding.about.cluster = Some(NamedCluster { name: "prod".into(), arn: Clean::default() });
        assert_eq!(finding.resource(), "prod");
        let web = NamedWorkload {
            kind: "pods".into(),
            namespace: "shop".into(),
            name: "web".into(),
            ..NamedWorkload::default()
        };
        finding.about.workloads.push(web);
        assert_eq!(finding.resource(), "prod: pods/shop/web");
    }
}
