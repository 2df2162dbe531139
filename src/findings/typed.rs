//! Findings that people typed in.

use jiff::Timestamp;
use serde_json::json;

use crate::case::{By, Digest, Entry, Record};
use crate::model::finding::{About, Caller, NamedCluster, NamedUser, NamedWorkload, Origin, Source};
use crate::model::{Clean, Finding, Kind, Named, Typed};

/// What its rows are called.
const KIND: &str = "typed in";

/// Longest title, in characters; the whole text is the description.
const TITLE: usize = 100;

/// The finding that somebody typed in at that moment.
pub fn typed(typed: &Typed, id: Clean, by: &By, at: Timestamp) -> Finding {
    let mut about = About { resource: "by word of mouth".into(), ..About::default() };
    let mut addresses = Vec::new();
    for named in &typed.about {
        match named {
            Named::From { address } => addresses.push(address.clone()),
            named => take(&mut about, named),
        }
    }
    Finding {
        id,
        source: Source::Typed,
        kind: KIND.into(),
        title: Clean::capped(&typed.text, TITLE),
        description: typed.text.clone(),
        severity: typed.severity,
        first_seen: Some(at),
        last_seen: Some(at),
        updated: Some(at),
        count: 1,
        about,
        caller: (!addresses.is_empty()).then(|| Caller { addresses, ..Caller::default() }),
        origin: Origin { label: format!("what {}@{} typed at {at:.0}", by.user, by.host).into(), line: 0 },
        raw: json!({"typed": typed, "by": by, "at": at}).to_string().into(),
        ..Finding::default()
    }
}

/// An id that no other typed finding has.
pub fn typed_id(typed: &Typed, by: &By, at: Timestamp) -> Clean {
    let seed = format!("{} {}@{} {typed}", at.as_nanosecond(), by.user, by.host);
    format!("typed-{}", Digest::of(seed.as_bytes()).short()).into()
}

/// The finding that a record of a case's journal keeps, if it keeps one.
pub fn typed_in(record: &Record) -> Option<Finding> {
    match &record.entry {
        Entry::Finding { id, typed: line } => Some(typed(line, id.clone(), &record.by, record.time)),
        _ => None,
    }
}

fn take(about: &mut About, named: &Named) {
    match named {
        Named::Object { kind: Kind::Node, name, .. } => about.nodes.push(name.clone()),
        // The first account is who did it; more of them stand beside it.
        Named::Object { kind: Kind::ServiceAccount, namespace, name } if about.user.is_none() => {
            let name = format!("system:serviceaccount:{namespace}:{name}").into();
            about.user = Some(NamedUser { name, ..NamedUser::default() });
        }
        Named::Object { kind, namespace, name } => about.workloads.push(NamedWorkload {
            kind: kind.plural().into(),
            namespace: namespace.clone(),
            name: name.clone(),
            ..NamedWorkload::default()
        }),
        Named::Cluster { name } => {
            about.cluster = Some(NamedCluster { name: name.clone(), arn: Clean::default() });
        }
        Named::Instance { id } => about.instances.push(id.clone()),
        Named::User { name } if about.user.is_none() => {
            about.user = Some(NamedUser { name: name.clone(), ..NamedUser::default() });
        }
        Named::User { name } => about.others.push(format!("user {name}").into()),
        Named::From { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_names_what_any_finding_names() {
        let line = "critical cluster shop-prod deploy shop/web sa shop/web sa shop/api node ip-10-0-1-5 \
                    instance i-0abc from 203.0.113.9 it mines";
        let by = By { user: "alice".into(), uid: 1, host: "bastion".into() };
        let at = Timestamp::from_second(1_000_000).unwrap();
        let finding = typed(&Typed::parse(line).unwrap(), "typed-1".into(), &by, at);
        assert_eq!(finding.resource(), "shop-prod: deployments/shop/web");
        assert_eq!(finding.about.user.as_ref().unwrap().name, "system:serviceaccount:shop:web");
        assert_eq!(finding.about.workloads.len(), 2);
        assert_eq!((finding.about.nodes.len(), finding.about.instances.len()), (1, 1));
        assert_eq!(finding.caller.unwrap().addresses, ["203.0.113.9"]);
        assert_eq!(finding.origin.to_string(), "what alice@bastion typed at 1970-01-12T13:46:40Z");
    }
}
