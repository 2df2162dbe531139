use jiff::Timestamp;

use super::*;
use crate::config::settings;
use crate::inventory::{ClusterState, KnownAs, Now};
use crate::model::facts::{ContainerFacts, Facts, Meta, NodeFacts, NodeKind, ObjectFacts, Owner, PodFacts, Shape};
use crate::model::finding::{Caller, NamedCluster, NamedKey, NamedUser, NamedWorkload};
use crate::model::{Kind, News, Security, SessionId, Uid, Update};

const SHOP: SessionId = SessionId(0);

fn uid(number: u8) -> Uid {
    Uid::from_bytes([number; 16])
}

fn pod(number: u8, name: &str) -> Facts {
    let mut security = Security::default();
    security.add(Security::PRIVILEGED);
    Facts::Pod(Box::new(PodFacts {
        meta: Meta {
            uid: uid(number),
            namespace: "shop".into(),
            name: name.into(),
            created: 1_000,
            labels: vec![("pod-template-hash".into(), "7d9f".into())],
            owner: Some(Owner { kind: "ReplicaSet".into(), name: "web-7d9f".into(), uid: uid(200) }),
            ..Meta::default()
        },
        service_account: "web".into(),
        node: "ip-10-0-1-5.ec2.internal".into(),
        ips: vec![format!("10.0.1.{number}").parse().unwrap()],
        containers: vec![ContainerFacts {
            image: "1.dkr.ecr.us-east-1.amazonaws.com/shop/web:2".into(),
            ..ContainerFacts::default()
        }],
        security,
        ..PodFacts::default()
    }))
}

fn apply(inventory: &mut Inventory, news: News) {
    inventory.apply(Update { session: SHOP, news }, Now { instant: std::time::Instant::now(), unix: 5_000 });
}

fn inventory() -> Inventory {
    let mut inventory = Inventory::new();
    inventory.open(ClusterState::new(SHOP, "shop-prod".into(), "111122223333".into(), "us-east-1".into()));
    apply(
        &mut inventory,
        News::Facts(Kind::Pod, vec![pod(1, "web-7d9f-a"), pod(2, "web-7d9f-b"), pod(3, "web-7d9f-c")]),
    );
    let node = NodeFacts {
        meta: Meta { uid: uid(100), name: "ip-10-0-1-5.ec2.internal".into(), ..Meta::default() },
        instance_id: "i-0abc".into(),
        kind: NodeKind::Managed,
        ..NodeFacts::default()
    };
    apply(&mut inventory, News::Facts(Kind::Node, vec![Facts::Node(Box::new(node))]));
    let account = ObjectFacts {
        kind: Kind::ServiceAccount,
        meta: Meta { uid: uid(150), namespace: "shop".into(), name: "web".into(), ..Meta::default() },
        shape: Shape::ServiceAccount { role_arn: "arn:aws:iam::1:role/shop-web".into(), automount: true },
    };
    apply(&mut inventory, News::Facts(Kind::ServiceAccount, vec![Facts::Object(Box::new(account))]));
    inventory
}

fn finding(kind: &str, name: &str) -> Finding {
    let mut finding = Finding { account: "111122223333".into(), region: "us-east-1".into(), ..Finding::default() };
    finding.about.cluster = Some(NamedCluster {
        name: "shop-prod".into(),
        arn: "arn:aws:eks:us-east-1:111122223333:cluster/shop-prod".into(),
    });
    finding.about.workloads.push(NamedWorkload {
        kind: kind.into(),
        namespace: "shop".into(),
        name: name.into(),
        ..NamedWorkload::default()
    });
    finding
}

fn resolved(inventory: &Inventory, finding: &Finding) -> Resolution {
    Resolver::new(inventory, &[], &Networks::default()).resolve(finding)
}

#[test]
fn a_deployment_leads_to_pods_node_and_instance() {
    let (inventory, finding) = (inventory(), finding("deployments", "web"));
    let found = resolved(&inventory, &finding);
    assert_eq!(found.of(Step::Cluster).next().unwrap().sure, Sure::Certain);
    assert_eq!(found.pods().count(), 3);
    assert_eq!((found.of(Step::Node).count(), found.of(Step::Instance).next().unwrap().to.as_str()), (1, "i-0abc"));
}

#[test]
fn a_pod_is_certain_by_its_uid_and_doubtful_by_another_s_name() {
    let inventory = inventory();
    let mut by_uid = finding("pods", "web-7d9f-a");
    by_uid.about.workloads[0].uid = Some(uid(1));
    assert_eq!(resolved(&inventory, &by_uid).of(Step::Pod).next().unwrap().sure, Sure::Certain);
    by_uid.about.workloads[0].uid = Some(uid(77));
    let found = resolved(&inventory, &by_uid);
    let pod = found.of(Step::Pod).next().unwrap();
    assert_eq!(pod.sure, Sure::Doubtful);
    assert!(pod.against[0].contains("is gone"), "{pod:?}");
}

