//! Who may pass.

use super::super::access::{Attempt, Role, allows};
use super::super::store::Store;
use super::failure::Failure;
use super::route::Place;

/// Lets an attempt pass that some binding allows.
pub(super) fn admit(store: &Store, role: Role, place: &Place, verb: &str) -> Result<(), Failure> {
    let part = place.part.map(|part| format!("/{}", part.name)).unwrap_or_default();
    let resource = format!("{}{part}", place.resource.plural);
    // A namespace is asked for by name in the namespace of that name.
    let namespace = if place.resource.kind == "Namespace" { &place.name } else { &place.namespace };
    let who = role.subject();
    let attempt = Attempt {
        verb: verb.to_owned(),
        group: place.resource.group.to_owned(),
        resource: resource.clone(),
        namespace: namespace.clone(),
        name: place.name.clone(),
    };
    if allows(store, &who, &attempt).is_some() {
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
