//! Menus, the help, and plans, drawn.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget as _, Wrap};
use unicode_width::UnicodeWidthStr as _;

use crate::config::theme::Role;
use crate::inventory::columns::Cut;

use super::super::app::App;
use super::super::overlays::{Item, Menu, Page};
use super::super::panes::TextPane;
use super::super::respond::{Confirm, Notes};
use super::cut::cut;
use super::detail::pane;
use super::write::{clear, frame, text, text_at, text_right};

/// Draws the help over everything.
pub fn help(app: &App, help: &TextPane, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, "help: / searches, esc closes", true, area, buffer);
    pane(app, help, inner, buffer);
}

/// Widest label of a menu's entry, in cells.
const LABEL: usize = 40;

/// A label in so many cells, and one more.
fn padded(label: &str, cells: usize, app: &App) -> String {
    let label = cut(label, cells, Cut::Middle, app.look.glyph("…", "~"));
    format!("{label}{} ", " ".repeat(cells.saturating_sub(label.width())))
}

/// Cells of a menu: what is shorter jumps about while it is narrowed, what is longer is hard to read.
const NARROW: u16 = 96;
const WIDE: u16 = 132;

/// Cells that an entry's key takes.
const KEY: usize = 6;

/// Lines below a menu for the whole text of the entry under the cursor.
const FOOT: u16 = 2;

/// Draws a menu in the middle. Where entries have more to say than fits beside
/// them, all that the chosen one says stands below.
pub fn menu(app: &App, menu: &Menu, area: Rect, buffer: &mut Buffer) {
    let longest = menu.items.iter().map(|item| item.label.width()).max().unwrap_or(0).clamp(18, LABEL);
    let taken = 2 + KEY + 1 + longest + 1;
    let most = menu.items.iter().map(|item| about(item).width()).max().unwrap_or(0);
    let wanted = u16::try_from(taken + most).unwrap_or(u16::MAX).clamp(NARROW, WIDE);
    let width = area.width.saturating_sub(4).min(wanted);
    let room = usize::from(width).saturating_sub(taken);
    let foot = if most > room { FOOT } else { 0 };
    let shown = u16::try_from(menu.shown().count()).unwrap_or(u16::MAX);
    let height = shown.saturating_add(3 + foot).clamp(4, area.height.saturating_sub(2).max(4)).min(area.height);
    let area = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 3, width, height };
    clear(app, area, buffer);
    let inner = frame(app, &menu.title, true, area, buffer);
    let asked = if menu.typing { format!("{} ", menu.typed) } else { "enter takes it, esc closes".to_owned() };
    let column = if menu.typing { text(buffer, inner, 0, "> ", app.look.style(Role::KeyHint)) } else { 0 };
    text_at(buffer, inner, column, 0, &asked, app.look.style(Role::Prompt));
    let entries = Rect { height: inner.height.saturating_sub(foot).max(2).min(inner.height), ..inner };
    let fit = usize::from(entries.height.saturating_sub(1)).max(1);
    let top = (menu.place + 1).saturating_sub(fit);
    for (row, (place, item)) in (1..entries.height).zip(menu.shown().enumerate().skip(top)) {
        let chosen = place == menu.place;
        let role = match (chosen, item.disabled.is_some()) {
            (true, _) => Role::Selection,
            (false, true) => Role::Disabled,
            (false, false) => Role::Text,
        };
        let style = app.look.style(role);
        if chosen {
            buffer.set_style(Rect { y: inner.y + row, height: 1, ..inner }, style);
        }
        let key = format!("{:>KEY$} ", cut(&item.key, KEY, Cut::End, ""));
        let column = text(buffer, entries, row, &key, if chosen { style } else { app.look.style(Role::KeyHint) });
        let column = text_at(buffer, entries, column, row, &padded(&item.label, longest, app), style);
        let about = cut(&about(item), room, Cut::End, app.look.glyph("…", "~")).into_owned();
        text_at(buffer, entries, column, row, &about, if chosen { style } else { app.look.style(Role::Dim) });
    }
    if let Some(chosen) = menu.chosen().filter(|_| foot > 0) {
        let foot = Rect { y: entries.bottom(), height: inner.height - entries.height, ..inner };
        Paragraph::new(about(chosen)).wrap(Wrap { trim: true }).style(app.look.style(Role::Info)).render(foot, buffer);
    }
}

/// What an entry does, or why it does nothing now.
fn about(item: &Item) -> String {
    item.disabled.as_ref().map_or_else(|| item.about.to_string(), |why| format!("not now: {why}"))
}

/// Draws a text over everything.
pub fn page(app: &App, page: &Page, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, &format!("{}  (esc closes)", page.title), true, area, buffer);
    pane(app, &page.text, inner, buffer);
}

/// Draws the notes, with the cursor as a cell of its own.
pub fn notes(app: &App, notes: &Notes, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, "notes of the case", true, area, buffer);
    editor(app, notes, notes.hint(), inner, buffer);
}

/// Draws a text that is being written, and what the keys do below it.
pub fn editor(app: &App, notes: &Notes, hint: &str, inner: Rect, buffer: &mut Buffer) {
    let (lines, (row, column)) = notes.shown();
    let fit = inner.height.saturating_sub(1);
    let top = (row + 1).saturating_sub(usize::from(fit).max(1));
    let left = (column + 1).saturating_sub(usize::from(inner.width).max(1));
    for (at, line) in (0..fit).zip(lines.iter().skip(top)) {
        let shown: String = line.chars().skip(left).collect();
        text(buffer, inner, at, &shown, app.look.style(Role::Text));
    }
    let before: String =
        lines.get(row).into_iter().flat_map(|line| line.chars()).skip(left).take(column - left).collect();
    let place = |length: usize, from: u16| from.saturating_add(u16::try_from(length).unwrap_or(u16::MAX));
    let at = Rect { x: place(before.width(), inner.x), y: place(row - top, inner.y), width: 1, height: 1 };
    buffer.set_style(at.intersection(inner), app.look.style(Role::Selection));
    text(buffer, inner, fit, hint, app.look.style(Role::KeyHint));
}

/// Draws a plan and the question.
pub fn confirm(app: &App, confirm: &Confirm, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, &format!("plan: {}", confirm.plan.action), true, area, buffer);
    let body = Rect { height: inner.height.saturating_sub(2), ..inner };
    pane(app, &confirm.text, body, buffer);
    let last = inner.height.saturating_sub(1);
    let column = text(buffer, inner, last, &confirm.question(), app.look.style(Role::Warn));
    if confirm.password().is_some() {
        text_at(buffer, inner, column + 2, last, &confirm.typed, app.look.style(Role::Prompt));
    }
    if confirm.has_scripts() {
        let hint = "tab: scripts whole or by their first line";
        text(buffer, inner, last.saturating_sub(1), hint, app.look.style(Role::KeyHint));
    }
    let below = confirm.text.lines.len().saturating_sub(confirm.text.scroll.top + usize::from(body.height));
    if below > 0 {
        text_right(
            buffer,
            inner,
            last.saturating_sub(1),
            &format!("{below} more lines below"),
            app.look.style(Role::Info),
        );
    }
}
