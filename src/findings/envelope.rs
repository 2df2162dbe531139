//! What lies around findings: lists, EventBridge events, SNS and SQS messages, CloudWatch log events,
//! what log shippers and SIEMs wrap theirs into. All of it may lie in each other.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::value::RawValue;

use super::document::Document;
use crate::model::Clean;

/// Wrappers in wrappers that are opened; nobody has so many.
const DEEPEST: usize = 12;

/// Members that hold a list of what is looked for. `items` is one only in a Kubernetes list.
const LISTS: [&str; 7] = ["findings", "records", "logevents", "events", "hits", "results", "items"];

/// Members that hold one of what is looked for, as an object or as JSON in a text.
const SINGLES: [&str; 11] =
    ["detail", "sns", "message", "body", "log", "_source", "finding", "event", "payload", "requestpayload", "@message"];

/// What the wrappers said.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Around {
    /// The account that an event was sent in.
    pub account: Clean,
    /// The Region that an event was sent in.
    pub region: Clean,
    /// The cluster, from the name of an EKS log group.
    pub cluster: Clean,
}

/// Something that is no wrapper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<'a> {
    /// Where it or its outermost wrapper in a text begins, in bytes.
    pub start: usize,
    /// Its JSON.
    pub text: Cow<'a, str>,
    /// What the wrappers said.
    pub around: Around,
}

/// Takes everything out of its wrappers.
pub fn open<'a>(document: Document<'a>, items: &mut Vec<Item<'a>>) {
    Opener { base: document.text.as_ptr() as usize, start: document.start, items }.open(
        document.text,
        &Around::default(),
        0,
    );
}

type Members<'a> = HashMap<Cow<'a, str>, &'a RawValue>;

struct Opener<'a, 'i> {
    base: usize,
    start: usize,
    items: &'i mut Vec<Item<'a>>,
}

impl<'a> Opener<'a, '_> {
    fn open(&mut self, text: &'a str, around: &Around, depth: usize) {
        let text = text.trim();
        let opened = depth < DEEPEST
            && match text.as_bytes().first() {
                Some(b'[') => self.list(text, around, depth),
                Some(b'{') => self.object(text, around, depth),
                _ => false,
            };
        if !opened {
            let start = self.start + (text.as_ptr() as usize).saturating_sub(self.base);
            self.items.push(Item { start, text: Cow::Borrowed(text), around: around.clone() });
        }
    }

    fn list(&mut self, text: &'a str, around: &Around, depth: usize) -> bool {
        let Ok(values) = serde_json::from_str::<Vec<&'a RawValue>>(text) else { return false };
        if let Some(message) = row_of_insights(&values) {
            return self.wrapped(message, around, depth);
        }
        values.into_iter().for_each(|value| self.open(value.get(), around, depth + 1));
        true
    }

    fn object(&mut self, text: &'a str, around: &Around, depth: usize) -> bool {
        let Ok(members) = serde_json::from_str::<Members<'a>>(text) else { return false };
        if is_whole(&members) {
            return false;
        }
        let around = around.with(&members);
        for name in LISTS {
            let Some(value) = member(&members, name) else { continue };
            let holds = value.get().starts_with(['[', '{']) && (name != "items" || is_kubernetes_list(&members));
            if holds {
                self.open(value.get(), &around, depth + 1);
                return true;
            }
        }
        SINGLES.iter().any(|name| member(&members, name).is_some_and(|value| self.wrapped(value, &around, depth)))
    }

    /// Opens an object, or JSON in a text.
    fn wrapped(&mut self, value: &'a RawValue, around: &Around, depth: usize) -> bool {
        let text = value.get();
        if text.starts_with('{') {
            self.open(text, around, depth + 1);
            return true;
        }
        let Ok(inner) = serde_json::from_str::<String>(text) else { return false };
        if !inner.trim_start().starts_with(['{', '[']) || serde_json::from_str::<&RawValue>(&inner).is_err() {
            return false;
        }
        let start = self.start + (text.as_ptr() as usize).saturating_sub(self.base);
        let mut items = Vec::new();
        Opener { base: inner.as_ptr() as usize, start, items: &mut items }.open(&inner, around, depth + 1);
        let owned =
            items.into_iter().map(|item| Item { start, text: Cow::Owned(item.text.into_owned()), around: item.around });
        self.items.extend(owned);
        true
    }
}

impl Around {
    fn with(&self, members: &Members<'_>) -> Self {
        let text = |name: &str, held: &Clean| {
            let said = member(members, name).and_then(|value| serde_json::from_str::<String>(value.get()).ok());
            said.filter(|said| !said.is_empty()).map_or_else(|| held.clone(), Clean::from)
        };
        let group = text("logGroup", &Clean::default());
        let cluster = group.strip_prefix("/aws/eks/").and_then(|rest| rest.split('/').next()).map(Clean::from);
        let owner = text("owner", &self.account);
        Self {
            account: text("account", &owner),
            region: text("region", &self.region),
            cluster: cluster.unwrap_or_else(|| self.cluster.clone()),
        }
    }
}

