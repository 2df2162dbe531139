//! Lines that are typed, and menus.

use crate::config::Settings;
use crate::inventory::{Query, columns};
use crate::model::{Clean, Kind, Typed};

use super::super::effect::Effect;
use super::super::keys::{ENTRIES, Pane, entry};
use super::super::overlays::{Ask, Input, Item, Menu, Overlay, Pick};
use super::super::reply::Tone;
use super::App;

/// Lines remembered.
const REMEMBERED: usize = 200;

impl App {
    /// Looks at a line while it is typed: rows are selected as it grows.
    pub(super) fn try_input(&mut self, input: &mut Input) {
        input.wrong = None;
        match input.ask {
            Ask::Filter => match input.text().parse::<Query>() {
                Ok(query) => {
                    let text = input.text().to_owned();
                    let list = if self.focus == Pane::Nodes { &mut self.nodes } else { &mut self.main };
                    list.select(query, &text);
                    self.settle();
                }
                Err(error) => input.wrong = Some(error.to_string()),
            },
            Ask::Search => {
                let text = input.text().to_owned();
                self.look_for(&text);
            }
            Ask::Findings => input.wrong = self.alerts.select(input.text()).err(),
            Ask::Finding => input.wrong = Typed::parse(input.text()).err(),
            Ask::Command | Ask::Case | Ask::Option(_) => {}
        }
    }

    pub(super) fn cancel_input(&mut self, input: &Input) {
        match input.ask {
            Ask::Filter => self.select_typed(&input.before),
            Ask::Search => self.look_for(""),
            Ask::Findings => self.select_findings(&input.before),
            Ask::Case | Ask::Option(_) => self.wanted = None,
            Ask::Command | Ask::Finding => {}
        }
    }

    pub(super) fn finish_input(&mut self, input: Input) {
        let text = input.text().trim().to_owned();
        match input.ask {
            Ask::Filter => {
                remember(&mut self.queries, &text);
                self.select_typed(&text);
            }
            Ask::Search => self.look_for(&text),
            Ask::Findings => {
                remember(&mut self.queries, &text);
                self.select_findings(&text);
            }
            Ask::Finding => {
                if !self.type_finding(&text) {
                    self.overlays.push(Overlay::Input(Box::new(input)));
                }
            }
            Ask::Case if text.is_empty() => {
                self.tell(Tone::Note, "a case needs an id, such as the ticket's number; esc gives the action up");
                self.overlays.push(Overlay::Input(Box::new(input)));
            }
            Ask::Case => self.open_case(&text),
            Ask::Option(choice) => self.set_option(choice, &text),
            Ask::Command => {
                remember(&mut self.commands, &text);
                self.command_line(&text);
            }
        }
        self.effects.push(Effect::Save);
    }

