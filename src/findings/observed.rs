//! What our rules see, as findings beside the alerts: one for each rule and workload.

use hashbrown::{HashMap, HashSet};

use jiff::Timestamp;

use super::rules::{Observation, Topic};
use crate::case::Digest;
use crate::inventory::{ClusterState, Inventory};
use crate::model::finding::{About, NamedCluster, NamedUser, NamedWorkload, Origin, SeenOn, Source};
use crate::model::{Clean, Finding, Kind, SessionId, Uid};

/// Sightings of one workload by one rule that are told one by one; of more there is the number.
const TOLD: usize = 6;

/// Sightings that make one finding.
struct Fold<'a> {
    finding: Finding,
    saws: Vec<&'a Clean>,
    known: HashSet<Uid>,
}

/// Makes findings of what was seen, in the order in which it is told. A rule that sees several things about one
/// workload makes one of them, with every object.
pub fn observed(seen: &[Observation], inventory: &Inventory, at: Timestamp) -> Vec<Finding> {
    let mut places: HashMap<(&str, SessionId, &Topic), usize> = HashMap::new();
    let mut folds: Vec<Fold<'_>> = Vec::new();
    for one in seen {
        let place = *places.entry((one.rule.id, one.session, &one.about)).or_insert_with(|| {
            folds.push(Fold { finding: finding(one, inventory, at), saws: Vec::new(), known: HashSet::new() });
            folds.len() - 1
        });
        if let Some(fold) = folds.get_mut(place) {
            fold.take(one);
        }
    }
    folds.into_iter().map(Fold::ended).collect()
}

impl<'a> Fold<'a> {
    fn take(&mut self, one: &'a Observation) {
        self.finding.severity = self.finding.severity.max(one.severity);
        self.saws.push(&one.saw);
        // A pod on which two things are seen is still one pod.
        let new = one.on.iter().filter(|object| self.known.insert(object.id.uid));
        self.finding.about.seen_on.extend(new.map(|object| SeenOn {
            session: object.id.session,
            kind: object.id.kind,
            uid: object.id.uid,
            namespace: object.namespace.clone(),
            name: object.name.clone(),
        }));
    }

    fn ended(self) -> Finding {
        let told = self.saws.iter().take(TOLD).map(|saw| saw.as_str()).collect::<Vec<_>>().join("; ");
        let more = self.saws.len().saturating_sub(TOLD);
        let description = if more > 0 { format!("{told}; and {more} more of the kind") } else { told };
        Finding { description: description.into(), ..self.finding }
    }
}

fn finding(one: &Observation, inventory: &Inventory, at: Timestamp) -> Finding {
    let cluster = inventory.cluster(one.session);
    let identity = cluster.and_then(ClusterState::id).map(|id| id.to_string());
    let label = cluster.map(|cluster| cluster.label.clone()).unwrap_or_default();
    let topic = one.about.to_string();
    let id = [one.rule.id, identity.as_deref().unwrap_or(&label), &topic].join("\n");
    Finding {
        id: format!("rule-{}", Digest::of(id.as_bytes()).short()).into(),
        source: Source::Rules,
        kind: one.rule.id.into(),
        title: one.rule.title.into(),
        severity: one.severity,
        account: cluster.map(|cluster| cluster.account.clone()).unwrap_or_default(),
        region: cluster.map(|cluster| cluster.region.clone()).unwrap_or_default(),
        first_seen: Some(at),
        count: 1,
        about: about(one, label),
        origin: Origin { label: "what the cluster lists".into(), line: 0 },
        ..Finding::default()
    }
}

fn about(one: &Observation, label: Clean) -> About {
    let Topic { kind, namespace, name, .. } = &one.about;
    let listed = Kind::parse(kind);
    let user = (*kind == "User").then(|| NamedUser { name: name.clone(), ..NamedUser::default() });
    let object = NamedWorkload {
        kind: listed.map_or_else(|| kind.clone(), |kind| kind.plural().into()),
        namespace: namespace.clone(),
        name: name.clone(),
        ..NamedWorkload::default()
    };
    let accounts = one.accounts.iter().map(|(namespace, name)| NamedWorkload {
        kind: Kind::ServiceAccount.plural().into(),
        namespace: namespace.clone(),
        name: name.clone(),
        ..NamedWorkload::default()
    });
    About {
        resource: kind.clone(),
        cluster: Some(cluster(label)),
        nodes: if listed == Some(Kind::Node) { vec![name.clone()] } else { Vec::new() },
        workloads: user.is_none().then_some(object).into_iter().chain(accounts).collect(),
        user,
        ..About::default()
    }
}

/// Contexts that `aws eks update-kubeconfig` makes are called by the cluster's ARN.
fn cluster(label: Clean) -> NamedCluster {
    match label.rsplit_once(":cluster/") {
        Some((_, name)) => NamedCluster { name: name.into(), arn: label },
        None => NamedCluster { name: label, arn: Clean::default() },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::rules::{World, observe, small_world as small};
    use super::*;
    use crate::model::{Security, Severity};
    use crate::rbac::Rights;

    fn findings(inventory: &Inventory, rights: &BTreeMap<SessionId, Rights>) -> Vec<Finding> {
        let seen = observe(&World::whole(inventory, rights, &[]));
        observed(&seen, inventory, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_rule_tells_of_a_workload_once_with_every_pod() {
        let pods = (1..=9).map(|number| {
            let mut pod = small::pod(number, "shop", if number < 9 { "web" } else { "api" });
            pod.security.add(Security::PRIVILEGED);
            pod.given.secret_variables = vec![("main".into(), format!("db-{number}").as_str().into())];
            pod
        });
        let inventory = small::inventory(pods.collect());
        let found = findings(&inventory, &BTreeMap::new());
        let rows: Vec<_> =
            found.iter().map(|one| (one.kind.as_str(), one.resource(), one.about.seen_on.len())).collect();
        let row = |kind, workload: &str, count| (kind, format!("shop: deployments/shop/{workload}"), count);
        assert_eq!(
            rows,
            [
                row("privileged", "api", 1),
                row("privileged", "web", 8),
                row("secrets-in-environment", "api", 1),
                row("secrets-in-environment", "web", 8),
            ]
        );
        let secrets = &found[3];
        assert!(secrets.description.contains("db-1") && secrets.description.ends_with("and 2 more of the kind"));
        assert_eq!((secrets.source, secrets.severity), (Source::Rules, Severity::Info));
        let again = findings(&inventory, &BTreeMap::new());
        assert_eq!(again, found, "the same rows make the same findings");
    }

    #[test]
    fn a_binding_names_the_accounts_that_have_its_rights() {
        let rules = serde_json::json!([{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]);
        let subjects = ["ServiceAccount:shop/web", "User:eve", "User:system:serviceaccount:ops:ci"];
        let bindings = vec![small::binding("wide", "all", &subjects)];
        let rights = Rights::new(bindings, vec![small::role("all", rules)], 0);
        let inventory = small::inventory(vec![]);
        let found = findings(&inventory, &BTreeMap::from([(SessionId(0), rights)]));
        let named: Vec<_> = found[0].about.workloads.iter().map(ToString::to_string).collect();
        assert_eq!(named, ["clusterrolebindings/wide", "serviceaccounts/shop/web", "serviceaccounts/ops/ci"]);
        assert_eq!((found[0].kind.as_str(), found[0].about.seen_on.len()), ("wide-rights", 1));
    }
}
