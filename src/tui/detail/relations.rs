//! What belongs to an object, as a tree to walk.

use jiff::Timestamp;

use crate::config::theme::Role;
use crate::inventory::query::Matcher;
use crate::inventory::{Inventory, Marks, Pod, Row, RowId, Shared};
use crate::model::facts::{ContainerRole, NodeFacts, ObjectFacts, Shape};
use crate::model::{Clean, Kind, SessionId};

use super::around::Around;

/// A line of the tree.
#[derive(Clone, Debug)]
pub struct Branch {
    /// How deep it stands.
    pub depth: usize,
    /// What it says.
    pub label: Clean,
    /// What it means.
    pub role: Role,
    /// Where it leads.
    pub goes: Option<Goes>,
    /// When an account said so, where one did.
    pub told: Option<Timestamp>,
}

/// Where a line of the tree leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goes {
    /// To an object.
    Object(RowId),
    /// To a selection of a kind.
    Selection(Kind, String),
}

/// The tree of an object, with what its account tells of it.
pub fn relations(id: RowId, inventory: &Inventory, around: &Around) -> Vec<Branch> {
    let Some(row) = inventory.row(id) else { return Vec::new() };
    let mut tree = Tree { inventory, around, branches: Vec::new() };
    match row {
        Row::Pod(pod) => tree.pod(row, pod),
        Row::Node(session, node) => tree.node(session, node),
        Row::Object(_, object) => tree.object(row, object),
    }
    tree.branches
}

struct Tree<'a> {
    inventory: &'a Inventory,
    around: &'a Around,
    branches: Vec<Branch>,
}