    /// Runs what was typed after `:`. A kind may be followed by a query, as in `:svc ns:shop`.
    pub fn command_line(&mut self, line: &str) {
        let line = match Settings::spelled_out(&self.habits.aliases, line) {
            Ok(line) => line,
            Err(name) => {
                let shown = Clean::from(name);
                return self
                    .tell(Tone::Bad, format!("the alias {shown} leads back to itself; aliases are in settings.yaml"));
            }
        };
        let (word, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let rest = rest.trim().trim_start_matches('/');
        match word {
            "" => {}
            "q" | "quit" | "exit" => self.run(super::super::keys::Command::Quit),
            "workloads" | "wl" => self.open_kinds(),
            "ctx" | "context" | "contexts" | "cluster" => self.open_ways(),
            "identities" | "id" => self.list_kind(Kind::ServiceAccount, rest),
            "case" => self.open_case(rest),
            "findings" => self.read_findings(rest),
            "finding" if rest.is_empty() => self.ask(Ask::Finding),
            "finding" => {
                self.type_finding(rest);
            }
            "audit-log" => self.read_audit_log(rest),
            "triage" if !rest.is_empty() => self.triage(rest),
            "page" if !rest.is_empty() => self.page_with(rest),
            "allow-copy" if !rest.is_empty() => self.allow_copy(rest),
            "undo" if !rest.is_empty() => self.undo(Some(rest)),
            "resume" if !rest.is_empty() => self.resume(Some(rest)),
            "playbook" | "playbooks" => self.open_playbook(rest),
            "theme" if !rest.is_empty() => self.effects.push(Effect::Theme(rest.to_owned())),
            _ => {
                if let Some(kind) = Kind::parse(word) {
                    match kind {
                        Kind::Node => {
                            self.focus = Pane::Nodes;
                            self.select_typed(rest);
                        }
                        kind => self.list_kind(kind, rest),
                    }
                } else if let Some(entry) = entry(word) {
                    self.run(entry.command);
                } else if let Some(action) = self.action_named(word) {
                    self.plan_with(action, rest);
                } else {
                    let shown = Clean::from(word);
                    self.tell(Tone::Bad, format!("no command is called {shown}; ctrl-p lists them all"));
                }
            }
        }
    }

    pub(super) fn open_palette(&mut self) {
        let commands = ENTRIES.iter().filter(|entry| entry.place != "menu").map(|entry| Item {
            pick: Pick::Command(entry.command),
            key: self.keymap.keys(entry.name).first().map(ToString::to_string).unwrap_or_default(),
            label: entry.name.into(),
            about: entry.does.into(),
            disabled: self.disabled(entry.command),
        });
        let kinds = Kind::ALL.into_iter().map(|kind| Item {
            pick: Pick::List(kind),
            key: kind.short_names().first().map(|short| format!(":{short}")).unwrap_or_default(),
            label: kind.plural().into(),
            about: format!("list {}", kind.plural()).into(),
            disabled: None,
        });
        let items = commands.chain(kinds).chain(self.action_items()).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("commands", items, true))));
    }

    fn open_kinds(&mut self) {
        let item = |kind: Kind| Item {
            pick: Pick::List(kind),
            key: String::new(),
            label: kind.plural().into(),
            about: Clean::default(),
            disabled: None,
        };
        let items = Kind::WORKLOADS.into_iter().map(item).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("workloads", items, true))));
    }

    pub(super) fn open_columns(&mut self) {
        let Some(list) = self.list() else { return };
        let shown: Vec<_> = list.columns(true).iter().map(|column| column.title).collect();
        let items = columns::of(list.kind()).iter().map(|column| Item {
            pick: Pick::Column(column.title),
            key: if shown.contains(&column.title) { "x".to_owned() } else { " ".to_owned() },
            label: column.title.into(),
            about: Clean::default(),
            disabled: None,
        });
        let items = items.collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("columns", items, false))));
    }

    pub(super) fn open_sort(&mut self) {
        let Some(list) = self.list() else { return };
        let order = list.view().order();
        let items = columns::of(list.kind()).iter().map(|column| Item {
            pick: Pick::Sort(column.title),
            key: String::new(),
            label: column.title.into(),
            about: if order.column == column.title { "sorted by this; again turns it around" } else { "" }.into(),
            disabled: None,
        });
        let items = items.collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("sort by", items, true))));
    }

    /// Takes the entry under a menu's cursor.
    pub(super) fn choose(&mut self, menu: Menu) {
        let Some(item) = menu.chosen().cloned() else { return };
        if let Some(why) = item.disabled {
            self.tell(Tone::Note, why);
            return;
        }
        match item.pick {
            Pick::Command(command) => self.run(command),
            Pick::List(kind) => self.list_kind(kind, ""),
            Pick::Action(id) => self.plan(id),
            Pick::Cluster(place) => self.toggle_way(place),
            Pick::Theme(name) => self.effects.push(Effect::Theme(name)),
            Pick::Playbook(name) => self.open_playbook(&name),
            Pick::Seen(selection, why) => self.go_to_seen(selection, why),
            Pick::Namespace(name) => self.go_to_namespace(&name),
            Pick::Plan(plan) => self.effects.push(Effect::ReadPlan(plan)),
            Pick::Evidence(custody) => self.effects.push(Effect::ReadEvidence(custody)),
            Pick::Sort(column) => {
                if let Some(list) = self.list() {
                    list.sort(column);
                }
                self.settle();
            }
            Pick::Column(column) => {
                self.toggle_column(column);
                self.open_columns();
                if let Some(Overlay::Menu(again)) = self.overlays.last_mut() {
                    again.place = menu.place;
                }
            }
        }
    }

    fn toggle_column(&mut self, column: &'static str) {
        let Some(list) = self.list() else { return };
        let shown = list.columns(true).iter().any(|held| held.title == column);
        if shown {
            list.columns.wanted.remove(column);
            list.columns.hidden.insert(column);
        } else {
            list.columns.hidden.remove(column);
            list.columns.wanted.insert(column);
        }
    }
}

fn remember(lines: &mut Vec<String>, line: &str) {
    if line.is_empty() {
        return;
    }
    lines.retain(|held| held != line);
    lines.push(line.to_owned());
    if lines.len() > REMEMBERED {
        lines.remove(0);
    }
}
