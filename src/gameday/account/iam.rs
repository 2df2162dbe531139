//! AWS IAM and AWS STS: the roles of nodes and of service accounts, and who asks.

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{pairs, text};
use super::instance::{node_role, role_arn};
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";

/// What EKS asks of the role of a node, and what lets Systems Manager reach it.
const NODE_POLICIES: [&str; 4] = [
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonSSMManagedInstanceCore",
];

/// A role of the account.
enum Role {
    /// Of the nodes of a cluster.
    Node,
    /// Of a service account: namespace, name, and the cluster whose issuer is trusted.
    Account(String, String, Arc<Cluster>),
}

/// Who asks, as `GetCallerIdentity` tells.
pub(super) fn caller(request: &Request) -> Result<Answer, Fault> {
    if request.operation != "GetCallerIdentity" {
        return Err(Fault::new("InvalidAction", format!("Could not find operation {}", request.operation)));
    }
    let answer = json!({
        "Arn": format!("arn:aws:sts::{ACCOUNT}:assumed-role/responder/game-day"),
        "UserId": "AROAGAMEDAYGAMEDAYGAM:game-day", "Account": ACCOUNT,
    });
    Ok(Answer::Query(answer, "https://sts.amazonaws.com/doc/2011-06-15/"))
}

/// What the policies of who plays the game allow: everything that this account takes.
fn simulated(request: &Request) -> Result<Value, Fault> {
    let who = request.get("PolicySourceArn");
    if who != role_arn("responder") {
        return Err(absent(&format!("{who} cannot be found.")));
    }
    let resources = match request.list("ResourceArns") {
        all if all.is_empty() => vec!["*"],
        all => all,
    };
    let actions = request.list("ActionNames");
    let results = actions.iter().flat_map(|action| {
        let result = |resource: &&str| {
            json!({
                "EvalActionName": action, "EvalResourceName": resource, "EvalDecision": "allowed",
                "MatchedStatements": [], "MissingContextValues": [],
            })
        };
        resources.iter().map(result).collect::<Vec<_>>()
    });
    Ok(json!({"EvaluationResults": results.collect::<Vec<_>>(), "IsTruncated": false}))
}

/// Does what is asked of IAM.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    let name = request.get("RoleName");
    let answer = match request.operation.as_str() {
        "GetInstanceProfile" => {
            let profile = request.get("InstanceProfileName");
            let known = account.clusters.iter().any(|cluster| node_role(cluster) == profile);
            if !known {
                return Err(absent(&format!("Instance Profile {profile} cannot be found.")));
            }
            json!({"InstanceProfile": {
                "InstanceProfileName": profile, "InstanceProfileId": "AIPAGAMEDAYGAMEDAY", "Path": "/", "CreateDate": MADE,
                "Arn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/{profile}"),
                "Roles": [described(profile, &Role::Node)],
            }})
        }
        "GetRole" => json!({"Role": described(name, &role(account, name)?)}),
        "ListAttachedRolePolicies" => {
            let policies: &[&str] = match role(account, name)? {
                Role::Node => &NODE_POLICIES,
                Role::Account(..) => &[],
            };
            let listed = policies
                .iter()
                .map(|policy| json!({"PolicyName": policy, "PolicyArn": format!("arn:aws:iam::aws:policy/{policy}")}));
            json!({"AttachedPolicies": listed.collect::<Vec<_>>(), "IsTruncated": false})
        }
        "ListRolePolicies" => {
            let inline = match role(account, name)? {
                Role::Node => Vec::new(),
                Role::Account(..) => vec![name],
            };
            json!({"PolicyNames": inline, "IsTruncated": false})
        }
        "SimulatePrincipalPolicy" => simulated(request)?,
        other => return Err(Fault::new("InvalidAction", format!("Could not find operation {other}"))),
    };
    Ok(Answer::Query(answer, NAMESPACE))
}

const MADE: &str = "2026-02-11T08:00:00Z";

fn absent(message: &str) -> Fault {
    Fault::new("NoSuchEntity", message)
}

/// The role of a name: of nodes, or one that a service account is annotated with.
fn role(account: &Account, name: &str) -> Result<Role, Fault> {
    if account.clusters.iter().any(|cluster| node_role(cluster) == name) {
        return Ok(Role::Node);
    }
    let arn = role_arn(name);
    for cluster in &account.clusters {
        let accounts = cluster.store().list("ServiceAccount", None);
        let bound = accounts.iter().find(|one| {
            pairs(one, "/metadata/annotations").any(|(key, value)| key == "eks.amazonaws.com/role-arn" && value == arn)
        });
        if let Some(bound) = bound {
            let (namespace, name) = (text(bound, "/metadata/namespace"), text(bound, "/metadata/name"));
            return Ok(Role::Account(namespace.to_owned(), name.to_owned(), Arc::clone(cluster)));
        }
    }
    Err(absent(&format!("The role with name {name} cannot be found.")))
}

fn described(name: &str, role: &Role) -> Value {
    let statement = match role {
        Role::Node => {
            json!({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
        }
        Role::Account(namespace, account, cluster) => {
            let issuer = super::eks::issuer(cluster);
            let subject = format!("system:serviceaccount:{namespace}:{account}");
            json!({
                "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": {"Federated": format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{issuer}")},
                "Condition": {"StringEquals": {format!("{issuer}:sub"): subject, format!("{issuer}:aud"): "sts.amazonaws.com"}},
            })
        }
    };
    let trust = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    json!({
        "RoleName": name, "RoleId": "AROAGAMEDAYGAMEDAYGAM", "Path": "/", "Arn": role_arn(name), "CreateDate": MADE,
        "AssumeRolePolicyDocument": trust.replace('%', "%25"), "MaxSessionDuration": 3600,
    })
}
