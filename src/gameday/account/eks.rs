//! Amazon EKS: the twin's clusters, what they log, and who is let into them.

mod update;

use std::sync::Arc;

use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{is_true, items};
use super::super::random::Random;
use super::instance::{id, instances, node_role, role_arn, security_group};
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

pub(super) use self::update::Updates;

/// Does what is asked.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    let path: Vec<_> = request.path.iter().map(String::as_str).collect();
    let here = || account.clusters.iter().filter(|cluster| cluster.region == request.region);
    let named = |name: &str| {
        let found = here().find(|cluster| cluster.name == name);
        found.ok_or_else(|| absent(format!("No cluster found for name: {name}.")))
    };
    let answer = match path.as_slice() {
        ["clusters"] => json!({"clusters": here().map(|cluster| cluster.name).collect::<Vec<_>>()}),
        ["clusters", name] => json!({"cluster": described(account, named(name)?)}),
        ["clusters", name, "update-config"] => {
            json!({"update": account.updates.begin(named(name)?, &request.body)?})
        }
        ["clusters", name, "updates"] => json!({"updateIds": account.updates.ids(named(name)?)}),
        ["clusters", name, "updates", id] => {
            let found = account.updates.get(named(name)?, id);
            json!({"update": found.ok_or_else(|| absent(format!("No update found for ID: {id}")))?})
        }
        ["clusters", name, "access-entries"] => {
            let entries = entries(named(name)?);
            json!({"accessEntries": entries.iter().filter_map(|entry| entry.get("principalArn")).collect::<Vec<_>>()})
        }
        ["clusters", name, "access-entries", principal] => json!({"accessEntry": entry(named(name)?, principal)?}),
        ["clusters", name, "access-entries", principal, "access-policies"] => {
            entry(named(name)?, principal)?;
            json!({"clusterName": name, "principalArn": principal, "associatedAccessPolicies": policies(principal)})
        }
        ["clusters", name, "identity-provider-configs"] => {
            named(name)?;
            json!({"identityProviderConfigs": []})
        }
        ["clusters", name, "pod-identity-associations"] => {
            named(name)?;
            json!({"associations": []})
        }
        other => return Err(absent(format!("no such path: /{}", other.join("/")))),
    };
    Ok(Answer::Json(answer))
}

fn absent(message: String) -> Fault {
    Fault::new("ResourceNotFoundException", message)
}

/// The issuer of a cluster's tokens for service accounts, without its scheme.
pub(super) fn issuer(cluster: &Cluster) -> String {
    let id = Random::named(0, &format!("{} issuer", cluster.name)).hex(32).to_uppercase();
    format!("oidc.eks.{}.amazonaws.com/id/{id}", cluster.region)
}

/// Whether a cluster sends anything of its control plane's logs away.
pub(super) fn logs(account: &Account, cluster: &Cluster) -> bool {
    let (logging, _) = account.updates.logging(cluster);
    items(&logging, "/clusterLogging").iter().any(|setup| is_true(setup, "/enabled"))
}

fn described(account: &Account, cluster: &Arc<Cluster>) -> Value {
    let (server, authority) = account
        .servers
        .iter()
        .find(|(name, ..)| *name == cluster.name)
        .map_or_else(Default::default, |(_, server, authority)| (server.clone(), authority.clone()));
    let (logging, is_changing) = account.updates.logging(cluster);
    let version = instances(account, cluster.region)
        .first()
        .map(|one| super::super::json::text(&one.node, "/status/nodeInfo/kubeletVersion").to_owned());
    let version = version.as_deref().and_then(|version| version.strip_prefix('v')).unwrap_or("1.36");
    let subnets = ["a", "b", "c"].map(|zone| id("subnet", &format!("{} {}{zone}", cluster.name, cluster.region)));
    json!({
        "name": cluster.name, "arn": format!("arn:aws:eks:{}:{ACCOUNT}:cluster/{}", cluster.region, cluster.name),
        "version": version.splitn(3, '.').take(2).collect::<Vec<_>>().join("."),
        "status": if is_changing { "UPDATING" } else { "ACTIVE" },
        "endpoint": server, "certificateAuthority": {"data": authority},
        "roleArn": role_arn(&format!("{}-cluster", cluster.name)), "platformVersion": "eks.7",
        "logging": logging, "identity": {"oidc": {"issuer": format!("https://{}", issuer(cluster))}},
        "accessConfig": {"authenticationMode": "API"},
        "resourcesVpcConfig": {
            "vpcId": id("vpc", cluster.name), "clusterSecurityGroupId": security_group(cluster).0,
            "endpointPublicAccess": true, "endpointPrivateAccess": true, "publicAccessCidrs": ["0.0.0.0/0"],
            "subnetIds": subnets,
        },
        "tags": {},
    })
}

/// Those who are let in: the nodes, Fargate's pods, and the people of the game.
fn entries(cluster: &Cluster) -> Vec<Value> {
    let entry = |role: &str, kind: &str, username: &str, groups: &[&str]| {
        json!({
            "clusterName": cluster.name, "principalArn": role_arn(role), "kubernetesGroups": groups, "username": username, "type": kind,
            "accessEntryArn": format!("arn:aws:eks:{}:{ACCOUNT}:access-entry/{}/role/{ACCOUNT}/{role}", cluster.region, cluster.name),
            "tags": {},
        })
    };
    let session = |role: &str| format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{{{{SessionName}}}}");
    vec![
        entry(&node_role(cluster), "EC2_LINUX", "system:node:{{EC2PrivateDNSName}}", &["system:nodes"]),
        entry(
            &format!("{}-fargate", cluster.name),
            "FARGATE_LINUX",
            "system:node:{{SessionName}}",
            &["system:nodes", "system:node-proxier"],
        ),
        entry("platform-admin", "STANDARD", &session("platform-admin"), &[]),
        entry("responder", "STANDARD", "responder", &["responders"]),
        entry("observer", "STANDARD", "observer", &["observers"]),
    ]
}

fn entry(cluster: &Cluster, principal: &str) -> Result<Value, Fault> {
    let found =
        entries(cluster).into_iter().find(|entry| entry.get("principalArn").is_some_and(|arn| arn == principal));
    found.ok_or_else(|| absent(format!("The specified principalArn could not be found: {principal}")))
}

fn policies(principal: &str) -> Value {
    if principal != role_arn("platform-admin") {
        return json!([]);
    }
    json!([{
        "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        "accessScope": {"type": "cluster", "namespaces": []},
    }])
}
