//! Whether scripts would reach each node, and what cannot be had from which.

use std::collections::BTreeMap;

use crate::aws::Account;
use crate::aws::agent::Agent;
use crate::kubernetes::{Read, facts_of_list};
use crate::model::Kind;
use crate::model::facts::{Facts, NodeFacts};

use super::super::check::Checks;

/// Nodes that are named one by one; of more, the number.
const NAMED: usize = 5;

/// Looks at the agents of all nodes.
pub async fn check(checks: &mut Checks, account: &Account, read: &Read) {
    let list = match read.list(Kind::Node, "", "", "").await {
        Ok(list) => list,
        Err(error) => return checks.note("agents", format!("unknown: {error}")),
    };
    let nodes: Vec<_> = match facts_of_list(Kind::Node, &list) {
        Ok((facts, _)) => facts.into_iter().filter_map(node).collect(),
        Err(error) => return checks.note("agents", format!("unknown: {error}")),
    };
    limits(checks, &nodes);
    let ids: Vec<_> = nodes.iter().filter(|node| node.takes_scripts().is_ok()).filter_map(managed).collect();
    if ids.is_empty() {
        return checks.note("agents", "no node here can have one");
    }
    match account.agents(&ids).await {
        Ok(agents) => reach(checks, &ids, &agents),
        Err(why) => checks.poor(
            "agents",
            format!("unknown: {why}"),
            "without Systems Manager no isolation is measured and no node is looked at: ask for ssm:DescribeInstanceInformation",
        ),
    }
}

fn node(facts: Facts) -> Option<NodeFacts> {
    match facts {
        Facts::Node(node) => Some(*node),
        _ => None,
    }
}

/// The name that Systems Manager knows a node by: `i-…`, or `mi-…` for a hybrid one.
fn managed(node: &NodeFacts) -> Option<&str> {
    let last = node.provider_id.rsplit('/').next()?;
    (last.starts_with("i-") || last.starts_with("mi-")).then_some(last)
}

/// What cannot be had, with how many nodes that is about.
fn limits(checks: &mut Checks, nodes: &[NodeFacts]) {
    let mut about: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    for limit in nodes.iter().flat_map(|node| node.limits()) {
        about.entry(limit.not).or_insert((0, limit.instead)).0 += 1;
    }
    for (not, (count, instead)) in about {
        checks.note("limits", format!("{count} of {} nodes: {not}; next best: {instead}", nodes.len()));
    }
}

fn reach(checks: &mut Checks, ids: &[&str], agents: &[Agent]) {
    let online = |id: &&&str| agents.iter().any(|agent| agent.instance == **id && agent.is_online());
    let silent: Vec<_> = ids.iter().filter(|id| !online(id)).copied().collect();
    if silent.is_empty() {
        return checks.good("agents", format!("all {} nodes that can have one answer to Systems Manager", ids.len()));
    }
    let named = silent.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = silent.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    checks.poor(
        "agents",
        format!("{} of {} nodes do not answer to Systems Manager: {named}{more}", silent.len(), ids.len()),
        "their role needs AmazonSSMManagedInstanceCore, their network a way to ssm, ssmmessages and ec2messages",
    );
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;
    use crate::model::facts::NodeKind;

    #[test]
    fn agents_that_are_silent_or_missing_are_counted() {
        let agent =
            |instance: &str, ping: &str| Agent { instance: instance.into(), ping: ping.into(), ..Agent::default() };
        let told = |agents: &[Agent]| {
            let mut checks = Checks::default();
            reach(&mut checks, &["i-1", "i-2", "i-3"], agents);
            (checks.worst(), checks.all[0].seen.to_string())
        };
        let all = ["i-1", "i-2", "i-3"].map(|id| agent(id, "Online"));
        assert_eq!(told(&all).0, State::Good);
        let (state, said) = told(&[agent("i-1", "Online"), agent("i-2", "ConnectionLost")]);
        assert!(state == State::Poor && said.starts_with("2 of 3") && said.ends_with("i-2, i-3"), "{said}");
    }

    #[test]
    fn hybrid_nodes_are_known_by_another_name() {
        let node =
            |provider: &str| NodeFacts { provider_id: provider.into(), kind: NodeKind::Hybrid, ..NodeFacts::default() };
        assert_eq!(managed(&node("eks-hybrid:///us-east-1/shop/mi-0a")), Some("mi-0a"));
        assert_eq!(managed(&node("aws:///us-east-1a/i-0b")), Some("i-0b"));
        assert_eq!(managed(&node("kind://docker/kind/kind")), None);
    }
}
