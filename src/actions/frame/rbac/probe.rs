//! Asking the server what somebody may do, before and after.

use std::time::Duration;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::{ActionError, Look, decode};
use super::{Binding, Subject};
use crate::model::Clean;

/// Questions that are asked at most: of each binding's role its first rules, and what matters most.
const MOST: usize = 24;

/// Questions that are asked at once.
const AT_ONCE: usize = 8;

/// Rules of one role that are asked for.
const OF_A_ROLE: usize = 4;

/// Time that the authorizer is given to take notice, and how often is looked.
const LOOKS: u32 = 40;
const EVERY: Duration = Duration::from_millis(250);

/// What somebody may be allowed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// `get`
    pub verb: String,
    /// API group.
    pub group: String,
    /// Plural name.
    pub resource: String,
    /// Sub-resource, empty for the resource itself.
    pub subresource: String,
    /// Namespace, empty for all.
    pub namespace: String,
    /// Name, empty for all.
    pub name: String,
}

impl Probe {
    fn new(verb: &str, group: &str, resource: &str, namespace: &str) -> Self {
        let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
        Self {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            namespace: namespace.to_owned(),
            name: String::new(),
        }
    }

    /// `get secrets in shop`.
    pub fn words(&self) -> Clean {
        let slash = if self.subresource.is_empty() { "" } else { "/" };
        let place = if self.namespace.is_empty() { "anywhere".to_owned() } else { format!("in {}", self.namespace) };
        format!("{} {}{slash}{} {place}", self.verb, self.resource, self.subresource).into()
    }
}

/// Who asks: a user name and groups, as an access review takes them.
pub struct Who {
    user: String,
    groups: Vec<String>,
}

impl Who {
    /// A subject, with the groups that everybody of its kind is in.
    pub fn of(subject: &Subject) -> Self {
        let user = match subject.user() {
            Some(user) => user,
            None if subject.is_anonymous() => "system:anonymous".to_owned(),
            // A review of a group needs some user of it, who is nobody in particular.
            None => "somebody-of-this-group".to_owned(),
        };
        Self { user, groups: subject.groups() }
    }
}

/// What to ask for: what matters most, and samples of what the bindings' roles allow.
pub async fn probes(look: &dyn Look, bindings: &[&Binding]) -> Result<Vec<Probe>, ActionError> {
    let mut all: Vec<Probe> = Vec::new();
    let mut add = |probe: Probe| {
        if all.len() < MOST && !all.contains(&probe) {
            all.push(probe);
        }
    };
    for binding in bindings {
        let place = binding.namespace.as_str();
        for rule in binding.rules(look).await?.iter().filter(|rule| rule.get("resources").is_some()).take(OF_A_ROLE) {
            let first = |field: &str| rule.pointer(&format!("/{field}/0")).and_then(Value::as_str).unwrap_or_default();
            let mut probe = Probe::new(first("verbs"), first("apiGroups"), first("resources"), place);
            probe.name = first("resourceNames").to_owned();
            add(probe);
        }
        for (verb, group, resource) in
            [("list", "", "secrets"), ("create", "", "pods/exec"), ("create", "", "pods"), ("*", "*", "*")]
        {
            add(Probe::new(verb, group, resource, place));
        }
        if place.is_empty() {
            add(Probe::new("get", "", "nodes/proxy", ""));
        }
    }
    Ok(all)
}

/// Which of them somebody is allowed.
pub async fn held(look: &dyn Look, who: &Who, probes: &[Probe]) -> Result<Vec<Probe>, ActionError> {
    let asked: Vec<_> = probes
        .iter()
        .map(|probe| async move { Ok::<_, ActionError>(allowed(look, who, probe).await?.then(|| probe.clone())) })
        .collect();
    stream::iter(asked).buffered(AT_ONCE).try_filter_map(|held| async move { Ok(held) }).try_collect().await
}

/// What of that is still allowed once the authorizer has taken notice.
pub async fn still_held(look: &dyn Look, who: &Who, before: &[Probe]) -> Result<Vec<Probe>, ActionError> {
    let mut left = before.to_vec();
    for _ in 0..LOOKS {
        left = held(look, who, &left).await?;
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(EVERY).await;
    }
    Ok(left)
}

async fn allowed(look: &dyn Look, who: &Who, probe: &Probe) -> Result<bool, ActionError> {
    let path = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
    let body = json!({
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {
            "user": who.user,
            "groups": who.groups,
            "resourceAttributes": {
                "verb": probe.verb, "group": probe.group, "resource": probe.resource,
                "subresource": probe.subresource, "namespace": probe.namespace, "name": probe.name,
            },
        },
    });
    let answer: Value = decode(path, &look.review(path, &body).await?)?;
    Ok(answer.pointer("/status/allowed") == Some(&Value::Bool(true)))
}
