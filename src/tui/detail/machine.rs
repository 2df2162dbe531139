//! The instance under a node, as branches.

use jiff::Timestamp;

use crate::aws::autoscaling::Membership;
use crate::aws::ec2::{Group, Instance, Interface, Rule, Volume};
use crate::aws::{Machine, Told, Unsaid};
use crate::config::theme::Role;
use crate::model::Clean;

use super::relations::Branch;

/// The branches of an instance: what is told, what is not, and when it was asked.
pub fn branches(machine: &Told<Machine>) -> Vec<Branch> {
    let mut tree = Tree { at: machine.at, branches: Vec::new() };
    match &machine.said {
        Ok(machine) => tree.machine(machine),
        Err(why) => tree.missing("instance", why),
    }
    tree.branches
}

struct Tree {
    at: Timestamp,
    branches: Vec<Branch>,
}

impl Tree {
    fn add(&mut self, depth: usize, role: Role, label: String) {
        self.branches.push(Branch { depth, label: label.into(), role, goes: None, told: Some(self.at) });
    }

    fn missing(&mut self, what: &str, why: &Unsaid) {
        self.add(2, Role::Warn, format!("{what} unknown: {why}"));
    }

    /// A fact, or why it is not there, in its place.
    fn told<T>(&mut self, what: &str, told: &Told<T>, say: impl FnOnce(&mut Self, &T)) {
        self.at = told.at;
        match &told.said {
            Ok(said) => say(self, said),
            Err(why) => self.missing(what, why),
        }
    }

    fn machine(&mut self, machine: &Machine) {
        self.told("instance", &machine.instance, Self::instance);
        self.told("termination protection", &machine.termination_protection, |tree, on| {
            let (role, word) = if *on { (Role::Ok, "on") } else { (Role::Warn, "off: anybody with the right ends it") };
            tree.add(2, role, format!("termination protection {word}"));
        });
        self.told("shutdown behaviour", &machine.shutdown, |tree, shutdown| {
            let (role, means) = if shutdown.terminates() {
                (Role::Warn, ": whoever shuts it down from inside ends it")
            } else {
                (Role::Text, "")
            };
            tree.add(2, role, format!("a shutdown from inside means {}{means}", shutdown.0));
        });
        self.told("Auto Scaling group", &machine.scaling, Self::scaling);
        self.told("volumes", &machine.volumes, |tree, volumes| {
            tree.add(2, Role::Text, format!("volumes: {}", volumes.len()));
            volumes.iter().for_each(|volume| tree.volume(volume));
        });
        self.told("network interfaces", &machine.interfaces, |tree, interfaces| {
            tree.add(2, Role::Text, format!("network interfaces: {}", interfaces.len()));
            interfaces.iter().for_each(|interface| tree.interface(interface));
        });
        self.told("security groups", &machine.groups, |tree, groups| {
            groups.iter().for_each(|group| tree.group(group));
        });
        self.told("role", &machine.roles, |tree, roles| {
            if roles.is_empty() {
                tree.add(2, Role::Text, "no instance profile".into());
            }
            for role in roles {
                let policies: Vec<_> = role.attached.iter().chain(&role.inline).map(Clean::as_str).collect();
                tree.add(2, Role::Text, format!("role {}", role.arn));
                tree.add(3, Role::Dim, format!("policies {}", or_none(&policies.join(" "))));
            }
        });
        self.told("Systems Manager", &machine.agent, |tree, agent| match agent {
            Some(agent) => {
                let role = if agent.is_online() { Role::Ok } else { Role::Warn };
                let heard = agent.heard.map(|heard| format!(", last heard {heard}")).unwrap_or_default();
                let about = format!("Systems Manager {}{heard}  agent {}  {}", agent.ping, agent.version, agent.system);
                tree.add(2, role, about);
            }
            None => tree.add(2, Role::Warn, "Systems Manager knows no agent there: no script can be run".into()),
        });
    }

