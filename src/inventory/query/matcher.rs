//! A query made ready to be asked of many rows.

use std::collections::HashSet;

use memchr::memmem;

use crate::model::facts::{Owner, Shape};
use crate::model::{Clean, Kind, Security, SessionId, Uid};

use super::super::marks::Marks;
use super::super::pods::{Labels, Pod, PodSlot, Template};
use super::super::pool::Selected;
use super::super::row::Row;
use super::super::store::Inventory;
use super::term::{Flag, Pattern, Range, Scoped, Term};
use super::{LabelSelector, Query};

/// A query bound to the present state of an inventory. What many pods share is
/// asked once, so that a pod costs a few look-ups.
pub struct Matcher<'a> {
    inventory: &'a Inventory,
    marked: &'a Marks,
    scope: &'a Marks,
    tests: Vec<(bool, Test<'a>)>,
    gone: bool,
}

enum Test<'a> {
    Template(Selected<Template>),
    Account(&'a [Scoped]),
    Words(Field, &'a [Pattern], Selected<Clean>),
    Node(&'a [Pattern], Selected<Clean>, HashSet<(SessionId, Clean)>),
    Labels(Selected<Labels>, &'a LabelSelector),
    Workload(&'a [Scoped]),
    Pods(HashSet<(SessionId, Uid)>),
    Addresses(&'a [Range], HashSet<(SessionId, Uid)>),
    Sessions(Vec<SessionId>),
    Name(&'a [Pattern]),
    Security(Security),
    Flag(Flag),
    Text(Box<memmem::Finder<'a>>, Selected<Clean>, Selected<Template>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Namespace,
    Status,
}

impl<'a> Matcher<'a> {
    /// Binds a query to an inventory, the marked rows and the scope.
    pub fn new(query: &'a Query, inventory: &'a Inventory, marked: &'a Marks, scope: &'a Marks) -> Self {
        let tests = query.words.iter().map(|word| (word.not, test(&word.term, inventory))).collect();
        Self { inventory, marked, scope, tests, gone: query.wants_gone() }
    }

    /// Whether the pod at a place is selected. Pods that are gone are selected only where the query asks for them.
    pub fn pod_at(&self, slot: PodSlot) -> bool {
        self.inventory.pods().get(slot).is_some_and(|pod| self.pod(pod))
    }

    /// Whether a pod is selected.
    pub fn pod(&self, pod: Pod<'_>) -> bool {
        pod.gone().is_some() == self.gone && self.tests.iter().all(|(not, test)| self.holds(test, pod) != *not)
    }

    /// What is asked of the row itself, for rows that are no pods.
    pub(super) fn own_word(&self, place: usize, row: &Row<'_>) -> Option<bool> {
        let (not, test) = self.tests.get(place)?;
        let answer = match (test, row) {
            (Test::Labels(_, selector), _) => selector.matches(row.labels()),
            (Test::Sessions(sessions), _) => sessions.contains(&row.id().session),
            (Test::Name(patterns), _) => patterns.iter().any(|pattern| pattern.matches(row.name())),
            (Test::Flag(Flag::Hidden), _) => row.hid_something(),
            (Test::Flag(Flag::Marked), _) => self.marked.has(self.inventory, row.id()),
            (Test::Flag(Flag::Scope), _) => self.scope.has(self.inventory, row.id()),
            (Test::Text(finder, ..), _) => super::super::columns::texts(row).any(|text| found(finder, &text)),
            (Test::Words(Field::Namespace, namespaces, _), _) if row.id().kind.namespaced() => {
                namespaces.iter().any(|namespace| namespace.matches(row.namespace()))
            }
            (Test::Words(Field::Namespace, namespaces, _), _) if row.id().kind == Kind::Namespace => {
                namespaces.iter().any(|namespace| namespace.matches(row.name()))
            }
            (Test::Node(nodes, ..), Row::Node(_, node)) => {
                nodes.iter().any(|pattern| pattern.matches(&node.meta.name) || pattern.matches(&node.instance_id))
            }
            (Test::Addresses(ranges, _), Row::Node(_, node)) => {
                node.internal_ip.is_some_and(|ip| ranges.iter().any(|range| range.has(ip)))
            }
            (Test::Addresses(ranges, _), Row::Object(_, object)) => match &object.shape {
                Shape::Service { cluster_ips, .. } => {
                    cluster_ips.iter().any(|ip| ranges.iter().any(|range| range.has(*ip)))
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(answer != *not)
    }

    pub(super) const fn inventory(&self) -> &'a Inventory {
        self.inventory
    }

    /// Whether one word, turned around or not, holds for a pod.
    pub(super) fn word(&self, place: usize, pod: Pod<'_>) -> bool {
        self.tests.get(place).is_none_or(|(not, test)| self.holds(test, pod) != *not)
    }

    pub(super) fn len(&self) -> usize {
        self.tests.len()
    }

    fn holds(&self, test: &Test<'_>, pod: Pod<'_>) -> bool {
        match test {
            Test::Template(templates) => templates.has(pod.row.template),
            Test::Account(accounts) => {
                accounts.iter().any(|account| account.matches(pod.namespace(), pod.service_account()))
            }
            Test::Node(_, words, instances) => {
                words.has(pod.row.node)
                    || !instances.is_empty() && instances.contains(&(pod.session(), pod.node().clone()))
            }
            Test::Words(Field::Namespace, _, words) => words.has(pod.row.namespace),
            Test::Words(Field::Status, _, words) => words.has(pod.row.status),
            Test::Labels(labels, _) => labels.has(pod.row.labels),
            Test::Workload(workloads) => owned_by(workloads, pod),
            Test::Pods(pods) => pods.contains(&(pod.session(), pod.uid())),
            Test::Addresses(ranges, pods) => {
                pod.ips().iter().any(|ip| ranges.iter().any(|range| range.has(*ip)))
                    || pods.contains(&(pod.session(), pod.uid()))
            }
            Test::Sessions(sessions) => sessions.contains(&pod.session()),
            Test::Name(patterns) => patterns.iter().any(|pattern| pattern.matches(pod.name())),
            Test::Security(fact) => pod.security().has(*fact),
            Test::Flag(Flag::Gone) => pod.gone().is_some(),
            Test::Flag(Flag::Marked) => self.marked.has(self.inventory, Row::Pod(pod).id()),
            Test::Flag(Flag::Scope) => self.scope.has(self.inventory, Row::Pod(pod).id()),
            Test::Flag(Flag::Hidden) => pod.hid_something(),
            Test::Text(finder, words, templates) => {
                found(finder, pod.name())
                    || words.has(pod.row.namespace)
                    || words.has(pod.row.node)
                    || words.has(pod.row.status)
                    || templates.has(pod.row.template)
                    || pod.ips().iter().any(|ip| found(finder, &ip.to_string()))
            }
        }
    }
}

fn test<'a>(term: &'a Term, inventory: &Inventory) -> Test<'a> {
    let pods = inventory.pods();
    let words = |patterns: &[Pattern]| pods.words().select(|word| patterns.iter().any(|one| one.matches(word)));
    match term {
        Term::Image(images) => Test::Template(pods.templates().select(|template| {
            template
                .containers
                .iter()
                .any(|container| images.iter().any(|image| image.matches(&container.image, &container.image_id)))
        })),
        Term::Account(accounts) => Test::Account(accounts),
        Term::Node(nodes) => Test::Node(nodes, words(nodes), instances(nodes, inventory)),
        Term::Namespace(namespaces) => Test::Words(Field::Namespace, namespaces, words(namespaces)),
        Term::Status(statuses) => Test::Words(Field::Status, statuses, words(statuses)),
        Term::Workload(workloads) => Test::Workload(workloads),
        Term::Service(services) => Test::Pods(behind(inventory, |_, namespace, name| {
            services.iter().any(|service| service.matches(namespace, name))
        })),
        Term::Address(ranges) => Test::Addresses(ranges, behind_addresses(inventory, ranges)),
        Term::Label(selector) => Test::Labels(pods.label_sets().select(|labels| selector.matches(labels)), selector),
        Term::Cluster(patterns) => Test::Sessions(
            inventory
                .clusters()
                .iter()
                .filter(|cluster| {
                    let names = [&cluster.label, &cluster.account, &cluster.region];
                    names.iter().any(|name| patterns.iter().any(|pattern| pattern.matches(name)))
                })
                .map(|cluster| cluster.session)
                .collect(),
        ),
        Term::Name(patterns) => Test::Name(patterns),
        Term::Security(fact) => Test::Security(*fact),
        Term::Flag(flag) => Test::Flag(*flag),
        Term::Text(text) => {
            let finder = memmem::Finder::new(text);
            let words = pods.words().select(|word| found(&finder, word));
            let templates = pods.templates().select(|template| {
                found(&finder, &template.service_account)
                    || template.containers.iter().any(|container| found(&finder, &container.image))
            });
            Test::Text(Box::new(finder), words, templates)
        }
    }
}

/// Nodes that are meant by their instance id. Names of nodes come from private
/// addresses, so that two clusters may have the same.
fn instances(patterns: &[Pattern], inventory: &Inventory) -> HashSet<(SessionId, Clean)> {
    let nodes = inventory.nodes().iter().map(|(_, row)| row);
    nodes
        .filter(|row| patterns.iter().any(|pattern| pattern.matches(&row.facts.instance_id)))
        .map(|row| (row.session, row.facts.meta.name.clone()))
        .collect()
}

/// Pods behind the services that are meant, from their EndpointSlices.
fn behind(inventory: &Inventory, meant: impl Fn(SessionId, &str, &str) -> bool) -> HashSet<(SessionId, Uid)> {
    inventory
        .objects(Kind::EndpointSlice)
        .iter()
        .filter_map(|(_, row)| match &row.facts.shape {
            Shape::EndpointSlice { service, endpoints } if meant(row.session, &row.facts.meta.namespace, service) => {
                Some((row.session, endpoints))
            }
            _ => None,
        })
        .flat_map(|(session, endpoints)| {
            endpoints.iter().filter_map(move |endpoint| endpoint.pod.map(|pod| (session, pod)))
        })
        .collect()
}

/// Pods behind services that have an address in one of the ranges.
fn behind_addresses(inventory: &Inventory, ranges: &[Range]) -> HashSet<(SessionId, Uid)> {
    let services: HashSet<(SessionId, &str, &str)> = inventory
        .objects(Kind::Service)
        .iter()
        .filter(|(_, row)| match &row.facts.shape {
            Shape::Service { cluster_ips, .. } => {
                cluster_ips.iter().any(|ip| ranges.iter().any(|range| range.has(*ip)))
            }
            _ => false,
        })
        .map(|(_, row)| (row.session, row.facts.meta.namespace.as_str(), row.facts.meta.name.as_str()))
        .collect();
    behind(inventory, |session, namespace, name| services.contains(&(session, namespace, name)))
}

fn owned_by(workloads: &[Scoped], pod: Pod<'_>) -> bool {
    let meant = |kind: &str, name: &str| {
        workloads.iter().any(|asked| {
            asked.name.matches(name)
                && asked.before.as_ref().is_none_or(|before| {
                    before.matches(pod.namespace())
                        || before.matches(kind)
                        || Kind::parse(&before.to_string()).is_some_and(|asked| asked.name() == kind)
                })
        })
    };
    let direct = pod.owner().is_some_and(|Owner { kind, name, .. }| meant(kind, name));
    direct || pod.workload().is_some_and(|(kind, name)| meant(&kind, &name))
}

/// Whether a text that was lower-cased stands in another.
fn found(finder: &memmem::Finder<'_>, text: &str) -> bool {
    if text.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii()) {
        finder.find(text.to_lowercase().as_bytes()).is_some()
    } else {
        finder.find(text.as_bytes()).is_some()
    }
}
