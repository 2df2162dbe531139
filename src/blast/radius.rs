//! Everything that is reached, put together.

use std::collections::BTreeMap;

use serde::Serialize;

use super::facts::Facts;
use super::host::{Host, host, ways};
use super::identity::{Identity, identity};
use super::origin::Origin;
use super::pods::{PodName, Sharing, selecting, workload};
use super::roles::{IamRole, annotated, of_account, of_node};
use super::secrets::{Secret, Secrets};
use crate::inventory::{Inventory, Pod, Row};
use crate::model::facts::{NodeFacts, Shape};
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Subject;

/// What could be reached from where it begins.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blast {
    /// Where it begins: `Pod shop/web-7d9f`.
    pub of: Clean,
    /// The session that it is on.
    #[serde(skip)]
    pub session: SessionId,
    /// The node that is in its hands, whole or in part.
    pub host: Option<Host>,
    /// Identities whose credentials are reached, those at hand first.
    pub identities: Vec<Identity>,
    /// Secrets by name, those at hand first.
    pub secrets: Vec<Secret>,
    /// IAM roles by name.
    pub roles: Vec<IamRole>,
    /// The pods on the same node, or those that speak as the identity.
    pub pods: Vec<PodName>,
    /// Who else uses the credentials at hand: what is taken from an intruder is taken from them, too.
    pub shared: Vec<Sharing>,
    /// What is not known, and why.
    pub unknown: Vec<Unknown>,
}

/// Something that could not be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    /// What.
    pub what: Clean,
    /// Why not, or where it can be had.
    pub why: Clean,
}

/// Pods that are named where a credential of the node's is told; the others are counted.
const NAMED: usize = 3;

struct Radius<'a> {
    inventory: &'a Inventory,
    facts: &'a Facts,
    session: SessionId,
    blast: Blast,
    secrets: Secrets,
    nameless: bool,
}

impl Blast {
    /// Computes what could be reached; nothing where the beginning is no longer known.
    pub fn of(origin: &Origin, inventory: &Inventory, facts: &Facts) -> Option<Self> {
        let blast = Self {
            of: origin.title(inventory),
            session: origin.session(),
            host: None,
            identities: Vec::new(),
            secrets: Vec::new(),
            roles: Vec::new(),
            pods: Vec::new(),
            shared: Vec::new(),
            unknown: Vec::new(),
        };
        let session = origin.session();
        let mut radius = Radius { inventory, facts, session, blast, secrets: Secrets::default(), nameless: false };
        match origin {
            Origin::Pod(id) => radius.pod(inventory.row(*id)?.pod()?),
            Origin::Node(id) => match inventory.row(*id)? {
                Row::Node(_, node) => radius.node(node),
                _ => return None,
            },
            Origin::Identity(_, subject) => radius.subject(subject),
        }
        Some(radius.told())
    }
}

impl<'a> Radius<'a> {
    fn pod(&mut self, pod: Pod<'a>) {
        let (namespace, account) = (pod.namespace(), pod.service_account());
        let subject = Subject::account(namespace, account);
        let token = pod.given().has_token();
        let ways = ways(pod);
        let through = match (token, ways.is_empty()) {
            (true, _) => "its token is mounted",
            (false, true) => "its pod speaks as it, but has no token mounted",
            (false, false) => "no token is mounted, but the node's kubelet may make one",
        };
        self.blast.identities.push(identity(&self.facts.rights, &subject, through, token));
        self.secrets.of_pod(pod, true);
        if token || !ways.is_empty() {
            self.read_by(&subject);
        }
        let given = Some(pod.given());
        self.blast.roles = of_account(self.inventory, &self.facts.iam, self.session, (namespace, account), given);
        self.share(pod);
        self.share_roles((namespace, account));
        self.tenants(pod.node(), |other| other.uid() != pod.uid());
        let node = self.node_of(pod);
        if node.is_none() && !pod.node().is_empty() {
            self.unknown(
                "its node",
                "nodes are not listed: the rights to list them are missing, or they have not come yet",
            );
        }
        if ways.is_empty() {
            let how = "by the instance's metadata service, where its hop limit is 2 or more";
            self.blast.roles.extend(node.and_then(|node| of_node(&self.facts.iam, node, how)));
            return;
        }
        self.blast.host = Some(host(pod.node(), node, ways));
        self.on_node(pod.node(), node, Some(pod));
    }