    fn instance(&mut self, instance: &Instance) {
        let role = if instance.state == "running" { Role::Text } else { Role::Warn };
        let launched = instance.launched.map(|at| format!(" since {at}")).unwrap_or_default();
        let account = if instance.account.is_empty() { "-" } else { instance.account.as_str() };
        self.add(2, role, format!("{}{launched}  account {account}  image {}", instance.state, instance.image));
        self.add(2, Role::Text, format!("network {}  subnet {}", instance.vpc, instance.subnet));
        if !instance.public_ip.is_empty() {
            self.add(2, Role::Warn, format!("public address {}", instance.public_ip));
        }
        if instance.spot {
            let means = "Spot: AWS may take it at two minutes' notice, and termination protection is not for it";
            self.add(2, Role::Warn, means.into());
        }
        if !instance.operator.is_empty() {
            self.add(2, Role::Warn, format!("managed by {}: not everything of it can be changed", instance.operator));
        }
        if !instance.key.is_empty() {
            self.add(2, Role::Text, format!("key pair {}: its holder may log in", instance.key));
        }
        match (instance.metadata_tokens, instance.metadata_hops) {
            (Some(false), _) => {
                let means = "metadata service answers without a token (IMDSv1): requests forged in a pod may reach it";
                self.add(2, Role::Warn, means.into());
            }
            (_, Some(hops)) if hops > 1 => {
                let means = format!("metadata service answers {hops} hops away: pods get the node's credentials");
                self.add(2, Role::Warn, means);
            }
            (Some(true), _) => self.add(2, Role::Dim, "metadata service: tokens required, one hop".into()),
            _ => {}
        }
    }

    fn scaling(&mut self, membership: &Option<Membership>) {
        let Some(member) = membership else {
            self.add(2, Role::Text, "in no Auto Scaling group: nothing replaces it by itself".into());
            return;
        };
        let size = member.size.map(|(least, wanted, most)| format!("  {least} to {most}, {wanted} wanted"));
        let about = format!("Auto Scaling group {}{}", member.group, size.unwrap_or_default());
        self.add(2, Role::Text, format!("{about}  {} {}", member.lifecycle, member.health));
        let (role, word) = match member.protected_from_scale_in {
            Some(true) => (Role::Ok, "on"),
            Some(false) => (Role::Warn, "off: scaling in may take it"),
            None => (Role::Warn, "unknown: the service does not say"),
        };
        self.add(3, role, format!("scale-in protection {word}"));
        let (role, means) = if member.keeps_unhealthy() {
            (Role::Ok, "an unhealthy instance stays")
        } else {
            (Role::Warn, "an unhealthy instance is replaced")
        };
        self.add(3, role, means.into());
        if !member.suspended.is_empty() {
            let suspended: Vec<_> = member.suspended.iter().map(Clean::as_str).collect();
            self.add(3, Role::Text, format!("suspended {}", suspended.join(" ")));
        }
        if let Some(days) = member.days_to_live {
            self.add(3, Role::Warn, format!("every instance is replaced after {days} days"));
        }
    }

    fn volume(&mut self, volume: &Volume) {
        let gib = volume.gib.map(|gib| format!("{gib} GiB")).unwrap_or_default();
        let sealed = match volume.encrypted {
            Some(true) if volume.key.is_empty() => "encrypted".to_owned(),
            Some(true) => format!("encrypted by {}", volume.key),
            Some(false) => "not encrypted".to_owned(),
            None => String::new(),
        };
        let about = [volume.id.as_str(), &volume.device, &gib, &volume.volume_type, &volume.state, &sealed];
        self.add(3, Role::Text, about.join("  "));
        match volume.deleted_with_instance {
            Some(true) => self.add(4, Role::Warn, "deleted with the instance, and the evidence on it".into()),
            Some(false) => self.add(4, Role::Ok, "outlives the instance".into()),
            None => {}
        }
    }

    fn interface(&mut self, interface: &Interface) {
        let place = interface.place.map(|place| format!("at {place}")).unwrap_or_default();
        let about = [interface.id.as_str(), &place, &interface.address, &interface.kind, &interface.description];
        self.add(3, Role::Text, about.join("  "));
        if !interface.public_ip.is_empty() {
            self.add(4, Role::Warn, format!("public address {}", interface.public_ip));
        }
        let others = interface.addresses.iter().filter(|address| **address != interface.address);
        let others: Vec<_> = others.map(Clean::as_str).collect();
        if !others.is_empty() {
            self.add(4, Role::Dim, format!("pods' addresses {}", others.join(" ")));
        }
        let groups: Vec<_> = interface.groups.iter().map(|group| format!("{} {}", group.id, group.name)).collect();
        self.add(4, Role::Text, format!("security groups {}", or_none(&groups.join(", "))));
    }

    fn group(&mut self, group: &Group) {
        self.add(2, Role::Text, format!("security group {} {}", group.id, group.name));
        for (way, rules) in [("in", &group.ingress), ("out", &group.egress)] {
            for rule in rules {
                self.rule(way, rule);
            }
        }
    }

    fn rule(&mut self, way: &str, rule: &Rule) {
        let peers: Vec<_> = rule.peers.iter().map(Clean::as_str).collect();
        let role = if way == "in" && rule.is_open() { Role::Warn } else { Role::Dim };
        self.add(3, role, format!("{way} {}  {}", rule.ports, or_none(&peers.join(" "))));
    }
}

const fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