#[test]
fn a_pod_that_is_gone_is_found_and_said_to_be() {
    let mut inventory = inventory();
    apply(&mut inventory, News::Gone(Kind::Pod, vec![uid(1)]));
    let found = resolved(&inventory, &finding("pods", "web-7d9f-a"));
    assert!(found.of(Step::Pod).next().unwrap().gone);
    let never = resolved(&inventory, &finding("pods", "web-1"));
    let link = never.of(Step::Pod).next().unwrap();
    assert!(link.gone && link.sure == Sure::Unknown && link.row.is_none());
}

#[test]
fn what_has_changed_since_speaks_against_it() {
    let inventory = inventory();
    let mut finding = finding("deployments", "web");
    finding.last_seen = Timestamp::from_second(500).ok();
    finding.about.workloads[0].images = vec!["shop/other:1".into()];
    let found = resolved(&inventory, &finding);
    let pod = found.of(Step::Pod).next().unwrap();
    assert_eq!((pod.sure, pod.against.len()), (Sure::Doubtful, 2), "{pod:?}");
    finding.about.workloads[0].images = vec!["shop/web:1".into()];
    assert_eq!(resolved(&inventory, &finding).of(Step::Pod).next().unwrap().against.len(), 1);
}

#[test]
fn clusters_are_told_apart_by_account_and_region() {
    let inventory = inventory();
    let mut elsewhere = finding("deployments", "web");
    elsewhere.about.cluster.as_mut().unwrap().arn = "arn:aws:eks:eu-west-1:999:cluster/shop-prod".into();
    let found = resolved(&inventory, &elsewhere);
    let cluster = found.of(Step::Cluster).next().unwrap();
    assert!(cluster.sure == Sure::Unknown && cluster.how.contains("999") && !cluster.against.is_empty(), "{cluster:?}");
    assert_eq!(found.pods().count(), 0);
    let reaches = [Reach {
        label: "eu".into(),
        name: "shop-prod".into(),
        account: "999".into(),
        region: "eu-west-1".into(),
        session: None,
    }];
    let networks = Networks::default();
    let resolver = Resolver::new(&inventory, &reaches, &networks);
    assert_eq!(resolver.place(&elsewhere), Place::Closed);
    assert_eq!(resolver.place(&finding("pods", "x")), Place::Here);
    assert_eq!(resolver.place(&Finding::default()), Place::None);
}

#[test]
fn another_name_of_the_same_cluster_leads_there_too() {
    let mut inventory = inventory();
    let known = KnownAs { name: "prod".into(), account: "111122223333".into(), region: "us-east-1".into() };
    inventory.also_known(SHOP, known);
    let mut finding = finding("deployments", "web");
    finding.about.cluster = Some(NamedCluster { name: "prod".into(), ..NamedCluster::default() });
    assert_eq!(resolved(&inventory, &finding).pods().count(), 3);
}

#[test]
fn a_caller_is_inside_known_or_neither() {
    let inventory = inventory();
    let settings = [settings::Network {
        name: "office".into(),
        ranges: vec!["192.0.2.0/24".into(), "nonsense".into()],
        asns: vec![64_500],
    }];
    let (networks, wrong) = Networks::of(&settings);
    assert_eq!(wrong.len(), 1);
    let resolver = Resolver::new(&inventory, &[], &networks);
    let said = |address: &str, asn: u32| {
        let caller = Caller { addresses: vec![address.into()], asn, ..Caller::default() };
        let finding = Finding { caller: Some(caller), ..finding("deployments", "web") };
        resolver.resolve(&finding).of(Step::Caller).next().unwrap().how.to_string()
    };
    assert!(said("10.0.1.2", 0).contains("pod shop/web-7d9f-b"));
    assert!(said("192.0.2.7", 0).contains("office"));
    assert!(said("198.51.100.1", 64_500).contains("office"));
    assert!(said("10.9.9.9", 0).contains("private"));
    assert!(said("198.51.100.1", 0).contains("on no list"));
    assert!(said("evil", 0).contains("no address"));
}