    fn node(&mut self, node: &NodeFacts) {
        self.blast.host = Some(host(&node.meta.name, Some(node), Vec::new()));
        self.tenants(&node.meta.name, |_| true);
        self.on_node(&node.meta.name, Some(node), None);
    }

    fn subject(&mut self, subject: &Subject) {
        self.blast.identities.push(identity(&self.facts.rights, subject, "its credential", true));
        self.read_by(subject);
        match subject.as_account() {
            Some((namespace, name)) => {
                self.blast.roles = of_account(self.inventory, &self.facts.iam, self.session, (namespace, name), None);
                let speaks = |pod: &Pod<'_>| *pod.namespace() == *namespace && *pod.service_account() == *name;
                self.blast.pods = self.all_pods().filter(speaks).map(PodName::from).collect();
                self.share_roles((namespace, name));
            }
            None => {
                let why = "EKS access policies stand in no binding: aws eks list-associated-access-policies tells them";
                self.unknown("what EKS access entries give to it", why);
                if subject.kind == "User" && !subject.name.starts_with("system:") {
                    self.unknown(
                        "its groups",
                        "only its credential says in which groups it is: `blast group/NAME` for each",
                    );
                }
            }
        }
    }

    /// What whoever has the node has: its kubelet, its instance's role, and all that its pods hold.
    fn on_node(&mut self, name: &Clean, node: Option<&NodeFacts>, from: Option<Pod<'a>>) {
        let kubelet = Subject::node(name);
        self.blast.identities.push(identity(&self.facts.rights, &kubelet, "the node's kubelet", from.is_none()));
        self.blast.roles.extend(node.and_then(|node| of_node(&self.facts.iam, node, "the node has it")));
        let mut accounts: BTreeMap<(&Clean, &Clean), Vec<Pod<'a>>> = BTreeMap::new();
        for pod in self.all_pods().filter(|pod| *pod.node() == *name) {
            if from.is_none_or(|from| from.uid() != pod.uid()) {
                self.secrets.of_pod(pod, false);
                accounts.entry((pod.namespace(), pod.service_account())).or_default().push(pod);
            }
            self.secrets.of_pulls(pod);
        }
        for ((namespace, account), pods) in accounts {
            let own = from.is_some_and(|from| from.namespace() == namespace && from.service_account() == account);
            let Some(first) = pods.iter().find(|pod| pod.given().has_token()).or(pods.first()) else { continue };
            if !own {
                let subject = Subject::account(namespace, account);
                self.blast.identities.push(identity(&self.facts.rights, &subject, holders(&pods), false));
                self.read_by(&subject);
                let (iam, given) = (&self.facts.iam, Some(first.given()));
                let roles = of_account(self.inventory, iam, self.session, (namespace, account), given);
                self.blast.roles.extend(roles);
            }
        }
    }

    fn read_by(&mut self, subject: &Subject) {
        self.nameless |= self.secrets.readable(self.facts, subject);
    }

