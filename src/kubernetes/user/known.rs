//! What is asked about a user, and what is known to answer it by.

use crate::aws::access::{AccessEntry, Association, AuthMap, Provider};
use crate::aws::{Told, Unsaid};
use crate::model::Clean;

/// A user as a cluster names it, and as much of its origin as an alert or an audit record tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct User {
    /// Its name.
    pub name: Clean,
    /// Its groups, where they are known.
    pub groups: Vec<Clean>,
    /// The IAM identity behind it, as `user.extra.arn` of an audit record or an alert's access key tells; empty where
    /// nothing tells.
    pub arn: Clean,
    /// The access key that it came with; empty where nothing tells.
    pub access_key: Clean,
}

/// The facts around a user. Each may be unknown by itself.
#[derive(Clone, Debug)]
pub struct Known {
    /// The cluster's access entries.
    pub entries: Told<Vec<AccessEntry>>,
    /// The ConfigMap aws-auth; `None` where there is none.
    pub map: Told<Option<AuthMap>>,
    /// OIDC providers of the cluster.
    pub providers: Told<Vec<Provider>>,
    /// Pod Identity associations of the service account, where the user is one.
    pub associations: Told<Vec<Association>>,
    /// The role that the service account is annotated with, empty without one; `None` where it is not known.
    pub annotated_role: Option<Clean>,
    /// The instance of the node, where the user is one that is known.
    pub instance: Option<Clean>,
}

impl User {
    /// A user of which nothing but its name is known.
    pub fn named(name: impl Into<Clean>) -> Self {
        Self { name: name.into(), ..Self::default() }
    }

    /// The namespace and name of the service account that it is.
    pub fn service_account(&self) -> Option<(&str, &str)> {
        self.name.strip_prefix("system:serviceaccount:")?.split_once(':')
    }

    /// The name of the node that it is.
    pub fn node(&self) -> Option<&str> {
        self.name.strip_prefix("system:node:")
    }
}

impl Default for Known {
    /// Nothing is known, because nobody asked.
    fn default() -> Self {
        fn unasked<T>() -> Told<T> {
            Told::now(Err(Unsaid::NotAsked("nobody asked".into())))
        }
        Self {
            entries: unasked(),
            map: unasked(),
            providers: unasked(),
            associations: unasked(),
            annotated_role: None,
            instance: None,
        }
    }
}