#[test]
fn every_branch_of_the_tree_of_users() {
    let user = |name: &str, uid: &str, session: &str| {
        let sessions = (!session.is_empty()).then(|| session.into()).into_iter().collect();
        Some(NamedUser { name: name.into(), uid: uid.into(), sessions, ..NamedUser::default() })
    };
    let key = |user_type: &str, principal: &str| {
        Some(NamedKey {
            id: "ASIAX".into(),
            principal: principal.into(),
            user_type: user_type.into(),
            ..NamedKey::default()
        })
    };
    let iam = |id: &str| format!("aws-iam-authenticator:111122223333:{id}");
    for (user, key, kind) in [
        (user("system:anonymous", "", ""), None, UserKind::Anonymous),
        (user("system:serviceaccount:shop:web", "", ""), None, UserKind::ServiceAccount),
        (user("system:node:ip-10-0-1-5.ec2.internal", "", ""), key("Role", "AROAX:i-0abc"), UserKind::Node),
        (user("system:kube-scheduler", "", ""), None, UserKind::Machinery),
        (user("eks:addon-manager", "", ""), None, UserKind::Machinery),
        (user("kubernetes-admin", "", ""), key("Role", "AROAX:i-0abc"), UserKind::InstanceRole),
        (user("kubernetes-admin", "", ""), key("AssumedRole", "AROAX:alice"), UserKind::AssumedRole),
        (user("kubernetes-admin", "", ""), key("IAMUser", "AIDAX"), UserKind::IamUser),
        (user("kubernetes-admin", "", ""), None, UserKind::IamIdentity),
        (user("alice", &iam("AIDAX"), ""), None, UserKind::IamUser),
        (user("admins", &iam("AROAX"), "alice"), None, UserKind::AssumedRole),
        (user("nodes", &iam("AROAX"), "i-0abc"), None, UserKind::InstanceRole),
        (user("https://idp.example#alice", "", ""), None, UserKind::Oidc),
        (None, key("Root", "111122223333"), UserKind::Root),
        (None, key("AWSService", ""), UserKind::AwsService),
        (None, key("", "AROAX:bob"), UserKind::AssumedRole),
    ] {
        let mut finding = Finding::default();
        finding.about.user = user.clone();
        finding.about.key = key.clone();
        let who = who(&finding).unwrap();
        assert_eq!(who.kind, kind, "{user:?} {key:?}: {}", who.why);
        assert!(!who.next.is_empty() && !who.why.is_empty());
    }
    assert_eq!(who(&Finding::default()), None);
}

#[test]
fn a_service_account_says_its_role_and_its_pods() {
    let inventory = inventory();
    let mut finding = finding("deployments", "web");
    finding.about.user = Some(NamedUser { name: "system:serviceaccount:shop:web".into(), ..NamedUser::default() });
    let found = resolved(&inventory, &finding);
    let user = found.of(Step::User).next().unwrap();
    assert!(user.how.contains("3 pods") && user.how.contains("shop-web") && user.sure == Sure::Certain, "{user:?}");
}

#[test]
fn a_finding_without_a_cluster_is_looked_for_where_only_one_is_open() {
    let mut inventory = inventory();
    let mut finding = finding("pods", "web-7d9f-a");
    finding.about.cluster = None;
    assert_eq!(resolved(&inventory, &finding).of(Step::Cluster).next().unwrap().sure, Sure::Likely);
    inventory.open(ClusterState::new(SessionId(1), "other".into(), Clean::default(), Clean::default()));
    let found = resolved(&inventory, &finding);
    assert_eq!((found.of(Step::Cluster).next().unwrap().sure, found.pods().count()), (Sure::Unknown, 0));
}

#[test]
fn what_a_rule_saw_leads_to_its_rows_and_to_nothing_of_the_same_name() {
    use crate::findings::{observed, rules};
    let inventory = inventory();
    let rights = Default::default();
    let seen =
        observed(&rules::observe(&rules::World::whole(&inventory, &rights, &[])), &inventory, Timestamp::UNIX_EPOCH);
    let privileged = seen.iter().find(|one| one.kind == "privileged").unwrap();
    let networks = Networks::default();
    let resolver = Resolver::new(&inventory, &[], &networks);
    let found = resolver.resolve(privileged);
    let told: Vec<_> = found.links.iter().map(|link| (link.step, link.to.as_str(), link.sure)).collect();
    let certain = |step, to| (step, to, Sure::Certain);
    assert_eq!(
        told,
        [
            certain(Step::Cluster, "shop-prod"),
            certain(Step::Workload, "deployments/shop/web"),
            certain(Step::Pod, "shop/web-7d9f-a"),
            certain(Step::Pod, "shop/web-7d9f-b"),
            certain(Step::Pod, "shop/web-7d9f-c"),
            certain(Step::Node, "ip-10-0-1-5.ec2.internal"),
            certain(Step::Instance, "i-0abc"),
            certain(Step::User, "shop/web"),
        ]
    );
    assert!(found.links.iter().skip(2).all(|link| link.row.is_some()));
    assert!(found.links[7].how.contains("3 pods run as it, IAM role arn:aws:iam::1:role/shop-web"));
    assert_eq!(resolver.place(privileged), Place::Here);
}
