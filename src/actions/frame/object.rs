//! Reading typed objects, pinned by their identity.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta, OwnerReference};
use kube::Resource;
use kube::core::{Selector, SelectorExt as _};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{ActionError, Look};
use crate::kubernetes;
use crate::model::{Clean, Target};

/// Reads bytes as an object.
pub fn decode<T: DeserializeOwned>(what: &str, bytes: &[u8]) -> Result<T, ActionError> {
    serde_json::from_slice(bytes).map_err(|error| ActionError::Odd { what: what.into(), why: error.to_string().into() })
}

/// Reads a target, and makes sure that it is the object that was chosen.
pub async fn pinned<T>(look: &dyn Look, target: &Target) -> Result<T, ActionError>
where
    T: DeserializeOwned + Resource,
{
    let path = path_of(target);
    let object: T = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => return Err(ActionError::Gone { target: Box::new(target.clone()) }),
        read => decode(&path, &read?)?,
    };
    let now = object.meta().uid.as_deref().unwrap_or("without a UID");
    if now == target.uid.to_string() {
        Ok(object)
    } else {
        Err(ActionError::Replaced { target: Box::new(target.clone()), now: now.into() })
    }
}

/// Reads a target for putting it back: `None` where the object is gone, or where
/// another one has its name, since nothing of what was changed is left then.
pub async fn still_there<T>(look: &dyn Look, target: &Target) -> Result<Option<T>, ActionError>
where
    T: DeserializeOwned + Resource,
{
    match pinned(look, target).await {
        Err(ActionError::Gone { .. } | ActionError::Replaced { .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// Reads a target as JSON, and makes sure that it is the object that was chosen.
pub async fn raw(look: &dyn Look, target: &Target) -> Result<Value, ActionError> {
    let path = path_of(target);
    let object: Value = match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => return Err(ActionError::Gone { target: Box::new(target.clone()) }),
        read => decode(&path, &read?)?,
    };
    let now = object.pointer("/metadata/uid").and_then(Value::as_str).unwrap_or("without a UID");
    if now == target.uid.to_string() {
        Ok(object)
    } else {
        Err(ActionError::Replaced { target: Box::new(target.clone()), now: now.into() })
    }
}

/// The same for putting it back: `None` where it is gone, or where another object has its name.
pub async fn raw_if_there(look: &dyn Look, target: &Target) -> Result<Option<Value>, ActionError> {
    match raw(look, target).await {
        Err(ActionError::Gone { .. } | ActionError::Replaced { .. }) => Ok(None),
        read => read.map(Some),
    }
}

/// The path of a target.
pub fn path_of(target: &Target) -> String {
    let namespace = target.namespace.as_deref().unwrap_or_default();
    format!("{}/{}", target.kind.path_in(namespace), target.name)
}

/// The objects of a collection.
pub async fn list<T: DeserializeOwned>(look: &dyn Look, path: &str) -> Result<Vec<T>, ActionError> {
    #[derive(Deserialize)]
    struct List<T> {
        #[serde(default = "Vec::new")]
        items: Vec<T>,
    }
    Ok(decode::<List<T>>(path, &look.get(path).await?)?.items)
}

/// An object's labels.
pub fn labels(meta: &ObjectMeta) -> BTreeMap<String, String> {
    meta.labels.clone().unwrap_or_default()
}

/// The owner that controls an object.
pub fn controller(meta: &ObjectMeta) -> Option<&OwnerReference> {
    meta.owner_references.iter().flatten().find(|owner| owner.controller == Some(true))
}

/// Whether a selector picks those labels. An empty one picks everything; one that
/// the server would not have taken picks nothing.
pub fn selects(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    Selector::try_from(selector.clone()).is_ok_and(|selector| selector.matches(labels))
}

/// A name from the cluster, for a sentence.
pub fn name(meta: &ObjectMeta) -> Clean {
    meta.name.as_deref().unwrap_or("without a name").into()
}
