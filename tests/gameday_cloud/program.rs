//! What the program itself makes of the account.

use podmortem::aws::ecr::{ImageRecord, records};
use podmortem::aws::{Account, machine_at};
use podmortem::kubernetes::ReadOnly;
use podmortem::kubernetes::user::{Known, Sure, User, WhoIs, ask, who_is};
use podmortem::model::facts::NodeKind;
use serde_json::Value;

use super::ground::Ground;

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_node_is_told_or_says_what_it_cannot_give() {
    let ground = Ground::new().await;
    for kind in [NodeKind::Managed, NodeKind::SelfManaged, NodeKind::Auto, NodeKind::Fargate, NodeKind::Hybrid] {
        let node = ground.nodes.iter().find(|node| node.kind == kind).unwrap();
        let is_ec2 = matches!(kind, NodeKind::Managed | NodeKind::SelfManaged | NodeKind::Auto);
        assert_eq!(!node.instance_id.is_empty(), is_ec2, "{kind:?}");
        assert_eq!(node.limits().is_empty(), matches!(kind, NodeKind::Managed | NodeKind::SelfManaged), "{kind:?}");
        if !is_ec2 {
            continue;
        }
        let told = machine_at(ground.entry().place(), &node.instance_id, ReadOnly::closed()).await;
        let machine = told.said.unwrap();
        let instance = machine.instance.said.unwrap();
        assert_eq!(instance.private_ip, node.internal_ip.unwrap().to_string().as_str());
        assert_eq!(instance.operator.is_empty(), kind != NodeKind::Auto);
        assert_eq!(machine.termination_protection.said, Ok(false));
        assert!(machine.shutdown.said.unwrap().terminates());
        assert_eq!(machine.scaling.said.unwrap().is_some(), kind != NodeKind::Auto);
        assert!(!machine.volumes.said.unwrap().is_empty());
        let interfaces = machine.interfaces.said.unwrap();
        assert_eq!(interfaces[0].groups, instance.groups);
        assert_eq!(machine.groups.said.unwrap().len(), 1);
        let role = &machine.roles.said.unwrap()[0];
        assert!(role.attached.iter().any(|policy| policy == "AmazonSSMManagedInstanceCore"));
        assert!(role.trust.contains("ec2.amazonaws.com"));
        assert_eq!(machine.agent.said.unwrap().is_some(), kind != NodeKind::Auto);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn images_and_users_are_told() {
    let ground = Ground::new().await;
    let web = ground.pods.iter().find(|pod| pod.meta.name.starts_with("web-") && pod.containers.len() > 2).unwrap();
    let images: Vec<_> = web.containers.iter().map(|one| (one.image.clone(), one.image_id.clone())).collect();
    let records = records(ground.entry().place(), &images, &ReadOnly::closed()).await;
    for (image, told) in records {
        match told.said.unwrap() {
            ImageRecord::Ecr(record) => {
                assert!(
                    image.contains(".dkr.ecr.us-east-1.") && record.pushed.is_some() && record.tag_moved_to.is_none()
                );
            }
            ImageRecord::Elsewhere { registry } => assert_eq!(registry, "public.ecr.aws"),
        }
    }
    let who = async |user: User, known: Known| {
        let known = ask(&user, &ground.cluster, ReadOnly::closed(), known).await;
        who_is(&user, &known)
    };
    let role = "arn:aws:iam::111122223333:role/shop-storefront".into();
    let annotated = Known { annotated_role: Some(role), ..Known::default() };
    let account = who(User::named("system:serviceaccount:shop:web"), annotated).await;
    assert!(account.links.iter().any(|link| link.says.contains("shop-storefront (IRSA)")), "{account:#?}");
    assert!(account.links.iter().all(|link| link.sure != Sure::Unknown), "{account:#?}");
    let admin = User::named("arn:aws:sts::111122223333:assumed-role/platform-admin/alice");
    let admin = who(admin, Known::default()).await;
    assert_eq!(admin.is, WhoIs::Iam);
    assert!(admin.links.iter().any(|link| link.says.contains("AmazonEKSClusterAdminPolicy")), "{admin:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_plane_is_found_by_its_name_and_by_its_server() {
    let ground = Ground::new().await;
    let entry = ground.entry();
    let account = Account::at(entry.place().unwrap(), ReadOnly::closed()).await.unwrap();
    let by_name = account.control_plane(entry.eks_name(), "").await.unwrap();
    assert_eq!(account.control_plane(None, entry.server()).await.unwrap(), by_name);
    assert!(by_name.logs("audit") && !by_name.logs("scheduler"));
    assert!(account.control_plane(None, "https://127.0.0.1:1").await.is_err());
}

#[tokio::test]
async fn what_was_asked_of_the_cluster_stands_in_its_audit_log() {
    let ground = Ground::new().await;
    let (place, name) = (ground.entry().place().unwrap(), ground.entry().eks_name().unwrap());
    let account = Account::at(place, ReadOnly::closed()).await.unwrap();
    let mut events: Vec<Value> = Vec::new();
    let took = |messages: Vec<String>| events.extend(messages.iter().map(|one| serde_json::from_str(one).unwrap()));
    assert_eq!(account.audit_log(name, jiff::Timestamp::UNIX_EPOCH, took).await, Ok(None));
    let listed = |event: &&Value| event["verb"] == "list" && event["objectRef"]["resource"] == "pods";
    let ours = events.iter().find(listed).unwrap();
    assert!(ours["userAgent"].as_str().unwrap().starts_with("podmortem/test"), "{ours}");
    let soon = jiff::Timestamp::now().checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    assert_eq!(account.audit_log(name, soon, |messages| assert!(messages.is_empty())).await, Ok(None));
    assert!(
        account.audit_log("no-such-cluster", soon, drop).await.unwrap_err().to_string().contains("does not have it")
    );
    let asked = ["logs", "filter-log-events", "--log-group-name", "/aws/eks/shop-prod/cluster"];
    if let Some(answer) = ground.aws(&asked).await {
        assert!(answer.unwrap()["events"].as_array().is_some_and(|events| !events.is_empty()));
    }
}
