//! The questions of the incident, drawn: the list, and below it all about the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::config::theme::Role;
use crate::inventory::columns::Cut;
use crate::model::{Age, Clean};
use crate::triage::all;

use super::super::app::App;
use super::super::triage::{Answering, Paging, Row, Triage};
use super::cut::cut;
use super::detail::pane;
use super::overlay::editor;
use super::write::{clear, frame, text, text_at, text_right};

/// Cells of the headings, where there is room for them.
const HEADING: usize = 17;
/// Cells of the topics.
const TOPIC: usize = 14;
/// Columns from which on the headings stand beside the topics.
const ROOMY: u16 = 100;

/// Draws the questions over everything.
pub fn draw(app: &App, triage: &Triage, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let open = app.case.ledger.open().count();
    let title = format!("triage of {}: {open} of {} have no answer", app.case.id, all().len());
    let inner = frame(app, &title, true, area, buffer);
    let rows = u16::try_from(triage.rows().len()).unwrap_or(u16::MAX).min(inner.height * 3 / 5).max(1);
    let top = (triage.place + 1).saturating_sub(usize::from(rows));
    let mut before = "";
    for (row, (place, line)) in (0..rows).zip(triage.rows().iter().enumerate().skip(top)) {
        let heading = if line.heading() == before { "" } else { line.heading() };
        before = line.heading();
        one(app, triage, (place, line, heading), Rect { y: inner.y + row, height: 1, ..inner }, buffer);
    }
    let hints = if app.mode.read_only {
        "enter looks  h history  y copies  esc closes"
    } else {
        "enter answers  h history  y copies  r looks anew  esc closes"
    };
    let below = Rect { y: inner.y + rows, height: inner.height.saturating_sub(rows), ..inner };
    text(buffer, below, 0, &app.look.glyph("─", "-").repeat(usize::from(below.width)), app.look.style(Role::Border));
    text_right(buffer, below, 0, &format!(" {hints} "), app.look.style(Role::Hint));
    let body = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
    Paragraph::new(about(app, triage)).wrap(Wrap { trim: false }).render(body, buffer);
}

fn one(app: &App, triage: &Triage, (place, row, heading): (usize, &Row, &str), area: Rect, buffer: &mut Buffer) {
    let ledger = &app.case.ledger;
    let (answer, known) = (ledger.answer(row.id()), row.known(&triage.facts, ledger));
    let (sign, role) = match (answer, &known) {
        (Some(_), _) => (app.look.glyph("✓", "x"), Role::Text),
        (None, Some(_)) => (app.look.glyph("·", "-"), Role::Info),
        (None, None) => ("?", Role::Warn),
    };
    let chosen = place == triage.place;
    let plain = app.look.style(if chosen { Role::Selection } else { role });
    let style = |role: Role| if chosen { plain } else { app.look.style(role) };
    if chosen {
        buffer.set_style(area, plain);
    }
    let heading = if area.width >= ROOMY { format!("{heading:<HEADING$} ") } else { String::new() };
    let column = text(buffer, area, 0, &heading, style(Role::Title));
    let column = text_at(buffer, area, column, 0, &format!("{sign} {:<TOPIC$}", row.id()), plain);
    let (told, whose) = match (answer, &known, row) {
        (Some(answer), ..) => {
            let more = answer.lines.len().saturating_sub(1);
            let more = if more > 0 { format!(" (+{more})") } else { String::new() };
            let age = Age::between(answer.at.as_second(), app.now.unix);
            (
                format!("{}{more}", answer.lines.first().map(Clean::as_str).unwrap_or_default()),
                format!(" {} {age} ", answer.by.user),
            )
        }
        (None, Some(known), _) => {
            let age = known.at.map(|at| format!(" {}", Age::between(at, app.now.unix))).unwrap_or_default();
            (known.lines.first().map(ToString::to_string).unwrap_or_default(), format!(" facts{age} "))
        }
        (None, None, Row::Asked(topic)) => (topic.question.to_owned(), String::new()),
        (None, None, Row::Strange(_)) => (String::new(), String::new()),
    };
    let right = text_right(buffer, area, 0, &whose, style(Role::Dim));
    let room = usize::from(right.saturating_sub(column));
    text_at(buffer, area, column, 0, &cut(&told, room, Cut::End, app.look.glyph("…", "~")), plain);
}

fn about<'a>(app: &App, triage: &'a Triage) -> Text<'a> {
    let Some(row) = triage.row() else { return Text::default() };
    let ledger = &app.case.ledger;
    let told = |head: String, body: String| {
        Line::from(vec![
            Span::styled(head, app.look.style(Role::KeyHint)),
            Span::styled(body, app.look.style(Role::Text)),
        ])
    };
    let mut lines = Vec::new();
    if let Row::Asked(topic) = row {
        lines.push(Line::styled(topic.question.to_owned(), app.look.style(Role::Title)));
    }
    if let Some(answer) = ledger.answer(row.id()) {
        let age = Age::between(answer.at.as_second(), app.now.unix);
        lines.push(told("answer ".to_owned(), format!("by {}@{}, {age} ago:", answer.by.user, answer.by.host)));
        lines.extend(answer.lines.iter().map(|line| Line::styled(format!("  {line}"), app.look.style(Role::Text))));
    }
    if let Some(known) = row.known(&triage.facts, ledger) {
        let age = known.at.map(|at| format!(", {} old", Age::between(at, app.now.unix))).unwrap_or_default();
        lines.push(told("facts ".to_owned(), format!("({}{age}):", known.from)));
        lines.extend(known.lines.iter().map(|line| Line::styled(format!("  {line}"), app.look.style(Role::Info))));
    }
    if let Row::Asked(topic) = row {
        lines.push(told("how: ".to_owned(), topic.hint.to_owned()));
        lines.push(told("a good answer: ".to_owned(), topic.good.to_owned()));
    }
    Text::from(lines)
}

/// Draws an answer that is being written, below its question.
pub fn answering(app: &App, answering: &Answering, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let topic = answering.topic;
    let inner = frame(app, &format!("{}: {}", topic.id, topic.question), true, area, buffer);
    let head = Rect { height: 3.min(inner.height.saturating_sub(2)), ..inner };
    let lines = vec![
        Line::styled(topic.hint, app.look.style(Role::Info)),
        Line::styled(format!("a good answer: {}", topic.good), app.look.style(Role::Dim)),
    ];
    Paragraph::new(lines).wrap(Wrap { trim: true }).render(head, buffer);
    let body = Rect { y: inner.y + head.height, height: inner.height - head.height, ..inner };
    editor(app, &answering.notes, answering.hint(), body, buffer);
}

/// Draws a call of people and the question.
pub fn paging(app: &App, paging: &Paging, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let inner = frame(app, "call people", true, area, buffer);
    let body = Rect { height: inner.height.saturating_sub(2), ..inner };
    pane(app, &paging.text, body, buffer);
    let last = inner.height.saturating_sub(1);
    text(buffer, inner, last, "y runs it; anything else calls nobody", app.look.style(Role::Warn));
}
