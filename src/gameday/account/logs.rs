//! Amazon CloudWatch Logs: the audit logs of the clusters that log, as EKS sends them there.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{number, text};
use super::super::random::Random;
use super::eks::logs;
use super::request::Request;
use super::{Account, Fault};

/// Events that one call gives at most (the service's limit).
const PAGE: usize = 10_000;

/// Does what is asked.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Value, Fault> {
    match request.operation.as_str() {
        "DescribeLogGroups" => Ok(json!({"logGroups": groups(account, request)})),
        "FilterLogEvents" => events(account, request),
        other => Err(Fault::new("UnknownOperationException", other)),
    }
}

/// The clusters of a Region that log.
fn logged<'a>(account: &'a Account, request: &'a Request) -> impl Iterator<Item = &'a Arc<Cluster>> {
    account.clusters.iter().filter(|cluster| cluster.region == request.region && logs(account, cluster))
}

fn group(cluster: &Cluster) -> String {
    format!("/aws/eks/{}/cluster", cluster.name)
}

fn groups(account: &Account, request: &Request) -> Vec<Value> {
    let prefix = text(&request.body, "/logGroupNamePrefix");
    let names = logged(account, request).map(|cluster| group(cluster)).filter(|name| name.starts_with(prefix));
    names.map(|name| json!({"logGroupName": name, "creationTime": 1_767_225_600_000_i64, "storedBytes": 0})).collect()
}

fn events(account: &Account, request: &Request) -> Result<Value, Fault> {
    let body = &request.body;
    let wanted = text(body, "/logGroupName");
    let cluster = logged(account, request).find(|cluster| group(cluster) == wanted);
    let missing = || Fault::new("ResourceNotFoundException", "The specified log group does not exist.");
    let cluster = cluster.ok_or_else(missing)?;
    let stream = format!("kube-apiserver-audit-{}", Random::named(0x10, cluster.name).hex(32));
    let (since, prefix) = (number(body, "/startTime"), text(body, "/logStreamNamePrefix"));
    let all = if stream.starts_with(prefix) { cluster.audit.events(cluster.name) } else { Vec::new() };
    let from = text(body, "/nextToken").parse::<usize>().unwrap_or(0);
    let mut rest = all.into_iter().filter(|(at, _)| at.as_millisecond() >= since).skip(from);
    let page: Vec<_> = rest
        .by_ref()
        .take(PAGE)
        .map(|(at, event)| {
            let at = at.as_millisecond();
            let id = text(&event, "/auditID");
            json!({"logStreamName": stream, "timestamp": at, "ingestionTime": at, "eventId": id, "message": event.to_string()})
        })
        .collect();
    let next = rest.next().map(|_| (from + page.len()).to_string());
    Ok(json!({"events": page, "searchedLogStreams": [], "nextToken": next}))
}
