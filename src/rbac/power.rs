//! Rights that lead to others, or to secrets.

use serde::Serialize;

use super::{Attempt, Rule};
use crate::model::Clean;

/// How far a right leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// To what others keep secret.
    Discloses,
    /// To rights that others have.
    Escalates,
    /// To everything.
    Everything,
}

/// A right that matters in an incident. What each leads to:
/// <https://kubernetes.io/docs/concepts/security/rbac-good-practices/#privilege-escalation-risks>
#[derive(Debug, PartialEq, Eq)]
pub struct Power {
    /// What can be done with it: `read secrets`.
    pub words: &'static str,
    /// Where that leads.
    pub leads: &'static str,
    /// How far.
    pub weight: Weight,
    verbs: &'static [&'static str],
    on: &'static [(&'static str, &'static str)],
}

use Weight::{Discloses, Escalates, Everything};

const fn power(
    words: &'static str,
    weight: Weight,
    verbs: &'static [&'static str],
    on: &'static [(&'static str, &'static str)],
    leads: &'static str,
) -> Power {
    Power { words, leads, weight, verbs, on }
}

const RBAC: &str = super::GROUP;

static ALL: Power = power("do everything", Everything, &["*"], &[("*", "*")], "nothing is out of reach");

static POWERS: [Power; 16] = [
    power("read secrets", Discloses, &["get", "list", "watch"], &[("", "secrets")], "every token and password there"),
    power(
        "exec into pods",
        Escalates,
        &["create", "get"],
        &[("", "pods/exec"), ("", "pods/attach")],
        "the files, credentials and network of every pod there",
    ),
    power(
        "put debug containers into pods",
        Escalates,
        &["patch", "update"],
        &[("", "pods/ephemeralcontainers")],
        "the processes of every pod there",
    ),
    power(
        "create pods",
        Escalates,
        &["create"],
        &[("", "pods")],
        "every service account and secret of the namespace, and a node where nothing forbids privileged pods",
    ),
    power(
        "change pods",
        Escalates,
        &["patch", "update"],
        &[("", "pods")],
        "an image of their choice in every pod there, with its account",
    ),
    power(
        "create or change workloads",
        Escalates,
        &["create", "patch", "update"],
        &[
            ("apps", "deployments"),
            ("apps", "daemonsets"),
            ("apps", "statefulsets"),
            ("apps", "replicasets"),
            ("batch", "jobs"),
            ("batch", "cronjobs"),
            ("", "replicationcontrollers"),
        ],
        "pods of their choice, and with them every service account of the namespace",
    ),
    power(
        "make tokens of service accounts",
        Escalates,
        &["create"],
        &[("", "serviceaccounts/token")],
        "the rights of every service account there",
    ),
    power(
        "reach kubelets",
        Escalates,
        &["get", "create"],
        &[("", "nodes/proxy")],
        "commands in every pod of the nodes, past the audit log",
    ),
    power(
        "grant rights",
        Escalates,
        &["create", "patch", "update"],
        &[(RBAC, "rolebindings"), (RBAC, "clusterrolebindings")],
        "whatever they hold already, for anybody; everything, together with bind",
    ),
    power(
        "bind roles",
        Escalates,
        &["bind"],
        &[(RBAC, "roles"), (RBAC, "clusterroles")],
        "rights that they do not hold",
    ),
    power(
        "escalate roles",
        Escalates,
        &["escalate"],
        &[(RBAC, "roles"), (RBAC, "clusterroles")],
        "rights that they do not hold",
    ),
    power(
        "impersonate others",
        Escalates,
        &["impersonate"],
        &[("", "users"), ("", "groups"), ("", "serviceaccounts")],
        "the rights of whoever they name",
    ),
    power(
        "approve certificates",
        Escalates,
        &["approve", "update", "patch"],
        &[("certificates.k8s.io", "signers"), ("certificates.k8s.io", "certificatesigningrequests/approval")],
        "a credential of any name that a signer signs",
    ),
    power(
        "change admission",
        Escalates,
        &["create", "patch", "update"],
        &[
            ("admissionregistration.k8s.io", "mutatingwebhookconfigurations"),
            ("admissionregistration.k8s.io", "validatingwebhookconfigurations"),
        ],
        "every object on its way into the cluster, secrets included",
    ),
    power(
        "change nodes",
        Escalates,
        &["patch", "update"],
        &[("", "nodes")],
        "where pods run, and with which labels and taints nodes look trusted",
    ),
    power(
        "read configuration",
        Discloses,
        &["get", "list", "watch"],
        &[("", "configmaps")],
        "settings, at times with credentials in them",
    ),
];

