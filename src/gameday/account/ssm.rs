//! The operations of Systems Manager that run a script on a node.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::cluster::Cluster;
use super::super::json::{items, label, text};
use super::super::random::Random;
use super::command::Ended;
use super::script::{self, Script};
use super::{Account, Fault};

/// Before the agent has a command.
const DELIVERY: Duration = Duration::from_millis(300);

/// Does what is asked.
pub(super) fn operate(account: &Arc<Account>, operation: &str, body: &Value) -> Result<Value, Fault> {
    match operation {
        "DescribeInstanceInformation" => Ok(describe(account, body)),
        "SendCommand" => send(account, body),
        "GetCommandInvocation" => {
            let (command, instance) = (text(body, "/CommandId"), text(body, "/InstanceId"));
            let found = account.commands.find(command, instance);
            let one = found.first().filter(|_| !command.is_empty() && !instance.is_empty());
            one.map(|one| one.told()).ok_or_else(|| Fault::new("InvocationDoesNotExist", ""))
        }
        "ListCommandInvocations" => {
            let found = account.commands.find(text(body, "/CommandId"), text(body, "/InstanceId"));
            Ok(json!({"CommandInvocations": found.iter().map(|one| one.listed()).collect::<Vec<_>>()}))
        }
        "ListCommands" => {
            let found = account.commands.find(text(body, "/CommandId"), text(body, "/InstanceId"));
            let mut commands: Vec<Value> = Vec::new();
            for one in &found {
                if !commands.iter().any(|other| text(other, "/CommandId") == one.command) {
                    let own = found.iter().filter(|other| other.command == one.command);
                    commands.push(one.command(&own.map(|other| other.instance.clone()).collect::<Vec<_>>()));
                }
            }
            Ok(json!({"Commands": commands}))
        }
        "CancelCommand" => {
            let command = text(body, "/CommandId");
            let known = account.commands.cancel(command, &texts(body, "/InstanceIds"));
            if known { Ok(json!({})) } else { Err(Fault::new("InvalidCommandId", command)) }
        }
        other => Err(Fault::new("UnknownOperationException", other)),
    }
}

fn texts(value: &Value, pointer: &str) -> Vec<String> {
    items(value, pointer).iter().filter_map(|text| Some(text.as_str()?.to_owned())).collect()
}

/// The instances with an agent: EC2 instances and hybrid nodes; Fargate and Auto Mode have none.
fn instances(account: &Account) -> Vec<(Arc<Cluster>, Arc<Value>, String)> {
    let mut found = Vec::new();
    for cluster in &account.clusters {
        for node in cluster.store().list("Node", None) {
            let provider = text(&node, "/spec/providerID").to_owned();
            let instance = provider.rsplit('/').next().unwrap_or_default();
            let has_agent = (instance.starts_with("i-") || instance.starts_with("mi-"))
                && label(&node, "eks.amazonaws.com/compute-type") != Some("auto");
            if has_agent {
                found.push((Arc::clone(cluster), node, instance.to_owned()));
            }
        }
    }
    found
}

fn is_online(node: &Value) -> bool {
    let ready = |condition: &Value| text(condition, "/type") == "Ready" && text(condition, "/status") == "True";
    items(node, "/status/conditions").iter().any(ready)
}

fn describe(account: &Account, body: &Value) -> Value {
    let filters = items(body, "/Filters").iter().chain(items(body, "/InstanceInformationFilterList"));
    let wanted: Vec<String> = filters
        .filter(|filter| text(filter, "/Key") == "InstanceIds" || text(filter, "/key") == "InstanceIds")
        .flat_map(|filter| [texts(filter, "/Values"), texts(filter, "/valueSet")].concat())
        .collect();
    let now = Timestamp::now().as_second();
    let listed: Vec<Value> = instances(account)
        .into_iter()
        .filter(|(_, _, instance)| wanted.is_empty() || wanted.contains(instance))
        .map(|(_, node, instance)| {
            let kind = if instance.starts_with("mi-") { "ManagedInstance" } else { "EC2Instance" };
            json!({
                "InstanceId": instance, "PingStatus": if is_online(&node) { "Online" } else { "ConnectionLost" },
                "LastPingDateTime": now, "AgentVersion": "3.3.2299.0", "IsLatestVersion": true, "PlatformType": "Linux",
                "PlatformName": "Amazon Linux", "PlatformVersion": "2023", "ResourceType": kind,
                "IPAddress": text(&node, "/status/addresses/0/address"), "ComputerName": text(&node, "/metadata/name"),
            })
        })
        .collect();
    json!({"InstanceInformationList": listed})
}

