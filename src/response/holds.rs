//! What a call holds on to, read from the call itself, so that no action needs code for it.

use serde_json::{Map, Value};

use crate::actions::{SEND_COMMAND, is_measurement};
use crate::model::{Call, ClusterId, Target, Uid};

/// A field of an object, an element of a list, or a whole object, that a job
/// set and rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Hold {
    cluster: ClusterId,
    path: String,
    uid: Option<Uid>,
    field: Vec<String>,
    element: Option<Value>,
}

impl Hold {
    /// Whether two jobs rest on the same thing: the same object, and fields of
    /// which one lies in the other. Different elements of one list are different things.
    pub fn meets(&self, other: &Self) -> bool {
        let object = match (self.uid, other.uid) {
            (Some(one), Some(another)) => one == another,
            _ => self.path == other.path,
        };
        let field = self.field.iter().zip(&other.field).all(|(one, another)| one == another);
        let element = match (&self.element, &other.element) {
            (Some(one), Some(another)) if self.field.len() == other.field.len() => one == another,
            _ => true,
        };
        self.cluster == other.cluster && object && field && element
    }

    /// The field and the object, for people: `metadata/labels/app of …/pods/web-1`.
    pub fn words(&self) -> String {
        let object = self.path.split("/namespaces/").nth(1).or_else(|| self.path.split("/v1/").nth(1));
        let object = object.unwrap_or(&self.path);
        if self.field.is_empty() { object.to_owned() } else { format!("{} of {object}", self.field.join("/")) }
    }

    /// What a merge patch sets the field to; nothing of other calls.
    pub fn value<'a>(&self, call: &'a Call) -> Option<&'a Value> {
        let fields = call.body.is_object() && !self.field.is_empty();
        self.field.iter().try_fold(&call.body, |value, field| value.get(field)).filter(|_| fields)
    }
}

/// Takes a field out of a merge patch that would change it; says whether it was there.
pub fn let_go(call: &mut Call, target: &Target, hold: &Hold) -> bool {
    let changes = of_call(call, target, None).iter().any(|held| held.field == hold.field && held.meets(hold));
    let Some((last, above)) = hold.field.split_last().filter(|_| changes && &*call.method == "PATCH") else {
        return false;
    };
    let holder = above.iter().try_fold(&mut call.body, |value, field| value.get_mut(field));
    let fields = holder.and_then(Value::as_object_mut);
    fields.is_some_and(|fields| fields.remove(last).is_some())
}

/// Whether a merge patch names its object and changes nothing of it.
pub fn is_empty(call: &Call) -> bool {
    let Value::Object(fields) = &call.body else { return false };
    let mut leaves = Vec::new();
    leaves_of(fields, &mut Vec::new(), &mut leaves);
    let value = |leaf: &[String]| leaf.iter().try_fold(&call.body, |value, field| value.get(field));
    let nothing = |leaf: &Vec<String>| {
        is_identity(leaf) || value(leaf).is_some_and(|value| value.as_object().is_some_and(Map::is_empty))
    };
    &*call.method == "PATCH" && leaves.iter().all(nothing)
}

/// Everything that a call holds on to. `uid` is that of the object that the
/// server answered with, where it did.
pub fn of_call(call: &Call, target: &Target, uid: Option<Uid>) -> Vec<Hold> {
    let at = |path: String, field: Vec<String>, element: Option<Value>| {
        let own = *path
            == format!("{}/{}", target.kind.path_in(target.namespace.as_deref().unwrap_or_default()), target.name);
        let uid = if own { Some(target.uid) } else { uid };
        Hold { cluster: target.cluster, path, uid, field, element }
    };
    if is_measurement(call) {
        return Vec::new();
    }
    if call.is_to_account() && &*call.method != SEND_COMMAND {
        return of_request(&call.body)
            .into_iter()
            .map(|(field, element)| at(call.path.to_string(), field, element))
            .collect();
    }
    if !call.path.starts_with('/') {
        // A command on a machine: only the very same command is the same thing.
        return vec![at(format!("{} {}", call.method, call.path), vec![], Some(call.body.clone()))];
    }
    let path = call.path.split('?').next().unwrap_or_default();
    let (object, names_one, below) = split(path);
    match (&*call.method, &call.body) {
        ("POST", body) if !names_one => {
            let name = body.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            vec![at(format!("{object}/{name}"), vec![], None)]
        }
        // Evictions, tokens: nothing that stands.
        ("POST", _) if below => vec![],
        ("PATCH" | "PUT", Value::Array(steps)) => {
            of_steps(steps).into_iter().map(|(field, element)| at(object.clone(), field, element)).collect()
        }
        ("PATCH" | "PUT", Value::Object(fields)) => {
            let mut leaves = Vec::new();
            leaves_of(fields, &mut Vec::new(), &mut leaves);
            leaves.retain(|field| !is_identity(field));
            leaves.into_iter().map(|field| at(object.clone(), field, None)).collect()
        }
        ("DELETE", _) => vec![at(object, vec![], None)],
        _ => vec![],
    }
}