/// A power that somebody has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The power.
    pub power: &'static Power,
    /// The names that it is limited to; empty for no limit.
    pub names: Vec<Clean>,
}

impl Held {
    /// `read secrets`, `read secrets (only db, tls)`.
    pub fn words(&self) -> Clean {
        if self.names.is_empty() {
            return self.power.words.into();
        }
        let names = self.names.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        format!("{} (only {names})", self.power.words).into()
    }
}

/// The powers that rules give, the widest first. Whoever may do everything needs no other named.
pub fn powers(rules: &[Rule]) -> Vec<Held> {
    if rules.iter().any(Rule::is_everything) {
        return vec![Held { power: &ALL, names: Vec::new() }];
    }
    let mut held: Vec<Held> = POWERS.iter().filter_map(|power| of(power, rules)).collect();
    held.sort_by_key(|held| std::cmp::Reverse(held.power.weight));
    held
}

fn of(power: &'static Power, rules: &[Rule]) -> Option<Held> {
    let gives = |rule: &&Rule| {
        power
            .verbs
            .iter()
            .any(|verb| power.on.iter().any(|(group, resource)| rule.allows(Attempt { verb, group, resource })))
    };
    let giving: Vec<&Rule> = rules.iter().filter(gives).collect();
    let first = giving.first()?;
    let limited = giving.iter().all(|rule| !rule.names.is_empty());
    let mut names: Vec<Clean> =
        if limited { giving.iter().flat_map(|rule| rule.names.clone()).collect() } else { Vec::new() };
    // A name cannot limit what is created: the server does not know it yet.
    if limited && power.verbs == ["create"] && !first.resources.iter().any(|one| one.contains('/')) {
        return None;
    }
    names.sort_unstable();
    names.dedup();
    Some(Held { power, names })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn words(rules: &[serde_json::Value]) -> Vec<String> {
        let rules: Vec<Rule> = rules.iter().map(Rule::read).collect();
        powers(&rules).iter().map(|held| held.words().to_string()).collect()
    }

    #[test]
    fn what_leads_further_is_told_from_what_does_not() {
        let view = json!({"verbs": ["get", "list"], "apiGroups": ["", "apps"], "resources": ["pods", "deployments"]});
        assert!(words(std::slice::from_ref(&view)).is_empty());
        let reader = json!({"verbs": ["list"], "apiGroups": [""], "resources": ["secrets"]});
        let runner = json!({"verbs": ["create"], "apiGroups": ["apps"], "resources": ["deployments"]});
        assert_eq!(words(&[view, reader, runner]), ["create or change workloads", "read secrets"]);
    }

    #[test]
    fn everything_needs_no_other_word() {
        let all = json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]});
        assert_eq!(words(&[all]), ["do everything"]);
        let core = json!({"verbs": ["*"], "apiGroups": [""], "resources": ["*"]});
        assert!(words(&[core]).contains(&"reach kubelets".to_owned()));
    }

    #[test]
    fn names_limit_and_are_told() {
        let one = |names: serde_json::Value| json!({"verbs": ["get"], "apiGroups": [""], "resources": ["secrets"], "resourceNames": names});
        assert_eq!(words(&[one(json!(["tls"])), one(json!(["db", "tls"]))]), ["read secrets (only db, tls)"]);
        assert_eq!(words(&[one(json!(["tls"])), one(json!([]))]), ["read secrets"]);
        let created = json!({"verbs": ["create"], "apiGroups": [""], "resources": ["pods"], "resourceNames": ["a"]});
        assert!(words(&[created]).is_empty());
    }
}
