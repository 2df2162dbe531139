//! The help, made of the live keys.

use crate::model::Clean;

use super::super::app::App;
use super::super::keys::{ENTRIES, Group};
use super::super::panes::TextPane;

/// Every command with its keys as they are bound now, and the reason beside
/// each one that does nothing here.
pub fn help(app: &App) -> TextPane {
    let mut lines = Vec::new();
    for group in Group::ALL {
        lines.push(Clean::from(group.title()));
        for entry in ENTRIES.iter().filter(|entry| entry.group == group) {
            let keys: Vec<String> = app.keymap.keys(entry.name).iter().map(ToString::to_string).collect();
            let keys = if keys.is_empty() { format!(":{}", entry.name) } else { keys.join(" ") };
            let reason = app.disabled(entry.command).map(|why| format!(" — not now: {why}")).unwrap_or_default();
            lines.push(format!("  {keys:<16} {}{reason}", entry.does).into());
        }
        lines.push(Clean::default());
    }
    lines.push("Selecting with /".into());
    for (word, meaning) in WORDS {
        lines.push(format!("  {word:<28} {meaning}").into());
    }
    TextPane::new(lines)
}

const WORDS: [(&str, &str); 14] = [
    ("image:tools:2", "any container's image; tools: and tools* are prefixes; @sha256:… asks the status"),
    ("sa:shop/web", "service account"),
    ("node:i-0123… node:ip-10-*", "node, by name or instance id"),
    ("ns:shop,outside", "namespace; a comma means any of"),
    ("workload:deploy/web", "owner"),
    ("svc:shop/web", "pods behind a service"),
    ("ip:10.0.1.17 ip:10.0.0.0/16", "address of a pod, or of a service before it"),
    ("label:app=web,!canary", "labels, as kubectl -l writes them"),
    ("status:Crash*", "what STATUS shows"),
    ("cluster:us-east-1 name:web-*", "cluster, account or Region; the object's name"),
    ("privileged hostPID hostPath …", "security facts: hostIPC hostNetwork capabilities root escalation"),
    ("gone marked scope hidden", "pods that vanished; marked; in the scope; text that hides something"),
    ("!word", "the opposite"),
    ("anything else", "text in name, namespace, node, status, account, image, address"),
];
