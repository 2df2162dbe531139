//! Who asks, and who may pass.

use http::HeaderMap;
use http::header::AUTHORIZATION;
use jiff::Timestamp;

use super::super::access::{Attempt, Role, Subject, Tokens, allows};
use super::super::store::Store;
use super::failure::Failure;
use super::route::Place;

/// Who asks. Whoever shows no token is anonymous; a token that is nobody's is refused.
pub(super) fn caller(store: &Store, tokens: &Tokens, headers: &HeaderMap, now: Timestamp) -> Result<Subject, Failure> {
    let Some(header) = headers.get(AUTHORIZATION) else { return Ok(Subject::anonymous()) };
    let token = header.to_str().ok().and_then(|header| header.strip_prefix("Bearer "));
    let token = token.map(str::trim).ok_or_else(Failure::unauthorized)?;
    let who = match Role::of_token(token) {
        Some(role) => role.subject(),
        None => tokens.whose(store, token, now).map_err(|_| Failure::unauthorized())?.0,
    };
    impersonated(store, who, headers)
}

/// Whom the caller wants to be taken for, where it may.
fn impersonated(store: &Store, who: Subject, headers: &HeaderMap) -> Result<Subject, Failure> {
    let all = |name: &str| -> Vec<String> {
        headers.get_all(name).iter().filter_map(|value| Some(value.to_str().ok()?.to_owned())).collect()
    };
    let (users, mut groups) = (all("impersonate-user"), all("impersonate-group"));
    let Some(user) = users.first() else { return Ok(who) };
    let wanted = groups.iter().map(|group| ("groups", group)).chain([("users", user)]);
    for (resource, name) in wanted {
        // Service accounts are a resource of their own, in their namespace.
        let account = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':'));
        let (resource, namespace, name) = match account {
            Some((namespace, name)) if resource == "users" => ("serviceaccounts", namespace, name),
            _ => (resource, "", name.as_str()),
        };
        let attempt = Attempt {
            verb: "impersonate".to_owned(),
            resource: resource.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            ..Attempt::default()
        };
        if allows(store, &who, &attempt).is_none() {
            let message = format!(
                "{resource} \"{name}\" is forbidden: User \"{}\" cannot impersonate resource \"{resource}\" in API group \"\" at the cluster scope",
                who.user
            );
            return Err(Failure::new(http::StatusCode::FORBIDDEN, "Forbidden", message));
        }
    }
    if let Some((namespace, _)) = user.strip_prefix("system:serviceaccount:").and_then(|rest| rest.split_once(':')) {
        groups.extend(["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{namespace}")]);
    }
    if !groups.iter().any(|group| group == "system:unauthenticated") {
        groups.push("system:authenticated".to_owned());
    }
    Ok(Subject::named(user, groups))
}

/// Lets an attempt pass that some binding allows.
pub(super) fn admit(store: &Store, who: &Subject, place: &Place, verb: &str) -> Result<(), Failure> {
    let part = place.part.map(|part| format!("/{}", part.name)).unwrap_or_default();
    let resource = format!("{}{part}", place.resource.plural);
    // A namespace is asked for by name in the namespace of that name.
    let namespace = if place.resource.kind == "Namespace" { &place.name } else { &place.namespace };
    let attempt = Attempt {
        verb: verb.to_owned(),
        group: place.resource.group.to_owned(),
        resource: resource.clone(),
        namespace: namespace.clone(),
        name: place.name.clone(),
    };
    if allows(store, who, &attempt).is_some() {
        return Ok(());
    }
    let scope = if place.resource.namespaced && !place.namespace.is_empty() {
        format!("in the namespace \"{}\"", place.namespace)
    } else {
        "at the cluster scope".to_owned()
    };
    let named = if place.name.is_empty() { String::new() } else { format!(" \"{}\"", place.name) };
    let message = format!(
        "{}{named} is forbidden: User \"{}\" cannot {verb} resource \"{resource}\" in API group \"{}\" {scope}",
        place.resource.qualified(),
        who.user,
        place.resource.group
    );
    Err(Failure::forbidden(place.resource, &place.name, message))
}
