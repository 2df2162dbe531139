//! From pods and names to nodes, and from nodes to instances.

use super::{Link, Resolver, Step, Sure};
use crate::inventory::RowId;
use crate::model::facts::{NodeFacts, NodeKind};
use crate::model::{Clean, Finding, Kind, SessionId};

impl Resolver<'_> {
    /// Links the nodes under the pods that were found, those that the finding names, and the instances under them.
    pub(super) fn nodes(&self, session: Option<SessionId>, finding: &Finding, links: &mut Vec<Link>) {
        let mut nodes: Vec<Link> = Vec::new();
        let mut add = |link: Link| {
            if !nodes.iter().any(|held| held.row.is_some() && held.row == link.row) {
                nodes.push(link);
            }
        };
        for link in links.iter().filter(|link| link.step == Step::Pod) {
            let Some(pod) = link.row.and_then(|row| self.inventory.row(row)).and_then(|row| row.pod()) else {
                continue;
            };
            match self.index.nodes.get(&(pod.session(), pod.node().as_str())) {
                Some(uid) => {
                    let row = RowId { session: pod.session(), kind: Kind::Node, uid: *uid };
                    add(Link::new(Step::Node, pod.node().clone(), link.sure, "the pod's specification names it")
                        .at(row));
                }
                None if pod.node().is_empty() => {}
                None => add(Link::new(
                    Step::Node,
                    pod.node().clone(),
                    Sure::Unknown,
                    "the pod was there; the node is not listed any more",
                )),
            }
        }
        let named = finding.about.nodes.iter().filter_map(|name| Some((session?, name)));
        for (session, name) in named {
            if let Some(uid) = self.index.nodes.get(&(session, name.as_str())) {
                let row = RowId { session, kind: Kind::Node, uid: *uid };
                let (sure, how) = if finding.source.is_alert() {
                    (Sure::Likely, "the finding names it")
                } else {
                    (Sure::Certain, "the rule saw it here")
                };
                add(Link::new(Step::Node, name.clone(), sure, how).at(row));
            }
        }
        for instance in &finding.about.instances {
            if let Some((session, uid)) = self.index.instances.get(instance.as_str()) {
                let row = RowId { session: *session, kind: Kind::Node, uid: *uid };
                let name = self.inventory.row(row).map(|row| row.name().clone()).unwrap_or_default();
                add(Link::new(Step::Node, name, Sure::Certain, format!("its providerID names {instance}")).at(row));
            }
        }
        let instances: Vec<Link> = nodes.iter().filter_map(|link| self.instance(link, finding)).collect();
        let listed = |id: &Clean| instances.iter().any(|link| link.to == *id);
        let others: Vec<Link> = finding.about.instances.iter().filter(|id| !listed(id)).map(not_a_node).collect();
        links.extend(nodes);
        links.extend(instances);
        links.extend(others);
    }

    fn instance(&self, node: &Link, finding: &Finding) -> Option<Link> {
        let row = node.row?;
        let facts =
            self.inventory.nodes().get(self.inventory.nodes().find(row.session, row.uid)?).map(|row| &row.facts)?;
        Some(if facts.instance_id.is_empty() {
            Link::new(Step::Instance, node.to.clone(), Sure::Unknown, no_instance(facts))
        } else {
            let named = &finding.about.instances;
            let other = !named.is_empty() && !named.contains(&facts.instance_id);
            let other = other.then(|| {
                Clean::from(format!(
                    "the finding names {}: the pod has moved, or is another",
                    named.first().cloned().unwrap_or_default()
                ))
            });
            let how = format!("the providerID of {} ({}, {})", node.to, facts.kind.word(), facts.zone);
            Link::new(Step::Instance, facts.instance_id.clone(), node.sure, how)
                .at(row)
                .but(other.into_iter().collect())
        })
    }
}

fn not_a_node(id: &Clean) -> Link {
    Link::new(
        Step::Instance,
        id.clone(),
        Sure::Unknown,
        "the finding names it; no node of an open cluster is this instance",
    )
}

fn no_instance(facts: &NodeFacts) -> &'static str {
    match facts.kind {
        NodeKind::Fargate => {
            "a Fargate pod's own node: there is no instance; the pod's logs and the audit log are what there is"
        }
        NodeKind::Hybrid => "a hybrid node: a machine of your own, no EC2 instance",
        _ => "the node names no EC2 instance",
    }
}
