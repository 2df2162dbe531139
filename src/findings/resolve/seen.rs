//! From what a rule of ours saw: rows that were looked at, so that nothing is found by its name.

use super::{Link, Resolution, Resolver, Step, Sure};
use crate::inventory::{Row, RowId};
use crate::model::finding::{NamedWorkload, SeenOn};
use crate::model::{Clean, Finding, Kind, SessionId};

/// Pods that are linked one by one; more of a workload are taken by its selection.
const MOST: usize = 2_000;

/// Service accounts that are linked one by one.
const ACCOUNTS: usize = 20;

impl Resolver<'_> {
    /// Links what was looked at on a session, and what belongs to it.
    pub(super) fn seen(&self, session: SessionId, finding: &Finding) -> Resolution {
        let mut links = vec![Link::new(Step::Cluster, self.label(session), Sure::Certain, "looked at here")];
        links.extend(finding.about.workloads.first().and_then(|named| self.above(session, named)));
        let all = &finding.about.seen_on;
        // Nodes come with those under the pods.
        let objects = all.iter().filter(|object| object.kind != Kind::Node);
        links.extend(objects.take(MOST).map(|object| self.object_seen(object)));
        if all.len() > MOST {
            let how = format!("{} more of the same workload; W on one of them selects all", all.len() - MOST);
            links.push(Link::new(Step::Pod, "more", Sure::Unknown, how));
        }
        let accounts = self.accounts_of(session, finding, &links);
        self.nodes(Some(session), finding, &mut links);
        links.extend(accounts);
        Resolution { links, who: None }
    }

    /// The workload above the pods that were seen.
    fn above(&self, session: SessionId, named: &NamedWorkload) -> Option<Link> {
        let kind = Kind::parse(&named.kind);
        let title = named.to_string();
        match kind {
            Some(kind) if Kind::WORKLOADS.contains(&kind) => {
                let link = Link::new(Step::Workload, title, Sure::Certain, "its pods name it as their owner");
                let key = (session, kind, named.namespace.as_str(), named.name.as_str());
                Some(match self.index.objects.get(&key) {
                    Some(uid) => link.at(RowId { session, kind, uid: *uid }),
                    None => link,
                })
            }
            Some(_) => None,
            None => Some(Link::new(Step::Workload, title, Sure::Certain, "its pods name it as their owner")),
        }
    }

    fn object_seen(&self, object: &SeenOn) -> Link {
        let id = RowId { session: object.session, kind: object.kind, uid: object.uid };
        let slash = if object.namespace.is_empty() { "" } else { "/" };
        let name = format!("{}{slash}{}", object.namespace, object.name);
        let (step, to) = match object.kind {
            Kind::Pod => (Step::Pod, name),
            kind => (Step::Workload, format!("{kind} {name}")),
        };
        let row = self.inventory.row(id);
        let gone = row.as_ref().and_then(Row::pod).is_some_and(|pod| pod.gone().is_some());
        match (row, object.kind) {
            (Some(_), _) => Link { gone, ..Link::new(step, to, Sure::Certain, "the rule saw it here").at(id) },
            (None, Kind::Pod) => Link {
                gone: true,
                ..Link::new(step, to, Sure::Certain, "the rule saw it here; it is forgotten by now")
            },
            // Bindings were read for the rules, and are listed only where somebody asks for them.
            (None, kind) => {
                Link::new(step, to, Sure::Certain, format!("the rule read it; `:{}` lists it", kind.plural()))
            }
        }
    }

    /// The service accounts that the pods run as, or that a binding gives rights to.
    fn accounts_of(&self, session: SessionId, finding: &Finding, links: &[Link]) -> Vec<Link> {
        let mut accounts: Vec<(Clean, Clean, &str)> = Vec::new();
        let mut add = |namespace: &Clean, name: &Clean, how| {
            let known = accounts.iter().any(|(held, other, _)| held == namespace && other == name);
            if !known && !name.is_empty() && accounts.len() < ACCOUNTS {
                accounts.push((namespace.clone(), name.clone(), how));
            }
        };
        let bound =
            finding.about.workloads.iter().skip(1).filter(|named| *named.kind == *Kind::ServiceAccount.plural());
        bound.for_each(|named| add(&named.namespace, &named.name, "the binding names it"));
        let pods = links.iter().filter_map(|link| self.inventory.row(link.row?)?.pod());
        pods.for_each(|pod| add(pod.namespace(), pod.service_account(), "the pods speak as it"));
        let link = |(namespace, name, how): (Clean, Clean, &str)| {
            let link = Link::new(Step::User, format!("{namespace}/{name}"), Sure::Certain, how);
            self.account_named(session, &namespace, &name, link)
        };
        accounts.into_iter().map(link).collect()
    }
}
