//! The table of everything that has a key.

use crate::config::keymap::Binding;
use crate::inventory::Shared;

use super::command::{Command, Group, Pane};

/// A command with its name, its keys and its place in the help.
#[derive(Debug)]
pub struct Entry {
    /// What it does, for the program.
    pub command: Command,
    /// Its name in `keymap.yaml`, in the palette and after `:`.
    pub name: &'static str,
    /// Where its keys hold: `""` everywhere, `list`, `detail`.
    pub place: &'static str,
    /// Its keys, unless the responder chose others.
    pub keys: &'static [&'static str],
    /// What it does, for people.
    pub does: &'static str,
    /// Its heading in the help.
    pub group: Group,
    /// The word beside its key in the bar at the bottom, where there is room.
    pub hint: Option<&'static str>,
}

const fn entry_at(
    place: &'static str,
    command: Command,
    name: &'static str,
    keys: &'static [&'static str],
    does: &'static str,
    group: Group,
    hint: Option<&'static str>,
) -> Entry {
    Entry { command, name, place, keys, does, group, hint }
}

use Command as C;
use Group::{Looking, Moving, Responding, Screen, Selecting};

/// Everything that has a key, in the order of the help.
pub static ENTRIES: &[Entry] = &[
    entry_at("", C::Help, "help", &["?", "f1"], "show every key, and why some do nothing now", Screen, Some("help")),
    entry_at(
        "",
        C::Filter,
        "filter",
        &["/"],
        "select rows: image: sa: node: ns: workload: svc: ip: label: privileged gone ! text",
        Selecting,
        Some("filter"),
    ),
    entry_at(
        "",
        C::Prompt,
        "command",
        &[":"],
        "type a command, such as :svc, :workloads or :theme light",
        Screen,
        Some("command"),
    ),
    entry_at("", C::Palette, "palette", &["ctrl-p"], "find a command by any part of its name", Screen, None),
    entry_at(
        "",
        C::Actions,
        "actions",
        &["a"],
        "what can be done to the marked rows, each with its plan",
        Responding,
        Some("act"),
    ),
    entry_at(
        "",
        C::Playbook,
        "playbook",
        &[],
        "walk a playbook: its steps in order, each with why it stands there",
        Responding,
        None,
    ),
    entry_at("", C::Back, "back", &["esc", "q"], "close what is open; one step back; never leaves", Moving, None),
    entry_at("", C::Quit, "quit", &["ctrl-c"], "leave, after a question if jobs are running", Screen, None),
    entry_at("", C::NextPane, "next-pane", &["tab"], "go to the next pane", Moving, None),
    entry_at("", C::PreviousPane, "previous-pane", &["shift-tab"], "go to the pane before", Moving, None),
    entry_at("", C::Go(Pane::Clusters), "clusters", &["1"], "go to the clusters", Moving, None),
    entry_at("", C::Go(Pane::Pods), "pods", &["2"], "go to the pods", Moving, None),
    entry_at("", C::Go(Pane::Nodes), "nodes", &["3"], "go to the nodes", Moving, None),
    entry_at("", C::Go(Pane::Findings), "findings", &["4"], "go to the findings", Moving, None),
    entry_at("", C::Go(Pane::Scope), "scope", &["5"], "go to the scope", Moving, None),
    entry_at("", C::Go(Pane::Jobs), "jobs", &["6"], "go to the jobs", Moving, None),
    entry_at("", C::Go(Pane::Journal), "journal", &["7"], "go to the journal", Moving, None),
    entry_at("", C::Zoom, "zoom", &["z"], "give the pane the whole screen, and back", Screen, None),
    entry_at("", C::Redraw, "redraw", &["ctrl-l"], "draw the screen anew", Screen, None),
    entry_at("", C::Undo, "undo", &[], "put back what the job under the cursor changed; :undo JOB", Responding, None),
    entry_at("", C::Resume, "resume", &[], "go on with a job whose program has ended; :resume JOB", Responding, None),
    entry_at("", C::Release, "release", &[], "put back everything of the case, the newest first", Responding, None),
    entry_at("", C::Rules, "rules", &[], "what our own rules see in the clusters, the gravest first", Looking, None),
    entry_at("", C::Triage, "triage", &[], "what has to be asked and who answered it; :triage TOPIC", Looking, None),
    entry_at("", C::Page, "page", &[], "call people with the command of your settings; :page TEXT", Responding, None),
    entry_at(
        "",
        C::AllowCopy,
        "allow-copy",
        &[],
        "let evidence of a Region be kept in another; :allow-copy FROM TO REASON",
        Responding,
        None,
    ),
    entry_at("", C::Evidence, "evidence", &[], "what the case has captured, with hash, size and source", Looking, None),
    entry_at("", C::Verify, "verify", &[], "check every hash, chain and signature of the case", Looking, None),
    entry_at("", C::Notes, "notes", &[], "read and write the notes of the case", Looking, None),
    entry_at(
        "",
        C::CloseToWrites,
        "read-only",
        &[],
        "close this session to every change; it cannot be opened again",
        Responding,
        None,
    ),
    entry_at("", C::Record, "record", &[], "record the screen into the case from here on, and stop", Responding, None),
    entry_at("list", C::Down, "down", &["j", "down"], "one row down", Moving, None),
    entry_at("list", C::Up, "up", &["k", "up"], "one row up", Moving, None),
    entry_at("list", C::HalfDown, "half-page-down", &["ctrl-d"], "half a page down", Moving, None),
    entry_at("list", C::HalfUp, "half-page-up", &["ctrl-u"], "half a page up", Moving, None),
    entry_at("list", C::PageDown, "page-down", &["pagedown", "ctrl-f"], "a page down", Moving, None),
    entry_at("list", C::PageUp, "page-up", &["pageup"], "a page up", Moving, None),
    entry_at("list", C::Top, "top", &["g", "home"], "to the first row", Moving, None),
    entry_at("list", C::Bottom, "bottom", &["G", "end"], "to the last row", Moving, None),
    entry_at("list", C::Left, "left", &["left", "h"], "columns further left", Moving, None),
    entry_at("list", C::Right, "right", &["right"], "columns further right", Moving, None),
    entry_at(
        "list",
        C::Open,
        "open",
        &["enter", "d"],
        "look at the row: its relations, YAML, events, logs",
        Looking,
        Some("look"),
    ),
    entry_at("list", C::Yaml, "yaml", &["y"], "the whole object as YAML", Looking, None),
    entry_at("list", C::Relations, "relations", &["t"], "the tree of what belongs to it, to walk", Looking, None),
    entry_at(
        "list",
        C::Reach,
        "blast",
        &["B"],
        "what could be reached from it: rights, secrets, roles, its node",
        Looking,
        None,
    ),
    entry_at("list", C::Events, "events", &["e"], "its events", Looking, None),
    entry_at("list", C::Logs, "logs", &["l"], "logs of all its containers", Looking, Some("logs")),
    entry_at("list", C::ToNode, "to-node", &["b"], "go to the node below the pod", Looking, None),
    entry_at("list", C::Reread, "reread", &["r"], "ask for the finding again at its source", Looking, None),
    entry_at("list", C::Same(Shared::Image), "same-image", &["I"], "every pod with the same image", Selecting, None),
    entry_at(
        "list",
        C::Same(Shared::Account),
        "same-account",
        &["A"],
        "every pod with the same service account",
        Selecting,
        None,
    ),
    entry_at(
        "list",
        C::Same(Shared::Workload),
        "same-workload",
        &["W"],
        "every pod of the same workload",
        Selecting,
        None,
    ),
    entry_at("list", C::Same(Shared::Node), "same-node", &["N"], "every pod on the same node", Selecting, None),
    entry_at(
        "list",
        C::Same(Shared::Namespace),
        "same-namespace",
        &["P"],
        "every pod in the same namespace",
        Selecting,
        None,
    ),
    entry_at(
        "list",
        C::Same(Shared::Service),
        "same-service",
        &["S"],
        "every pod behind the same service",
        Selecting,
        None,
    ),
    entry_at("list", C::Mark, "mark", &["space"], "mark the row, or unmark it", Selecting, Some("mark")),
    entry_at("list", C::MarkRange, "mark-range", &["V"], "mark from the last mark to here", Selecting, None),
    entry_at("list", C::Unmark, "unmark", &["u"], "unmark the row", Selecting, None),
    entry_at("list", C::UnmarkAll, "unmark-all", &["U"], "unmark every row", Selecting, None),
    entry_at(
        "list",
        C::AddToScope,
        "add-to-scope",
        &["+"],
        "put the marked rows, or this one, into the scope",
        Selecting,
        Some("scope"),
    ),
    entry_at(
        "list",
        C::TakeFromScope,
        "take-from-scope",
        &["x"],
        "take the marked rows, or this one, out of the scope",
        Selecting,
        None,
    ),
    entry_at("list", C::ClearFilter, "clear-filter", &["0"], "show every row again", Selecting, None),
    entry_at(
        "list",
        C::Namespaces,
        "namespaces-menu",
        &["n"],
        "choose a namespace: n1 to n9 are your favourites, n0 is all of them",
        Selecting,
        None,
    ),
    entry_at("list", C::Gone, "gone", &["D"], "show pods that are gone, or those that are there", Selecting, None),
    entry_at("list", C::Wide, "wide", &["w"], "more columns, or fewer", Looking, None),
    entry_at("list", C::Columns, "columns", &["C"], "choose the columns", Looking, None),
    entry_at("list", C::Sort, "sort", &["o"], "choose the column to sort by; again to turn it around", Looking, None),
    entry_at("list", C::CopyCell, "copy-name", &["c"], "copy the name through the terminal (OSC 52)", Looking, None),
    entry_at("list", C::CopyRow, "copy-row", &["Y"], "copy the row, or the text that is open", Looking, None),
    entry_at("list", C::HistoryBack, "history-back", &["["], "the selection before", Moving, None),
    entry_at("list", C::HistoryForward, "history-forward", &["]"], "the selection after", Moving, None),
    entry_at("list", C::HistoryLast, "history-last", &["-"], "to the last selection and back", Moving, None),
    entry_at("detail", C::NextTab, "next-tab", &["tab"], "the next view of the object", Looking, Some("view")),
    entry_at("detail", C::Follow, "follow", &["f"], "follow the logs, or stop", Looking, None),
    entry_at("detail", C::Previous, "previous", &["p"], "logs of the container before its last restart", Looking, None),
    entry_at(
        "detail",
        C::NextContainer,
        "next-container",
        &["n"],
        "logs of one container after the other, or of all",
        Looking,
        None,
    ),
    entry_at("detail", C::ManagedFields, "managed-fields", &["m"], "show managedFields, or hide them", Looking, None),
    entry_at("detail", C::SearchNext, "search-next", &["ctrl-n"], "the next line that matches", Looking, None),
    entry_at(
        "detail",
        C::SearchPrevious,
        "search-previous",
        &["ctrl-r"],
        "the line before that matches",
        Looking,
        None,
    ),
    entry_at("menu", C::Answer, "answer", &["enter"], "take the entry under the cursor", Moving, None),
];

/// What `config::keymap` is told of the table.
pub fn bindings() -> Vec<Binding> {
    ENTRIES.iter().map(|entry| Binding { place: entry.place, action: entry.name, keys: entry.keys }).collect()
}

/// The entry of a name.
pub fn entry(name: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.name == name)
}

/// The entry of a command.
pub fn entry_of(command: Command) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.command == command)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_and_keys_are_told_apart() {
        let names: HashSet<_> = ENTRIES.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), ENTRIES.len());
        let mut keys = HashSet::new();
        for entry in ENTRIES {
            for key in entry.keys {
                assert!(keys.insert((entry.place, key)), "{} and another have {key}", entry.name);
            }
        }
    }

    #[test]
    fn no_plain_key_changes_a_cluster() {
        let responding = ENTRIES.iter().filter(|entry| entry.group == Responding);
        for entry in responding {
            assert!(entry.keys.is_empty() || entry.command == C::Actions, "{}", entry.name);
        }
    }
}
