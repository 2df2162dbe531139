//! One type, and the types of what it holds.

use std::sync::LazyLock;

use serde_json::{Map, Value};

use super::super::json::text;
use super::super::store::Resource;
use super::{KNOWN, PREFIX, schema};

/// What makes two items of a list the same item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum List {
    /// Nothing: the list is one value.
    Atomic,
    /// Being equal.
    Set,
    /// These fields.
    Map(&'static [Value]),
}

/// The type of a value: how its schema refers to it, and the schema that is referred to.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Type {
    marks: &'static Value,
    own: &'static Value,
}

/// Names of the schemas by group, version and kind.
static BY_KIND: LazyLock<Map<String, Value>> = LazyLock::new(|| {
    let all = KNOWN.get("schemas").and_then(Value::as_object).into_iter().flatten();
    let named = all.flat_map(|(name, schema)| {
        let kinds = schema.get("x-kubernetes-group-version-kind").and_then(Value::as_array).into_iter().flatten();
        kinds.map(move |kind| {
            (key(text(kind, "/group"), text(kind, "/version"), text(kind, "/kind")), name.as_str().into())
        })
    });
    named.collect()
});

fn key(group: &str, version: &str, kind: &str) -> String {
    format!("{group}/{version}/{kind}")
}

impl Type {
    /// The type of a kind.
    pub(in super::super) fn named(group: &str, version: &str, kind: &str) -> Option<Self> {
        if kind == "DeleteOptions" {
            return schema("io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions").map(Self::at);
        }
        BY_KIND.get(&key(group, version, kind)).and_then(Value::as_str).and_then(schema).map(Self::at)
    }

    /// The type of a resource's objects.
    pub(in super::super) fn of(resource: &Resource) -> Option<Self> {
        Self::named(resource.group, resource.version, resource.kind)
    }

    fn at(marks: &'static Value) -> Self {
        let reference = marks.get("$ref").or_else(|| marks.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        let own = reference.and_then(|reference| schema(reference.strip_prefix(PREFIX)?)).unwrap_or(marks);
        Self { marks, own }
    }

    fn mark(self, name: &str) -> Option<&'static Value> {
        self.marks.get(name).or_else(|| self.own.get(name))
    }

