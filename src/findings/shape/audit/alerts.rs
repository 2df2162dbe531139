//! Which audit events are alerts, and why: one rule a line.

use super::event::Event;
use super::objects::{
    administrator_bound, anonymous_bound, certificate, cron_job, daemon, escalating_role, node_port, plain_ingress,
    system_role, token, webhook, wide_role,
};
use super::pods::{among_the_system, capability, debug, host_namespace, host_path, privileged, root};
use crate::model::Severity::{High, Info, Low, Medium};
use crate::model::{Clean, Severity};

/// A rule.
#[derive(Debug)]
pub struct Alert {
    tactic: &'static str,
    name: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A line for people.
    pub title: &'static str,
    /// Why an event is one, in words; `None` where it is not.
    pub why: Why,
}

/// What decides about an event.
type Why = fn(&Event<'_>) -> Option<String>;

impl Alert {
    /// Its type, in GuardDuty's notation.
    pub fn kind(&self) -> String {
        format!("{}:Audit/{}", self.tactic, self.name)
    }
}

const fn alert(tactic: &'static str, name: &'static str, severity: Severity, title: &'static str, why: Why) -> Alert {
    Alert { tactic, name, severity, title, why }
}

const ACCESS: &str = "InitialAccess";
const DISCOVERY: &str = "Discovery";
const POLICY: &str = "Policy";
const ESCALATION: &str = "PrivilegeEscalation";
const PERSISTENCE: &str = "Persistence";
const EXECUTION: &str = "Execution";
const CREDENTIALS: &str = "CredentialAccess";
const COLLECTION: &str = "Collection";
const CONTROL: &str = "CommandAndControl";

/// Every rule.
pub static ALERTS: &[Alert] = &[
    alert(ACCESS, "AnonymousRequest", High, "Somebody without a name was answered", anonymous_answered),
    alert(DISCOVERY, "AnonymousProbe", Low, "Somebody without a name knocked", anonymous_knocked),
    alert(POLICY, "AnonymousAccessGranted", High, "Rights were given to everybody", anonymous_bound),
    alert(ESCALATION, "AdministratorBound", High, "Somebody was made administrator", administrator_bound),
    alert(ESCALATION, "WideRole", Medium, "A role was given wide rights", wide_role),
    alert(ESCALATION, "EscalatingRole", High, "A role was given rights that lead to all others", escalating_role),
    alert(ESCALATION, "SystemRoleChanged", High, "A role of the system was changed", system_role),
    alert(PERSISTENCE, "AdmissionWebhook", High, "A webhook that sees or changes every object was set up", webhook),
    alert(PERSISTENCE, "ClientCertificate", High, "A client certificate was asked for", certificate),
    alert(PERSISTENCE, "TokenCreated", Medium, "A token of a service account was made by hand", token),
    alert(PERSISTENCE, "DaemonSet", Medium, "A DaemonSet was set up: it runs on every node", daemon),
    alert(PERSISTENCE, "CronJob", Low, "A CronJob was set up or changed", cron_job),
    alert(ACCESS, "NodePort", Low, "A service was opened on every node", node_port),
    alert(ACCESS, "PlainIngress", Info, "An ingress without TLS was set up", plain_ingress),
    alert(ESCALATION, "PrivilegedContainer", High, "A privileged container was started", privileged),
    alert(ESCALATION, "HostNamespace", High, "A pod in the node's own namespaces was started", host_namespace),
    alert(ESCALATION, "AddedCapability", High, "A container with rights over the kernel was started", capability),
    alert(PERSISTENCE, "SensitiveMount", High, "A pod with directories of the node was started", host_path),
    alert(ESCALATION, "RootContainer", Low, "A container was started as root by choice", root),
    alert(PERSISTENCE, "SystemNamespace", Medium, "Somebody put a pod among the system's", among_the_system),
    alert(EXECUTION, "DebugContainer", High, "A debugging container was put into a running pod", debug),
    alert(CREDENTIALS, "TokenStolen", High, "A service account's token was read in a pod", token_read),
    alert(COLLECTION, "FilesCopied", Medium, "Files were copied out of a pod or into it", copied),
    alert(EXECUTION, "ExecInPod", Medium, "A command was run in a pod", exec),
    alert(CONTROL, "PortForward", Medium, "A connection was forwarded into a pod", port_forward),
    alert(EXECUTION, "NodeProxy", High, "A kubelet was reached through the server", node_proxy),
    alert(CREDENTIALS, "EverySecret", High, "The secrets of the whole cluster were listed", every_secret),
    alert(CREDENTIALS, "SecretRead", Low, "Secrets were read", secret_read),
    alert(CREDENTIALS, "SecretDenied", Medium, "Secrets were asked for in vain", secret_denied),
    alert(DISCOVERY, "DeniedFromOutside", Low, "A request from the internet was refused", denied),
    alert(ACCESS, "SystemIdentityOutside", Low, "An identity of the system speaks from the internet", outside),
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
