//! One rule of a role.

use serde::Serialize;
use serde_json::Value;

use crate::model::Clean;

/// `rbac.authorization.k8s.io/v1.PolicyRule`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Verbs; `*` is every one.
    pub verbs: Vec<Clean>,
    /// API groups; the core group is empty.
    pub groups: Vec<Clean>,
    /// Resources, with their sub-resource behind a slash.
    pub resources: Vec<Clean>,
    /// Names that it is limited to; empty for no limit.
    pub names: Vec<Clean>,
    /// Paths that are no resources: `/metrics`.
    pub urls: Vec<Clean>,
}

/// What somebody may want to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// `get`
    pub verb: &'a str,
    /// API group.
    pub group: &'a str,
    /// Resource, with its sub-resource behind a slash.
    pub resource: &'a str,
}

impl Rule {
    /// Reads a rule; whatever is no list of texts is empty.
    pub fn read(rule: &Value) -> Self {
        let texts = |field: &str| {
            let list = rule.get(field).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).map(Clean::from).collect()
        };
        Self {
            verbs: texts("verbs"),
            groups: texts("apiGroups"),
            resources: texts("resources"),
            names: texts("resourceNames"),
            urls: texts("nonResourceURLs"),
        }
    }

    /// Whether it allows something, on every object or on those that it names.
    pub fn allows(&self, attempt: Attempt<'_>) -> bool {
        let has = |list: &[Clean], wanted: &str| list.iter().any(|one| *one == *wanted || *one == *"*");
        has(&self.verbs, attempt.verb) && has(&self.groups, attempt.group) && self.covers(attempt.resource)
    }

    /// Whether it allows everything.
    pub fn is_everything(&self) -> bool {
        let star = |list: &[Clean]| list.iter().any(|one| *one == *"*");
        self.names.is_empty() && star(&self.verbs) && star(&self.groups) && star(&self.resources)
    }

    /// `*` is every resource and every part of one, `*/scale` that part of every resource.
    fn covers(&self, resource: &str) -> bool {
        let part = resource.split_once('/').map(|(_, part)| part);
        self.resources.iter().any(|one| {
            *one == *resource || *one == *"*" || part.is_some_and(|part| one.strip_prefix("*/") == Some(part))
        })
    }

    /// `get, list secrets` or `get /metrics`.
    pub fn words(&self) -> Clean {
        let joined = |list: &[Clean]| list.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        if self.resources.is_empty() {
            return format!("{} {}", joined(&self.verbs), joined(&self.urls)).into();
        }
        let groups: Vec<&str> = self.groups.iter().map(Clean::as_str).filter(|group| !group.is_empty()).collect();
        let of = if groups.is_empty() { String::new() } else { format!(" of {}", groups.join(", ")) };
        let only = if self.names.is_empty() { String::new() } else { format!(" called {}", joined(&self.names)) };
        format!("{} {}{of}{only}", joined(&self.verbs), joined(&self.resources)).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn rule(value: Value) -> Rule {
        Rule::read(&value)
    }

    fn may(rule: &Rule, verb: &str, resource: &str) -> bool {
        rule.allows(Attempt { verb, group: "", resource })
    }

    #[test]
    fn a_rule_reaches_as_far_as_the_authorizer_lets_it() {
        let pods = rule(json!({"verbs": ["get"], "apiGroups": [""], "resources": ["pods", "*/scale"]}));
        assert!(may(&pods, "get", "pods") && may(&pods, "get", "replicationcontrollers/scale"));
        assert!(!may(&pods, "get", "pods/exec") && !may(&pods, "list", "pods"));
        let all = rule(json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}));
        assert!(all.is_everything() && may(&all, "create", "pods/exec"));
        let core = rule(json!({"verbs": ["*"], "apiGroups": [""], "resources": ["*"]}));
        assert!(!core.is_everything() && !core.allows(Attempt { verb: "get", group: "apps", resource: "deployments" }));
    }

    #[test]
    fn odd_rules_allow_nothing() {
        let odd = rule(json!({"verbs": null, "apiGroups": "", "resources": [1, "pods"]}));
        assert!(!may(&odd, "get", "pods"));
        assert_eq!(Rule::read(&json!(3)), Rule::default());
    }

    #[test]
    fn a_rule_is_said_in_a_line() {
        let named = rule(
            json!({"verbs": ["get"], "apiGroups": ["apps"], "resources": ["deployments"], "resourceNames": ["web"]}),
        );
        assert_eq!(named.words(), "get deployments of apps called web");
        assert_eq!(rule(json!({"verbs": ["get"], "nonResourceURLs": ["/metrics"]})).words(), "get /metrics");
    }
}
