//! Looking at one object.

use std::sync::Arc;

use crate::blast::Facts;
use crate::model::{Clean, Kind};

use super::super::detail::{Around, Detail, Fetched, Goes, Question, Tab};
use super::super::effect::Effect;
use super::super::keys::{Command, Pane};
use super::super::overlays::Overlay;
use super::super::reply::Tone;
use super::super::respond::told;
use super::App;

impl App {
    /// Opens what is under the cursor: an object, a branch of a tree, a cluster.
    pub(super) fn open(&mut self) {
        if let Some(Overlay::Detail(detail)) = self.overlays.last() {
            let branch = match detail.tab {
                Tab::Relations => detail.branches.get(detail.place),
                Tab::Reach => detail.reach.branches.get(detail.reach.place),
                _ => None,
            };
            if let Some(goes) = branch.and_then(|branch| branch.goes.clone()) {
                self.walk(goes);
            }
            return;
        }
        if self.focus == Pane::Clusters {
            let label = self.inventory.clusters().get(self.cluster).map(|cluster| cluster.label.clone());
            if let Some(label) = label {
                self.list_kind(Kind::Pod, &format!("cluster:\"{label}\""));
            }
            return;
        }
        match self.focus {
            Pane::Jobs => {
                if let Some(job) = self.job() {
                    let (title, lines) = (job.id.0.clone(), told(job, jiff::Timestamp::now()));
                    self.open_page(title, lines);
                }
            }
            Pane::Journal => {
                let lines = self.case.records.iter().rev().cloned().collect();
                self.open_page("journal, the newest first".into(), lines);
            }
            _ => self.look_at(Tab::Relations),
        }
    }

    /// Opens a view of the object under the cursor.
    pub(super) fn look_at(&mut self, tab: Tab) {
        if let Some(Overlay::Detail(detail)) = self.overlays.last_mut() {
            detail.tab = tab;
            self.fetch();
            return;
        }
        let Some(id) = self.under_cursor() else { return };
        let ticket = self.ticket();
        let Some(detail) = Detail::new(id, tab, ticket, &self.inventory) else {
            self.tell(Tone::Note, "this object is no longer known");
            return;
        };
        self.overlays.push(Overlay::Detail(Box::new(detail)));
        self.watch();
        self.fetch();
    }

    fn walk(&mut self, goes: Goes) {
        match goes {
            Goes::Object(id) => {
                let ticket = self.ticket();
                if let Some(detail) = Detail::new(id, Tab::Relations, ticket, &self.inventory) {
                    self.overlays.push(Overlay::Detail(Box::new(detail)));
                    self.fetch();
                }
            }
            Goes::Selection(kind, query) => {
                self.overlays.clear();
                self.effects.push(Effect::StopLogs);
                self.list_kind(kind, &query);
            }
        }
    }

    /// Opens the blast radius of the object under the cursor; again reads it anew.
    pub(super) fn look_at_reach(&mut self) {
        if let Some(Overlay::Detail(detail)) = self.overlays.last_mut()
            && detail.tab == Tab::Reach
        {
            detail.reach.asked = false;
        }
        self.look_at(Tab::Reach);
    }

    /// Takes what a blast radius rests on.
    pub(super) fn reached(&mut self, ticket: u64, facts: Arc<Facts>) {
        let Self { overlays, inventory, .. } = self;
        let looks = overlays.iter_mut().filter_map(|overlay| match overlay {
            Overlay::Detail(detail) if detail.ticket == ticket => Some(detail),
            _ => None,
        });
        looks.for_each(|detail| detail.reach.take(Arc::clone(&facts), detail.row, inventory));
    }

    pub(super) fn next_tab(&mut self) {
        if let Some(Overlay::Finding(look)) = self.overlays.last_mut() {
            look.is_raw = !look.is_raw;
            return;
        }
        let Some(Overlay::Detail(detail)) = self.overlays.last_mut() else { return };
        let tabs = Tab::of(detail.row.kind);
        let here = tabs.iter().position(|tab| *tab == detail.tab).unwrap_or(0);
        if let Some(tab) = tabs.get((here + 1) % tabs.len()) {
            detail.tab = *tab;
        }
        self.fetch();
    }

    pub(super) fn toggle_managed(&mut self) {
        let Some(Overlay::Detail(detail)) = self.overlays.last_mut() else { return };
        detail.managed = !detail.managed;
        self.show_yaml();
    }

