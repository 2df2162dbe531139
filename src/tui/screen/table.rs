//! A list of objects as a table: only the rows on the screen are looked at.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::config::theme::Role;
use crate::inventory::columns::{Cell, Column};
use crate::inventory::{Freshness, Row};
use crate::model::{Age, Health};

use super::super::app::App;
use super::super::keys::Pane;
use super::super::panes::List;
use super::super::reply::Tone;
use super::super::respond::WORD;
use super::cut::cut;
use super::widths::{Wish, fit};
use super::write::{frame, text, text_at, text_right};

/// Cells before the first column, for marks.
const GUTTER: u16 = 2;

/// Cells before the first column: for marks, and for what stands on the rows where anything does.
fn gutter(app: &App, list: &List) -> u16 {
    if app.case.has_words(list.kind()) { GUTTER + WORD + 1 } else { GUTTER }
}

/// Draws a list.
pub fn draw(app: &App, pane: Pane, list: &List, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == pane;
    let inner = frame(app, &title(app, pane, list), focused, area, buffer);
    let widths = widths(app, list, inner.width.saturating_sub(gutter(app, list)));
    left_out(app, list, &widths, area, buffer);
    head(app, list, &widths, inner, buffer);
    let body = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    if list.view().is_empty() {
        text_at(buffer, body, GUTTER, 0, &nothing(app, list), app.look.style(Role::Dim));
        return;
    }
    let rows = list.view().len().saturating_sub(list.top()).min(usize::from(body.height));
    for (line, place) in (0..).zip(list.top()..list.top() + rows) {
        if let Some(row) = list.view().row(&app.inventory, place) {
            draw_row(app, row, focused && place == list.place(), &widths, (body, line, gutter(app, list)), buffer);
        }
    }
}

fn title(app: &App, pane: Pane, list: &List) -> String {
    let view = list.view();
    let name = if pane == Pane::Pods { list.kind().plural() } else { pane.title() };
    let filter = if list.typed.is_empty() { String::new() } else { format!("  /{}", list.typed) };
    let count =
        if view.len() == view.total() { view.len().to_string() } else { format!("{} of {}", view.len(), view.total()) };
    let marked = app.marked.count(list.kind());
    let marked = if marked > 0 { format!("  {marked} marked") } else { String::new() };
    let dropped = app.inventory.pods().dropped();
    let dropped = if list.view().query().wants_gone() && dropped > 0 {
        format!("  {dropped} older ones dropped")
    } else {
        String::new()
    };
    format!("{} {name} {count}{marked}{filter}{dropped}{}", pane.digit(), trouble(app, list))
}

/// Says how many columns there was no room for, to who asked for more of them.
fn left_out(app: &App, list: &List, widths: &[(&Column, u16)], area: Rect, buffer: &mut Buffer) {
    let out = list.columns(app.inventory.clusters().len() > 1).len() - widths.len();
    if out > 0 && (list.columns.wide || list.columns.left > 0) {
        let more = format!(" {out} more columns: {} ", app.look.glyph("← →", "left, right"));
        let head = Rect { x: area.x + 1, width: area.width.saturating_sub(2), height: 1, ..area };
        text_right(buffer, head, 0, &more, app.look.style(Role::Hint));
    }
}

/// What is wrong with the kind's data, of any cluster that it is wrong with.
fn trouble(app: &App, list: &List) -> String {
    let mut troubles = app.inventory.clusters().iter().filter_map(|cluster| {
        let watch = cluster.watches.get(&list.kind())?;
        let what = match &watch.health {
            Health::Listing(count) => format!("{count} so far"),
            Health::Forbidden(_) => "forbidden to us".to_owned(),
            Health::Throttled(wait) => format!("told to wait {}s", wait.as_secs()),
            Health::Absent => "unknown to the server".to_owned(),
            Health::Failing { .. } | Health::Connecting | Health::Live => {
                match cluster.freshness_of(list.kind(), app.now.instant) {
                    Freshness::Stale(age) => format!("STALE {}", Age::new(age)),
                    Freshness::Nothing if !watch.listed => "listing".to_owned(),
                    _ => return None,
                }
            }
        };
        Some(format!("{}: {what}", cluster.label))
    });
    troubles.next().map(|first| format!("  {first}")).unwrap_or_default()
}

/// Why a list shows nothing.
fn nothing(app: &App, list: &List) -> String {
    let forbidden =
        app.inventory.clusters().iter().find_map(|cluster| match &cluster.watches.get(&list.kind())?.health {
            Health::Forbidden(why) => Some(format!("{}: {why}", cluster.label)),
            Health::Failing { why, .. } => Some(format!("{}: {why}", cluster.label)),
            _ => None,
        });
    if let Some(why) = forbidden {
        return why;
    }
    if list.view().total() > 0 {
        return "no row is selected by this query; 0 shows all, ? explains the words".to_owned();
    }
    let listed = app
        .inventory
        .clusters()
        .iter()
        .any(|cluster| cluster.watches.get(&list.kind()).is_some_and(|watch| watch.listed));
    if listed { format!("there are no {}", list.kind().plural()) } else { "nothing has arrived yet".to_owned() }
}

