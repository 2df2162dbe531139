//! A playbook, drawn: the steps, and below them all about the one under the cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Paragraph, Widget, Wrap};

use crate::config::theme::Role;
use crate::inventory::columns::Cut;
use crate::playbook::{How, Step};

use super::super::app::App;
use super::super::overlays::Walk;
use super::super::respond::verdict_of;
use super::cut::cut;
use super::write::{clear, frame, text, text_at, text_right};

/// Draws a playbook over everything.
pub fn draw(app: &App, walk: &Walk, area: Rect, buffer: &mut Buffer) {
    clear(app, area, buffer);
    let title = format!("playbook {}: {}", walk.playbook.name, walk.playbook.title);
    let inner = frame(app, &title, true, area, buffer);
    let all = walk.playbook.steps.len();
    let rows = u16::try_from(all).unwrap_or(u16::MAX).min((inner.height / 2).saturating_sub(1)).max(1);
    let top = (walk.place + 1).saturating_sub(usize::from(rows));
    for (row, (place, step)) in (0..rows).zip(walk.playbook.steps.iter().enumerate().skip(top)) {
        line(app, walk, (place, step), Rect { y: inner.y + row, height: 1, ..inner }, buffer);
    }
    let hints = "enter does it  space ticks it off  esc closes";
    let below = Rect { y: inner.y + rows, height: inner.height.saturating_sub(rows), ..inner };
    text(buffer, below, 0, &app.look.glyph("─", "-").repeat(usize::from(below.width)), app.look.style(Role::Border));
    text_right(buffer, below, 0, &format!(" {hints} "), app.look.style(Role::Hint));
    let body = Rect { y: below.y + 1, height: below.height.saturating_sub(1), ..below };
    Paragraph::new(about(app, walk)).wrap(Wrap { trim: true }).render(body, buffer);
}

fn line(app: &App, walk: &Walk, (place, step): (usize, &Step), area: Rect, buffer: &mut Buffer) {
    let chosen = place == walk.place;
    let done = walk.done.contains(&step.id);
    let role = match (chosen, done) {
        (true, _) => Role::Selection,
        (false, true) => Role::Dim,
        (false, false) => Role::Text,
    };
    let style = app.look.style(role);
    if chosen {
        buffer.set_style(area, style);
    }
    let tick = if done { app.look.glyph("✓", "x") } else { " " };
    let column = text(buffer, area, 0, &format!("{tick} {:>2} ", place + 1), style);
    let (state, state_role) = state(app, step);
    let right = text_right(buffer, area, 0, &state, if chosen { style } else { app.look.style(state_role) });
    let room = usize::from(right.saturating_sub(column + 1));
    text_at(buffer, area, column, 0, &cut(&step.title, room, Cut::End, app.look.glyph("…", "~")), style);
}

/// What has come of a step: of an action, what the journal of the case says.
fn state(app: &App, step: &Step) -> (String, Role) {
    let How::Action(id) = &step.how else {
        return match &step.how {
            How::Show(show) => (format!(":{}", String::from(show.clone())), Role::Dim),
            _ => ("by hand".to_owned(), Role::Dim),
        };
    };
    let Some(job) = app.case.newest().find(|job| job.action == *id) else { return (id.to_string(), Role::KeyHint) };
    let all = job.targets.len();
    match verdict_of(job) {
        _ if job.ended.is_none() => (format!("{id} {}/{all}", job.finished()), Role::Progress),
        _ if job.failures() > 0 => (format!("{id} {} of {all} FAILED", job.failures()), Role::Critical),
        Some(verdict) if verdict.is_proven() => (format!("{id} {}", verdict.word()), Role::Ok),
        Some(verdict) => (format!("{id} {}", verdict.word()), Role::Warn),
        None => (format!("{id} ended"), Role::Text),
    }
}

fn about<'a>(app: &App, walk: &'a Walk) -> Text<'a> {
    let Some(step) = walk.step() else { return Text::default() };
    let told = |head: &'static str, body: String| {
        Line::from(vec![
            Span::styled(head, app.look.style(Role::KeyHint)),
            Span::styled(body, app.look.style(Role::Text)),
        ])
    };
    let how = match &step.how {
        How::Action(id) => {
            let offer = app.offers.iter().find(|offer| *id == offer.id);
            let about = offer.map_or_else(String::new, |offer| format!(" {}", offer.about));
            told("enter plans ", format!("{id} on the scope ({} in it).{about}", app.scope.len()))
        }
        How::Show(show) => told("enter shows ", format!("{}; `:playbook` comes back", String::from(show.clone()))),
        How::ByHand(hand) => told("by hand: ", hand.to_string()),
    };
    let lines = vec![
        told("what: ", step.what.to_string()),
        Line::default(),
        told("why here: ", step.why.to_string()),
        Line::default(),
        how,
        Line::default(),
        told("for: ", walk.playbook.about.to_string()),
    ];
    Text::from(lines)
}
