//! Events of a cluster's audit log that are alerts by themselves.
//!
//! One event says what somebody asked for and what the server answered. Which of
//! them are alerts, and why, stands in `alerts`: a table, one rule a line. Events
//! that are alike (same rule, user, address and object) become one finding that
//! counts them.

mod alerts;
mod event;
mod objects;
mod pods;

use serde_json::Value;

use super::super::envelope::Around;
use super::super::member::{first, text, texts, word};
use super::super::moment::moment;
use super::Shaped;
use crate::case::Digest;
use crate::model::finding::{About, Caller, NamedCluster, NamedKey, NamedUser, NamedWorkload, Source};
use crate::model::{Clean, Finding};

use self::alerts::{Alert, raised};
use self::event::Event;
pub use self::event::is_public;

/// Whether a value is an event of `audit.k8s.io`.
pub fn is_one(value: &Value) -> bool {
    let named = word(value, "kind") == "Event" && word(value, "apiVersion").starts_with("audit.k8s.io/");
    let shaped =
        !word(value, "auditID").is_empty() && (!word(value, "stage").is_empty() || !word(value, "verb").is_empty());
    named || shaped || !word(value, "verb").is_empty() && !word(value, "user/username").is_empty()
}

/// Reads an event: an alert, or a request as they should be.
pub fn shaped(value: &Value, around: &Around) -> Shaped {
    let event = Event::of(value);
    let mut alerts = raised(&event);
    // The worst comes first; what else is wrong with the same request stands beside it.
    alerts.sort_by_key(|(alert, _)| std::cmp::Reverse(alert.severity));
    let mut alerts = alerts.into_iter();
    match alerts.next() {
        None => Shaped::Unremarkable,
        Some((worst, why)) => finding(value, &event, around, (worst, why), alerts.collect()).into(),
    }
}

fn finding(
    value: &Value,
    event: &Event<'_>,
    around: &Around,
    (worst, why): (&'static Alert, String),
    others: Vec<(&'static Alert, String)>,
) -> Finding {
    let at = moment(value, "requestReceivedTimestamp").or_else(|| moment(value, "stageTimestamp"));
    let about = about(value, event, around);
    let addresses = event.addresses.iter().map(Clean::as_str).collect::<Vec<_>>().join(",");
    let kind = worst.kind();
    let what = [&kind, event.user, &addresses, event.resource, event.namespace, event.name, event.verb];
    let arn = text(value, "user/extra/arn/0");
    let account = arn.split(':').nth(4).map(Clean::from).unwrap_or_default();
    Finding {
        id: format!("audit-{}", Digest::of(what.join("\n").as_bytes()).short()).into(),
        source: Source::Audit,
        kind: kind.into(),
        title: worst.title.into(),
        description: Clean::from(why),
        severity: worst.severity,
        account: if account.is_empty() { around.account.clone() } else { account },
        region: around.region.clone(),
        first_seen: at,
        last_seen: at,
        count: 1,
        caller: Some(Caller {
            addresses: texts(value, "sourceIPs"),
            agent: text(value, "userAgent"),
            call: format!("{} {}", event.verb, Clean::capped(event.uri, 300)).trim().into(),
            answer: first(value, &["responseStatus/code"]),
            ..Caller::default()
        }),
        remarks: others.into_iter().map(|(alert, why)| format!("{}: {why}", alert.title).into()).collect(),
        about,
        ..Finding::default()
    }
}

fn about(value: &Value, event: &Event<'_>, around: &Around) -> About {
    let name = if event.name.is_empty() {
        first(value, &["requestObject/metadata/name", "responseObject/metadata/name"])
    } else {
        event.name.into()
    };
    let workload = NamedWorkload {
        kind: event.resource.into(),
        namespace: event.namespace.into(),
        name,
        uid: first(value, &["objectRef/uid", "responseObject/metadata/uid"]).parse().ok(),
        account: event.pod.map(|spec| text(spec, "serviceAccountName")).unwrap_or_default(),
        images: event
            .containers()
            .map(|container| text(container, "image"))
            .filter(|image| !image.is_empty())
            .collect(),
        ..NamedWorkload::default()
    };
    let is_node = event.resource == "nodes";
    let key = NamedKey {
        id: text(value, "user/extra/accessKeyId/0"),
        principal: text(value, "user/extra/principalId/0"),
        ..NamedKey::default()
    };
    About {
        resource: "Kubernetes API".into(),
        cluster: (!around.cluster.is_empty())
            .then(|| NamedCluster { name: around.cluster.clone(), arn: Clean::default() }),
        nodes: if is_node && !workload.name.is_empty() { vec![workload.name.clone()] } else { Vec::new() },
        workloads: if is_node || event.resource.is_empty() { Vec::new() } else { vec![workload] },
        user: (!event.user.is_empty()).then(|| NamedUser {
            name: event.user.into(),
            uid: text(value, "user/uid"),
            groups: texts(value, "user/groups"),
            sessions: texts(value, "user/extra/sessionName"),
            acted_as: text(value, "impersonatedUser/username"),
            arn: first(value, &["user/extra/canonicalArn/0", "user/extra/arn/0"]),
        }),
        key: (!key.id.is_empty()).then_some(key),
        ..About::default()
    }
}

#[cfg(test)]
mod tests;
