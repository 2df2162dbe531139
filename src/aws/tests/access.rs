//! Access entries, identity providers and pod identities: moto has none of them.

use serde_json::json;

use super::scripted::Scripted;
use crate::aws::Unsaid;
use crate::aws::access::{Association, Grant};

const ADMIN: &str = "arn:aws:iam::111122223333:role/ops/Admin";

#[tokio::test]
async fn entries_come_page_by_page_with_their_policies() {
    let entry = json!({"accessEntry": {
        "clusterName": "shop", "principalArn": ADMIN, "kubernetesGroups": ["ops"], "type": "STANDARD",
        "accessEntryArn": "arn:aws:eks:eu-west-1:111122223333:access-entry/shop/role/111122223333/Admin/5eed",
        "createdAt": 1_716_854_656.938_f64, "modifiedAt": 1_716_854_656.938_f64, "tags": {},
        "username": "arn:aws:sts::111122223333:assumed-role/Admin/{{SessionName}}",
    }});
    let policies = json!({"clusterName": "shop", "principalArn": ADMIN, "associatedAccessPolicies": [
        {"policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy",
         "accessScope": {"type": "namespace", "namespaces": ["shop", "web"]}, "associatedAt": 1_716_854_656.938_f64},
    ]});
    let node = json!({"accessEntry": {"principalArn": "arn:aws:iam::111122223333:role/node", "type": "EC2_LINUX",
        "username": "system:node:{{EC2PrivateDNSName}}", "kubernetesGroups": ["system:nodes"]}});
    let scripted = Scripted::new(vec![
        ("Admin/access-policies", 200, "", policies.to_string()),
        ("/access-policies", 200, "", json!({"associatedAccessPolicies": []}).to_string()),
        ("access-entries/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fops%2FAdmin", 200, "", entry.to_string()),
        ("role%2Fnode", 200, "", node.to_string()),
        ("nextToken=second", 200, "", json!({"accessEntries": ["arn:aws:iam::111122223333:role/node"]}).to_string()),
        ("/access-entries", 200, "", json!({"accessEntries": [ADMIN], "nextToken": "second"}).to_string()),
    ])
    .await;
    let entries = scripted.account().await.access_entries("shop").await.unwrap();
    assert_eq!(entries.len(), 2);
    assert_eq!((entries[0].principal.as_str(), entries[0].kind.as_str()), (ADMIN, "STANDARD"));
    assert_eq!(entries[0].groups, ["ops"]);
    let policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy".into();
    assert_eq!(entries[0].grants, [Grant { policy, namespaces: vec!["shop".into(), "web".into()] }]);
    assert_eq!(entries[1].username, "system:node:{{EC2PrivateDNSName}}");
}

#[tokio::test]
async fn providers_and_associations_are_described() {
    let config = json!({"identityProviderConfig": {"oidc": {
        "identityProviderConfigName": "corp", "clusterName": "shop", "issuerUrl": "https://id.example",
        "clientId": "kubernetes", "usernameClaim": "email", "usernamePrefix": "corp:", "groupsPrefix": "corp:",
        "requiredClaims": {}, "tags": {}, "status": "ACTIVE",
    }}});
    let association = json!({"association": {
        "clusterName": "shop", "namespace": "shop", "serviceAccount": "web", "associationId": "a-1",
        "roleArn": "arn:aws:iam::111122223333:role/web", "targetRoleArn": "arn:aws:iam::444455556666:role/far",
        "disableSessionTags": true, "tags": {},
    }});
    let scripted = Scripted::new(vec![
        ("/identity-provider-configs/describe", 200, "", config.to_string()),
        (
            "/identity-provider-configs",
            200,
            "",
            json!({"identityProviderConfigs": [{"type": "oidc", "name": "corp"}]}).to_string(),
        ),
        ("/pod-identity-associations/a-1", 200, "", association.to_string()),
        ("serviceAccount=web", 200, "", json!({"associations": [{"associationId": "a-1"}]}).to_string()),
    ])
    .await;
    let account = scripted.account().await;
    let providers = account.identity_providers("shop").await.unwrap();
    assert_eq!((providers[0].issuer.as_str(), providers[0].prefix().as_str()), ("https://id.example", "corp:"));
    let associations = account.pod_identities("shop", Some(("shop", "web"))).await.unwrap();
    let role = "arn:aws:iam::111122223333:role/web".into();
    let target_role = "arn:aws:iam::444455556666:role/far".into();
    assert_eq!(
        associations,
        [Association {
            id: "a-1".into(),
            namespace: "shop".into(),
            account: "web".into(),
            role,
            target_role,
            tags_sessions: false
        }]
    );
}

#[tokio::test]
async fn a_cluster_without_entries_and_a_denial_are_told_apart() {
    let mode = json!({"message": "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation."});
    let scripted = Scripted::new(vec![
        ("/clusters/old/", 400, "x-amzn-errortype: InvalidRequestException\r\n", mode.to_string()),
        ("/clusters/far/", 403, "x-amzn-errortype: AccessDeniedException\r\n", json!({"message": "no"}).to_string()),
        ("/clusters/busy/", 429, "x-amzn-errortype: ThrottlingException\r\n", json!({"message": "slow"}).to_string()),
    ])
    .await;
    let account = scripted.account().await;
    let why = |cluster: &'static str| {
        let account = account.clone();
        async move { account.access_entries(cluster).await.unwrap_err() }
    };
    let old = why("old").await;
    assert!(matches!(&old, Unsaid::Failed { .. }) && old.to_string().contains("authentication mode"), "{old}");
    let far = why("far").await.to_string();
    assert!(far.contains("eks:ListAccessEntries is not allowed to the default profile in eu-west-1"), "{far}");
    assert!(matches!(why("busy").await, Unsaid::Throttled { .. }));
    assert!(scripted.saw("/clusters/busy/") > 1, "a throttled call is tried again");
    assert_eq!(scripted.saw("/clusters/far/"), 1);
}
