//! What each command does.

use super::super::detail::Tab;
use super::super::effect::Effect;
use super::super::keys::{Command, Pane};
use super::super::overlays::{Ask, Input, Overlay, help};
use super::super::reply::Tone;
use super::App;

impl App {
    /// Runs a command, or says why it cannot be run now.
    pub fn run(&mut self, command: Command) {
        if let Some(why) = self.disabled(command) {
            self.tell(Tone::Note, why);
            return;
        }
        match command {
            Command::Help => self.overlays.push(Overlay::Help(help(self))),
            Command::Palette => self.open_palette(),
            Command::Prompt => self.ask(Ask::Command),
            Command::Filter if !self.overlays.is_empty() => self.ask(Ask::Search),
            Command::Filter if self.focus == Pane::Findings => self.ask(Ask::Findings),
            Command::Filter => self.ask(Ask::Filter),
            Command::Back => self.back(),
            Command::Quit => self.quit(),
            Command::NextPane => self.turn(1),
            Command::PreviousPane => self.turn(Pane::ALL.len() - 1),
            Command::Go(pane) => self.go(pane),
            Command::Zoom => self.zoomed = !self.zoomed,
            Command::Redraw => self.effects.push(Effect::Redraw),
            Command::CloseToWrites => self.close_to_writes(),
            Command::Record => self.effects.push(Effect::Record),
            Command::Actions => self.open_actions(),
            Command::Undo => self.undo(None),
            Command::Release => self.release(),
            Command::Triage => self.open_triage(""),
            Command::Page => self.open_page_call(""),
            Command::AllowCopy => self.allow_copy(""),
            Command::Evidence => self.effects.push(Effect::Evidence),
            Command::Verify => self.effects.push(Effect::Verify),
            Command::Rules => self.look_by_rules(),
            Command::Notes => self.effects.push(Effect::ReadNotes),
            Command::Resume => self.resume(None),
            Command::Down => self.step(1),
            Command::Up => self.step(-1),
            Command::HalfDown => self.leap(1, 2),
            Command::HalfUp => self.leap(-1, 2),
            Command::PageDown => self.leap(1, 1),
            Command::PageUp => self.leap(-1, 1),
            Command::Top => self.step(isize::MIN / 2),
            Command::Bottom => self.step(isize::MAX / 2),
            Command::Left => self.sideways(-1),
            Command::Right => self.sideways(1),
            Command::Open if self.among_findings() => self.open_finding(false),
            Command::Yaml if self.among_findings() => self.open_finding(true),
            Command::Open => self.open(),
            Command::Relations => self.look_at(Tab::Relations),
            Command::Reach if self.among_findings() => self.look_at_reach_of_finding(),
            Command::Reach => self.look_at_reach(),
            Command::Yaml => self.look_at(Tab::Yaml),
            Command::Events => self.look_at(Tab::Events),
            Command::Logs => self.look_at(Tab::Logs),
            Command::ToNode => self.go_to_node(),
            Command::Reread => self.ask_again(true),
            Command::Same(shared) => self.select_same(shared),
            Command::Mark => self.mark(),
            Command::MarkRange => self.mark_range(),
            Command::Unmark => self.unmark(),
            Command::UnmarkAll => self.unmark_all(),
            Command::AddToScope => self.change_scope(true),
            Command::TakeFromScope => self.change_scope(false),
            Command::ClearFilter if self.focus == Pane::Findings => self.select_findings(""),
            Command::ClearFilter => self.select_typed(""),
            Command::Gone => self.toggle_gone(),
            Command::Wide => self.widen(),
            Command::Columns => self.open_columns(),
            Command::Sort => self.open_sort(),
            Command::Namespaces => self.open_namespaces(),
            Command::Playbook => self.open_playbook(""),
            Command::CopyCell => self.copy(true),
            Command::CopyRow => self.copy(false),
            Command::HistoryBack | Command::HistoryForward | Command::HistoryLast => self.travel(command),
            Command::NextTab => self.next_tab(),
            Command::Follow | Command::Previous | Command::NextContainer => self.change_logs(command),
            Command::ManagedFields => self.toggle_managed(),
            Command::SearchNext => self.search(false),
            Command::SearchPrevious => self.search(true),
            Command::Answer => {}
        }
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        let (text, history) = match ask {
            Ask::Filter => (self.list().map(|list| list.typed.clone()).unwrap_or_default(), &self.queries),
            Ask::Findings => (self.alerts.typed.clone(), &self.queries),
            Ask::Finding => (self.finding_begun(), &self.commands),
            Ask::Command => (String::new(), &self.commands),
            Ask::Search | Ask::Case | Ask::Option(_) => (String::new(), &self.queries),
        };
        let mut input = Input::new(ask, &text, history);
        if ask == Ask::Finding {
            // How it is written stands beside it from the start.
            self.try_input(&mut input);
        }
        self.overlays.push(Overlay::Input(Box::new(input)));
    }

