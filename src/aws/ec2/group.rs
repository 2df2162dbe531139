//! `DescribeSecurityGroups`

use aws_sdk_ec2::types::{IpPermission, SecurityGroup};
use serde::Serialize;

use super::super::account::{Account, clean};
use super::super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "ec2:DescribeSecurityGroups";

/// A security group and what it lets through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// `sg-…`
    pub id: Clean,
    /// Its name.
    pub name: Clean,
    /// Its network.
    pub vpc: Clean,
    /// What may come in.
    pub ingress: Vec<Rule>,
    /// What may go out.
    pub egress: Vec<Rule>,
}

/// A rule of a security group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// `tcp 443`, `udp 1024-65535`, `all`.
    pub ports: Clean,
    /// Address ranges, groups and prefix lists on the other side.
    pub peers: Vec<Clean>,
}

impl Rule {
    /// Whether everybody stands on the other side.
    pub fn is_open(&self) -> bool {
        self.peers.iter().any(|peer| peer == "0.0.0.0/0" || peer == "::/0")
    }
}

impl Account {
    /// Security groups by their ids.
    ///
    /// # Errors
    /// One is not there, or the service cannot be asked.
    pub async fn groups(&self, ids: &[String]) -> Result<Vec<Group>, Unsaid> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let asked = self.clients.ec2().describe_security_groups().set_group_ids(Some(ids.to_vec())).send().await;
        let answer = asked.map_err(|error| self.unsaid(CALL, &error))?;
        let mut groups: Vec<_> = answer.security_groups().iter().map(read).collect();
        groups.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(groups)
    }
}

fn read(group: &SecurityGroup) -> Group {
    Group {
        id: clean(group.group_id()),
        name: clean(group.group_name()),
        vpc: clean(group.vpc_id()),
        ingress: group.ip_permissions().iter().map(rule).collect(),
        egress: group.ip_permissions_egress().iter().map(rule).collect(),
    }
}

fn rule(permission: &IpPermission) -> Rule {
    let protocol = match permission.ip_protocol().unwrap_or("-1") {
        "-1" => "all",
        named => named,
    };
    let ports = match (permission.from_port(), permission.to_port()) {
        (Some(from), Some(to)) if from == to && from >= 0 => format!("{protocol} {from}"),
        (Some(from), Some(to)) if from >= 0 => format!("{protocol} {from}-{to}"),
        _ => protocol.to_owned(),
    };
    let ranges = permission.ip_ranges().iter().map(|range| clean(range.cidr_ip()));
    let longer = permission.ipv6_ranges().iter().map(|range| clean(range.cidr_ipv6()));
    let groups = permission.user_id_group_pairs().iter().map(|pair| clean(pair.group_id()));
    let lists = permission.prefix_list_ids().iter().map(|list| clean(list.prefix_list_id()));
    Rule { ports: ports.into(), peers: ranges.chain(longer).chain(groups).chain(lists).collect() }
}

#[cfg(test)]
mod tests {
    use aws_sdk_ec2::types::{IpRange, UserIdGroupPair};

    use super::*;

    #[test]
    fn a_rule_says_ports_and_peers() {
        let https = IpPermission::builder()
            .ip_protocol("tcp")
            .from_port(443)
            .to_port(443)
            .ip_ranges(IpRange::builder().cidr_ip("0.0.0.0/0").build())
            .build();
        let rule_of_all = rule(&https);
        assert_eq!((rule_of_all.ports.as_str(), rule_of_all.is_open()), ("tcp 443", true));
        let all = IpPermission::builder()
            .ip_protocol("-1")
            .user_id_group_pairs(UserIdGroupPair::builder().group_id("sg-1").build())
            .build();
        assert_eq!(rule(&all), Rule { ports: "all".into(), peers: vec!["sg-1".into()] });
    }
}
