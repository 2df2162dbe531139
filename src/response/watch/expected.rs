//! What must still be so while a job stands, read from its recorded calls.

use serde_json::{Map, Value};

use super::super::holds::object_of;
use crate::model::{Call, Clean, Uid};

/// What one accepted call has made so.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// Where the object is read.
    pub path: String,
    uid: Option<Uid>,
    what: What,
}

#[derive(Clone, Debug, PartialEq)]
enum What {
    /// The object is there, with what it was made with.
    Made(Value),
    /// The object, while it is there, has these values.
    Set(Vec<(Vec<String>, Value)>),
    /// Elements of a list that are there, and that are not.
    List(Vec<(Vec<String>, Vec<Value>, Vec<Value>)>),
    /// No object is there.
    Gone,
}

impl Expected {
    /// What a call made so; nothing where it leaves nothing that can be read.
    /// `uid` is that of the object, where it is known.
    pub fn of_call(call: &Call, uid: Option<Uid>) -> Vec<Self> {
        if !call.path.starts_with('/') {
            return Vec::new();
        }
        let path = object_of(call);
        let what = match (&*call.method, &call.body) {
            ("POST", body) if body.pointer("/metadata/name").is_some() && !is_below(call) => {
                vec![What::Made(body.clone())]
            }
            ("DELETE", _) => vec![What::Gone],
            ("PATCH" | "PUT", Value::Object(fields)) => vec![What::Set(leaves(fields))],
            ("PATCH", Value::Array(steps)) => of_steps(steps),
            _ => Vec::new(),
        };
        what.into_iter().map(|what| Self { path: path.clone(), uid, what }).collect()
    }

    /// What is otherwise now, in words; `None` where all is as it was made, or
    /// where the object itself has gone with what was set on it.
    pub fn differs(&self, found: Option<&Value>) -> Option<Clean> {
        let name = self.path.rsplit('/').take(2).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("/");
        let uid = found.and_then(|object| object.pointer("/metadata/uid")?.as_str()?.parse::<Uid>().ok());
        let another = matches!((self.uid, uid), (Some(ours), Some(now)) if ours != now);
        let why = match (&self.what, found) {
            (What::Made(_), None) => "was deleted".to_owned(),
            (What::Made(_), Some(_)) if another => "was deleted and made anew".to_owned(),
            (What::Made(body), Some(object)) => differs(&comparable(body), Some(&comparable(object)), "")?,
            (What::Gone, Some(_)) => "is there again".to_owned(),
            (What::Gone, None) | (_, None) => return None,
            (_, Some(_)) if another => return None,
            (What::Set(fields), Some(object)) => {
                fields.iter().find_map(|(field, value)| differs(value, at(object, field), &field.join("/")))?
            }
            (What::List(lists), Some(object)) => lists.iter().find_map(|(field, there, gone)| {
                let elements = at(object, field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
                let name = field.join("/");
                let lost = there.iter().find(|one| !elements.contains(one)).map(|one| format!("{name} has lost {one}"));
                lost.or_else(|| {
                    gone.iter().find(|one| elements.contains(one)).map(|one| format!("{name} has {one} again"))
                })
            })?,
        };
        Some(format!("{name}: {why}").into())
    }
}

fn is_below(call: &Call) -> bool {
    let path = call.path.split('?').next().unwrap_or_default();
    object_of(call)
        != format!("{path}/{}", call.body.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default())
}

/// An object without what the server adds to it.
fn comparable(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        let labels = fields.get("metadata").and_then(|metadata| metadata.get("labels")).cloned();
        fields.remove("apiVersion");
        fields.remove("kind");
        fields.insert("metadata".to_owned(), serde_json::json!({"labels": labels.unwrap_or_default()}));
    }
    object
}

/// What of an expected value is otherwise; what is there besides is nobody's concern.
fn differs(expected: &Value, found: Option<&Value>, name: &str) -> Option<String> {
    let is_nothing = |value: Option<&Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(fields)) => fields.is_empty(),
        Some(Value::Array(elements)) => elements.is_empty(),
        Some(_) => false,
    };
    if is_nothing(Some(expected)) {
        return (!is_nothing(found)).then(|| format!("{name} is set again"));
    }
    match (expected, found) {
        (_, None | Some(Value::Null)) => Some(format!("{name} is not set any more")),
        (Value::Object(fields), Some(found)) => fields.iter().find_map(|(key, value)| {
            let name = if name.is_empty() { key.clone() } else { format!("{name}/{key}") };
            differs(value, found.get(key), &name)
        }),
        (Value::Array(elements), Some(Value::Array(found))) => {
            elements.iter().find(|one| !found.contains(one)).map(|one| format!("{name} has lost {one}"))
        }
        (expected, Some(found)) => (expected != found).then(|| format!("{name} is {found} now")),
    }
}

fn at<'a>(object: &'a Value, field: &[String]) -> Option<&'a Value> {
    field.iter().try_fold(object, |value, key| value.get(key))
}

