//! Amazon EC2, as far as somebody who only looks asks for it.

use serde_json::{Value, json};

use super::instance::{Instance, id, instances, node_role, security_group};
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

/// Does what is asked.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    let all = instances(account, &request.region);
    let answer = match request.operation.as_str() {
        "DescribeInstances" => {
            let mut chosen = chosen(&all, &request.list("InstanceId"))?;
            let let_through = filtered(&all, request, "instance-id");
            chosen.retain(|instance| let_through.iter().any(|one| one.id == instance.id));
            json!({"reservationSet": chosen.iter().map(|instance| reservation(instance)).collect::<Vec<_>>()})
        }
        "DescribeInstanceAttribute" => {
            let instance = request.get("InstanceId");
            chosen(&all, &[instance])?;
            attribute(instance, request.get("Attribute"))?
        }
        "DescribeVolumes" => json!({"volumeSet": attached(&all, request, volumes)}),
        "DescribeNetworkInterfaces" => json!({"networkInterfaceSet": attached(&all, request, interfaces)}),
        "DescribeSecurityGroups" => json!({"securityGroupInfo": groups(account, request)?}),
        other => {
            let message = format!("The action {other} is not valid for this web service.");
            return Err(Fault::new("InvalidAction", message));
        }
    };
    Ok(Answer::Ec2(answer))
}

fn chosen<'a>(all: &'a [Instance], ids: &[&str]) -> Result<Vec<&'a Instance>, Fault> {
    let unknown = ids.iter().find(|id| !all.iter().any(|instance| instance.id == **id));
    if let Some(unknown) = unknown {
        let message = format!("The instance ID '{unknown}' does not exist");
        return Err(Fault::new("InvalidInstanceID.NotFound", message));
    }
    Ok(all.iter().filter(|instance| ids.is_empty() || ids.contains(&instance.id.as_str())).collect())
}

/// Those of the instances that a filter of a name lets through, or all where it is not given.
fn filtered<'a>(all: &'a [Instance], request: &Request, name: &str) -> Vec<&'a Instance> {
    let wanted = request.filter(name);
    all.iter().filter(|instance| wanted.as_ref().is_none_or(|ids| ids.contains(&instance.id.as_str()))).collect()
}

/// What is attached to the instances that a filter chooses.
fn attached(all: &[Instance], request: &Request, of: impl Fn(&Instance) -> Vec<Value>) -> Vec<Value> {
    filtered(all, request, "attachment.instance-id").into_iter().flat_map(of).collect()
}

fn vpc(instance: &Instance) -> (String, String) {
    let cluster = instance.cluster.name;
    (id("vpc", cluster), id("subnet", &format!("{cluster} {}", instance.zone())))
}

fn reservation(instance: &Instance) -> Value {
    let (vpc, subnet) = vpc(instance);
    let cluster = instance.cluster.name;
    let role = node_role(&instance.cluster);
    let auto = instance.is_auto();
    let label = |key| super::super::json::label(&instance.node, key).unwrap_or_default();
    let devices = instance.volumes().into_iter().map(|(device, _, volume)| {
        json!({"deviceName": device, "ebs": {"volumeId": volume, "status": "attached",
            "attachTime": instance.launched(), "deleteOnTermination": true}})
    });
    let mut tags = vec![
        json!({"key": format!("kubernetes.io/cluster/{cluster}"), "value": "owned"}),
        json!({"key": "aws:eks:cluster-name", "value": cluster}),
        json!({"key": "Name", "value": instance.name()}),
    ];
    tags.extend(instance.group().map(|group| json!({"key": "aws:autoscaling:groupName", "value": group})));
    let described = json!({
        "instanceId": instance.id, "imageId": instance.own("ami", "image"),
        "instanceState": {"code": 16, "name": "running"},
        "privateDnsName": instance.name(), "privateIpAddress": instance.address(),
        "instanceType": label("node.kubernetes.io/instance-type"), "launchTime": instance.launched(),
        "placement": {"availabilityZone": instance.zone(), "tenancy": "default"},
        "architecture": if label("kubernetes.io/arch") == "arm64" { "arm64" } else { "x86_64" },
        "platformDetails": "Linux/UNIX", "vpcId": vpc, "subnetId": subnet,
        "rootDeviceName": "/dev/xvda", "rootDeviceType": "ebs",
        "blockDeviceMapping": devices.collect::<Vec<_>>(),
        "groupSet": instance.security_groups(),
        "iamInstanceProfile": {"arn": format!("arn:aws:iam::{ACCOUNT}:instance-profile/{role}"), "id": "AIPAGAMEDAYGAMEDAY"},
        "metadataOptions": {"state": "applied", "httpTokens": "required", "httpPutResponseHopLimit": if auto { 1 } else { 2 }, "httpEndpoint": "enabled"},
        "operator": {"managed": auto, "principal": if auto { json!("eks.amazonaws.com") } else { Value::Null }},
        "tagSet": tags,
    });
    json!({"reservationId": instance.own("r", "reservation"), "ownerId": ACCOUNT, "instancesSet": [described]})
}