fn member<'a>(members: &Members<'a>, name: &str) -> Option<&'a RawValue> {
    let held = members
        .get(name)
        .or_else(|| members.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value));
    held.copied().filter(|value| value.get() != "null")
}

/// Whether an object is a finding itself, whatever members it has besides.
fn is_whole(members: &Members<'_>) -> bool {
    let all = |names: &[&str]| names.iter().all(|name| member(members, name).is_some());
    [
        &["type", "resource"][..],
        &["type", "service"],
        &["type", "arn"],
        &["productarn"],
        &["finding_info"],
        &["rule", "output"],
        &["auditid"],
        &["verb", "user"],
    ]
    .iter()
    .any(|names| all(names))
}

fn is_kubernetes_list(members: &Members<'_>) -> bool {
    member(members, "kind").is_some_and(|kind| kind.get().contains("List"))
}

/// The message in a row of CloudWatch Logs Insights: a list of fields with their values.
fn row_of_insights<'a>(values: &[&'a RawValue]) -> Option<&'a RawValue> {
    values.iter().find_map(|value| {
        let field = serde_json::from_str::<Members<'a>>(value.get()).ok()?;
        let named = member(&field, "field")?.get() == "\"@message\"";
        named.then(|| member(&field, "value")).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn opened(value: &Value) -> Vec<(String, Around)> {
        let text = value.to_string();
        let mut items = Vec::new();
        open(Document { start: 0, text: &text }, &mut items);
        items.into_iter().map(|item| (item.text.into_owned(), item.around)).collect()
    }

    fn finding() -> Value {
        json!({"id": "1", "resource": {}, "service": {"detail": {}}, "type": "A:B/C", "detail": {"x": 1}})
    }

    #[test]
    fn every_wrapper_is_opened() {
        let inner = finding();
        let event = json!({"detail-type": "GuardDuty Finding", "account": "1", "region": "eu-west-1", "detail": inner});
        let sns = json!({"Type": "Notification", "Message": event.to_string(), "MessageId": "m"});
        for wrapped in [
            inner.clone(),
            json!([inner]),
            json!({"Findings": [inner]}),
            event.clone(),
            sns.clone(),
            json!({"Records": [{"EventSource": "aws:sns", "Sns": sns}]}),
            json!({"Records": [{"body": sns.to_string(), "eventSource": "aws:sqs"}]}),
            json!({"rule": "x", "log": inner}),
            json!({"hits": {"hits": [{"_source": inner}]}}),
            json!({"results": [[{"field": "@timestamp", "value": "t"}, {"field": "@message", "value": inner.to_string()}]]}),
            json!({"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "message": inner.to_string()}]}),
        ] {
            let items = opened(&wrapped);
            assert_eq!(items.len(), 1, "{wrapped}");
            assert_eq!(serde_json::from_str::<Value>(&items[0].0).unwrap(), inner, "{wrapped}");
        }
    }

    #[test]
    fn wrappers_say_what_is_around() {
        let items = opened(&json!({"account": "1", "region": "eu-west-1", "detail": finding()}));
        assert_eq!((items[0].1.account.as_str(), items[0].1.region.as_str()), ("1", "eu-west-1"));
        let logs = json!({"owner": "9", "logGroup": "/aws/eks/shop/cluster", "logEvents": [{"message": "{\"auditID\":\"a\"}"}]});
        let items = opened(&logs);
        assert_eq!((items[0].1.account.as_str(), items[0].1.cluster.as_str()), ("9", "shop"));
    }

    #[test]
    fn what_is_no_wrapper_stays_whole() {
        for value in [json!({"FindingIds": ["a"]}), json!(7), json!({"message": "plain words"}), json!({"items": [1]})]
        {
            assert_eq!(opened(&value).len(), 1, "{value}");
        }
        assert!(opened(&json!({"Findings": []})).is_empty());
    }

    #[test]
    fn wrappers_without_end_end() {
        let mut value = json!({"id": "x"});
        for _ in 0..100 {
            value = json!({"detail": value});
        }
        assert_eq!(opened(&value).len(), 1);
    }

    proptest! {
        #[test]
        fn any_json_is_opened_without_panic(text in r#"(\{"(detail|Message|log|items|events)":(\[?"?\{?[a-z0-9]{0,3}"?\]?\}?)\}?){0,3}"#) {
            let mut items = Vec::new();
            open(Document { start: 0, text: &text }, &mut items);
        }
    }
}
