//! The `aws` command line as judge of the account, and of the bodies of plans.

use podmortem::aws::rights::Decision;
use podmortem::model::Target;
use podmortem::model::facts::NodeKind;
use podmortem::response::Site;
use serde_json::Value;

use super::ground::{Ground, list};

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
