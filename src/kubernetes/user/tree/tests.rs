//! Every branch of the decision.

use super::*;
use crate::aws::access::{AccessEntry, Association, AuthMap, Grant, Provider};
use crate::aws::{Told, Unsaid};
use crate::model::Clean;

fn entry(principal: &str, kind: &str, username: &str) -> AccessEntry {
    AccessEntry { principal: principal.into(), kind: kind.into(), username: username.into(), ..AccessEntry::default() }
}

/// Facts that are all known, and empty.
fn nothing() -> Known {
    Known {
        entries: Told::now(Ok(Vec::new())),
        map: Told::now(Ok(None)),
        providers: Told::now(Ok(Vec::new())),
        associations: Told::now(Ok(Vec::new())),
        annotated_role: Some(Clean::default()),
        instance: None,
    }
}

fn mapped(data: &str) -> Known {
    let map = AuthMap::read(&serde_yaml::from_str(&format!("data:\n{data}")).unwrap());
    Known { map: Told::now(Ok(Some(map))), ..nothing() }
}

fn says(answer: &Answer, text: &str) -> Sure {
    let found = answer.links.iter().find(|link| link.says.contains(text));
    found.unwrap_or_else(|| panic!("{text:?} is not in {answer:#?}")).sure
}

fn revokes(answer: &Answer, text: &str) {
    assert!(answer.revoke.iter().any(|what| what.contains(text)), "{text:?} is not in {:#?}", answer.revoke);
}

#[test]
fn nobody_is_nobody_by_name_or_by_group() {
    let by_group = User { groups: vec!["system:unauthenticated".into()], ..User::named("x") };
    for user in [User::named("system:anonymous"), by_group] {
        let answer = who_is(&user, &nothing());
        assert_eq!(answer.is, WhoIs::Anonymous);
        revokes(&answer, "remove-anonymous");
    }
}

#[test]
fn a_service_account_takes_its_annotated_role() {
    let role = "arn:aws:iam::123456789012:role/shop-web";
    let known = Known { annotated_role: Some(role.into()), ..nothing() };
    let answer = who_is(&User::named("system:serviceaccount:shop:web"), &known);
    assert_eq!(answer.is, WhoIs::ServiceAccount);
    assert_eq!(says(&answer, "shop/web"), Sure::Certain);
    assert_eq!(says(&answer, "shop-web (IRSA)"), Sure::Certain);
    revokes(&answer, "end-tokens");
}

#[test]
fn a_service_account_takes_the_role_of_its_association() {
    let one = |tags_sessions| {
        let role = "arn:aws:iam::1:role/web".into();
        let association = Association {
            id: "a-1".into(),
            role,
            target_role: "arn:aws:iam::2:role/far".into(),
            tags_sessions,
            ..Association::default()
        };
        who_is(
            &User::named("system:serviceaccount:shop:web"),
            &Known { associations: Told::now(Ok(vec![association])), ..nothing() },
        )
    };
    says(&one(true), "and arn:aws:iam::2:role/far from there (Pod Identity)");
    revokes(&one(true), "one pod can be denied alone");
    revokes(&one(false), "one pod cannot be denied alone");
}

#[test]
fn a_service_account_without_a_role_has_at_most_its_nodes() {
    let user = User::named("system:serviceaccount:shop:api");
    assert_eq!(says(&who_is(&user, &nothing()), "its node's role"), Sure::Likely);
    let denied = Unsaid::NotAsked("denied".into());
    let unknown = Known { associations: Told::now(Err(denied)), annotated_role: None, ..nothing() };
    let answer = who_is(&user, &unknown);
    assert_eq!(says(&answer, "Pod Identity: not known"), Sure::Unknown);
    assert_eq!(says(&answer, "IRSA role: not known"), Sure::Unknown);
    assert!(answer.links.iter().all(|link| !link.says.contains("its node's role")));
}

#[test]
fn a_node_is_led_to_its_instance_and_its_entry_is_left() {
    let known = Known {
        entries: Told::now(Ok(vec![entry(
            "arn:aws:iam::1:role/node",
            "EC2_LINUX",
            "system:node:{{EC2PrivateDNSName}}",
        )])),
        instance: Some("i-0123456789abcdef0".into()),
        ..nothing()
    };
    let answer = who_is(&User::named("system:node:ip-10-0-1-1.ec2.internal"), &known);
    assert_eq!(answer.is, WhoIs::Node);
    says(&answer, "instance i-0123456789abcdef0");
    says(&answer, "access entry of arn:aws:iam::1:role/node (EC2_LINUX)");
    assert!(answer.revoke.iter().all(|what| !what.contains("delete the access entry")), "{:?}", answer.revoke);
    let gone = who_is(&User::named("system:node:gone"), &nothing());
    assert_eq!(says(&gone, "instance: not known"), Sure::Unknown);
    let bare = Known { instance: Some(Clean::default()), ..nothing() };
    says(&who_is(&User::named("system:node:fargate-1"), &bare), "no EC2 instance");
}

#[test]
fn parts_of_the_control_plane_are_nobodys_to_revoke() {
    for (name, says_so) in [("eks:addon-manager", "EKS itself"), ("system:kube-scheduler", "part of Kubernetes")] {
        let answer = who_is(&User::named(name), &nothing());
        assert_eq!(answer.is, WhoIs::System);
        says(&answer, says_so);
    }
}

