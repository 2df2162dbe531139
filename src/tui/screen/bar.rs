//! The line at the bottom, and the line of tabs.

use std::borrow::Cow;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::inventory::columns::Cut;

use super::super::app::App;
use super::super::keys::{ENTRIES, Pane};
use super::super::overlays::{Ask, Input, Overlay};
use super::super::reply::Tone;
use super::cut::cut;
use super::write::{text, text_at, text_right};

/// The panes by their digits, with how much is in each.
pub fn tabs(app: &App, area: Rect, buffer: &mut Buffer) {
    let mut column = 1;
    for pane in Pane::ALL {
        let count = match pane {
            Pane::Clusters => app.inventory.clusters().len(),
            Pane::Pods => app.main.view().len(),
            Pane::Nodes => app.nodes.view().len(),
            Pane::Findings => app.alerts.shelf.len(),
            Pane::Scope => app.scope.len(),
            Pane::Jobs => app.case.jobs.iter().len(),
            Pane::Journal => app.case.records.len(),
        };
        let role = if pane == app.focus { Role::Focus } else { Role::Dim };
        let count = if count > 0 && area.width >= 90 { format!(" {count}") } else { String::new() };
        column = text_at(
            buffer,
            area,
            column,
            0,
            &format!("{} {}{count}", pane.digit(), pane.title()),
            app.look.style(role),
        ) + 2;
    }
}

/// Most lines that what is told may take.
const TOLD_LINES: usize = 5;

/// What was told last, in the place of the keys and over as many lines above them as it needs: what to do next
/// stands at its end.
pub fn told(app: &App, bar: Rect, buffer: &mut Buffer) {
    let Some((tone, told, _)) = &app.told else { return };
    if matches!(app.overlays.last(), Some(Overlay::Input(_))) {
        return;
    }
    let role = match tone {
        Tone::Good => Role::Ok,
        Tone::Note => Role::Info,
        Tone::Bad => Role::Critical,
    };
    // A question keeps its last line, which says what answers it.
    let most = if matches!(app.overlays.last(), Some(Overlay::Confirm(_))) { 1 } else { TOLD_LINES };
    let room = usize::from(bar.width).saturating_sub(2).max(1);
    let lines = told.folded(room);
    let rows = u16::try_from(lines.len().min(most)).unwrap_or(1);
    let area = Rect { y: bar.bottom().saturating_sub(rows), height: rows, ..bar };
    super::write::clear(app, area, buffer);
    for (row, line) in (0..rows).zip(&lines) {
        let (room, end) = if row + 1 == rows && lines.len() > most { (room - 1, "…") } else { (room, "") };
        text(buffer, area, row, &format!(" {}{end}", cut(line, room, Cut::End, "")), app.look.style(role));
    }
}

/// The keys that are most used here.
pub fn keys(app: &App, area: Rect, buffer: &mut Buffer) {
    let detail = matches!(app.overlays.last(), Some(Overlay::Detail(_) | Overlay::Finding(_)));
    let place = if detail { "detail" } else { "list" };
    let mut column = 1;
    let hints = ENTRIES.iter().filter(|entry| entry.place.is_empty() || entry.place == place);
    for (entry, hint) in hints.filter_map(|entry| entry.hint.map(|hint| (entry, hint))) {
        let Some(key) = app.keymap.keys(entry.name).first().map(ToString::to_string) else { continue };
        if usize::from(column) + key.len() + hint.len() + 3 > usize::from(area.width) {
            break;
        }
        let disabled = app.disabled(entry.command).is_some();
        let (key_role, hint_role) =
            if disabled { (Role::Disabled, Role::Disabled) } else { (Role::KeyHint, Role::Hint) };
        column = text_at(buffer, area, column, 0, &key, app.look.style(key_role)) + 1;
        column = text_at(buffer, area, column, 0, hint, app.look.style(hint_role)) + 2;
    }
}

/// What stands before a line that is typed.
pub fn prompt(input: &Input) -> Cow<'static, str> {
    match input.ask {
        Ask::Filter | Ask::Findings | Ask::Search => "/".into(),
        Ask::Command => ":".into(),
        Ask::Finding => "finding: ".into(),
        Ask::Case => "case or ticket that this belongs to: ".into(),
        Ask::Option(choice) => format!("{} ({}): ", choice.name, choice.doc).into(),
    }
}

/// A line that is typed, and what is wrong with it.
pub fn input(app: &App, input: &Input, area: Rect, buffer: &mut Buffer) {
    super::write::clear(app, area, buffer);
    let style = app.look.style(Role::Prompt);
    let column = text(buffer, area, 0, &prompt(input), app.look.style(Role::KeyHint));
    let shown = crate::model::Clean::from(input.text());
    let column = text_at(buffer, area, column, 0, &shown, style);
    if let Some(wrong) = &input.wrong {
        let rest = Rect { x: area.x + column + 2, width: area.width.saturating_sub(column + 2), ..area };
        text_right(buffer, rest, 0, wrong, app.look.style(Role::Warn));
    }
}