/// The values that a merge patch or an applied object sets, by their fields.
fn leaves(fields: &Map<String, Value>) -> Vec<(Vec<String>, Value)> {
    let mut all = Vec::new();
    for (key, value) in fields {
        if matches!(key.as_str(), "apiVersion" | "kind") {
            continue;
        }
        match value {
            Value::Object(inner) if !inner.is_empty() => {
                for (mut field, value) in leaves(inner) {
                    field.insert(0, key.clone());
                    all.push((field, value));
                }
            }
            value => all.push((vec![key.clone()], value.clone())),
        }
    }
    let identity = ["name", "namespace", "uid", "resourceVersion"];
    all.retain(|(field, _)| {
        !matches!(field.as_slice(), [first, second] if first == "metadata" && identity.contains(&second.as_str()))
    });
    all
}

/// What the steps of a JSON patch (RFC 6902) leave behind.
fn of_steps(steps: &[Value]) -> Vec<What> {
    let text = |step: &Value, key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for step in steps.iter().filter(|step| text(step, "op") != "test") {
        let path = text(step, "path");
        let tested = steps.iter().find(|other| text(other, "op") == "test" && text(other, "path") == path);
        let tested = tested.and_then(|test| test.get("value")).cloned();
        let value = step.get("value").cloned().unwrap_or_default();
        let mut field: Vec<String> =
            path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let in_list = field.last().is_some_and(|last| last == "-" || last.bytes().all(|byte| byte.is_ascii_digit()));
        if in_list {
            field.pop();
            let adds = text(step, "op") != "remove";
            let there = if adds { vec![value] } else { vec![] };
            let gone = tested.into_iter().filter(|one| !there.contains(one)).collect();
            all.push(What::List(vec![(field, there, gone)]));
            continue;
        }
        match (value, tested) {
            (Value::Array(now), Some(Value::Array(before))) => {
                let gone = before.into_iter().filter(|one| !now.contains(one)).collect();
                all.push(What::List(vec![(field, now, gone)]));
            }
            (value, _) => all.push(What::Set(vec![(field, value)])),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expected(method: &str, path: &str, body: Value) -> Vec<Expected> {
        Expected::of_call(&Call { target: 0, method: method.into(), path: path.into(), body }, None)
    }

    #[test]
    fn a_field_that_somebody_changed_back_is_seen() {
        let cordon =
            &expected("PATCH", "/api/v1/nodes/a", json!({"metadata": {"uid": "x"}, "spec": {"unschedulable": true}}))
                [0];
        assert_eq!(cordon.differs(Some(&json!({"spec": {"unschedulable": true, "podCIDR": "x"}}))), None);
        let said = cordon.differs(Some(&json!({"spec": {}}))).unwrap();
        assert_eq!(said, "nodes/a: spec/unschedulable is not set any more");
        assert_eq!(cordon.differs(None), None, "the node itself is gone");
        let off = &expected("PATCH", "/api/v1/nodes/a", json!({"spec": {"unschedulable": null}}))[0];
        assert_eq!(off.differs(Some(&json!({"spec": {}}))), None);
        assert!(off.differs(Some(&json!({"spec": {"unschedulable": true}}))).is_some());
    }

    #[test]
    fn a_policy_that_was_deleted_or_loosened_is_seen() {
        let path = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";
        let body = json!({"metadata": {"name": "ir-1", "labels": {"a": "1"}}, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}});
        let made = &expected("POST", &format!("{path}?fieldManager=podmortem"), body.clone())[0];
        assert_eq!(made.path, format!("{path}/ir-1"));
        assert!(made.differs(None).unwrap().contains("was deleted"));
        let mut there = body;
        there["metadata"]["uid"] = json!("0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11");
        there["status"] = json!({});
        assert_eq!(made.differs(Some(&there)), None);
        there["spec"]["policyTypes"] = json!(["Ingress"]);
        assert!(made.differs(Some(&there)).unwrap().contains("spec/policyTypes has lost \"Egress\""));
    }

    #[test]
    fn elements_of_lists_come_and_go() {
        let subject = json!({"kind": "ServiceAccount", "name": "web"});
        let steps =
            json!([{"op": "test", "path": "/subjects/0", "value": subject}, {"op": "remove", "path": "/subjects/0"}]);
        let stripped = &expected("PATCH", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/x", steps)[0];
        assert_eq!(stripped.differs(Some(&json!({"subjects": []}))), None);
        assert!(stripped.differs(Some(&json!({"subjects": [subject]}))).unwrap().contains("again"));
        let taint = json!({"key": "ir", "effect": "NoSchedule"});
        let added =
            &expected("PATCH", "/api/v1/nodes/a", json!([{"op": "add", "path": "/spec/taints/-", "value": taint}]))[0];
        assert_eq!(added.differs(Some(&json!({"spec": {"taints": [{"key": "other"}, taint]}}))), None);
        assert!(added.differs(Some(&json!({"spec": {}}))).unwrap().contains("has lost"));
    }
}
