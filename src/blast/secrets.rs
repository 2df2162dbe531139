//! Secrets within reach, by name.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use crate::inventory::Pod;
use crate::model::Clean;
use crate::rbac::{Attempt, Grant, Subject};

/// A secret within reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Secret {
    /// Its namespace.
    pub namespace: Clean,
    /// Its name.
    pub name: Clean,
    /// How it is reached: mounted where, readable by which binding.
    pub how: Vec<Clean>,
    /// Whether its values are in the containers at hand.
    pub at_hand: bool,
}

/// Secrets as they are found, once each.
#[derive(Debug, Default)]
pub struct Secrets {
    found: BTreeMap<(Clean, Clean), (Vec<Clean>, bool)>,
}

/// Most ways that are told of one secret.
const WAYS: usize = 4;

impl Secrets {
    /// Takes what a pod's containers have of secrets.
    pub fn of_pod(&mut self, pod: Pod<'_>, at_hand: bool) {
        let given = pod.given();
        let whose = |what: &str| -> Clean {
            if at_hand { what.into() } else { format!("{what} of {}/{}", pod.namespace(), pod.name()).into() }
        };
        for name in &given.secret_files {
            self.add(pod.namespace(), name, whose("files"), at_hand);
        }
        for (container, name) in &given.secret_variables {
            self.add(pod.namespace(), name, whose(&format!("environment of {container}")), at_hand);
        }
    }

    /// Takes what images of a pod are pulled with: the node's, not the containers'.
    pub fn of_pulls(&mut self, pod: Pod<'_>) {
        for name in &pod.given().pull_secrets {
            self.add(
                pod.namespace(),
                name,
                format!("images of {}/{} are pulled with it", pod.namespace(), pod.name()).into(),
                false,
            );
        }
    }

    /// Takes every secret that a subject may read. Says whether there are namespaces whose names are not known.
    pub fn readable(&mut self, facts: &Facts, subject: &Subject) -> bool {
        let mut unknown = false;
        for grant in facts.rights.of(subject) {
            for (verb, names) in reading(&grant) {
                let how: Clean = format!("{verb} by {subject}, {}", grant.by()).into();
                if !names.is_empty() && !grant.namespace().is_empty() {
                    names.iter().for_each(|name| self.add(&grant.namespace().into(), name, how.clone(), false));
                    continue;
                }
                unknown |= facts.secrets.is_empty();
                let here = |namespace: &&Clean| grant.namespace().is_empty() || **namespace == *grant.namespace();
                for (namespace, all) in facts.secrets.iter().filter(|(namespace, _)| here(namespace)) {
                    for name in all.iter().filter(|name| names.is_empty() || names.contains(name)) {
                        self.add(namespace, name, how.clone(), false);
                    }
                }
            }
        }
        unknown
    }

    fn add(&mut self, namespace: &Clean, name: &Clean, how: Clean, at_hand: bool) {
        let (ways, hand) = self.found.entry((namespace.clone(), name.clone())).or_default();
        *hand |= at_hand;
        if ways.len() < WAYS && !ways.contains(&how) {
            ways.push(how);
        }
    }

    /// All of them, those at hand first.
    pub fn told(self) -> Vec<Secret> {
        let told = |((namespace, name), (how, at_hand))| Secret { namespace, name, how, at_hand };
        let mut all: Vec<Secret> = self.found.into_iter().map(told).collect();
        all.sort_by_key(|secret| !secret.at_hand);
        all
    }
}

/// How a grant reads secrets, and which: no names for all. A list and a watch hold the values, too.
fn reading(grant: &Grant<'_>) -> Vec<(&'static str, Vec<Clean>)> {
    let rules = || grant.rules().iter();
    let may =
        |verb: &'static str| rules().filter(move |rule| rule.allows(Attempt { verb, group: "", resource: "secrets" }));
    let all = ["get", "list", "watch"].into_iter().find(|verb| may(verb).any(|rule| rule.names.is_empty()));
    match all {
        Some(verb) => vec![(verb, Vec::new())],
        None => {
            let names: Vec<Clean> = may("get").flat_map(|rule| rule.names.clone()).collect();
            if names.is_empty() { Vec::new() } else { vec![("get", names)] }
        }
    }
}
