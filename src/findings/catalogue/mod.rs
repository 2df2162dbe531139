//! What types of findings mean. The words are data, in `types.yaml`.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::rules;
use crate::model::Finding;
use crate::model::finding::Source;

/// What a type means and what to do about it first.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The type.
    pub kind: &'static str,
    /// The tactic that it stands for, in words.
    pub tactic: &'static str,
    /// What happened, in a sentence.
    pub means: &'static str,
    /// What its reporter saw, and what not.
    pub about: &'static str,
    /// What to ask first: facts answer some of it, people the rest.
    pub ask: Vec<&'static str>,
    /// Facts to pull.
    pub facts: &'static [Fact],
    /// The name of the playbook that fits.
    pub playbook: &'static str,
    /// Where the type is not reported any more: what is in its place, empty where nothing is.
    pub retired: Option<&'static str>,
}

/// Something to find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the words of each say what it is")]
pub enum Fact {
    Workload,
    Pods,
    Node,
    Instance,
    Volumes,
    Image,
    Process,
    Memory,
    Network,
    User,
    ServiceAccount,
    Bindings,
    Rbac,
    Secrets,
    Caller,
    Audit,
    AccessKey,
    Iam,
    Cloudtrail,
}

impl Fact {
    /// What to look at, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Workload => "the workload: its template, and who changed it last",
            Self::Pods => "its pods, those that are gone too, with their addresses",
            Self::Node => "the node under them, and who else is there",
            Self::Instance => "the node's instance: role, security groups, scaling group",
            Self::Volumes => "the instance's volumes",
            Self::Image => "the image: digest, who pushed it when, who else runs it",
            Self::Process => "the process: program, parents, open files and connections",
            Self::Memory => "the node's memory, before anything ends",
            Self::Network => "what speaks with the address: flow logs, DNS, connections on the node",
            Self::User => "the user: service account, IAM identity, person",
            Self::ServiceAccount => "the service account, its IAM role, and every pod that runs as it",
            Self::Bindings => "the bindings, who made them, and to whom",
            Self::Rbac => "what the user may do in the cluster",
            Self::Secrets => "the secrets by name: what they open, and who else can read them",
            Self::Caller => "the caller's address: one of yours, or whose",
            Self::Audit => "the audit log of the hour around it, by user and by address",
            Self::AccessKey => "the access key: whose, when last used, for what",
            Self::Iam => "the role or user: its policies and its trust",
            Self::Cloudtrail => "CloudTrail by access key and by address",
        }
    }
}

#[derive(Deserialize)]
struct File {
    tactics: HashMap<String, String>,
    families: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    name: String,
    about: String,
    ask: Vec<String>,
    facts: Vec<Fact>,
    playbook: String,
    types: Vec<Type>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Type {
    #[serde(rename = "type")]
    kind: String,
    means: String,
    #[serde(default)]
    ask: Vec<String>,
    #[serde(default)]
    facts: Vec<Fact>,
    playbook: Option<String>,
    retired: Option<Retired>,
}

/// `true`, or what is in its place.
#[derive(Deserialize)]
#[serde(untagged)]
enum Retired {
    Instead(String),
    WithoutAny(bool),
}

static FILE: LazyLock<Result<File, serde_yaml::Error>> =
    LazyLock::new(|| serde_yaml::from_str(include_str!("types.yaml")));

static TYPES: LazyLock<HashMap<&'static str, (&'static Family, &'static Type)>> = LazyLock::new(|| {
    let types = families().iter().flat_map(|family| family.types.iter().map(move |kind| (family, kind)));
    types.map(|(family, kind)| (kind.kind.as_str(), (family, kind))).collect()
});

fn families() -> &'static [Family] {
    FILE.as_ref().map_or(&[], |file| &file.families)
}

/// Every type that the catalogue knows by name.
pub fn types() -> impl Iterator<Item = Entry> {
    families().iter().flat_map(|family| family.types.iter().map(move |kind| entry(family, kind)))
}

/// What a finding means. A type that is not in the catalogue is explained by its family and its tactic,
/// and `means` is empty; `None` where not even these are known.
pub fn look_up(finding: &Finding) -> Option<Entry> {
    let kind = finding.kind.as_str();
    if let Some((family, kind)) = TYPES.get(kind) {
        return Some(entry(family, kind));
    }
    let named = kind.split_once(':').and_then(|(_, rest)| rest.split_once('/')).map(|(name, _)| name);
    let by_source = match finding.source {
        Source::Falco => Some("Falco"),
        Source::Audit => Some("Audit"),
        Source::SecurityHub | Source::Ocsf => Some("Posture"),
        Source::Rules => Some("Rules"),
        Source::Typed => Some("Typed"),
        Source::GuardDuty => None,
    };
    let wanted = |family: &&Family| Some(family.name.as_str()) == named;
    let family = families()
        .iter()
        .find(wanted)
        .or_else(|| families().iter().find(|one| Some(one.name.as_str()) == by_source))?;
    // What a rule of ours means stands in the rule.
    let rule = rules::spec(kind).filter(|_| finding.source == Source::Rules);
    Some(Entry {
        kind: rule.map_or("", |rule| rule.id),
        tactic: tactic(kind),
        means: rule.map_or("", |rule| rule.why),
        about: &family.about,
        ask: family.ask.iter().map(String::as_str).collect(),
        facts: &family.facts,
        playbook: rule.map_or(&family.playbook, |rule| rule.playbook),
        retired: None,
    })
}