/// User data are never among them here: nobody who only looks asks for those.
fn attribute(instance: &str, name: &str) -> Result<Value, Fault> {
    let value = match name {
        "disableApiTermination" => json!({"value": false}),
        "instanceInitiatedShutdownBehavior" => json!({"value": "terminate"}),
        other => {
            let message = format!("Value ({other}) for parameter attribute is invalid. Unknown attribute.");
            return Err(Fault::new("InvalidParameterValue", message));
        }
    };
    Ok(json!({"instanceId": instance, name: value}))
}

fn volumes(instance: &Instance) -> Vec<Value> {
    let of = |(device, gib, id): (&str, i64, String)| {
        json!({
            "volumeId": id, "size": gib, "status": "in-use", "volumeType": "gp3", "encrypted": true, "iops": 3000,
            "kmsKeyId": format!("arn:aws:kms:{}:{ACCOUNT}:key/5eed0000-0000-4000-8000-000000000001", instance.cluster.region),
            "createTime": instance.launched(), "availabilityZone": instance.zone(), "snapshotId": instance.own("snap", device),
            "attachmentSet": [{"volumeId": id, "instanceId": instance.id, "device": device, "status": "attached",
                "attachTime": instance.launched(), "deleteOnTermination": true}],
        })
    };
    instance.volumes().into_iter().map(of).collect()
}

fn interfaces(instance: &Instance) -> Vec<Value> {
    let (vpc, subnet) = vpc(instance);
    let of = |(place, (id, addresses)): (usize, (String, Vec<String>))| {
        let own = addresses.first().cloned().unwrap_or_default();
        let listed = addresses.iter().map(|address| json!({"privateIpAddress": address, "primary": *address == own}));
        json!({
            "networkInterfaceId": id, "subnetId": subnet, "vpcId": vpc, "availabilityZone": instance.zone(),
            "description": if place == 0 { String::new() } else { format!("aws-K8S-{}", instance.id) },
            "ownerId": ACCOUNT, "status": "in-use", "interfaceType": "interface", "sourceDestCheck": true,
            "privateIpAddress": own, "privateIpAddressesSet": listed.collect::<Vec<_>>(),
            "groupSet": instance.security_groups(),
            "attachment": {"attachmentId": instance.own("eni-attach", &place.to_string()), "instanceId": instance.id,
                "deviceIndex": place, "status": "attached", "attachTime": instance.launched(), "deleteOnTermination": true},
        })
    };
    instance.interfaces().into_iter().enumerate().map(of).collect()
}

fn groups(account: &Account, request: &Request) -> Result<Vec<Value>, Fault> {
    let all = account.clusters.iter().filter(|cluster| cluster.region == request.region).map(|cluster| {
        let (group, name) = security_group(cluster);
        let within = json!([{"ipProtocol": "-1", "groups": [{"userId": ACCOUNT, "groupId": group}], "ipRanges": [], "ipv6Ranges": [], "prefixListIds": []}]);
        let out = json!([{"ipProtocol": "-1", "groups": [], "ipRanges": [{"cidrIp": "0.0.0.0/0"}], "ipv6Ranges": [], "prefixListIds": []}]);
        let described = json!({
            "ownerId": ACCOUNT, "groupId": group, "groupName": name, "vpcId": id("vpc", cluster.name),
            "groupDescription": "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.",
            "ipPermissions": within, "ipPermissionsEgress": out,
        });
        (group, described)
    });
    let all: Vec<_> = all.collect();
    let wanted = request.list("GroupId");
    if let Some(unknown) = wanted.iter().find(|wanted| !all.iter().any(|(group, _)| group == **wanted)) {
        return Err(Fault::new("InvalidGroup.NotFound", format!("The security group '{unknown}' does not exist")));
    }
    let chosen = all.into_iter().filter(|(group, _)| wanted.is_empty() || wanted.contains(&group.as_str()));
    Ok(chosen.map(|(_, described)| described).collect())
}
