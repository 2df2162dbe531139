//! Rules about rights, credentials and what stays.

use serde_json::Value;

use super::super::super::member::{at, list, texts, word};
use super::event::Event;
use crate::model::Clean;

fn wrote<'a>(event: &Event<'a>, resources: &[&str]) -> Option<&'a Value> {
    let wrote = resources.contains(&event.resource) && event.subresource.is_empty() && event.writes();
    let value = event.value;
    wrote.then(|| at(value, "requestObject").or_else(|| at(value, "responseObject"))).flatten()
}

const BINDINGS: [&str; 2] = ["clusterrolebindings", "rolebindings"];
const ROLES: [&str; 2] = ["clusterroles", "roles"];

/// A binding whose subjects are everybody.
pub fn anonymous_bound(event: &Event<'_>) -> Option<String> {
    let binding = wrote(event, &BINDINGS)?;
    let everybody = ["system:anonymous", "system:unauthenticated"];
    let subject =
        list(binding, "subjects").iter().map(|subject| word(subject, "name")).find(|name| everybody.contains(name))?;
    Some(format!("{subject} has the role {} now", Clean::from(word(binding, "roleRef/name"))))
}

/// A binding to all rights.
pub fn administrator_bound(event: &Event<'_>) -> Option<String> {
    let binding = wrote(event, &BINDINGS)?;
    let role = word(binding, "roleRef/name");
    let masters = list(binding, "subjects").iter().any(|subject| word(subject, "name") == "system:masters");
    let all = role == "cluster-admin" || masters || event.resource == "clusterrolebindings" && role == "admin";
    let who: Vec<_> =
        list(binding, "subjects").iter().map(|subject| Clean::from(word(subject, "name")).to_string()).collect();
    all.then(|| format!("{} got the role {} through {}", who.join(", "), Clean::from(role), event.object()))
}

fn rules<'a>(event: &Event<'a>) -> &'a [Value] {
    wrote(event, &ROLES).map_or(&[], |role| list(role, "rules"))
}

fn has(rule: &Value, resources: &[&str], verbs: &[&str]) -> bool {
    let any = |path: &str, wanted: &[&str]| texts(rule, path).iter().any(|held| wanted.contains(&held.as_str()));
    any("resources", resources) && any("verbs", verbs)
}

/// A role with everything, or with changes to what runs and to secrets.
pub fn wide_role(event: &Event<'_>) -> Option<String> {
    let wide = |rule: &&Value| {
        texts(rule, "verbs").iter().any(|verb| *verb == "*")
            || texts(rule, "resources").iter().any(|resource| *resource == "*")
            || has(rule, &["secrets", "pods", "deployments", "daemonsets"], &["create", "update", "patch", "delete"])
    };
    let rule = rules(event).iter().find(wide)?;
    let said = |path: &str| texts(rule, path).iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    Some(format!("{} on {} in {}", said("verbs"), said("resources"), event.object()))
}

/// A role from which one comes to every other: running in pods and on nodes, impersonating, binding.
pub fn escalating_role(event: &Event<'_>) -> Option<String> {
    let ways: [(&[&str], &[&str], &str); 5] = [
        (&["pods/exec", "pods/attach", "pods/*"], &["create", "get", "*"], "commands in any pod"),
        (&["nodes/proxy", "nodes/*"], &["get", "create", "*"], "the kubelets' API, and with it commands in any pod"),
        (&["users", "groups", "serviceaccounts", "userextras", "*"], &["impersonate"], "acting as anybody"),
        (&["clusterroles", "roles", "*"], &["escalate", "bind"], "giving oneself any right"),
        (&["serviceaccounts/token"], &["create", "*"], "a token of any service account"),
    ];
    let (.., leads) =
        ways.iter().find(|(resources, verbs, _)| rules(event).iter().any(|rule| has(rule, resources, verbs)))?;
    Some(format!("{} allows {leads}", event.object()))
}

/// A role that Kubernetes itself keeps.
pub fn system_role(event: &Event<'_>) -> Option<String> {
    let changed = ROLES.contains(&event.resource)
        && event.name.starts_with("system:")
        && ["update", "patch", "delete"].contains(&event.verb)
        && event.succeeded()
        && !event.is_machinery();
    changed.then(|| format!("{} of {}: the server puts it back only when it starts", event.verb, event.object()))
}

/// Whatever decides about every object.
pub fn webhook(event: &Event<'_>) -> Option<String> {
    let webhooks = ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"];
    let changed = webhooks.contains(&event.resource) && event.writes() && !event.is_machinery();
    changed.then(|| format!("{}: it can read and change what is stored, and keep others from storing", event.object()))
}

/// A certificate outlives the user who asked for it.
pub fn certificate(event: &Event<'_>) -> Option<String> {
    let asked = event.resource == "certificatesigningrequests"
        && event.verb == "create"
        && event.succeeded()
        && !event.is_machinery()
        && !event.user.starts_with("system:bootstrap:");
    let nodes = word(event.value, "requestObject/spec/signerName") == "kubernetes.io/kubelet-serving";
    (asked && !nodes).then(|| format!("{}: a certificate cannot be revoked, only outlived", event.object()))
}

/// `TokenRequest` by somebody who is no kubelet.
pub fn token(event: &Event<'_>) -> Option<String> {
    let made = event.resource == "serviceaccounts"
        && event.subresource == "token"
        && event.verb == "create"
        && event.succeeded()
        && !event.is_machinery();
    made.then(|| format!("{} speaks as {} from wherever it likes", Clean::from(event.user), event.object()))
}

/// A DaemonSet of somebody's.
pub fn daemon(event: &Event<'_>) -> Option<String> {
    let made = event.resource == "daemonsets" && event.verb == "create" && event.succeeded() && !event.is_machinery();
    made.then(|| format!("{} by {}", event.object(), Clean::from(event.user)))
}

/// A CronJob of somebody's.
pub fn cron_job(event: &Event<'_>) -> Option<String> {
    let made = event.resource == "cronjobs" && event.subresource.is_empty() && event.writes() && !event.is_machinery();
    made.then(|| format!("{} by {}: it comes back", event.object(), Clean::from(event.user)))
}

/// A service on a port of every node.
pub fn node_port(event: &Event<'_>) -> Option<String> {
    let service = wrote(event, &["services"])?;
    (word(service, "spec/type") == "NodePort").then(|| format!("{} is reached at every node's address", event.object()))
}

/// An ingress that speaks plain HTTP.
pub fn plain_ingress(event: &Event<'_>) -> Option<String> {
    let ingress = wrote(event, &["ingresses"]).filter(|_| event.verb == "create")?;
    list(ingress, "spec/tls").is_empty().then(|| format!("{}: what passes can be read on the way", event.object()))
}
