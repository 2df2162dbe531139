//! The findings, and one of them in full.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::findings::Weight;
use crate::inventory::columns::Cut;
use crate::model::finding::Source;
use crate::model::{Age, Clean, Finding, Severity};

use super::super::alerts::Look;
use super::super::app::App;
use super::super::keys::Pane;
use super::cut::cut;
use super::detail::pane;
use super::write::{clear, frame, text, text_at, text_right};

/// Columns from which on a row has its whole type and place.
const ROOMY: u16 = 80;

/// Columns below which a row of a rule has no more than the name of what it is about.
const NARROW: u16 = 40;

/// Draws the list: the alerts, the worst first, and below them what our own rules see.
pub fn list(app: &App, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == Pane::Findings;
    let inner = frame(app, &title(app), focused, area, buffer);
    let line = |buffer: &mut Buffer, row: u16, line: &str| {
        let line = cut(line, usize::from(inner.width), Cut::End, app.look.glyph("…", "~")).into_owned();
        text(buffer, inner, row, &line, app.look.style(Role::Dim));
    };
    if app.alerts.rows().is_empty() {
        (0..inner.height).zip(app.alerts.nothing()).for_each(|(row, told)| line(buffer, row, &told));
    }
    let rows = app.alerts.rows().iter().enumerate().skip(app.alerts.top()).take(app.alerts.fit());
    for (row, (place, finding)) in (0..inner.height).zip(rows) {
        let chosen = focused && place == app.alerts.place();
        draw_row(app, finding, chosen, inner, row, buffer);
    }
    if app.alerts.tells_of_rules() {
        line(buffer, inner.height.saturating_sub(1), &not_looked_at(app, inner.width >= ROOMY));
    }
}

/// How many alerts there are, how much our rules see, and what is selected among both.
fn title(app: &App) -> String {
    let (alerts, rules) = (&app.alerts, app.alerts.rounds.findings().len());
    let (all, wrong) = (alerts.shelf.len(), alerts.shelf.troubles.len());
    if !alerts.typed.is_empty() {
        return format!("4 /{}  {}", Clean::from(alerts.typed.as_str()), alerts.rows().len());
    }
    let mut parts = vec![if all > 0 { format!("4 findings {all}") } else { "4 findings".to_owned() }];
    parts.extend((rules > 0).then(|| format!("rules {rules}")));
    parts.extend((wrong > 0).then(|| format!("{wrong} unread")));
    let heard = alerts.heard.filter(|_| !alerts.asked.is_empty());
    parts.extend(heard.map(|at| format!("{} ago", Age::between(at, app.now.unix))));
    parts.join("  ")
}

/// What our rules have not looked at, and what makes them look.
fn not_looked_at(app: &App, roomy: bool) -> String {
    let rounds = &app.alerts.rounds;
    let read = rounds.rights().values().map(|rights| rights.at).min();
    let told = !app.alerts.shelf.execs.is_empty();
    match (rounds.waits(), read) {
        (true, _) => "rules wait for the pods".to_owned(),
        (false, None) if roomy => {
            let execs = ", nor at who ran commands in pods (:findings FILE reads an audit log)";
            let execs = if told { "" } else { execs };
            format!("the rules have not looked at bindings (:rules reads them){execs}")
        }
        (false, None) => ":rules reads bindings, too".to_owned(),
        (false, Some(at)) => {
            let age = Age::between(at, app.now.unix);
            let more = match (roomy, told) {
                (false, _) => "",
                (true, true) => " (:rules reads them anew)",
                (true, false) => " (:rules reads them anew); who ran commands in pods is told by an audit log",
            };
            format!("bindings of {age} ago{more}")
        }
    }
}