impl Tree<'_> {
    fn add(&mut self, depth: usize, role: Role, label: String, goes: Option<Goes>) {
        self.branches.push(Branch { depth, label: label.into(), role, goes, told: None });
    }

    fn say(&mut self, role: Role, label: String) {
        self.add(1, role, label, None);
    }

    fn select(&mut self, role: Role, label: String, query: String) {
        self.add(1, role, label, Some(Goes::Selection(Kind::Pod, query)));
    }

    fn pod(&mut self, row: Row<'_>, pod: Pod<'_>) {
        self.add(0, Role::Title, format!("pod {}/{}  {}", pod.namespace(), pod.name(), pod.status()), None);
        if let Some(gone) = pod.gone() {
            let when = jiff::Timestamp::from_second(gone).map(|at| at.to_string()).unwrap_or_default();
            self.say(Role::Gone, format!("gone since {when}; what follows was last known then"));
        }
        self.say(Role::Dim, format!("uid {}", pod.uid()));
        let addresses: Vec<_> = pod.ips().iter().map(ToString::to_string).collect();
        let known =
            if addresses.is_empty() { "no address yet".to_owned() } else { format!("address {}", addresses.join(" ")) };
        self.say(Role::Text, known);
        let security: Vec<_> = pod.security().names().collect();
        if !security.is_empty() {
            let role = if pod.security().reaches_node() { Role::Critical } else { Role::Warn };
            self.say(role, format!("security {}", security.join(" ")));
        }
        if pod.hid_something() {
            self.say(Role::Hidden, "a text of this pod hides characters; they are shown as <U+...>".into());
        }
        match pod.workload() {
            Some((kind, name)) => {
                let direct = pod.owner().filter(|owner| owner.name != name);
                let through = direct.map(|owner| format!(" through {} {}", owner.kind, owner.name)).unwrap_or_default();
                let query = format!("ns:{} workload:{kind}/{name}", pod.namespace());
                self.select(Role::Text, format!("workload {kind} {name}{through}"), query);
            }
            None => self.say(Role::Warn, "no controller: nothing replaces this pod".into()),
        }
        self.shared(row, Shared::Account, &format!("service account {}", pod.service_account()));
        self.below(pod);
        self.containers(pod);
        self.branches.extend(self.around.branches());
        if let Some(query) = Shared::Service.query(&row, self.inventory) {
            self.select(Role::Text, format!("behind {query}"), query);
        }
        self.shared(row, Shared::Namespace, &format!("namespace {}", pod.namespace()));
        for (key, value) in pod.labels() {
            self.select(Role::Dim, format!("label {key}={value}"), format!("label:{key}={value}"));
        }
    }

    /// The node under a pod, and the instance under the node.
    fn below(&mut self, pod: Pod<'_>) {
        if pod.node().is_empty() {
            self.say(Role::Dim, "on no node yet".into());
            return;
        }
        let mut nodes = self.inventory.nodes().iter();
        let node = nodes.find(|(_, row)| row.session == pod.session() && row.facts.meta.name == *pod.node());
        let Some((_, node)) = node else {
            self.say(Role::Text, format!("node {} (nodes are not listed)", pod.node()));
            return;
        };
        let facts = &node.facts;
        let goes = RowId { session: node.session, kind: Kind::Node, uid: facts.meta.uid };
        let cordoned = if facts.unschedulable { "  cordoned" } else { "" };
        self.add(1, Role::Text, format!("node {}{cordoned}", pod.node()), Some(Goes::Object(goes)));
        let instance = if facts.instance_id.is_empty() { "no EC2 instance" } else { facts.instance_id.as_str() };
        let about = format!("instance {instance}  {} {} {}", facts.kind.word(), facts.instance_type, facts.zone);
        self.add(2, Role::Text, about, None);
    }

    fn containers(&mut self, pod: Pod<'_>) {
        for container in pod.containers() {
            let what = match container.role {
                ContainerRole::Main => "container",
                ContainerRole::Init => "init container",
                ContainerRole::Sidecar => "sidecar container",
                ContainerRole::Ephemeral => "ephemeral container",
            };
            let query = format!("image:{}", container.image);
            let label = format!("{what} {}  {}  ({} pods)", container.name, container.image, self.count(&query));
            self.select(Role::Text, label, query);
            if !container.image_id.is_empty() {
                self.add(2, Role::Dim, container.image_id.to_string(), None);
            }
        }
    }

    fn node(&mut self, session: SessionId, node: &NodeFacts) {
        self.add(0, Role::Title, format!("node {}", node.meta.name), None);
        self.say(Role::Dim, format!("uid {}", node.meta.uid));
        let instance = if node.instance_id.is_empty() { &node.provider_id } else { &node.instance_id };
        self.say(Role::Text, format!("instance {instance}  {}  {}", node.instance_type, node.zone));
        self.branches.extend(self.around.branches());
        self.say(Role::Text, format!("{} {}", node.kind.word(), node.group));
        let system = [&node.os_image, &node.kernel, &node.runtime, &node.architecture];
        self.say(Role::Dim, system.map(|text| text.as_str()).join("  "));
        if node.unschedulable {
            self.say(Role::Warn, "cordoned: the scheduler passes it by".into());
        }
        for limit in node.limits() {
            self.say(Role::Warn, limit.not.into());
            self.add(2, Role::Text, format!("next best: {}", limit.instead), None);
        }
        for taint in &node.taints {
            self.say(Role::Text, format!("taint {}={}:{}", taint.key, taint.value, taint.effect));
        }
        let here = self.inventory.pods().iter().map(|(_, pod)| pod);
        let pods: Vec<_> = here
            .filter(|pod| pod.session() == session && *pod.node() == node.meta.name && pod.gone().is_none())
            .map(|pod| {
                let label = format!("{}/{}  {}", pod.namespace(), pod.name(), pod.status());
                (Row::Pod(pod).id(), label, pod.security().reaches_node())
            })
            .collect();
        self.select(Role::Text, format!("{} pods", pods.len()), format!("node:{}", node.meta.name));
        for (id, label, reaches) in pods {
            let role = if reaches { Role::Warn } else { Role::Text };
            self.add(2, role, label, Some(Goes::Object(id)));
        }
        for (key, value) in &node.meta.labels {
            let goes = Goes::Selection(Kind::Node, format!("label:{key}={value}"));
            self.add(1, Role::Dim, format!("label {key}={value}"), Some(goes));
        }
    }

    fn object(&mut self, row: Row<'_>, object: &ObjectFacts) {
        let (namespace, name) = (&object.meta.namespace, &object.meta.name);
        let slash = if namespace.is_empty() { "" } else { "/" };
        self.add(0, Role::Title, format!("{} {namespace}{slash}{name}", object.kind), None);
        self.say(Role::Dim, format!("uid {}", object.meta.uid));
        if let Some(owner) = &object.meta.owner {
            self.say(Role::Text, format!("owned by {} {}", owner.kind, owner.name));
        }
        for (shared, _, what) in Shared::ALL {
            if shared != Shared::Namespace || object.kind == Kind::Namespace || !namespace.is_empty() {
                self.shared(row, shared, &format!("pods of this {what}"));
            }
        }
        if let Shape::ServiceAccount { role_arn, .. } = &object.shape
            && !role_arn.is_empty()
        {
            self.say(Role::Warn, format!("IAM role {role_arn}"));
        }
        self.branches.extend(self.around.branches());
        for (key, value) in &object.meta.labels {
            self.say(Role::Dim, format!("label {key}={value}"));
        }
    }

    /// A line for what a row shares, with how many pods share it.
    fn shared(&mut self, row: Row<'_>, shared: Shared, label: &str) {
        let Some(query) = shared.query(&row, self.inventory) else { return };
        self.select(Role::Text, format!("{label}  ({} pods)", self.count(&query)), query);
    }

    fn count(&self, query: &str) -> usize {
        let Ok(query) = query.parse() else { return 0 };
        let nothing = Marks::default();
        let matcher = Matcher::new(&query, self.inventory, &nothing, &nothing);
        self.inventory.pods().iter().filter(|(_, pod)| matcher.pod(*pod)).count()
    }
}
