//! The account around the embedded clusters, as the `aws` command line reads it where there is one, and as the
//! program does.
#![cfg(feature = "gameday")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says where and stops"
)]

use std::process::Command;

use podmortem::aws::ecr::{ImageRecord, records};
use podmortem::aws::rights::Decision;
use podmortem::aws::{Account, machine_at};
use podmortem::gameday::{GameDay, Scenario};
use podmortem::kubernetes::user::{Known, Sure, User, WhoIs, ask, who_is};
use podmortem::kubernetes::{Cluster, Entry, ReadOnly, contexts, facts_of_list};
use podmortem::model::facts::{Facts, NodeFacts, NodeKind, PodFacts};
use podmortem::model::{Kind, SessionId, Target};
use podmortem::response::Site;
use serde_json::Value;

struct Ground {
    day: GameDay,
    cluster: Cluster,
    nodes: Vec<NodeFacts>,
    pods: Vec<PodFacts>,
}

impl Ground {
    async fn new() -> Self {
        let day = GameDay::start(Scenario::still(), 1).await.unwrap();
        let entry = contexts(Some(day.kubeconfig_path())).unwrap().remove(0);
        let cluster = Cluster::new(SessionId(0), entry, ReadOnly::closed(), "podmortem/test").unwrap();
        let (nodes, _) =
            facts_of_list(Kind::Node, &cluster.read().list(Kind::Node, "", "", "").await.unwrap()).unwrap();
        let (pods, _) = facts_of_list(Kind::Pod, &cluster.read().list(Kind::Pod, "", "", "").await.unwrap()).unwrap();
        let nodes = nodes.into_iter().map(|facts| match facts {
            Facts::Node(node) => *node,
            other => panic!("{other:?}"),
        });
        let pods = pods.into_iter().map(|facts| match facts {
            Facts::Pod(pod) => *pod,
            other => panic!("{other:?}"),
        });
        Self { day, cluster, nodes: nodes.collect(), pods: pods.collect() }
    }

    fn entry(&self) -> &Entry {
        self.cluster.entry()
    }

    /// What the `aws` command line says; `None`, with a line that says so, where there is none.
    async fn aws(&self, arguments: &[&str]) -> Option<Result<Value, String>> {
        let mut command = Command::new("aws");
        command
            .args(arguments)
            .args(["--region", "us-east-1", "--output", "json", "--endpoint-url", &self.day.account_url()])
            .env("AWS_ACCESS_KEY_ID", self.day.account_key())
            .env("AWS_SECRET_ACCESS_KEY", self.day.account_key())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env_remove("AWS_PROFILE");
        let Ok(output) = tokio::task::spawn_blocking(move || command.output()).await.unwrap() else {
            println!("skipped: there is no aws on the PATH");
            return None;
        };
        if output.status.success() {
            let silent = output.stdout.trim_ascii().is_empty();
            return Some(Ok(if silent { Value::Null } else { serde_json::from_slice(&output.stdout).unwrap() }));
        }
        Some(Err(String::from_utf8_lossy(&output.stderr).into_owned()))
    }

    async fn read(&self, arguments: &[&str]) -> Option<Value> {
        Some(self.aws(arguments).await?.unwrap_or_else(|error| panic!("{arguments:?}: {error}")))
    }
}

fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_finds_every_node_and_what_is_attached_to_it() {
    let ground = Ground::new().await;
    let Some(described) = ground.read(&["ec2", "describe-instances"]).await else { return };
    let instances = list(&described, "/Reservations").iter().flat_map(|reservation| list(reservation, "/Instances"));
    let mut found: Vec<_> = instances.map(|instance| instance["InstanceId"].as_str().unwrap().to_owned()).collect();
    let mut nodes: Vec<_> = ground.nodes.iter().map(|node| node.instance_id.to_string()).collect();
    nodes.retain(|instance| !instance.is_empty());
    found.sort();
    nodes.sort();
    assert_eq!(found, nodes);
    let node = ground.nodes.iter().find(|node| node.kind == NodeKind::Managed).unwrap();
    let only = format!("Name=attachment.instance-id,Values={}", node.instance_id);
    let interfaces = ground.read(&["ec2", "describe-network-interfaces", "--filters", &only]).await.unwrap();
    let addresses: Vec<_> = list(&interfaces, "/NetworkInterfaces")
        .iter()
        .flat_map(|interface| list(interface, "/PrivateIpAddresses"))
        .map(|address| address["PrivateIpAddress"].as_str().unwrap().to_owned())
        .collect();
    let mut pods = ground.pods.iter().filter(|pod| pod.node == node.meta.name && !pod.ips.is_empty());
    assert!(pods.all(|pod| addresses.contains(&pod.ips[0].to_string())), "{addresses:?}");
    let volumes = ground.read(&["ec2", "describe-volumes", "--filters", &only]).await.unwrap();
    assert_eq!(list(&volumes, "/Volumes")[0]["Attachments"][0]["InstanceId"], node.instance_id.as_str());
    let group = interfaces["NetworkInterfaces"][0]["Groups"][0]["GroupId"].as_str().unwrap();
    let groups = ground.read(&["ec2", "describe-security-groups", "--group-ids", group]).await.unwrap();
    assert_eq!(list(&groups, "/SecurityGroups")[0]["IpPermissionsEgress"][0]["IpRanges"][0]["CidrIp"], "0.0.0.0/0");
    let protected = ["ec2", "describe-instance-attribute", "--attribute", "disableApiTermination", "--instance-id"];
    let protected = ground.read(&[&protected[..], &[&node.instance_id]].concat()).await.unwrap();
    assert_eq!(protected["DisableApiTermination"]["Value"], false);
    let absent = ground.aws(&["ec2", "describe-instances", "--instance-ids", "i-0123"]).await.unwrap().unwrap_err();
    assert!(absent.contains("InvalidInstanceID.NotFound"), "{absent}");
    let scaling = ["autoscaling", "describe-auto-scaling-instances", "--instance-ids", &node.instance_id];
    let member = ground.read(&scaling).await.unwrap();
    let name = member["AutoScalingInstances"][0]["AutoScalingGroupName"].as_str().unwrap();
    let groups = ["autoscaling", "describe-auto-scaling-groups", "--auto-scaling-group-names", name];
    let groups = ground.read(&groups).await.unwrap();
    let alike = ground.nodes.iter().filter(|other| other.group == node.group).count();
    assert_eq!(groups["AutoScalingGroups"][0]["DesiredCapacity"], alike);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_reads_clusters_roles_and_images() {
    let ground = Ground::new().await;
    let Some(caller) = ground.read(&["sts", "get-caller-identity"]).await else { return };
    assert_eq!(caller["Account"], "111122223333");
    assert_eq!(ground.read(&["eks", "list-clusters"]).await.unwrap()["clusters"], serde_json::json!(["shop-prod"]));
    let cluster = ground.read(&["eks", "describe-cluster", "--name", "shop-prod"]).await.unwrap();
    assert_eq!(cluster["cluster"]["endpoint"], ground.entry().server().as_str());
    assert_eq!(cluster["cluster"]["status"], "ACTIVE");
    let entries = ground.read(&["eks", "list-access-entries", "--cluster-name", "shop-prod"]).await.unwrap();
    for principal in list(&entries, "/accessEntries") {
        let entry = ["eks", "describe-access-entry", "--cluster-name", "shop-prod", "--principal-arn"];
        let entry = ground.read(&[&entry[..], &[principal.as_str().unwrap()]].concat()).await.unwrap();
        assert_eq!(entry["accessEntry"]["principalArn"], *principal);
    }
    let absent = ground.aws(&["eks", "describe-cluster", "--name", "other"]).await.unwrap().unwrap_err();
    assert!(absent.contains("ResourceNotFoundException"), "{absent}");
    let profile = ["iam", "get-instance-profile", "--instance-profile-name", "shop-prod-node"];
    let profile = ground.read(&profile).await.unwrap();
    assert_eq!(profile["InstanceProfile"]["Roles"][0]["RoleName"], "shop-prod-node");
    let role = ground.read(&["iam", "get-role", "--role-name", "shop-storefront"]).await.unwrap();
    let trust = role.pointer("/Role/AssumeRolePolicyDocument/Statement/0/Action").unwrap();
    assert_eq!(trust, "sts:AssumeRoleWithWebIdentity");
    let image = ["ecr", "describe-images", "--repository-name", "shop/storefront", "--image-ids", "imageTag=4.18.2"];
    let image = ground.read(&image).await.unwrap();
    let digest = image["imageDetails"][0]["imageDigest"].as_str().unwrap();
    let containers = ground.pods.iter().flat_map(|pod| &pod.containers);
    assert!(
        containers
            .filter(|one| one.image.ends_with("shop/storefront:4.18.2"))
            .all(|one| one.image_id.ends_with(digest))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_sorts_findings_by_the_bodies_of_plans() {
    let ground = Ground::new().await;
    (0..12).for_each(|_| ground.day.step());
    let Some(detectors) = ground.read(&["guardduty", "list-detectors"]).await else { return };
    let detector = detectors["DetectorIds"][0].as_str().unwrap();
    let listed = ground.read(&["guardduty", "list-findings", "--detector-id", detector]).await.unwrap();
    let site = Site::of(ground.cluster.clone()).await.unwrap();
    let region = "us-east-1";
    for id in list(&listed, "/FindingIds").iter().filter_map(Value::as_str) {
        let target = Target::finding(site.identity.cluster, region, id);
        let plan = podmortem::response::plan("archive-finding", &site, &[target], None).await.unwrap();
        for call in plan.calls.iter().chain(&plan.rests) {
            let body = call.body.to_string();
            ground.read(&["guardduty", "archive-findings", "--cli-input-json", &body]).await;
        }
    }
    let told = ["guardduty", "get-findings", "--detector-id", detector, "--finding-ids"];
    let id = list(&listed, "/FindingIds")[0].as_str().unwrap();
    let told = ground.read(&[&told[..], &[id]].concat()).await.unwrap();
    assert_eq!(told["Findings"][0]["Service"]["Archived"], true);
    let shop = list(&listed, "/FindingIds").iter().filter_map(Value::as_str);
    let account = ground.cluster.account("").await.unwrap();
    for id in shop {
        let found = account.reported(id).await.unwrap().unwrap();
        let target = Target::finding(site.identity.cluster, region, id);
        let planned = podmortem::response::plan("suppress-findings", &site, &[target], None).await;
        // What is about no cluster is not suppressed from here.
        assert_eq!(planned.is_ok(), !found.cluster.is_empty(), "{planned:?}");
        let Ok(plan) = planned else { continue };
        let body = plan.calls[0].body.to_string();
        let made = ground.read(&["guardduty", "create-filter", "--cli-input-json", &body]).await.unwrap();
        let name = made["Name"].as_str().unwrap();
        let get = ["guardduty", "get-filter", "--detector-id", detector, "--filter-name", name];
        let filter = ground.read(&get).await.unwrap();
        assert_eq!(
            (&filter["Action"], &filter["FindingCriteria"]),
            (&"ARCHIVE".into(), &plan.calls[0].body["FindingCriteria"])
        );
        let twice = ground.aws(&["guardduty", "create-filter", "--cli-input-json", &body]).await.unwrap().unwrap_err();
        assert!(twice.contains("already exists"), "{twice}");
        let delete = ["guardduty", "delete-filter", "--detector-id", detector, "--filter-name", name];
        ground.aws(&delete).await.unwrap().unwrap();
        let gone = ground.aws(&get).await.unwrap().unwrap_err();
        assert!(gone.contains("no such resource found"), "{gone}");
        assert!(account.filter(detector, name).await.unwrap().is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_turns_logs_off_and_the_body_of_the_plan_turns_them_on() {
    let ground = Ground::new().await;
    let off = r#"{"clusterLogging":[{"types":["audit"],"enabled":false}]}"#;
    let change = ["eks", "update-cluster-config", "--name", "shop-prod"];
    let Some(begun) = ground.read(&[&change[..], &["--logging", off]].concat()).await else { return };
    let id = begun["update"]["id"].as_str().unwrap();
    let busy = ground.aws(&[&change[..], &["--logging", off]].concat()).await.unwrap().unwrap_err();
    // Where the second one comes late, the first is through, and there is nothing to change.
    assert!(busy.contains("ResourceInUseException") || busy.contains("No changes needed"), "{busy}");
    let update = ["eks", "describe-update", "--name", "shop-prod", "--update-id", id];
    while ground.read(&update).await.unwrap()["update"]["status"] != "Successful" {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    let site = Site::of(ground.cluster.clone()).await.unwrap();
    assert!(!ground.cluster.control_plane().await.unwrap().logs("audit"));
    let target = Target::of_cluster(site.identity.cluster, "shop-prod".into());
    let plan = podmortem::response::plan("enable-audit-logs", &site, &[target], None).await.unwrap();
    let [call] = plan.calls.as_slice() else { panic!("{plan:#?}") };
    let body = call.body.to_string();
    assert!(body.contains("audit") && !body.contains("authenticator"), "{body}");
    ground.read(&["eks", "update-cluster-config", "--cli-input-json", &body]).await.unwrap();
    let again = ground.read(&["eks", "describe-cluster", "--name", "shop-prod"]).await.unwrap();
    assert_eq!(again["cluster"]["status"], "UPDATING");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_and_the_program_say_the_same_of_buckets_and_rights() {
    let ground = Ground::new().await;
    let account = ground.cluster.account("").await.unwrap();
    let bucket = "111122223333-evidence-us-east-1";
    assert_eq!(account.bucket(bucket).await.unwrap().region, "us-east-1");
    assert_eq!(account.bucket("111122223333-evidence-eu-west-1").await.unwrap().region, "eu-west-1");
    assert!(account.bucket("nobody-s").await.is_err());
    let (lock, encryption) = (account.lock_of(bucket).await.unwrap(), account.encryption_of(bucket).await.unwrap());
    assert!(lock.enabled && lock.mode == "COMPLIANCE" && lock.kept == "30 days", "{lock:?}");
    let key = encryption.unwrap().key;
    assert_eq!(account.key(&key).await.unwrap().state, "Enabled");
    let asked = [("guardduty:ArchiveFindings", "*")];
    assert_eq!(account.allowed(&asked).await.unwrap()[0].decision, Decision::Allowed);
    let head = ["s3api", "head-bucket", "--bucket", bucket];
    let Some(head) = ground.aws(&head).await else { return };
    head.unwrap();
    let told = ground.read(&["s3api", "get-object-lock-configuration", "--bucket", bucket]).await.unwrap();
    assert_eq!(told["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]["Days"], 30);
    let told = ground.read(&["s3api", "get-bucket-encryption", "--bucket", bucket]).await.unwrap();
    let rule = &told["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"];
    assert_eq!(rule["KMSMasterKeyID"], key.as_str());
    let told = ground.read(&["kms", "describe-key", "--key-id", &key]).await.unwrap();
    assert_eq!(told["KeyMetadata"]["Arn"], key.as_str());
    let simulate = ["iam", "simulate-principal-policy", "--action-names", "guardduty:ArchiveFindings"];
    let who = "arn:aws:iam::111122223333:role/responder";
    let told = ground.read(&[&simulate[..], &["--policy-source-arn", who]].concat()).await.unwrap();
    assert_eq!(told["EvaluationResults"][0]["EvalDecision"], "allowed");
}

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