    fn tenants(&mut self, node: &Clean, which: impl Fn(&Pod<'_>) -> bool) {
        if node.is_empty() {
            return;
        }
        let here = self.all_pods().filter(|pod| *pod.node() == *node && which(pod)).map(PodName::from);
        self.blast.pods = here.collect();
    }

    /// Other pods with the service account and the secrets of this one.
    fn share(&mut self, pod: Pod<'a>) {
        let own = pod.given().secrets();
        let mut found: BTreeMap<(Clean, Clean), (usize, String)> = BTreeMap::new();
        let mut add = |what: String, other: Pod<'_>| {
            found.entry((what.into(), workload(other))).or_insert_with(|| (0, selecting(other))).0 += 1;
        };
        for other in self.all_pods().filter(|other| other.uid() != pod.uid() && other.namespace() == pod.namespace()) {
            if other.service_account() == pod.service_account() {
                add(Subject::account(pod.namespace(), pod.service_account()).to_string(), other);
            }
            if !own.is_empty() {
                for secret in other.given().secrets().into_iter().filter(|secret| own.contains(secret)) {
                    add(format!("secret {}/{secret}", pod.namespace()), other);
                }
            }
        }
        let shared = found.into_iter().map(|((what, by), (pods, query))| Sharing { what, by, pods, query });
        self.blast.shared.extend(shared);
    }

    /// Other service accounts with the same IAM role.
    fn share_roles(&mut self, (namespace, name): (&str, &str)) {
        let Some(own) = annotated(self.inventory, self.session, namespace, name) else { return };
        let accounts = self.inventory.objects(Kind::ServiceAccount).iter().map(|(_, row)| row);
        let same = accounts.filter(|row| {
            row.session == self.session
                && matches!(&row.facts.shape, Shape::ServiceAccount { role_arn, .. } if *role_arn == own)
                && !(*row.facts.meta.namespace == *namespace && *row.facts.meta.name == *name)
        });
        let mut pods: BTreeMap<(&Clean, &Clean), usize> =
            same.map(|row| ((&row.facts.meta.namespace, &row.facts.meta.name), 0)).collect();
        if pods.is_empty() {
            return;
        }
        for pod in self.all_pods() {
            if let Some(count) = pods.get_mut(&(pod.namespace(), pod.service_account())) {
                *count += 1;
            }
        }
        self.blast.shared.extend(pods.into_iter().map(|((namespace, name), pods)| Sharing {
            what: own.clone(),
            by: Subject::account(namespace, name).to_string().into(),
            pods,
            query: format!("sa:{namespace}/{name}"),
        }));
    }

    fn all_pods(&self) -> impl Iterator<Item = Pod<'a>> + use<'a> {
        let session = self.session;
        let pods = self.inventory.pods().iter().map(|(_, pod)| pod);
        pods.filter(move |pod| pod.session() == session && pod.gone().is_none())
    }

    fn node_of(&self, pod: Pod<'_>) -> Option<&'a NodeFacts> {
        let mut nodes = self.inventory.nodes().iter().map(|(_, row)| row);
        nodes.find(|row| row.session == self.session && row.facts.meta.name == *pod.node()).map(|row| &row.facts)
    }

    fn unknown(&mut self, what: &str, why: &str) {
        self.blast.unknown.push(Unknown { what: what.into(), why: why.into() });
    }

    fn told(mut self) -> Blast {
        if self.inventory.objects(Kind::ServiceAccount).is_empty() {
            self.unknown("IAM roles of service accounts", "service accounts are not listed");
        }
        if self.nameless {
            self.unknown(
                "names of the secrets that may be read",
                "no secret was listed; the rights to read them are told",
            );
        }
        for (what, why) in &self.facts.unread {
            self.blast.unknown.push(Unknown { what: what.clone(), why: why.clone() });
        }
        self.blast.identities.sort_by_key(|one| !one.at_hand);
        self.blast.secrets = self.secrets.told();
        self.blast
    }
}

/// `tokens of shop/web-1, shop/web-2 and 3 more pods on the node`
fn holders(pods: &[Pod<'_>]) -> String {
    let named: Vec<String> = pods.iter().take(NAMED).map(|pod| format!("{}/{}", pod.namespace(), pod.name())).collect();
    let more = pods.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("on the node, in {}{more}", named.join(", "))
}
