//! What an attack sequence of GuardDuty's names: its resources, actors, endpoints and signals.
//! (<https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html>)

use serde_json::Value;

use super::super::member::{at, count, first, list, text, texts};
use crate::model::finding::{Caller, NamedCluster, NamedKey, NamedUser, NamedWorkload};
use crate::model::{Clean, Finding};

/// Signals that are named one by one; the raw JSON holds all.
const SIGNALS: usize = 40;

/// Adds what a sequence says to its finding.
pub fn add(sequence: &Value, finding: &mut Finding) {
    for resource in list(sequence, "resources") {
        named(resource, finding);
    }
    containers(sequence, finding);
    for actor in list(sequence, "actors") {
        let name = text(actor, "user/name");
        let is_kubernetes =
            name.starts_with("system:") || text(actor, "user/type").to_lowercase().contains("kubernetes");
        let about = &mut finding.about;
        if about.user.is_none() && is_kubernetes {
            about.user = Some(NamedUser { name, uid: text(actor, "user/uid"), ..NamedUser::default() });
        } else if about.key.is_none() && !name.is_empty() {
            about.key = Some(NamedKey {
                id: text(actor, "user/credentialUid"),
                principal: text(actor, "user/uid"),
                user: name,
                user_type: text(actor, "user/type"),
            });
        }
    }
    let signals = list(sequence, "signals");
    for signal in signals.iter().take(SIGNALS) {
        let (kind, name) = (text(signal, "type"), first(signal, &["name", "description"]));
        finding.remarks.push(format!("signal {kind}: {name}").into());
    }
    if signals.len() > SIGNALS {
        finding.remarks.push(format!("{} more signals in the raw JSON", signals.len() - SIGNALS).into());
    }
    finding.caller = finding.caller.take().or_else(|| caller(list(sequence, "endpoints")));
}

fn named(resource: &Value, finding: &mut Finding) {
    let about = &mut finding.about;
    let (uid, name) = (text(resource, "uid"), text(resource, "name"));
    let last = |text: &Clean| text.rsplit('/').next().map(Clean::from).unwrap_or_default();
    if let Some(data) = at(resource, "data/eksCluster") {
        let arn = first(data, &["arn"]);
        let arn = if arn.is_empty() { uid } else { arn };
        let name = if name.is_empty() { last(&arn) } else { name };
        about.instances.extend(texts(data, "ec2InstanceUids").iter().map(last));
        about.cluster.get_or_insert(NamedCluster { name, arn });
    } else if let Some(data) = at(resource, "data/kubernetesWorkload") {
        let name = if name.is_empty() { last(&uid) } else { name };
        about.workloads.push(NamedWorkload {
            kind: text(data, "type").to_lowercase().into(),
            namespace: text(data, "namespace"),
            name,
            uid: uid.parse().ok(),
            containers: texts(data, "containerUids"),
            ..NamedWorkload::default()
        });
    } else if at(resource, "data/ec2Instance").is_some() {
        about.instances.push(last(&uid));
    } else if let Some(data) = at(resource, "data/accessKey") {
        about.key.get_or_insert(NamedKey {
            id: uid,
            principal: text(data, "principalId"),
            user: text(data, "userName"),
            user_type: text(data, "userType"),
        });
    } else if at(resource, "data/container").is_none() {
        about.others.extend([uid, name].into_iter().find(|text| !text.is_empty()));
    }
    about.instances.sort();
    about.instances.dedup();
}

/// Containers are resources of their own; a workload holds their numbers in the sequence, or their ids.
fn containers(sequence: &Value, finding: &mut Finding) {
    for resource in list(sequence, "resources") {
        let Some(data) = at(resource, "data/container") else { continue };
        let (uid, image) = (text(resource, "uid"), text(data, "image"));
        for workload in &mut finding.about.workloads {
            if workload.containers.contains(&uid) && !image.is_empty() && !workload.images.contains(&image) {
                workload.images.push(image.clone());
            }
        }
    }
}

fn caller(endpoints: &[Value]) -> Option<Caller> {
    let first = endpoints.first()?;
    let place = [text(first, "location/city"), text(first, "location/country")];
    let place: Vec<_> = place.iter().map(Clean::as_str).filter(|word| !word.is_empty()).collect();
    Some(Caller {
        addresses: endpoints.iter().map(|one| text(one, "ip")).filter(|ip| !ip.is_empty()).collect(),
        domain: endpoints.iter().map(|one| text(one, "domain")).find(|name| !name.is_empty()).unwrap_or_default(),
        location: place.join(", ").into(),
        asn: u32::try_from(count(first, "autonomousSystem/number")).unwrap_or(0),
        organization: text(first, "autonomousSystem/name"),
        ..Caller::default()
    })
}