fn draw_row(app: &App, finding: &Finding, chosen: bool, area: Rect, row: u16, buffer: &mut Buffer) {
    let plain = app.look.style(if chosen { Role::Selection } else { Role::Text });
    if chosen {
        buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, plain);
    }
    let style = |role: Role| if chosen { plain } else { app.look.style(role) };
    let roomy = area.width >= ROOMY;
    let pad = if roomy { 8 } else { 0 };
    let severity = format!("{} {:<pad$}", glyph(app, finding.severity), finding.severity.word());
    let mut column = text(buffer, area, row, &severity, style(role(finding.severity))) + 1;
    // What a rule sees is there now: since when, nobody knows.
    let age = match finding.when().filter(|_| finding.source.is_alert()) {
        Some(at) => Age::between(at.as_second(), app.now.unix).to_string(),
        None if finding.source.is_alert() || roomy => String::new(),
        None => "rule".to_owned(),
    };
    column = text_at(buffer, area, column, row, &format!("{age:>3}"), style(Role::Dim)) + 1;
    if roomy {
        column = text_at(buffer, area, column, row, &format!("{:<12}", finding.source.word()), style(Role::Dim)) + 1;
    }
    let put_away = if finding.sample {
        " SAMPLE"
    } else if finding.archived {
        " archived"
    } else {
        ""
    };
    let (kind, resource) = (finding.kind.as_str(), finding.resource());
    let rest = if roomy {
        let what = if finding.source == Source::Typed { finding.title.as_str() } else { kind };
        format!("{what}  {resource}{put_away}")
    } else {
        let short = kind.rsplit(['/', '!', '.']).find(|part| part.len() > 2).unwrap_or(kind);
        let short = if finding.source == Source::Typed { finding.title.as_str() } else { short };
        let inside = resource.split(": ").last().unwrap_or_default();
        let inside = match inside.rsplit('/').next() {
            Some(name) if !finding.source.is_alert() && area.width < NARROW => name,
            _ => inside,
        };
        format!("{short} {inside}{put_away}")
    };
    let room = usize::from(area.width.saturating_sub(column));
    let hidden = finding.kind.hid_something() || finding.title.hid_something();
    let text = cut(&rest, room, Cut::End, app.look.glyph("…", "~"));
    text_at(buffer, area, column, row, &text, style(if hidden { Role::Hidden } else { Role::Text }));
}

/// A sign that tells severities apart without colour.
fn glyph(app: &App, severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => app.look.glyph("◆", "#"),
        Severity::High => app.look.glyph("●", "*"),
        Severity::Medium => app.look.glyph("◐", "+"),
        Severity::Low => app.look.glyph("○", "-"),
        Severity::Info => app.look.glyph("·", "."),
    }
}

const fn role(severity: Severity) -> Role {
    match severity {
        Severity::Critical | Severity::High => Role::Critical,
        Severity::Medium => Role::Warn,
        Severity::Low => Role::Info,
        Severity::Info => Role::Dim,
    }
}

/// Draws one finding over everything.
pub fn one(app: &App, look: &Look, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let title = format!("{} {}", look.finding.severity, look.finding.kind);
    let inner = frame(app, &title, true, area, buffer);
    let (meaning, raw) = if look.is_raw { (Role::Dim, Role::Focus) } else { (Role::Focus, Role::Dim) };
    let column = text(buffer, inner, 0, "finding", app.look.style(meaning)) + 2;
    let column = text_at(buffer, inner, column, 0, "raw", app.look.style(raw)) + 2;
    let hint = "tab turns, enter follows, B reaches, + puts its pods into the scope";
    let column = text_at(buffer, inner, column, 0, hint, app.look.style(Role::Hint));
    if look.finding.source == Source::GuardDuty {
        let last = format!(" r: {}", app.last_read(&look.finding));
        let room = usize::from(inner.width.saturating_sub(column + 1));
        let last = cut(&last, room, Cut::End, app.look.glyph("…", "~")).into_owned();
        text_right(buffer, inner, 0, &last, app.look.style(Role::Dim));
    }
    let body = Rect { y: inner.y + 1, height: inner.height.saturating_sub(1), ..inner };
    if look.is_raw {
        pane(app, &look.raw, body, buffer);
        return;
    }
    for (row, (place, line)) in (0..body.height).zip(look.lines.iter().enumerate().skip(look.top)) {
        let role = match line.weight {
            _ if place == look.place => Role::Selection,
            _ if line.text.hid_something() => Role::Hidden,
            Weight::Title | Weight::Heading => Role::Title,
            Weight::Text | Weight::Firm => Role::Text,
            Weight::Question => Role::Info,
            Weight::Loose | Weight::Against => Role::Warn,
            Weight::Dim => Role::Dim,
        };
        let sign = match (&line.leads, line.weight) {
            (Some(_), _) => app.look.glyph("→ ", "> "),
            (None, Weight::Question) if line.depth == 1 => "? ",
            (None, Weight::Title | Weight::Heading) => "",
            (None, _) => "  ",
        };
        let line = format!("{}{sign}{}", "  ".repeat(line.depth.saturating_sub(1)), line.text);
        let line = cut(&line, usize::from(body.width), Cut::End, app.look.glyph("…", "~"));
        text(buffer, body, row, &line, app.look.style(role));
    }
}
