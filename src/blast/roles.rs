//! IAM roles within reach, by name. What they may do only IAM tells.

use serde::Serialize;

use super::facts::Iam;
use crate::inventory::Inventory;
use crate::model::facts::{Given, IRSA, NodeFacts, POD_IDENTITY, Shape};
use crate::model::{Clean, Kind, SessionId};

/// A role within reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IamRole {
    /// Its ARN or name; empty where only AWS knows it.
    pub role: Clean,
    /// How it is reached.
    pub through: Clean,
    /// Where its name can be had, where it is not known here.
    pub ask: Option<Clean>,
}

/// The role that a service account's annotation names (IAM roles for service accounts).
pub fn annotated(inventory: &Inventory, session: SessionId, namespace: &str, name: &str) -> Option<Clean> {
    let accounts = inventory.objects(Kind::ServiceAccount).iter().map(|(_, row)| row);
    let mut own = accounts.filter(|row| {
        row.session == session && *row.facts.meta.namespace == *namespace && *row.facts.meta.name == *name
    });
    match &own.next()?.facts.shape {
        Shape::ServiceAccount { role_arn, .. } if !role_arn.is_empty() => Some(role_arn.clone()),
        _ => None,
    }
}

/// The roles of a service account, with the tokens that a pod mounts for them where one is given.
pub fn of_account(
    inventory: &Inventory,
    iam: &Iam,
    session: SessionId,
    (namespace, name): (&str, &str),
    given: Option<&Given>,
) -> Vec<IamRole> {
    let has = |audience: &str| given.is_some_and(|given| given.audiences.iter().any(|one| *one == *audience));
    let mut roles = Vec::new();
    if let Some(role) = annotated(inventory, session, namespace, name) {
        let token = match given {
            Some(_) if has(IRSA) => ", and its token is mounted",
            Some(_) => ", but no token for it is mounted: the pod is older than the annotation, or says otherwise",
            None => "",
        };
        let through = format!("IAM role for service accounts of {namespace}/{name}{token}");
        roles.push(IamRole { role, through: through.into(), ask: None });
    } else if has(IRSA) {
        let through = format!("a token for AWS STS of {namespace}/{name} is mounted, and no annotation names a role");
        let ask =
            "read AWS_ROLE_ARN in the pod's specification, or the roles that trust the cluster's OIDC provider".into();
        roles.push(IamRole { role: Clean::default(), through: through.into(), ask: Some(ask) });
    }
    let key = (Clean::from(namespace), Clean::from(name));
    let associated = iam.associations.as_ref().and_then(|all| all.get(&key));
    if let Some(role) = associated {
        roles.push(IamRole {
            role: role.clone(),
            through: format!("EKS Pod Identity of {namespace}/{name}").into(),
            ask: None,
        });
    } else if has(POD_IDENTITY) {
        let ask = format!("aws eks list-pod-identity-associations --namespace {namespace} --service-account {name}");
        let through = format!("EKS Pod Identity of {namespace}/{name}: its token is mounted");
        roles.push(IamRole { role: Clean::default(), through: through.into(), ask: Some(ask.into()) });
    }
    roles
}

/// The role of a node's instance; none where its account says that it has none.
pub fn of_node(iam: &Iam, node: &NodeFacts, through: &str) -> Option<IamRole> {
    if node.instance_id.is_empty() {
        return None;
    }
    let (role, ask) = match iam.instances.get(&node.instance_id) {
        Some(none) if none.is_empty() => return None,
        Some(role) => (role.clone(), None),
        None => {
            let instance = &node.instance_id;
            let ask = format!("aws ec2 describe-instances --instance-ids {instance} names its instance profile");
            (Clean::default(), Some(ask.into()))
        }
    };
    Some(IamRole { role, through: format!("role of the instance {}: {through}", node.instance_id).into(), ask })
}
