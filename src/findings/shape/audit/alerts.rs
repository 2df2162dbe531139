//! Which audit events are alerts, and why: one rule a line.

use super::event::Event;
use super::{objects, pods};
use crate::model::Severity::{High, Info, Low, Medium};
use crate::model::{Clean, Severity};

/// A rule.
#[derive(Debug)]
pub struct Alert {
    /// Its type, in GuardDuty's notation.
    pub kind: &'static str,
    /// A line for people.
    pub title: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Why an event is one, in words; `None` where it is not.
    pub why: fn(&Event<'_>) -> Option<String>,
}

const fn alert(
    kind: &'static str,
    title: &'static str,
    severity: Severity,
    why: fn(&Event<'_>) -> Option<String>,
) -> Alert {
    Alert { kind, title, severity, why }
}

/// Every rule.
pub static ALERTS: &[Alert] = &[
    alert("InitialAccess:Audit/AnonymousRequest", "Somebody without a name was answered", High, anonymous_answered),
    alert("Discovery:Audit/AnonymousProbe", "Somebody without a name knocked", Low, anonymous_knocked),
    alert("Policy:Audit/AnonymousAccessGranted", "Rights were given to everybody", High, objects::anonymous_bound),
    alert(
        "PrivilegeEscalation:Audit/AdministratorBound",
        "Somebody was made administrator",
        High,
        objects::administrator_bound,
    ),
    alert("PrivilegeEscalation:Audit/WideRole", "A role was given wide rights", Medium, objects::wide_role),
    alert(
        "PrivilegeEscalation:Audit/EscalatingRole",
        "A role was given rights that lead to all others",
        High,
        objects::escalating_role,
    ),
    alert(
        "PrivilegeEscalation:Audit/SystemRoleChanged",
        "A role of the system was changed",
        High,
        objects::system_role,
    ),
    alert(
        "Persistence:Audit/AdmissionWebhook",
        "A webhook that sees or changes every object was set up",
        High,
        objects::webhook,
    ),
    alert("Persistence:Audit/ClientCertificate", "A client certificate was asked for", High, objects::certificate),
    alert("Persistence:Audit/TokenCreated", "A token of a service account was made by hand", Medium, objects::token),
    alert("Persistence:Audit/DaemonSet", "A DaemonSet was set up: it runs on every node", Medium, objects::daemon),
    alert("Persistence:Audit/CronJob", "A CronJob was set up or changed", Low, objects::cron_job),
    alert("InitialAccess:Audit/NodePort", "A service was opened on every node", Low, objects::node_port),
    alert("InitialAccess:Audit/PlainIngress", "An ingress without TLS was set up", Info, objects::plain_ingress),
    alert(
        "PrivilegeEscalation:Audit/PrivilegedContainer",
        "A privileged container was started",
        High,
        pods::privileged,
    ),
    alert(
        "PrivilegeEscalation:Audit/HostNamespace",
        "A pod in the node's own namespaces was started",
        High,
        pods::host_namespace,
    ),
    alert(
        "PrivilegeEscalation:Audit/AddedCapability",
        "A container with rights over the kernel was started",
        High,
        pods::capability,
    ),
    alert("Persistence:Audit/SensitiveMount", "A pod with directories of the node was started", High, pods::host_path),
    alert("PrivilegeEscalation:Audit/RootContainer", "A container was started as root by choice", Low, pods::root),
    alert("Persistence:Audit/SystemNamespace", "Somebody put a pod among the system's", Medium, pods::among_the_system),
    alert("Execution:Audit/DebugContainer", "A debugging container was put into a running pod", High, pods::debug),
    alert("CredentialAccess:Audit/TokenStolen", "A service account's token was read in a pod", High, token_read),
    alert("Collection:Audit/FilesCopied", "Files were copied out of a pod or into it", Medium, copied),
    alert("Execution:Audit/ExecInPod", "A command was run in a pod", Medium, exec),
    alert("CommandAndControl:Audit/PortForward", "A connection was forwarded into a pod", Medium, port_forward),
    alert("Execution:Audit/NodeProxy", "A kubelet was reached through the server", High, node_proxy),
    alert("CredentialAccess:Audit/EverySecret", "The secrets of the whole cluster were listed", High, every_secret),
    alert("CredentialAccess:Audit/SecretRead", "Secrets were read", Low, secret_read),
    alert("CredentialAccess:Audit/SecretDenied", "Secrets were asked for in vain", Medium, secret_denied),
    alert("Discovery:Audit/DeniedFromOutside", "A request from the internet was refused", Low, denied),
    alert(
        "InitialAccess:Audit/SystemIdentityOutside",
        "An identity of the system speaks from the internet",
        Low,
        outside,
    ),
];

/// The rules that an event matches, with the reasons.
pub fn raised(event: &Event<'_>) -> Vec<(&'static Alert, String)> {
    if !event.is_answer() {
        return Vec::new();
    }
    ALERTS.iter().filter_map(|alert| Some((alert, (alert.why)(event)?))).collect()
}

/// Load balancers and kubelets ask whether the server is well, from inside.
fn is_health_check(event: &Event<'_>) -> bool {
    let path = event.uri.split('?').next().unwrap_or_default();
    let asked = ["/healthz", "/livez", "/readyz"].iter().any(|health| path.starts_with(health));
    asked && event.public_address().is_none() || event.is_local()
}

fn anonymous_answered(event: &Event<'_>) -> Option<String> {
    let answered = event.is_anonymous() && event.succeeded() && !event.resource.is_empty() && !is_health_check(event);
    answered.then(|| {
        format!("{} of {} without credentials: some binding gives rights to everybody", event.verb, event.object())
    })
}

fn anonymous_knocked(event: &Event<'_>) -> Option<String> {
    let knocked = event.is_anonymous() && !is_health_check(event) && anonymous_answered(event).is_none();
    let came = if event.was_denied() { "refused" } else { "answered" };
    knocked.then(|| format!("a request for {} without credentials was {came}", Clean::capped(event.uri, 120)))
}

fn exec(event: &Event<'_>) -> Option<String> {
    let runs = event.resource == "pods" && ["exec", "attach"].contains(&event.subresource) && event.succeeded();
    let command = event.command();
    let ran = if command.is_empty() { "a session".to_owned() } else { format!("`{}`", Clean::capped(&command, 160)) };
    runs.then(|| format!("{} ran {ran} in {}", Clean::from(event.user), event.object()))
}

fn token_read(event: &Event<'_>) -> Option<String> {
    exec(event)?;
    let command = event.command();
    let read =
        ["serviceaccount", "/secrets/tokens", "azure-identity-token"].iter().any(|place| command.contains(place));
    read.then(|| format!("the command names where tokens are mounted: `{}`", Clean::capped(&command, 160)))
}

fn copied(event: &Event<'_>) -> Option<String> {
    exec(event)?;
    let command = event.command();
    let archives = command.starts_with("tar ")
        && [" cf ", " xf ", " xmf ", " -cf ", " -xf ", " -xmf "]
            .iter()
            .any(|word| format!("{command} ").contains(word));
    archives.then(|| format!("`kubectl cp` runs such a command: `{}`", Clean::capped(&command, 160)))
}

fn port_forward(event: &Event<'_>) -> Option<String> {
    let forwards = event.subresource == "portforward" && event.succeeded();
    forwards.then(|| format!("whoever forwards a port reaches what the network policies keep away: {}", event.object()))
}

fn node_proxy(event: &Event<'_>) -> Option<String> {
    let proxied =
        event.resource == "nodes" && event.subresource == "proxy" && event.succeeded() && !event.is_machinery();
    proxied.then(|| {
        format!("the kubelet's API runs commands in every pod of {}, and leaves no exec in this log", event.object())
    })
}

fn reads_secrets(event: &Event<'_>) -> bool {
    event.resource == "secrets"
        && ["get", "list", "watch"].contains(&event.verb)
        && !event.is_machinery()
        && !event.user.starts_with("system:apiserver")
}

fn every_secret(event: &Event<'_>) -> Option<String> {
    let every = reads_secrets(event) && event.succeeded() && event.namespace.is_empty() && event.verb != "get";
    every.then(|| "all of them are known to whoever asked".to_owned())
}

fn secret_read(event: &Event<'_>) -> Option<String> {
    let read = reads_secrets(event) && event.succeeded() && every_secret(event).is_none();
    read.then(|| format!("{} of {} by {}", event.verb, event.object(), Clean::from(event.user)))
}

fn secret_denied(event: &Event<'_>) -> Option<String> {
    let denied = reads_secrets(event) && (event.was_denied() || event.code == 404);
    denied.then(|| {
        format!("{} of {} was answered with {}: somebody tries names or rights", event.verb, event.object(), event.code)
    })
}

fn denied(event: &Event<'_>) -> Option<String> {
    let from = event.public_address().filter(|_| event.was_denied() && !event.is_anonymous())?;
    Some(format!("{} of {} from {from} was answered with {}", event.verb, event.object(), event.code))
}

/// A node's or service account's credential where it should not be. AWS's own addresses are public, too:
/// a node behind a public endpoint looks the same, and only a list of known networks tells them apart.
fn outside(event: &Event<'_>) -> Option<String> {
    let system = event.user.starts_with("system:node:") || event.user.starts_with("system:serviceaccount:");
    let from = event.public_address().filter(|_| system && event.succeeded())?;
    Some(format!(
        "{} from {from}: a stolen credential, or a node that reaches the server over the internet",
        Clean::from(event.user)
    ))
}