/// The path of the object that a call is about, sub-resources left out; of what it creates where it creates.
pub fn object_of(call: &Call) -> String {
    let (object, names_one, _) = split(call.path.split('?').next().unwrap_or_default());
    match call.body.pointer("/metadata/name").and_then(Value::as_str) {
        Some(name) if !names_one => format!("{object}/{name}"),
        _ => object,
    }
}

/// The path of the object or collection, whether an object is named, and whether a sub-resource follows.
fn split(path: &str) -> (String, bool, bool) {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    let root = if segments.first() == Some(&"api") { 2 } else { 3 };
    let namespaced = segments.get(root) == Some(&"namespaces") && segments.len() > root + 2;
    let collection = root + if namespaced { 3 } else { 1 };
    let object: Vec<&str> = segments.iter().take(collection + 1).copied().collect();
    (format!("/{}", object.join("/")), segments.len() > collection, segments.len() > collection + 1)
}

/// The fields that a merge patch or an applied object sets.
fn leaves_of(fields: &Map<String, Value>, above: &mut Vec<String>, leaves: &mut Vec<Vec<String>>) {
    for (key, value) in fields {
        above.push(key.clone());
        match value {
            Value::Object(inner) if !inner.is_empty() => leaves_of(inner, above, leaves),
            _ => leaves.push(above.clone()),
        }
        above.pop();
    }
}

/// What a request to a service sets: its members by their names, and of a list each element. A member that
/// names what the request is about is no more than that.
fn of_request(body: &Value) -> Vec<(Vec<String>, Option<Value>)> {
    let names = ["DetectorId", "ClientToken", "clientRequestToken", "name", "Name", "Tags", "Description"];
    let mut leaves = Vec::new();
    leaves_of(body.as_object().unwrap_or(&Map::new()), &mut Vec::new(), &mut leaves);
    leaves.retain(|field| !field.first().is_some_and(|first| names.contains(&first.as_str())));
    let at = |field: &[String]| field.iter().try_fold(body, |value, key| value.get(key));
    let held = leaves.into_iter().flat_map(|field| match at(&field) {
        Some(Value::Array(elements)) if !elements.is_empty() => {
            elements.iter().map(|element| (field.clone(), Some(element.clone()))).collect()
        }
        _ => vec![(field, None)],
    });
    held.collect()
}

/// What a patch names its object by is no field that it sets.
fn is_identity(field: &[String]) -> bool {
    let field: Vec<&str> = field.iter().map(String::as_str).collect();
    matches!(field.as_slice(), ["apiVersion" | "kind"] | ["metadata", "name" | "namespace" | "uid" | "resourceVersion"])
}