    /// One step back: an overlay, a zoom, a selection, marks, a kind. Never out.
    fn back(&mut self) {
        if let Some(closed) = self.overlays.pop() {
            if matches!(closed, Overlay::Detail(_) | Overlay::Finding(_)) {
                self.effects.push(Effect::StopLogs);
                self.watch();
            }
            return;
        }
        if self.zoomed {
            self.zoomed = false;
        } else if self.focus == Pane::Findings && !self.alerts.typed.is_empty() {
            self.select_findings("");
        } else if self.list().is_some_and(|list| !list.typed.is_empty()) {
            self.select_typed("");
        } else if self.main.kind() != crate::model::Kind::Pod {
            self.list_kind(crate::model::Kind::Pod, "");
        }
    }

    fn quit(&mut self) {
        let running = self.case.jobs.running();
        if running == 0 || self.leaving {
            self.effects.push(Effect::Quit);
            return;
        }
        self.leaving = true;
        let jobs = if running == 1 { "1 job is".to_owned() } else { format!("{running} jobs are") };
        self.tell(
            Tone::Bad,
            format!("{jobs} running and will be finished before this process ends; ctrl-c again leaves"),
        );
    }

    fn turn(&mut self, steps: usize) {
        let here = Pane::ALL.iter().position(|pane| *pane == self.focus).unwrap_or(0);
        if let Some(pane) = Pane::ALL.get((here + steps) % Pane::ALL.len()) {
            self.focus = *pane;
        }
    }

    fn go(&mut self, pane: Pane) {
        self.overlays.clear();
        self.effects.push(Effect::StopLogs);
        self.focus = pane;
        if pane == Pane::Pods && self.main.kind() != crate::model::Kind::Pod {
            self.list_kind(crate::model::Kind::Pod, "");
        }
    }

    fn close_to_writes(&mut self) {
        self.mode.read_only = true;
        self.effects.push(Effect::CloseToWrites);
        self.tell(Tone::Good, "Read-only from here on; start podmortem again to change anything.");
    }

    /// Moves by a part of a page.
    fn leap(&mut self, pages: isize, part: isize) {
        let rows = self.page() / part;
        self.step(pages * rows);
    }

    fn page(&mut self) -> isize {
        let rows = match self.overlays.last() {
            Some(Overlay::Detail(detail)) => detail.height,
            Some(Overlay::Finding(look)) => look.height,
            Some(Overlay::Help(text)) => text.scroll.height,
            Some(Overlay::Page(page)) => page.text.scroll.height,
            _ => self.list().map_or(10, |list| list.height()),
        };
        isize::try_from(rows.max(2)).unwrap_or(isize::MAX)
    }

    fn step(&mut self, rows: isize) {
        match self.overlays.last_mut() {
            Some(Overlay::Detail(detail)) => return detail.step(rows),
            Some(Overlay::Finding(look)) => return look.step(rows),
            Some(Overlay::Help(text)) => return text.scroll.step(rows, text.lines.len()),
            Some(Overlay::Page(page)) => return page.text.scroll.step(rows, page.text.lines.len()),
            _ => {}
        }
        let moved = |place: usize, all: usize| place.saturating_add_signed(rows).min(all.saturating_sub(1));
        let [scope, jobs, journal] = self.places;
        match self.focus {
            Pane::Pods => self.main.step(rows, &self.inventory),
            Pane::Nodes => self.nodes.step(rows, &self.inventory),
            Pane::Clusters => self.cluster = moved(self.cluster, self.inventory.clusters().len()),
            Pane::Scope => self.places = [moved(scope, self.scope.len()), jobs, journal],
            Pane::Jobs => self.places = [scope, moved(jobs, self.case.jobs.iter().len()), journal],
            Pane::Journal => self.places = [scope, jobs, moved(journal, self.case.records.len())],
            Pane::Findings => self.alerts.step(rows),
        }
    }

    fn sideways(&mut self, columns: isize) {
        if let Some(text) = self.overlays.last_mut().and_then(|overlay| match overlay {
            Overlay::Detail(detail) => detail.text(),
            Overlay::Finding(look) => Some(&mut look.raw),
            _ => None,
        }) {
            text.scroll.left = text.scroll.left.saturating_add_signed(columns * 8);
        } else if let Some(list) = self.list() {
            let all = crate::inventory::columns::of(list.kind()).len();
            list.columns.left = list.columns.left.saturating_add_signed(columns).min(all);
        }
    }

    fn widen(&mut self) {
        if let Some(list) = self.list() {
            list.columns.wide = !list.columns.wide;
            list.columns.left = 0;
        }
    }

    fn travel(&mut self, command: Command) {
        let place = match command {
            Command::HistoryBack => self.history.back(),
            Command::HistoryForward => self.history.forward(),
            _ => self.history.last(),
        };
        if let Some(place) = place.cloned() {
            self.focus = Pane::Pods;
            self.show(&place);
        }
    }
}
