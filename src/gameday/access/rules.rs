//! Rights, as roles and bindings in the store give them.

use serde_json::{Value, json};

use super::super::json::{items, set, text};
use super::super::store::Store;

/// Somebody as bindings name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Subject {
    /// User name.
    pub(in super::super) user: String,
    /// UID of a service account; empty for others.
    pub(in super::super) uid: String,
    /// Groups.
    pub(in super::super) groups: Vec<String>,
    /// What else the authenticator tells, as an object; `null` for nothing.
    pub(in super::super) extra: Value,
}

/// What somebody wants to do.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Attempt {
    /// `get`, `list`…
    pub(in super::super) verb: String,
    /// API group.
    pub(in super::super) group: String,
    /// Resource, with its subresource behind a slash.
    pub(in super::super) resource: String,
    /// Namespace; empty for the whole cluster.
    pub(in super::super) namespace: String,
    /// Name; empty for any.
    pub(in super::super) name: String,
}

impl Subject {
    /// Whoever shows no token.
    pub(in super::super) fn anonymous() -> Self {
        let groups = vec!["system:unauthenticated".to_owned()];
        Self { user: "system:anonymous".to_owned(), uid: String::new(), groups, extra: Value::Null }
    }

    /// Somebody by name and groups.
    pub(in super::super) fn named(user: &str, groups: Vec<String>) -> Self {
        Self { user: user.to_owned(), uid: String::new(), groups, extra: Value::Null }
    }

    /// As reviews tell of them.
    pub(in super::super) fn info(&self) -> Value {
        let mut info = json!({"username": self.user, "groups": self.groups});
        if !self.uid.is_empty() {
            set(&mut info, "/uid", self.uid.as_str());
        }
        if !self.extra.is_null() {
            set(&mut info, "/extra", self.extra.clone());
        }
        info
    }

    fn is(&self, subject: &Value) -> bool {
        let name = text(subject, "/name");
        match text(subject, "/kind") {
            "User" => name == self.user,
            "Group" => self.groups.iter().any(|group| group == name),
            _ => self.user == format!("system:serviceaccount:{}:{name}", text(subject, "/namespace")),
        }
    }

    fn is_among(&self, binding: &Value) -> bool {
        items(binding, "/subjects").iter().any(|subject| self.is(subject))
    }
}

/// The binding that allows it, in words; `None` where none does.
pub(in super::super) fn allows(store: &Store, who: &Subject, attempt: &Attempt) -> Option<String> {
    rules(store, who, &attempt.namespace).into_iter().find(|(_, rule)| grants(rule, attempt)).map(|(by, _)| by)
}

/// Every rule that holds for somebody in a namespace, with where it comes from.
pub(super) fn rules(store: &Store, who: &Subject, namespace: &str) -> Vec<(String, Value)> {
    let mut rules = Vec::new();
    for binding in store.list("ClusterRoleBinding", None).iter().filter(|binding| who.is_among(binding)) {
        let role = store.get("ClusterRole", "", text(binding, "/roleRef/name"));
        collect(&mut rules, "ClusterRoleBinding", text(binding, "/metadata/name"), role.as_deref());
    }
    let here = if namespace.is_empty() { Vec::new() } else { store.list("RoleBinding", Some(namespace)) };
    for binding in here.iter().filter(|binding| who.is_among(binding)) {
        let name = text(binding, "/roleRef/name");
        let role = match text(binding, "/roleRef/kind") {
            "Role" => store.get("Role", namespace, name),
            _ => store.get("ClusterRole", "", name),
        };
        collect(&mut rules, "RoleBinding", text(binding, "/metadata/name"), role.as_deref());
    }
    rules
}

fn collect(rules: &mut Vec<(String, Value)>, kind: &str, name: &str, role: Option<&Value>) {
    let Some(role) = role else { return };
    let by =
        format!("RBAC: allowed by {kind} \"{name}\" of {} \"{}\"", text(role, "/kind"), text(role, "/metadata/name"));
    rules.extend(items(role, "/rules").iter().map(|rule| (by.clone(), rule.clone())));
}

/// `*/scale`, by which a rule means this part of every resource.
fn any_of_part(resource: &str) -> String {
    resource.split_once('/').map_or_else(|| "*".to_owned(), |(_, part)| format!("*/{part}"))
}

fn grants(rule: &Value, attempt: &Attempt) -> bool {
    let has = |list: &str, wanted: &str| items(rule, list).iter().any(|item| item == wanted || item == "*");
    let names = items(rule, "/resourceNames");
    has("/verbs", &attempt.verb)
        && has("/apiGroups", &attempt.group)
        && (has("/resources", &attempt.resource) || has("/resources", &any_of_part(&attempt.resource)))
        && (names.is_empty() || names.iter().any(|name| *name == attempt.name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gameday::random::Random;
    use jiff::Timestamp;

    fn attempt(verb: &str, resource: &str, namespace: &str) -> Attempt {
        let [verb, resource, namespace] = [verb, resource, namespace].map(str::to_owned);
        Attempt { verb, resource, namespace, ..Attempt::default() }
    }

    #[test]
    fn rights_come_from_bindings_and_reach_no_further() {
        let mut store = Store::new(Random::new(1));
        let rules = json!([{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}]);
        let subjects = json!([{"kind": "Group", "name": "team"}]);
        for object in [
            json!({"kind": "Role", "metadata": {"name": "r", "namespace": "shop"}, "rules": rules}),
            json!({"kind": "RoleBinding", "metadata": {"name": "b", "namespace": "shop"}, "roleRef": {"kind": "Role", "name": "r"}, "subjects": subjects}),
        ] {
            store.put(object, Timestamp::UNIX_EPOCH);
        }
        let who = Subject::named("a", vec!["team".to_owned()]);
        assert!(allows(&store, &who, &attempt("get", "pods", "shop")).is_some());
        for beyond in [
            attempt("get", "pods", "other"),
            attempt("get", "pods", ""),
            attempt("list", "pods", "shop"),
            attempt("get", "pods/log", "shop"),
        ] {
            assert_eq!(allows(&store, &who, &beyond), None, "{beyond:?}");
        }
        let stranger = Subject::named("b", Vec::new());
        assert_eq!(allows(&store, &stranger, &attempt("get", "pods", "shop")), None);
    }
}