fn tactic(kind: &str) -> &'static str {
    let word = kind.split(':').next().unwrap_or_default();
    FILE.as_ref().ok().and_then(|file| file.tactics.get(word)).map_or("", String::as_str)
}

fn entry(family: &'static Family, kind: &'static Type) -> Entry {
    Entry {
        kind: &kind.kind,
        tactic: tactic(&kind.kind),
        means: &kind.means,
        about: &family.about,
        ask: family.ask.iter().chain(&kind.ask).map(String::as_str).collect(),
        facts: if kind.facts.is_empty() { &family.facts } else { &kind.facts },
        playbook: kind.playbook.as_ref().unwrap_or(&family.playbook),
        retired: kind.retired.as_ref().and_then(|retired| match retired {
            Retired::Instead(other) => Some(other.as_str()),
            Retired::WithoutAny(retired) => retired.then_some(""),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(kind: &str, source: Source) -> Finding {
        Finding { kind: kind.into(), source, ..Finding::default() }
    }

    #[test]
    fn the_file_is_read_and_says_something_of_every_type() {
        assert!(FILE.as_ref().is_ok(), "{:?}", FILE.as_ref().err());
        let all: Vec<_> = types().collect();
        assert!(all.len() > 150 && TYPES.len() == all.len(), "{} types, {} names", all.len(), TYPES.len());
        for entry in &all {
            assert!(!entry.tactic.is_empty() && entry.means.ends_with('.'), "{entry:?}");
            assert!(entry.ask.len() > 1 && !entry.facts.is_empty(), "{entry:?}");
            if let Some(instead) = entry.retired.filter(|instead| !instead.is_empty()) {
                assert!(TYPES.contains_key(instead), "{} leads to {instead}, which is not there", entry.kind);
            }
        }
    }

    #[test]
    fn the_names_of_the_seed_documents_are_known() {
        for kind in [
            "CredentialAccess:Kubernetes/AnomalousBehavior.SecretsAccessed",
            "CredentialAccess:Kubernetes/SuccessfulAnonymousAccess",
            "Discovery:Kubernetes/SuccessfulAnonymousAccess",
            "Execution:Kubernetes/AnomalousBehavior.ExecInPod",
            "Execution:Kubernetes/AnomalousBehavior.WorkloadDeployed",
            "Persistence:Kubernetes/AnomalousBehavior.WorkloadDeployed!ContainerWithSensitiveMount",
            "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleBindingCreated",
            "PrivilegeEscalation:Kubernetes/AnomalousBehavior.RoleCreated",
            "PrivilegeEscalation:Kubernetes/AnomalousBehavior.WorkloadDeployed!PrivilegedContainer",
            "PrivilegeEscalation:Kubernetes/PrivilegedContainer",
        ] {
            assert!(TYPES.contains_key(kind), "{kind}");
        }
        let retired =
            look_up(&finding("PrivilegeEscalation:Kubernetes/PrivilegedContainer", Source::GuardDuty)).unwrap();
        assert_eq!(retired.playbook, "privileged-container");
        assert!(retired.retired.unwrap().contains("AnomalousBehavior"));
    }

    #[test]
    fn what_a_rule_means_stands_in_the_rule() {
        for rule in rules::all() {
            let spec = rule.spec();
            let entry = look_up(&finding(spec.id, Source::Rules)).unwrap();
            assert_eq!((entry.means, entry.playbook), (spec.why, spec.playbook));
            assert!(types().any(|entry| entry.playbook == spec.playbook), "{}: {}", spec.id, spec.playbook);
        }
        let typed = look_up(&finding("typed in", Source::Typed)).unwrap();
        assert!(typed.means.is_empty() && typed.ask.len() > 2);
    }

    #[test]
    fn a_new_name_of_a_known_family_is_explained_by_it() {
        let new = look_up(&finding("Execution:Runtime/SomethingNew", Source::GuardDuty)).unwrap();
        assert_eq!((new.tactic, new.means), ("execution", ""));
        assert!(look_up(&finding("Terminal shell in container", Source::Falco)).is_some());
        assert!(look_up(&finding("Object:S3/MaliciousFile", Source::GuardDuty)).is_none());
    }
}
