//! A finding as JSON.

use serde_json::{Map, Value, json};

use crate::findings::catalogue::look_up;
use crate::findings::{Link, Resolution, Resolver};
use crate::model::Finding;
use crate::model::finding::{NamedWorkload, SeenOn};

/// One item of the list. What stands here is a promise: members are added, never renamed.
pub fn of(finding: &Finding, found: &Resolution, resolver: &Resolver<'_>) -> Value {
    let about = &finding.about;
    let namespace = about.workloads.first().map(|workload| workload.namespace.as_str()).filter(|text| !text.is_empty());
    let entry = look_up(finding);
    json!({
        "kind": "Finding",
        "metadata": {"name": finding.id, "namespace": namespace, "uid": finding.id},
        "source": finding.source,
        "type": finding.kind,
        "severity": finding.severity,
        "title": finding.title,
        "description": finding.description,
        "account": finding.account,
        "region": finding.region,
        "firstSeen": finding.first_seen,
        "lastSeen": finding.last_seen,
        "updated": finding.updated,
        "count": finding.count,
        "archived": finding.archived,
        "sample": finding.sample,
        "resource": finding.resource(),
        "resourceType": about.resource,
        "cluster": about.cluster.as_ref().map(|cluster| json!({"name": cluster.name, "arn": cluster.arn})),
        "clusterIs": resolver.place(finding),
        "workloads": about.workloads.iter().map(workload).collect::<Vec<_>>(),
        "user": user(finding, found),
        "accessKey": about.key.as_ref().map(|key| {
            json!({"id": key.id, "principalId": key.principal, "userName": key.user, "userType": key.user_type})
        }),
        "nodes": about.nodes,
        "instances": about.instances,
        "others": about.others,
        "seenOn": about.seen_on.iter().map(seen_on).collect::<Vec<_>>(),
        "caller": finding.caller.as_ref().map(|caller| json!({
            "addresses": caller.addresses, "domain": caller.domain, "location": caller.location, "asn": caller.asn,
            "organization": caller.organization, "agent": caller.agent, "call": caller.call, "answer": caller.answer,
        })),
        "meaning": entry.map(|entry| json!({
            "tactic": entry.tactic, "means": entry.means, "ask": entry.ask, "playbook": entry.playbook,
            "pull": entry.facts.iter().map(|fact| fact.words()).collect::<Vec<_>>(),
            "retired": entry.retired,
        })),
        "links": found.links.iter().map(|one| link(one, resolver)).collect::<Vec<_>>(),
        "remarks": finding.remarks,
        "readFrom": finding.origin.to_string(),
    })
}

fn workload(named: &NamedWorkload) -> Value {
    json!({
        "kind": named.kind, "namespace": named.namespace, "name": named.name, "uid": named.uid,
        "serviceAccount": named.account, "images": named.images, "containers": named.containers, "given": named.given,
    })
}

fn seen_on(object: &SeenOn) -> Value {
    let namespace = (!object.namespace.is_empty()).then_some(&object.namespace);
    json!({"kind": object.kind, "namespace": namespace, "name": object.name, "uid": object.uid})
}

fn user(finding: &Finding, found: &Resolution) -> Value {
    let mut members = Map::new();
    if let Some(user) = &finding.about.user {
        members.insert("name".into(), json!(user.name));
        members.insert("uid".into(), json!(user.uid));
        members.insert("groups".into(), json!(user.groups));
        members.insert("sessions".into(), json!(user.sessions));
        members.insert("actedAs".into(), json!(user.acted_as));
    }
    if let Some(who) = &found.who {
        members.insert("is".into(), json!(who));
    }
    if members.is_empty() { Value::Null } else { Value::Object(members) }
}

fn link(link: &Link, resolver: &Resolver<'_>) -> Value {
    let mut value = json!(link);
    if let (Some(row), Value::Object(members)) = (link.row, &mut value) {
        members.insert("kind".into(), json!(row.kind));
        members.insert("uid".into(), json!(row.uid));
        members.insert("cluster".into(), json!(resolver.label(row.session)));
    }
    value
}
