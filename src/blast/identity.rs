//! Whose credentials are reached, and what those may do.

use serde::Serialize;

use crate::model::Clean;
use crate::rbac::{Grant, Held, Rights, Subject, Weight, powers};

/// An identity whose credential is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// `ServiceAccount:shop/web`, `User:system:node:ip-10-0-1-5`.
    pub subject: Clean,
    /// How it is reached.
    pub through: Clean,
    /// Whether the credential is in the containers at hand, and not only within reach from the node.
    pub at_hand: bool,
    /// What bindings give to it.
    pub given: Vec<Given>,
    /// What follows from all of them, the widest first.
    pub might: Vec<Might>,
    /// What it may do by no binding, in words.
    pub besides: Vec<Clean>,
}

/// What a binding gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Given {
    /// `ClusterRoleBinding web-reads-everything (ClusterRole view)`, and the group through which it holds.
    pub by: Clean,
    /// The namespace in which it holds, empty for the whole cluster.
    pub namespace: Clean,
    /// Each rule in words; none where the role is gone or could not be read.
    pub rules: Vec<Clean>,
    /// Whether the role is known.
    pub known: bool,
}

/// A right that leads further.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Might {
    /// What can be done: `exec into pods`.
    pub what: Clean,
    /// The namespace in which, empty for the whole cluster.
    pub namespace: Clean,
    /// Where that leads.
    pub leads: &'static str,
    /// How far.
    pub weight: Weight,
}

/// What a kubelet may do by no binding.
/// <https://kubernetes.io/docs/reference/access-authn-authz/node/>
const KUBELET: [&str; 3] = [
    "read the secrets and config maps of the pods that are bound to it",
    "make tokens of their service accounts",
    "change its own Node and the status of its pods",
];

/// An identity with everything that is given to it.
pub fn identity(rights: &Rights, subject: &Subject, through: impl Into<Clean>, at_hand: bool) -> Identity {
    let grants = rights.of(subject);
    let kubelet = subject.kind == "User" && subject.name.starts_with("system:node:");
    let mut besides: Vec<Clean> =
        if kubelet { KUBELET.iter().map(|words| (*words).into()).collect() } else { Vec::new() };
    if subject.kind == "Group" && subject.name == "system:masters" {
        besides.push("do everything: no authorizer is asked about this group".into());
    }
    Identity {
        subject: subject.to_string().into(),
        through: through.into(),
        at_hand,
        given: grants.iter().filter(|grant| !is_everybody_s(grant)).map(given).collect(),
        might: might(&grants),
        besides,
    }
}

/// Whether it is what every API server gives to whoever has a credential.
fn is_everybody_s(grant: &Grant<'_>) -> bool {
    let everybody = |group: &str| group == "system:authenticated" || group == "system:serviceaccounts";
    grant.group.is_some_and(everybody) && grant.binding.is_built_in()
}

fn given(grant: &Grant<'_>) -> Given {
    Given {
        by: grant.by(),
        namespace: grant.namespace().into(),
        rules: grant.rules().iter().map(crate::rbac::Rule::words).collect(),
        known: grant.role.is_some(),
    }
}

/// What leads further, once for each place; what holds everywhere is not told of a namespace again.
fn might(grants: &[Grant<'_>]) -> Vec<Might> {
    let mut all: Vec<Might> = Vec::new();
    let (everywhere, here): (Vec<&Grant<'_>>, Vec<&Grant<'_>>) =
        grants.iter().partition(|grant| grant.namespace().is_empty());
    for grant in everywhere.into_iter().chain(here) {
        for held in powers(grant.rules()) {
            let next = of(&held, grant.namespace());
            let known =
                |one: &Might| one.what == next.what && (one.namespace.is_empty() || one.namespace == next.namespace);
            if !all.iter().any(known) {
                all.push(next);
            }
        }
    }
    all.sort_by(|one, other| other.weight.cmp(&one.weight).then_with(|| one.namespace.cmp(&other.namespace)));
    all
}

fn of(held: &Held, namespace: &str) -> Might {
    Might { what: held.words(), namespace: namespace.into(), leads: held.power.leads, weight: held.power.weight }
}