/// The fields and list elements that the steps of a JSON patch (RFC 6902) change.
fn of_steps(steps: &[Value]) -> Vec<(Vec<String>, Option<Value>)> {
    let text = |step: &Value, key: &str| step.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut held = Vec::new();
    for step in steps.iter().filter(|step| text(step, "op") != "test") {
        let path = text(step, "path");
        let tested = steps.iter().find(|other| text(other, "op") == "test" && text(other, "path") == path);
        let mut field: Vec<String> =
            path.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~")).collect();
        let place = field.last().is_some_and(|last| last == "-" || last.bytes().all(|byte| byte.is_ascii_digit()));
        let element = match (place, &*text(step, "op")) {
            (true, "add") => step.get("value"),
            (true, _) => tested.and_then(|test| test.get("value")),
            (false, _) => None,
        };
        if place {
            field.pop();
        }
        if is_identity(&field) {
            continue;
        }
        held.push((field, element.cloned()));
    }
    held
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Kind;

    fn target() -> Target {
        let uid = Uid::from_bytes([1; 16]);
        let (namespace, name) = (Some("shop".into()), "web".into());
        Target { cluster: ClusterId::default(), kind: Kind::Pod, namespace, name, uid }
    }

    fn holds(method: &str, path: &str, body: Value) -> Vec<Hold> {
        of_call(&Call { target: 0, method: method.into(), path: path.into(), body }, &target(), None)
    }

    const POD: &str = "/api/v1/namespaces/shop/pods/web";

    #[test]
    fn a_patch_holds_the_fields_that_it_sets() {
        let labels = |labels: Value| holds("PATCH", POD, json!({"metadata": {"uid": "x", "labels": labels}}));
        let one = labels(json!({"a": "1"}));
        assert_eq!(one.len(), 1);
        assert_eq!(one[0].words(), "metadata/labels/a of shop/pods/web");
        assert!(one[0].meets(&labels(json!({"a": null}))[0]));
        assert!(!one[0].meets(&labels(json!({"b": "1"}))[0]));
        let other = Target { uid: Uid::from_bytes([2; 16]), ..target() };
        let call = Call {
            target: 0,
            method: "PATCH".into(),
            path: POD.into(),
            body: json!({"metadata": {"labels": {"a": "1"}}}),
        };
        assert!(!one[0].meets(&of_call(&call, &other, None)[0]), "a namesake is another object");
    }

    #[test]
    fn what_was_created_is_held_whole() {
        let path = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";
        let made = holds("POST", &format!("{path}?fieldManager=podmortem"), json!({"metadata": {"name": "ir-1"}}));
        let deleted = holds("DELETE", &format!("{path}/ir-1"), Value::Null);
        let edited = holds("PATCH", &format!("{path}/ir-1"), json!({"spec": {"egress": []}}));
        assert!(made[0].meets(&deleted[0]) && made[0].meets(&edited[0]));
        assert!(!made[0].meets(&holds("DELETE", &format!("{path}/ir-2"), Value::Null)[0]));
        assert!(holds("POST", &format!("{POD}/eviction"), json!({"metadata": {"name": "web"}})).is_empty());
    }

    #[test]
    fn elements_of_a_list_are_different_things() {
        let add = |key: &str| {
            let taint = json!({"key": key, "effect": "NoSchedule"});
            holds("PATCH", POD, json!([{"op": "add", "path": "/spec/tolerations/-", "value": taint}]))
        };
        assert!(add("a")[0].meets(&add("a")[0]));
        assert!(!add("a")[0].meets(&add("b")[0]));
        let taint = json!({"key": "a", "effect": "NoSchedule"});
        let gone = json!([{"op": "test", "path": "/spec/tolerations/0", "value": taint}, {"op": "remove", "path": "/spec/tolerations/0"}]);
        assert!(holds("PATCH", POD, gone)[0].meets(&add("a")[0]));
        let whole = holds("PATCH", POD, json!({"spec": {"tolerations": [{"key": "z"}]}}));
        assert!(whole[0].meets(&add("a")[0]), "a list that is replaced holds every element");
    }

    #[test]
    fn a_request_to_a_service_holds_what_it_sets() {
        let arn = "arn:aws:guardduty:us-east-1:1:detector/d/finding/f";
        let archive =
            |id: &str| holds("guardduty:ArchiveFindings", arn, json!({"DetectorId": "d", "FindingIds": [id]}));
        assert_eq!(archive("f")[0].words(), format!("FindingIds of {arn}"));
        assert!(archive("f")[0].meets(&archive("f")[0]) && !archive("f")[0].meets(&archive("g")[0]));
        let logs = |kind: &str| {
            let body = json!({"name": "shop", "logging": {"clusterLogging": [{"types": [kind], "enabled": true}]}});
            holds("eks:UpdateClusterConfig", "arn:aws:eks:us-east-1:1:cluster/shop", body)
        };
        assert!(logs("audit")[0].meets(&logs("audit")[0]) && !logs("audit")[0].meets(&logs("api")[0]));
    }

    #[test]
    fn a_sub_resource_is_part_of_its_object() {
        let scale =
            holds("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale", json!({"spec": {"replicas": 0}}));
        let own = holds("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web", json!({"spec": {"replicas": 1}}));
        assert!(scale[0].meets(&own[0]));
    }
}
