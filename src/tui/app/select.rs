//! Selecting, marking, and the scope.

use crate::inventory::{Pod, Query, RowId, Shared};
use crate::model::{Kind, Target};

use super::super::effect::Effect;
use super::super::keys::Pane;
use super::super::overlays::Overlay;
use super::super::reply::Tone;
use super::{App, Place};

impl App {
    /// Lists a kind in the main pane.
    pub(super) fn list_kind(&mut self, kind: Kind, query: &str) {
        self.focus = Pane::Pods;
        let place = Place { kind, query: query.to_owned() };
        self.show(&place);
        self.history.visit(place);
    }

    /// Shows a place without remembering it anew.
    pub(super) fn show(&mut self, place: &Place) {
        if self.main.kind() != place.kind {
            self.main = self.main.of(place.kind);
        }
        match place.query.parse::<Query>() {
            Ok(query) => self.main.select(query, &place.query),
            Err(error) => self.tell(Tone::Bad, error.to_string()),
        }
        self.watch();
        self.settle();
    }

    /// Selects in the list that has the keys.
    pub(super) fn select_typed(&mut self, typed: &str) {
        match typed.parse::<Query>() {
            Err(error) => self.tell(Tone::Bad, error.to_string()),
            Ok(_) if self.focus != Pane::Nodes => {
                let kind = self.main.kind();
                self.list_kind(kind, typed);
            }
            Ok(query) => {
                self.nodes.select(query, typed);
                self.watch();
                self.settle();
            }
        }
    }

    /// Selects every pod that shares something with the row under the cursor. The cursor stays on its object.
    pub(super) fn select_same(&mut self, shared: Shared) {
        let Some(id) = self.under_cursor() else { return };
        let query = self.inventory.row(id).and_then(|row| shared.query(&row, &self.inventory));
        let Some(query) = query else { return };
        self.overlays.clear();
        self.list_kind(Kind::Pod, &query);
        self.main.find(id, &self.inventory);
    }

    /// The object under the cursor, wherever the cursor is.
    pub(super) fn under_cursor(&self) -> Option<RowId> {
        if let Some(Overlay::Detail(detail)) = self.overlays.last() {
            return Some(detail.row);
        }
        match self.focus {
            Pane::Pods => self.main.cursor(),
            Pane::Nodes => self.nodes.cursor(),
            Pane::Scope => {
                let [place, ..] = self.places;
                self.inventory.row_of(self.scope.iter().nth(place)?)
            }
            _ => None,
        }
    }

    /// What an action or the scope would get: the object that is open in full; else in the scope's pane
    /// all of the scope, and in a list the marked objects of its kind, or the one under the cursor.
    pub fn chosen(&self) -> Vec<Target> {
        if self.among_findings() {
            return self.targets_of_finding();
        }
        if let Some(Overlay::Detail(detail)) = self.overlays.last() {
            return self.inventory.target(detail.row).into_iter().collect();
        }
        if self.focus == Pane::Scope {
            return self.scope.iter().cloned().collect();
        }
        let kind = if self.focus == Pane::Nodes { Kind::Node } else { self.main.kind() };
        if self.marked.count(kind) > 0 {
            return self.marked.iter().filter(|target| target.kind == kind).cloned().collect();
        }
        self.under_cursor().and_then(|id| self.inventory.target(id)).into_iter().collect()
    }

    pub(super) fn mark(&mut self) {
        let target = self.under_cursor().and_then(|id| self.inventory.target(id));
        if let Some(target) = target {
            self.marked.toggle(target);
        }
        if let Some(list) = self.list() {
            list.set_anchor();
        }
        self.marks_changed();
        let inventory = &self.inventory;
        match self.focus {
            Pane::Pods => self.main.step(1, inventory),
            Pane::Nodes => self.nodes.step(1, inventory),
            _ => {}
        }
    }

    pub(super) fn mark_range(&mut self) {
        let rows = match self.focus {
            Pane::Nodes => self.nodes.range(&self.inventory),
            _ => self.main.range(&self.inventory),
        };
        let targets: Vec<_> = rows.into_iter().filter_map(|id| self.inventory.target(id)).collect();
        targets.into_iter().for_each(|target| {
            self.marked.add(target);
        });
        self.marks_changed();
    }

    pub(super) fn unmark(&mut self) {
        let target = self.under_cursor().and_then(|id| self.inventory.target(id));
        if target.is_some_and(|target| self.marked.remove(&target)) {
            self.marks_changed();
        }
    }

    pub(super) fn unmark_all(&mut self) {
        self.marked.clear();
        self.marks_changed();
    }

    pub(super) fn change_scope(&mut self, add: bool) {
        let targets = self.chosen();
        if targets.is_empty() && self.among_findings() {
            let why = self.no_targets();
            self.tell(Tone::Note, why);
            return;
        }
        let count = targets.len();
        for target in targets {
            if add {
                self.scope.add(target);
            } else {
                self.scope.remove(&target);
            }
        }
        self.marks_changed();
        self.record_scope();
        let (done, all) = (if add { "into" } else { "out of" }, self.scope.len());
        let mut told = format!("{count} {done} the scope; it holds {all}");
        if let Some((_, last)) = self.alert_acted_on().filter(|_| add) {
            told = format!("{told}; {last}; asking again now");
            self.ask_again(false);
        }
        self.tell(Tone::Good, told);
    }

    fn marks_changed(&mut self) {
        self.main.invalidate();
        self.nodes.invalidate();
        self.settle();
        self.effects.push(Effect::Save);
    }

    pub(super) fn toggle_gone(&mut self) {
        let words: Vec<_> = self.main.typed.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let without: Vec<_> = words.iter().filter(|word| *word != "gone").cloned().collect();
        let typed = if without.len() == words.len() { [without, vec!["gone".to_owned()]].concat() } else { without };
        self.list_kind(Kind::Pod, &typed.join(" "));
    }

    /// The node that a pod stands on, where it is listed.
    pub(super) fn node_of(&self, pod: Pod<'_>) -> Option<RowId> {
        self.inventory.nodes().iter().find_map(|(_, row)| {
            let same = row.session == pod.session() && row.facts.meta.name == *pod.node();
            same.then_some(RowId { session: row.session, kind: Kind::Node, uid: row.facts.meta.uid })
        })
    }

    pub(super) fn go_to_node(&mut self) {
        let pod = self.under_cursor().and_then(|id| self.inventory.row(id)).and_then(|row| row.pod());
        let Some(pod) = pod else { return };
        let Some(id) = self.node_of(pod) else {
            self.tell(Tone::Note, "this pod's node is not listed");
            return;
        };
        self.overlays.clear();
        self.nodes.select(Query::default(), "");
        self.settle();
        self.nodes.find(id, &self.inventory);
        self.focus = Pane::Nodes;
    }
}