#[test]
fn an_identity_is_found_by_its_access_entry() {
    let mut admins =
        entry("arn:aws:iam::1:role/ops/Admin", "STANDARD", "arn:aws:sts::1:assumed-role/Admin/{{SessionName}}");
    let policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy".into();
    admins.grants = vec![Grant { policy, namespaces: Vec::new() }];
    let known = Known { entries: Told::now(Ok(vec![admins])), ..nothing() };
    let answer = who_is(&User::named("arn:aws:sts::1:assumed-role/Admin/alice"), &known);
    assert_eq!(answer.is, WhoIs::Iam);
    says(&answer, "access entry of arn:aws:iam::1:role/ops/Admin");
    assert_eq!(says(&answer, "AmazonEKSClusterAdminPolicy in the whole cluster"), Sure::Likely);
    revokes(&answer, "delete the access entry of arn:aws:iam::1:role/ops/Admin");
    revokes(&answer, "session alice");
}

#[test]
fn an_identity_is_found_by_its_line_of_aws_auth() {
    let users = "  mapUsers: |\n    - userarn: arn:aws:iam::1:user/admin\n      username: admin\n      groups: [system:masters]\n";
    let answer = who_is(&User::named("admin"), &mapped(users));
    assert_eq!((answer.is, says(&answer, "mapUsers of arn:aws:iam::1:user/admin")), (WhoIs::Iam, Sure::Likely));
    revokes(&answer, "out of mapUsers in kube-system/aws-auth");
    let told = User { arn: "arn:aws:iam::1:user/admin".into(), access_key: "AKIA1".into(), ..User::named("admin") };
    let answer = who_is(&told, &mapped(users));
    assert_eq!(says(&answer, "mapUsers of"), Sure::Certain);
    revokes(&answer, "access key AKIA1 of arn:aws:iam::1:user/admin");
    let both = Known {
        entries: Told::now(Ok(vec![entry("arn:aws:iam::1:user/admin", "STANDARD", "admin")])),
        ..mapped(users)
    };
    let answer = who_is(&told, &both);
    assert!(answer.links.iter().any(|link| link.how.contains("overrules")), "{answer:#?}");
}

#[test]
fn what_is_wrong_with_aws_auth_is_told_with_who_it_lets_in() {
    let answer =
        who_is(&User::named("admin"), &mapped("  mapusers: |\n    - userarn: a\n  mapAccounts: |\n    - '1'\n"));
    assert_eq!(says(&answer, "aws-auth is wrong"), Sure::Certain);
    let of_account = who_is(&User::named("arn:aws:iam::1:user/bob"), &mapped("  mapAccounts: |\n    - '1'\n"));
    says(&of_account, "all of account 1");
    let user = User::named("corp-alice");
    let like =
        mapped("  mapRoles: |\n    - rolearnLike: arn:aws:iam::1:role/*\n      username: corp-{{SessionName}}\n");
    says(&who_is(&user, &like), "mapRoles of arn:aws:iam::1:role/*");
}

#[test]
fn the_creator_of_a_cluster_stands_in_no_list() {
    let answer = who_is(&User::named("kubernetes-admin"), &nothing());
    assert_eq!((answer.is, says(&answer, "created the cluster")), (WhoIs::Iam, Sure::Likely));
    revokes(&answer, "CreateCluster");
    let told = User { arn: "arn:aws:iam::1:user/admin".into(), ..User::named("kubernetes-admin") };
    revokes(&who_is(&told, &nothing()), "access keys of arn:aws:iam::1:user/admin");
}

#[test]
fn credentials_of_an_instance_lead_to_the_instance() {
    let arn = "arn:aws:sts::1:assumed-role/node/i-0123456789abcdef0";
    let answer = who_is(&User { arn: arn.into(), ..User::named("kubernetes-admin") }, &nothing());
    assert_eq!(says(&answer, "credentials of instance i-0123456789abcdef0"), Sure::Certain);
    revokes(&answer, "treat instance i-0123456789abcdef0 as compromised");
}

#[test]
fn a_person_of_a_provider_is_told_by_what_stands_before_the_name() {
    let provider = |claim: &str, prefix: &str| Provider {
        name: "corp".into(),
        issuer: "https://id.example".into(),
        username_claim: claim.into(),
        username_prefix: prefix.into(),
        ..Provider::default()
    };
    let known = |provider| Known { providers: Told::now(Ok(vec![provider])), ..nothing() };
    let prefixed = who_is(&User::named("corp:alice"), &known(provider("sub", "corp:")));
    assert_eq!((prefixed.is, says(&prefixed, "OIDC provider corp")), (WhoIs::Oidc, Sure::Certain));
    let mail = who_is(&User::named("alice@example.com"), &known(provider("email", "")));
    assert_eq!((mail.is, says(&mail, "OIDC provider corp")), (WhoIs::Oidc, Sure::Likely));
    let any = who_is(&User::named("alice"), &known(provider("sub", "-")));
    assert_eq!(says(&any, "OIDC provider corp"), Sure::Possible);
    let other = who_is(&User::named("alice@example.com"), &known(provider("sub", "corp:")));
    assert_eq!((other.is, says(&other, "no OIDC user")), (WhoIs::Unknown, Sure::Certain));
}

#[test]
fn what_could_not_be_asked_is_not_taken_for_an_answer() {
    let answer = who_is(&User::named("alice"), &Known::default());
    assert_eq!(answer.is, WhoIs::Unknown);
    for what in ["access entries: not known", "aws-auth: not known", "OIDC providers: not known"] {
        assert_eq!(says(&answer, what), Sure::Unknown);
    }
    assert_eq!(says(&answer, "client certificate"), Sure::Possible);
}