    /// Its fields, where they have names of their own.
    pub(in super::super) fn fields(self) -> Option<&'static Map<String, Value>> {
        self.own.get("properties").and_then(Value::as_object)
    }

    /// A field with a name of its own.
    pub(in super::super) fn field(self, name: &str) -> Option<Self> {
        self.fields()?.get(name).map(Self::at)
    }

    /// What any key leads to, where the keys are anybody's.
    pub(in super::super) fn values(self) -> Option<Self> {
        self.own.get("additionalProperties").filter(|schema| schema.is_object()).map(Self::at)
    }

    /// What a key leads to, whoever named it.
    pub(in super::super) fn below(self, name: &str) -> Option<Self> {
        self.field(name).or_else(|| self.values())
    }

    /// What a list holds.
    pub(in super::super) fn items(self) -> Option<Self> {
        self.own.get("items").map(Self::at)
    }

    /// Whether a map of it is one value.
    pub(in super::super) fn is_atomic(self) -> bool {
        self.mark("x-kubernetes-map-type").is_some_and(|kind| kind == "atomic")
            || (self.fields().is_none() && self.values().is_none())
    }

    /// How items of a list of it are told apart by server-side apply.
    pub(in super::super) fn list(self) -> List {
        match self.mark("x-kubernetes-list-type").and_then(Value::as_str) {
            Some("set") => List::Set,
            Some("map") => {
                let keys = self.mark("x-kubernetes-list-map-keys").and_then(Value::as_array);
                keys.map_or(List::Atomic, |keys| List::Map(keys))
            }
            _ => List::Atomic,
        }
    }

    /// Whether a strategic merge patch merges a list of it instead of replacing it.
    pub(in super::super) fn is_merged(self) -> bool {
        self.strategy().contains("merge")
    }

    fn strategy(self) -> &'static str {
        self.mark("x-kubernetes-patch-strategy").and_then(Value::as_str).unwrap_or_default()
    }

    /// The field by which a strategic merge patch tells items of a list of it apart.
    pub(in super::super) fn merge_key(self) -> Option<&'static str> {
        self.mark("x-kubernetes-patch-merge-key").and_then(Value::as_str)
    }

    /// `string`, `integer`, `array`…; empty where several are allowed.
    pub(in super::super) fn shape(self) -> &'static str {
        self.own.get("type").and_then(Value::as_str).unwrap_or_default()
    }

    /// `int32`, `date-time`, `byte`…
    pub(in super::super) fn format(self) -> &'static str {
        self.own.get("format").and_then(Value::as_str).unwrap_or_default()
    }

    /// Fields that must be there.
    pub(in super::super) fn required(self) -> &'static [Value] {
        self.own.get("required").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    /// What stands for it where it is not set.
    pub(in super::super) fn default(self) -> Option<Value> {
        self.marks.get("default").cloned()
    }

    /// Whether the server writes it even where nobody set it, as an object with nothing in it.
    fn is_always_there(self) -> bool {
        self.marks.get("default").is_some_and(|default| default.as_object().is_some_and(Map::is_empty))
    }

    /// What the server compares a new object with: one of which nothing is set.
    pub(in super::super) fn nothing_set(self) -> Value {
        let fields = self.fields().into_iter().flatten().filter_map(|(name, marks)| {
            let field = Self::at(marks);
            if field.is_always_there() && field.fields().is_some() {
                Some((name.clone(), field.nothing_set()))
            } else {
                let bare = self.required().iter().any(|required| required == name) && field.shape() == "array";
                bare.then(|| (name.clone(), Value::Null))
            }
        });
        Value::Object(fields.collect())
    }

    /// The name of the Go struct that it is.
    pub(in super::super) fn name(self) -> &'static str {
        let reference = self.marks.get("$ref").or_else(|| self.marks.pointer("/allOf/0/$ref")).and_then(Value::as_str);
        reference.and_then(|reference| reference.rsplit('.').next()).unwrap_or_default()
    }

    /// The name of the Go type that a refusal of this type names.
    pub(in super::super) fn go_name(self) -> &'static str {
        match (self.shape(), self.format()) {
            ("integer", "int64") => "int64",
            ("integer", _) => "int32",
            ("boolean", _) => "bool",
            ("number", _) => "float64",
            ("object", _) => "map[string]",
            ("array", _) => "[]",
            _ => "string",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::store::RESOURCES;
    use super::*;
    use serde_json::json;

    #[test]
    fn every_resource_has_a_type() {
        for resource in RESOURCES {
            let known = Type::of(resource).unwrap_or_else(|| panic!("{}", resource.kind));
            assert!(known.fields().is_some_and(|fields| fields.contains_key("metadata")), "{}", resource.kind);
        }
    }

    #[test]
    fn marks_stand_where_the_server_put_them() {
        let pod = Type::named("", "v1", "Pod").unwrap().field("spec").unwrap();
        let containers = pod.field("containers").unwrap();
        assert!(matches!(containers.list(), List::Map([key]) if key == "name"));
        assert_eq!((containers.merge_key(), containers.is_merged()), (Some("name"), true));
        let ports = containers.items().unwrap().field("ports").unwrap();
        assert_eq!(ports.merge_key(), Some("containerPort"));
        assert!(pod.field("nodeSelector").unwrap().is_atomic());
        assert_eq!(pod.field("tolerations").unwrap().list(), List::Atomic);
    }

    #[test]
    fn what_is_always_written_is_there_before_anything_is_set() {
        let nothing = Type::named("apps", "v1", "Deployment").unwrap().nothing_set();
        assert_eq!(nothing.pointer("/spec/template/spec/containers"), Some(&Value::Null));
        assert_eq!(nothing.pointer("/spec/strategy"), Some(&json!({})));
        assert_eq!(nothing.pointer("/spec/strategy/rollingUpdate"), None);
    }
}