/// The columns that fit, with their widths.
fn widths(app: &App, list: &List, room: u16) -> Vec<(&'static Column, u16)> {
    let several = app.inventory.clusters().len() > 1;
    let mut columns = list.columns(several);
    let skipped = list.columns.left.min(columns.len().saturating_sub(1));
    if skipped > 0 {
        let name = columns.iter().position(|column| column.title == "NAME").unwrap_or(0);
        let from = (name + 1).min(columns.len());
        let to = (from + skipped).min(columns.len());
        columns.drain(from..to);
    }
    let wishes = columns.into_iter().map(|column| Wish {
        column,
        width: list.width(column, &app.inventory, app.now),
        chosen: list.columns.wanted.contains(column.title),
    });
    fit(wishes.collect(), room)
}

fn head(app: &App, list: &List, widths: &[(&Column, u16)], area: Rect, buffer: &mut Buffer) {
    let style = app.look.style(Role::Title);
    let order = list.view().order();
    let mut column = gutter(app, list);
    if column > GUTTER {
        text_at(buffer, area, GUTTER, 0, "VERDICT", style);
    }
    for (held, width) in widths {
        let arrow = match (held.title == order.column, order.reversed) {
            (true, false) => app.look.glyph("↑", "^"),
            (true, true) => app.look.glyph("↓", "v"),
            (false, _) => "",
        };
        let title = format!("{}{arrow}", held.title);
        text_at(buffer, area, column, 0, &cut(&title, usize::from(*width), held.cut, ""), style);
        column += width + 1;
    }
}

fn draw_row(
    app: &App,
    row: Row<'_>,
    chosen: bool,
    widths: &[(&Column, u16)],
    (area, line, before): (Rect, u16, u16),
    buffer: &mut Buffer,
) {
    let id = row.id();
    let (marked, scoped) = (app.marked.has(&app.inventory, id), app.scope.has(&app.inventory, id));
    let gone = row.pod().is_some_and(|pod| pod.gone().is_some());
    let stale = app
        .inventory
        .cluster(id.session)
        .is_some_and(|cluster| matches!(cluster.freshness_of(id.kind, app.now.instant), Freshness::Stale(_)));
    let base = if chosen {
        Role::Selection
    } else if gone {
        Role::Gone
    } else if stale {
        Role::Stale
    } else if marked {
        Role::Mark
    } else {
        Role::Text
    };
    let style = app.look.style(base);
    if chosen {
        buffer.set_style(Rect { y: area.y + line, height: 1, ..area }, style);
    }
    let sign = match (marked, scoped) {
        (true, _) => app.look.glyph("●", "*"),
        (false, true) => app.look.glyph("◆", "+"),
        (false, false) => " ",
    };
    let sign_role = if scoped && !marked { Role::Scope } else { Role::Mark };
    text(buffer, Rect { width: 1, ..area }, line, sign, if chosen { style } else { app.look.style(sign_role) });
    let mut column = before;
    let cluster = app.inventory.cluster(id.session).and_then(|cluster| cluster.id());
    if let Some((word, tone)) = cluster.and_then(|cluster| app.case.word(cluster, id.kind, id.uid)) {
        let role = match tone {
            Tone::Good => Role::Ok,
            Tone::Note => Role::Warn,
            Tone::Bad => Role::Critical,
        };
        text_at(buffer, area, GUTTER, line, word, if chosen { style } else { app.look.style(role) });
    }
    for (held, width) in widths {
        let text = (held.text)(&Cell { row, inventory: &app.inventory, now: app.now });
        let style = if base == Role::Text { cell_style(app, held, &text, row, style) } else { style };
        let text = cut(&text, usize::from(*width), held.cut, app.look.glyph("…", "~"));
        text_at(buffer, area, column, line, &text, style);
        column += width + 1;
    }
}

/// What a cell of an ordinary row means.
fn cell_style(app: &App, column: &Column, text: &str, row: Row<'_>, style: Style) -> Style {
    let role = match column.title {
        "STATUS" => status(text),
        "SECURITY" if row.pod().is_some_and(|pod| pod.security().reaches_node()) => Role::Critical,
        "NAME" if row.hid_something() => Role::Hidden,
        "NAMESPACE" | "CLUSTER" | "AGE" | "UID" | "READY" => Role::Dim,
        _ => return style,
    };
    app.look.style(role)
}

fn status(text: &str) -> Role {
    let first = text.split(',').next().unwrap_or("");
    match first {
        "Running" | "Ready" | "Active" if first.len() == text.len() => Role::Ok,
        "Completed" | "Succeeded" => Role::Dim,
        "Pending" | "ContainerCreating" | "Terminating" | "PodInitializing" | "Ready" => Role::Warn,
        "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName" => Role::Text,
        text if text.starts_with("Init:") && !text.contains("Error") => Role::Warn,
        text if text.starts_with(|letter: char| letter.is_ascii_digit()) => Role::Text,
        _ => Role::Critical,
    }
}