fn send(account: &Arc<Account>, body: &Value) -> Result<Value, Fault> {
    let document = text(body, "/DocumentName");
    if document != "AWS-RunShellScript" {
        return Err(Fault::new("InvalidDocument", document));
    }
    let commands = texts(body, "/Parameters/commands");
    if commands.is_empty() {
        return Err(Fault::new("InvalidParameters", "commands is required"));
    }
    if body.get("TimeoutSeconds").and_then(Value::as_i64).is_some_and(|seconds| seconds < 30) {
        let message = "1 validation error detected: Value at 'timeoutSeconds' failed to satisfy constraint: Member must have value greater than or equal to 30";
        return Err(Fault::new("ValidationException", message));
    }
    let targets =
        items(body, "/Targets").iter().filter(|target| text(target, "/Key").eq_ignore_ascii_case("InstanceIds"));
    let wanted = [texts(body, "/InstanceIds"), targets.flat_map(|target| texts(target, "/Values")).collect()].concat();
    let known = instances(account);
    let mut chosen = Vec::new();
    for instance in &wanted {
        let found = known.iter().find(|(_, _, one)| one == instance);
        let found = found.ok_or_else(|| {
            let message = format!("Instances [[{instance}]] not in a valid state for account 111122223333");
            Fault::new("InvalidInstanceId", message)
        })?;
        chosen.push(found.clone());
    }
    if chosen.is_empty() {
        return Err(Fault::new("InvalidInstanceId", "no instance"));
    }
    let id = Random::named(Timestamp::now().as_nanosecond() as u64, &wanted.join(" ")).uuid();
    let seconds =
        texts(body, "/Parameters/executionTimeout").first().and_then(|text| text.parse().ok()).unwrap_or(3600);
    let script = script::read(&commands);
    for (cluster, node, instance) in chosen {
        account.commands.accept(&id, &instance, body);
        let (account, id, script) = (Arc::clone(account), id.clone(), script.clone());
        tokio::spawn(async move {
            run(&account, (&cluster, &node, &instance), &id, script, Duration::from_secs(seconds)).await;
        });
    }
    let sent = json!({
        "CommandId": id, "DocumentName": document, "Comment": body.get("Comment"), "InstanceIds": wanted,
        "Parameters": body.get("Parameters"), "RequestedDateTime": Timestamp::now().as_second(), "Status": "Pending",
        "StatusDetails": "Pending", "TargetCount": wanted.len(), "CompletedCount": 0, "ErrorCount": 0,
        "MaxConcurrency": "50", "MaxErrors": "0",
    });
    Ok(json!({"Command": sent}))
}

async fn run(
    account: &Account,
    (cluster, node, instance): (&Arc<Cluster>, &Value, &str),
    id: &str,
    script: Script,
    deadline: Duration,
) {
    tokio::time::sleep(DELIVERY).await;
    let broken = |detail| Ended { status: "TimedOut", detail, code: -1, ..Ended::default() };
    if !is_online(node) {
        account.commands.end(id, instance, broken("DeliveryTimedOut"));
        return;
    }
    if account.commands.begin(id, instance) {
        let ended = tokio::time::timeout(deadline, script::run(cluster, node, script)).await;
        account.commands.end(id, instance, ended.unwrap_or_else(|_| broken("ExecutionTimedOut")));
    }
}
