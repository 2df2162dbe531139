//! Amazon EC2 Auto Scaling: the groups of the twin's nodes.

use serde_json::{Value, json};

use super::instance::{Instance, instances};
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

const NAMESPACE: &str = "http://autoscaling.amazonaws.com/doc/2011-01-01/";

/// Does what is asked.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    let all = instances(account, &request.region);
    let members = all.iter().filter_map(|instance| Some((instance.group()?, instance)));
    let answer = match request.operation.as_str() {
        "DescribeAutoScalingInstances" => {
            let wanted = request.list("InstanceIds");
            let members = members.filter(|(_, one)| wanted.is_empty() || wanted.contains(&one.id.as_str()));
            json!({"AutoScalingInstances": members.map(|(group, one)| member(one, &group)).collect::<Vec<_>>()})
        }
        "DescribeAutoScalingGroups" => {
            let wanted = request.list("AutoScalingGroupNames");
            let mut groups: Vec<(String, Vec<&Instance>)> = Vec::new();
            for (name, one) in members {
                match groups.iter_mut().find(|(group, _)| *group == name) {
                    Some((_, members)) => members.push(one),
                    None => groups.push((name, vec![one])),
                }
            }
            groups.retain(|(name, _)| wanted.is_empty() || wanted.contains(&name.as_str()));
            json!({"AutoScalingGroups": groups.iter().map(|(name, members)| group(name, members)).collect::<Vec<_>>()})
        }
        other => return Err(Fault::new("InvalidAction", format!("Could not find operation {other}"))),
    };
    Ok(Answer::Query(answer, NAMESPACE))
}

fn member(one: &Instance, group: &str) -> Value {
    json!({
        "InstanceId": one.id, "AutoScalingGroupName": group, "AvailabilityZone": one.zone(),
        "InstanceType": super::super::json::label(&one.node, "node.kubernetes.io/instance-type"),
        "LifecycleState": "InService", "HealthStatus": "HEALTHY", "ProtectedFromScaleIn": false,
    })
}

fn group(name: &str, members: &[&Instance]) -> Value {
    let mut zones: Vec<_> = members.iter().map(|one| one.zone()).collect();
    zones.sort_unstable();
    zones.dedup();
    let region = members.first().map(|one| one.cluster.region).unwrap_or_default();
    let listed = members.iter().map(|one| {
        json!({"InstanceId": one.id, "AvailabilityZone": one.zone(), "LifecycleState": "InService",
            "HealthStatus": "Healthy", "ProtectedFromScaleIn": false})
    });
    json!({
        "AutoScalingGroupName": name,
        "AutoScalingGroupARN": format!("arn:aws:autoscaling:{region}:{ACCOUNT}:autoScalingGroup:5eed:autoScalingGroupName/{name}"),
        "MinSize": 1, "MaxSize": members.len() * 2, "DesiredCapacity": members.len(), "DefaultCooldown": 300,
        "AvailabilityZones": zones, "HealthCheckType": "EC2", "HealthCheckGracePeriod": 15,
        "Instances": listed.collect::<Vec<_>>(), "SuspendedProcesses": [], "NewInstancesProtectedFromScaleIn": false,
        "CreatedTime": members.first().map(|one| one.launched()),
    })
}
