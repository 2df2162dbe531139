//! A blast radius as a tree of lines, for a screen and for a terminal.

use super::identity::Identity;
use super::radius::Blast;
use crate::inventory::RowId;
use crate::model::{Clean, Kind};
use crate::rbac::Weight;

/// A line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How deep it stands.
    pub depth: usize,
    /// What it says.
    pub text: Clean,
    /// How grave it is.
    pub tone: Tone,
    /// Where it leads.
    pub lead: Option<Lead>,
}

/// How grave a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// A heading.
    Title,
    /// Said.
    Text,
    /// Said quietly.
    Dim,
    /// To be looked at.
    Warn,
    /// As bad as it gets.
    Critical,
}

/// Where a line leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lead {
    /// To an object.
    Object(RowId),
    /// To a selection of pods.
    Pods(String),
}

/// Rules of one binding, and secrets, that a screen is given; the JSON has all.
const RULES: usize = 12;
const SECRETS: usize = 60;

struct Lines(Vec<Line>);

impl Lines {
    fn say(&mut self, depth: usize, tone: Tone, text: impl Into<Clean>) {
        self.lead(depth, tone, text, None);
    }

    fn lead(&mut self, depth: usize, tone: Tone, text: impl Into<Clean>, lead: Option<Lead>) {
        self.0.push(Line { depth, text: text.into(), tone, lead });
    }
}

impl Blast {
    /// The tree.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Lines(Vec::new());
        lines.say(0, Tone::Title, format!("what {} could reach", self.of));
        self.host_lines(&mut lines);
        for identity in &self.identities {
            identity_lines(identity, &mut lines);
        }
        self.secret_lines(&mut lines);
        self.role_lines(&mut lines);
        self.shared_lines(&mut lines);
        self.pod_lines(&mut lines);
        for unknown in &self.unknown {
            lines.say(1, Tone::Warn, format!("not known: {}: {}", unknown.what, unknown.why));
        }
        lines.0
    }

    fn host_lines(&self, lines: &mut Lines) {
        let Some(host) = &self.host else {
            return lines.say(1, Tone::Text, "no way to its node is open in the specification");
        };
        let lead = host.uid.map(|uid| Lead::Object(RowId { session: self.session, kind: Kind::Node, uid }));
        let instance = if host.instance.is_empty() { String::new() } else { format!(" (instance {})", host.instance) };
        let whole = host.ways.is_empty() || host.ways.iter().any(|way| way.whole);
        let (tone, hold) = if whole { (Tone::Critical, "has") } else { (Tone::Warn, "has a part of") };
        lines.lead(1, tone, format!("{hold} the node {}{instance}", host.node), lead);
        for way in &host.ways {
            lines.say(2, if way.whole { Tone::Critical } else { Tone::Warn }, format!("{}: {}", way.by, way.gives));
        }
    }

    fn secret_lines(&self, lines: &mut Lines) {
        let hand = self.secrets.iter().filter(|secret| secret.at_hand).count();
        if self.secrets.is_empty() {
            return lines.say(1, Tone::Text, "no secret is mounted or known to be readable");
        }
        lines.say(1, Tone::Warn, format!("secrets: {}, {hand} of them at hand", self.secrets.len()));
        for secret in self.secrets.iter().take(SECRETS) {
            let how = secret.how.iter().map(Clean::as_str).collect::<Vec<_>>().join("; ");
            let tone = if secret.at_hand { Tone::Warn } else { Tone::Text };
            lines.say(2, tone, format!("{}/{}: {how}", secret.namespace, secret.name));
        }
        if self.secrets.len() > SECRETS {
            lines.say(2, Tone::Dim, format!("and {} more; -o json names them all", self.secrets.len() - SECRETS));
        }
    }

    fn role_lines(&self, lines: &mut Lines) {
        for role in &self.roles {
            let name = if role.role.is_empty() { "an IAM role" } else { role.role.as_str() };
            lines.say(1, Tone::Warn, format!("AWS: {name}: {}", role.through));
            if let Some(ask) = &role.ask {
                lines.say(2, Tone::Dim, format!("which one is not known here: {ask}"));
            }
        }
    }

    fn shared_lines(&self, lines: &mut Lines) {
        if !self.shared.is_empty() {
            lines.say(1, Tone::Text, "others with the same credentials");
        }
        for sharing in &self.shared {
            let lead = (!sharing.query.is_empty()).then(|| Lead::Pods(sharing.query.clone()));
            lines.lead(2, Tone::Text, format!("{}: {} ({} pods)", sharing.what, sharing.by, sharing.pods), lead);
        }
    }

    fn pod_lines(&self, lines: &mut Lines) {
        if self.pods.is_empty() {
            return;
        }
        let what = if self.host.is_some() || self.identities.iter().any(|one| &*one.through != "its credential") {
            "pods on the same node"
        } else {
            "pods that speak as it"
        };
        lines.say(1, Tone::Text, format!("{what}: {}", self.pods.len()));
        for pod in &self.pods {
            let tone = if pod.reaches_node { Tone::Warn } else { Tone::Text };
            let lead = Lead::Object(RowId { session: self.session, kind: Kind::Pod, uid: pod.uid });
            lines.lead(2, tone, format!("{}/{}  as {}", pod.namespace, pod.name, pod.service_account), Some(lead));
        }
    }
}

fn identity_lines(identity: &Identity, lines: &mut Lines) {
    let worst = identity.might.first().map(|might| might.weight);
    let tone = match worst {
        Some(Weight::Everything) => Tone::Critical,
        Some(_) => Tone::Warn,
        None => Tone::Text,
    };
    lines.say(1, tone, format!("{}: {}", identity.subject, identity.through));
    for might in &identity.might {
        let tone = if might.weight == Weight::Everything { Tone::Critical } else { Tone::Warn };
        lines.say(2, tone, format!("may {} {}: {}", might.what, place(&might.namespace), might.leads));
    }
    for besides in &identity.besides {
        lines.say(2, Tone::Text, format!("may {besides}"));
    }
    for given in &identity.given {
        let gone = if given.known { "" } else { ": its role is gone, or could not be read" };
        lines.say(2, Tone::Text, format!("by {}, {}{gone}", given.by, place(&given.namespace)));
        given.rules.iter().take(RULES).for_each(|rule| lines.say(3, Tone::Dim, rule.clone()));
        if given.rules.len() > RULES {
            lines.say(3, Tone::Dim, format!("and {} more rules", given.rules.len() - RULES));
        }
    }
    if identity.given.is_empty() && identity.besides.is_empty() {
        lines.say(2, Tone::Dim, "no binding gives it anything");
    }
}

fn place(namespace: &Clean) -> String {
    if namespace.is_empty() { "everywhere".to_owned() } else { format!("in {namespace}") }
}
