//! Asking before acting.

use std::collections::BTreeSet;
use std::fmt;

use futures::{StreamExt as _, TryStreamExt as _};
use serde::Serialize;

use crate::actions::{Right, Spec, rule};
use crate::kubernetes::{Asked, Error, Read, Review};
use crate::model::{Call, Clean, Plan, Target};

/// Access reviews under way at once.
const AT_ONCE: usize = 16;

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

/// A right that is asked for, and where: a namespace, or empty for the whole cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Needed {
    verb: String,
    group: String,
    resource: String,
    subresource: String,
    namespace: Clean,
}

/// What a plan needs and the cluster does not give: the action's rights for an
/// action, those of the very calls for a way back.
///
/// # Errors
/// The cluster cannot be asked.
pub async fn missing(read: &Read, spec: &Spec, plan: &Plan) -> Result<Vec<Missing>, Error> {
    let asked: BTreeSet<Needed> = match &plan.undoes {
        Some(_) => plan.calls.iter().filter_map(of_call).collect(),
        None => of_spec(spec, &plan.targets).collect(),
    };
    let reviews = futures::stream::iter(asked).map(|needed| async move {
        let review = Review {
            verb: &needed.verb,
            group: &needed.group,
            resource: &needed.resource,
            subresource: &needed.subresource,
            namespace: &needed.namespace,
        };
        let allowed = read.can(review).await?;
        let rule = rule(&needed.verb, &needed.group, &needed.resource, &needed.subresource);
        Ok::<_, Error>((!allowed).then(|| Missing { rule: rule.into(), namespace: needed.namespace.clone() }))
    });
    reviews.buffered(AT_ONCE).try_filter_map(|missing| async move { Ok(missing) }).try_collect().await
}

fn of_spec<'a>(spec: &'a Spec, targets: &'a [Target]) -> impl Iterator<Item = Needed> + 'a {
    let pairs = spec.rights.iter().flat_map(move |right| targets.iter().map(move |target| (right, target)));
    pairs.filter_map(|(right, target)| match *right {
        Right::Rbac { verb, group, resource, subresource, namespaced } => Some(Needed {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            subresource: subresource.to_owned(),
            namespace: target.namespace.clone().filter(|_| namespaced).unwrap_or_default(),
        }),
        // IAM is asked when it is planned, and has the last word when the call arrives.
        Right::Iam(_) => None,
    })
}

/// The right that a call to the API server takes; none for a call to somebody else.
fn of_call(call: &Call) -> Option<Needed> {
    let path = call.path.split('?').next().unwrap_or_default();
    let Asked::Resource { group, resource, sub, .. } = Asked::parse(path)? else { return None };
    let verb = match &*call.method {
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "get",
    };
    let namespace = path.split("/namespaces/").nth(1).and_then(|rest| rest.split_once('/')).map(|(name, _)| name);
    Some(Needed {
        verb: verb.to_owned(),
        group: group.to_owned(),
        resource: resource.to_owned(),
        subresource: sub.to_owned(),
        namespace: namespace.unwrap_or_default().into(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_call_takes_the_right_of_its_path() {
        let right = |method: &str, path: &str| {
            let call = Call { target: 0, method: method.into(), path: path.into(), body: Value::Null };
            of_call(&call).map(|needed| {
                let Needed { verb, group, resource, subresource, namespace } = needed;
                format!("{verb} {group}/{resource}/{subresource} in {namespace}")
            })
        };
        assert_eq!(right("PATCH", "/api/v1/nodes/a?fieldManager=x").unwrap(), "patch /nodes/ in ");
        assert_eq!(
            right("DELETE", "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/a").unwrap(),
            "delete networking.k8s.io/networkpolicies/ in shop"
        );
        assert_eq!(
            right("PATCH", "/apis/apps/v1/namespaces/shop/deployments/web/scale").unwrap(),
            "patch apps/deployments/scale in shop"
        );
        assert_eq!(right("ssm:SendCommand", "i-0123"), None);
    }
}
