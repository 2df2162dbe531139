//! Access reviews: what may I do, what may they do, who am I.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::json::{items, set, text};
use super::super::store::Store;
use super::Role;
use super::rules::{Attempt, Subject, allows, rules};
use super::token::{AUDIENCE, Tokens};

/// Answers a review by filling in its status.
pub(in super::super) fn review(
    store: &Store,
    tokens: &Tokens,
    who: &Subject,
    kind: &str,
    mut asked: Value,
    now: Timestamp,
) -> Value {
    let status = match kind {
        "SelfSubjectReview" => json!({"userInfo": who.info()}),
        "TokenReview" => token(store, tokens, &asked, now),
        "SelfSubjectRulesReview" => all(store, who, text(&asked, "/spec/namespace")),
        "SelfSubjectAccessReview" => verdict(store, who, &asked),
        _ => {
            let groups = items(&asked, "/spec/groups").iter().filter_map(|group| Some(group.as_str()?.to_owned()));
            let other = Subject::named(text(&asked, "/spec/user"), groups.collect());
            verdict(store, &other, &asked)
        }
    };
    if asked.get("metadata").is_none() {
        set(&mut asked, "/metadata", json!({}));
    }
    set(&mut asked, "/status", status);
    asked
}

/// Whose a token is, for one of the audiences asked for.
fn token(store: &Store, tokens: &Tokens, asked: &Value, now: Timestamp) -> Value {
    let written = text(asked, "/spec/token");
    if let Some(role) = Role::of_token(written) {
        return json!({"authenticated": true, "user": role.subject().info(), "audiences": [AUDIENCE]});
    }
    let wanted = items(asked, "/spec/audiences");
    let wanted = if wanted.is_empty() { vec![json!(AUDIENCE)] } else { wanted.to_vec() };
    match tokens.whose(store, written, now) {
        Ok((who, audiences)) => {
            let both: Vec<&Value> =
                wanted.iter().filter(|one| audiences.iter().any(|audience| *one == audience)).collect();
            if both.is_empty() {
                let error = format!("token audiences {audiences:?} is invalid for the target audiences {wanted:?}");
                return json!({"user": {}, "error": error});
            }
            json!({"authenticated": true, "user": who.info(), "audiences": both})
        }
        Err(why) => json!({"user": {}, "error": why}),
    }
}

fn verdict(store: &Store, who: &Subject, asked: &Value) -> Value {
    let Some(attributes) = asked.pointer("/spec/resourceAttributes") else {
        let masters = who.groups.iter().any(|group| group == "system:masters");
        let open = ["/api", "/apis", "/version", "/livez", "/readyz", "/healthz"];
        let path = text(asked, "/spec/nonResourceAttributes/path");
        return json!({"allowed": masters || open.iter().any(|prefix| path.starts_with(prefix))});
    };
    let part = text(attributes, "/subresource");
    let resource = text(attributes, "/resource");
    let attempt = Attempt {
        verb: text(attributes, "/verb").to_owned(),
        group: text(attributes, "/group").to_owned(),
        resource: if part.is_empty() { resource.to_owned() } else { format!("{resource}/{part}") },
        namespace: text(attributes, "/namespace").to_owned(),
        name: text(attributes, "/name").to_owned(),
    };
    match allows(store, who, &attempt) {
        Some(reason) => json!({"allowed": true, "reason": reason}),
        None => json!({"allowed": false}),
    }
}

fn all(store: &Store, who: &Subject, namespace: &str) -> Value {
    let (mut of_resources, mut of_paths) = (Vec::new(), Vec::new());
    for (_, rule) in rules(store, who, namespace) {
        if rule.get("nonResourceURLs").is_some() {
            of_paths.push(rule);
        } else {
            of_resources.push(rule);
        }
    }
    of_paths.push(json!({"verbs": ["get"], "nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/livez", "/readyz", "/version"]}));
    json!({"resourceRules": of_resources, "nonResourceRules": of_paths, "incomplete": false})
}
