//! One object in full, drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::inventory::columns::Cut;

use super::super::app::App;
use super::super::detail::{Branch, Detail, Fetched, Logs, Reach, Tab};
use super::super::panes::TextPane;
use super::cut::cut;
use super::write::{clear, frame, text, text_at, text_right};
use crate::model::Age;

/// Draws an object.
pub fn draw(app: &App, detail: &Detail, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, &detail.title, true, area, buffer);
    let mut column = 0;
    for tab in Tab::of(detail.row.kind) {
        let role = if *tab == detail.tab { Role::Focus } else { Role::Dim };
        column = text_at(buffer, inner, column, 0, tab.title(), app.look.style(role)) + 2;
    }
    let body = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    match detail.tab {
        Tab::Relations => tree(app, &detail.branches, (detail.place, detail.top), body, buffer),
        Tab::Reach => {
            let state = Rect { x: inner.x + column, width: inner.width.saturating_sub(column), height: 1, ..inner };
            text_at(buffer, state, 2, 0, &reach_state(&detail.reach), app.look.style(Role::Dim));
            reach(app, &detail.reach, body, buffer);
        }
        Tab::Yaml => fetched(app, &detail.yaml, body, buffer),
        Tab::Events => fetched(app, &detail.events, body, buffer),
        Tab::Logs => {
            let state = Rect { x: inner.x + column, width: inner.width.saturating_sub(column), height: 1, ..inner };
            text_at(buffer, state, 2, 0, &state_of(&detail.logs), app.look.style(Role::Dim));
            logs(app, &detail.logs, body, buffer);
        }
    }
}

fn reach(app: &App, reach: &Reach, area: Rect, buffer: &mut Buffer) {
    match &reach.failed {
        Some(why) => {
            text(buffer, area, 0, why, app.look.style(Role::Critical));
        }
        None if reach.at().is_none() => {
            text(
                buffer,
                area,
                0,
                "asking the server for roles, bindings and names of secrets",
                app.look.style(Role::Dim),
            );
        }
        None => tree(app, &reach.branches, (reach.place, reach.top), area, buffer),
    }
}

fn reach_state(reach: &Reach) -> String {
    let at = reach.at().and_then(|at| jiff::Timestamp::from_second(at).ok());
    at.map(|at| format!("as of {}; the same key reads it anew", at.strftime("%H:%M:%SZ"))).unwrap_or_default()
}

fn tree(app: &App, branches: &[Branch], (at, top): (usize, usize), area: Rect, buffer: &mut Buffer) {
    let rows = branches.iter().enumerate().skip(top);
    for (row, (place, branch)) in (0..area.height).zip(rows) {
        let chosen = place == at;
        let style = app.look.style(if chosen { Role::Selection } else { branch.role });
        let leads = if branch.goes.is_some() { app.look.glyph("→ ", "> ") } else { "  " };
        let line = format!("{}{leads}{}", "  ".repeat(branch.depth), branch.label);
        let line = cut(&line, usize::from(area.width), Cut::End, app.look.glyph("…", "~"));
        let end = text(buffer, area, row, &line, style);
        if let Some(told) = branch.told {
            let age = format!(" {} ago ", Age::between(told.as_second(), app.now.unix));
            let wide = u16::try_from(age.len()).unwrap_or_default();
            // A fact is worth more than its age: where there is no room, the age waits for a wider screen.
            if end + wide <= area.width {
                text_right(buffer, area, row, &age, app.look.style(Role::Dim));
            }
        }
    }
}

fn fetched(app: &App, fetched: &Fetched, area: Rect, buffer: &mut Buffer) {
    match fetched {
        Fetched::No | Fetched::Asked => {
            text(buffer, area, 0, "asking the server", app.look.style(Role::Dim));
        }
        Fetched::Failed(why) => {
            text(buffer, area, 0, why, app.look.style(Role::Critical));
        }
        Fetched::Here(lines) => pane(app, lines, area, buffer),
    }
}

/// Draws a text from where it is scrolled to.
pub fn pane(app: &App, pane: &TextPane, area: Rect, buffer: &mut Buffer) {
    for (row, line) in (0..area.height).zip(pane.lines.iter().skip(pane.scroll.top)) {
        let role = if pane.matches(line) {
            Role::Match
        } else if line.hid_something() {
            Role::Hidden
        } else {
            Role::Text
        };
        let shown: String = line.chars().skip(pane.scroll.left).collect();
        text(buffer, area, row, &shown, app.look.style(role));
    }
}

fn state_of(logs: &Logs) -> String {
    let which = logs.only.and_then(|place| logs.containers.get(place)).map_or("all containers", |name| name.as_str());
    let life = if logs.previous { ", before the last restart" } else { "" };
    let follow = if logs.follow && !logs.previous { ", following" } else { "" };
    let dropped = if logs.dropped > 0 { format!(", {} older lines dropped", logs.dropped) } else { String::new() };
    format!("{which}{life}{follow}, {} lines{dropped}", logs.len())
}

fn logs(app: &App, logs: &Logs, area: Rect, buffer: &mut Buffer) {
    let several = logs.only.is_none() && logs.containers.len() > 1;
    let mut row = 0;
    for line in logs.visible() {
        let mut column = 0;
        if several {
            column = text(buffer, area, row, &format!("{} ", line.container), app.look.style(Role::Dim));
        }
        let wanted = !logs.wanted.is_empty() && line.text.to_lowercase().contains(&logs.wanted);
        let role = match (wanted, line.text.hid_something()) {
            (true, _) => Role::Match,
            (false, true) => Role::Hidden,
            (false, false) => Role::Text,
        };
        text_at(buffer, area, column, row, &line.text, app.look.style(role));
        row += 1;
    }
    for (container, why) in &logs.ended {
        let line = match why {
            Some(why) => format!("{container}: {why}"),
            None => format!("{container}: the log ends here"),
        };
        let role = if why.is_some() { Role::Warn } else { Role::Dim };
        text(buffer, area, row, &line, app.look.style(role));
        row += 1;
    }
    if logs.is_empty() && logs.ended.is_empty() {
        text(buffer, area, 0, "nothing has been written, or it has not arrived yet", app.look.style(Role::Dim));
    }
}