    /// Asks for what the open view shows, where that has not been asked for.
    pub(super) fn fetch(&mut self) {
        let Some(Overlay::Detail(detail)) = self.overlays.last_mut() else { return };
        let Some(row) = self.inventory.row(detail.row) else { return };
        let (ticket, namespace, name) = (detail.ticket, row.namespace().clone(), row.name().clone());
        match detail.tab {
            Tab::Reach if !detail.reach.asked => {
                detail.reach.asked = true;
                let session = detail.row.session;
                let instances = self.inventory.instances_of(session);
                self.effects.push(Effect::Reach { ticket, session, instances });
            }
            Tab::Relations if matches!(detail.around, Around::No) => {
                if let Some(question) = Question::about(&row) {
                    detail.around = Around::Asked;
                    detail.refresh(&self.inventory);
                    self.effects.push(Effect::Around { ticket, session: detail.row.session, question });
                }
            }
            Tab::Yaml if matches!(detail.yaml, Fetched::No) => {
                detail.yaml = Fetched::Asked;
                self.effects.push(Effect::Object { ticket, row: detail.row, namespace, name });
            }
            Tab::Events if matches!(detail.events, Fetched::No) => {
                detail.events = Fetched::Asked;
                self.effects.push(Effect::Events { ticket, row: detail.row });
            }
            Tab::Logs if !detail.logs.open => {
                let Some(pod) = row.pod() else { return };
                detail.logs.containers = pod.containers().iter().map(|container| container.name.clone()).collect();
                detail.logs.open = true;
                let only = detail.logs.only.and_then(|place| detail.logs.containers.get(place)).cloned();
                let containers = only.map_or_else(|| detail.logs.containers.clone(), |one| vec![one]);
                let previous = detail.logs.previous;
                let session = detail.row.session;
                self.effects.push(Effect::Logs { ticket, session, namespace, name, containers, previous });
            }
            Tab::Relations | Tab::Reach | Tab::Yaml | Tab::Events | Tab::Logs => {}
        }
    }

    pub(super) fn change_logs(&mut self, command: Command) {
        let Some(Overlay::Detail(detail)) = self.overlays.last_mut() else { return };
        let logs = &mut detail.logs;
        match command {
            Command::Follow => {
                logs.follow = !logs.follow;
                logs.take(Vec::new());
                return;
            }
            Command::Previous => logs.previous = !logs.previous,
            _ => {
                let next = logs.only.map_or(0, |place| place + 1);
                logs.only = (next < logs.containers.len()).then_some(next);
            }
        }
        logs.restart();
        self.fetch();
    }

    pub(super) fn search(&mut self, backwards: bool) {
        if let Some(Overlay::Finding(look)) = self.overlays.last_mut() {
            look.is_raw = true;
            if !look.raw.search(backwards) {
                self.tell(Tone::Note, "no line matches");
            }
            return;
        }
        let Some(Overlay::Detail(detail)) = self.overlays.last_mut() else { return };
        let found = match detail.tab {
            Tab::Logs => detail.logs.search(backwards),
            _ => detail.text().is_some_and(|text| text.search(backwards)),
        };
        if !found {
            self.tell(Tone::Note, "no line matches");
        }
    }

    pub(super) fn look_for(&mut self, wanted: &str) {
        let wanted = wanted.to_lowercase();
        match self.overlays.last_mut() {
            Some(Overlay::Detail(detail)) => {
                detail.logs.wanted.clone_from(&wanted);
                if let Some(text) = detail.text() {
                    text.wanted.clone_from(&wanted);
                }
                if !wanted.is_empty() {
                    self.search(false);
                }
            }
            Some(Overlay::Finding(look)) => {
                look.raw.wanted = wanted;
                if !look.raw.wanted.is_empty() {
                    self.search(false);
                }
            }
            Some(Overlay::Help(text)) => {
                text.wanted = wanted;
                text.search(false);
            }
            _ => {}
        }
    }

    /// Copies the name under the cursor, or everything that is open.
    pub(super) fn copy(&mut self, name_only: bool) {
        let lines = |lines: &[Clean]| lines.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n");
        let text = match self.overlays.last() {
            Some(Overlay::Detail(detail)) if !name_only => match (detail.tab, &detail.yaml, &detail.events) {
                (Tab::Yaml, Fetched::Here(text), _) | (Tab::Events, _, Fetched::Here(text)) => lines(&text.lines),
                (Tab::Reach, ..) => {
                    lines(&detail.reach.branches.iter().map(|branch| branch.label.clone()).collect::<Vec<_>>())
                }
                (Tab::Logs, ..) => detail.logs.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n"),
                _ => lines(&detail.branches.iter().map(|branch| branch.label.clone()).collect::<Vec<_>>()),
            },
            Some(Overlay::Finding(look)) if !name_only => match look.is_raw {
                true => look.finding.raw.to_string(),
                false => lines(&look.lines.iter().map(|line| line.text.clone()).collect::<Vec<_>>()),
            },
            Some(Overlay::Finding(look)) => look.finding.id.to_string(),
            None if self.focus == Pane::Findings => {
                let Some(finding) = self.alerts.chosen() else { return };
                if name_only {
                    finding.id.to_string()
                } else {
                    format!("{}\t{}\t{}", finding.severity, finding.kind, finding.resource())
                }
            }
            _ => {
                let Some(row) = self.under_cursor().and_then(|id| self.inventory.row(id)) else { return };
                if name_only { row.name().to_string() } else { self.row_text(&row) }
            }
        };
        self.effects.push(Effect::Copy(text));
    }

    fn row_text(&self, row: &crate::inventory::Row<'_>) -> String {
        let cell = crate::inventory::columns::Cell { row: *row, inventory: &self.inventory, now: self.now };
        let columns = crate::inventory::columns::of(row.id().kind);
        columns.iter().map(|column| (column.text)(&cell).into_owned()).collect::<Vec<_>>().join("\t")
    }
}
