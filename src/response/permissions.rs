//! Asking before acting.

use std::collections::BTreeSet;
use std::fmt;

use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use crate::actions::{Right, Spec};
use crate::kubernetes::{Error, Read, Review};
use crate::model::{Clean, Target};

/// Access reviews under way at once.
const AT_ONCE: usize = 8;

/// A right that the cluster does not give, and the rule that would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// The rule, as a Role or ClusterRole writes it.
    pub rule: Clean,
    /// Where: a namespace, or empty for the whole cluster.
    pub namespace: Clean,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.namespace {
            "" => write!(f, "a ClusterRole with the rule {} is missing", self.rule),
            namespace => write!(f, "a Role in {namespace} with the rule {} is missing", self.rule),
        }
    }
}

/// The rights of an action that the cluster does not give for some targets.
///
/// # Errors
/// The cluster cannot be asked.
pub async fn missing(read: &Read, spec: &Spec, targets: &[Target]) -> Result<Vec<Missing>, Error> {
    let mut asked: BTreeSet<(Right, Clean)> = BTreeSet::new();
    for right in spec.rights {
        for target in targets {
            let namespace = target.namespace.clone().filter(|_| right.namespaced).unwrap_or_default();
            asked.insert((*right, namespace));
        }
    }
    let reviews = futures::stream::iter(asked).map(|(right, namespace)| async move {
        let review = Review {
            verb: right.verb,
            group: right.group,
            resource: right.resource,
            subresource: right.subresource,
            namespace: &namespace,
        };
        let allowed = read.can(review).await?;
        Ok::<_, Error>((!allowed).then(|| Missing { rule: right.rule().into(), namespace: namespace.clone() }))
    });
    reviews.buffered(AT_ONCE).try_filter_map(|missing| async move { Ok(missing) }).try_collect().await
}
