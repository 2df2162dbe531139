//! The panes beside and below: scope, jobs, journal.

use std::time::Duration;

use jiff::Timestamp;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::inventory::columns::Cut;
use crate::model::{Age, StepState, count};
use crate::response::{Job, TargetState};

use super::super::app::App;
use super::super::keys::Pane;
use super::super::respond::verdict_of;
use super::cut::cut;
use super::write::{frame, text};

/// The scope: the objects that the responder works on, those that are gone too.
pub fn scope(app: &App, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == Pane::Scope;
    let inner = frame(app, &format!("5 scope {}", app.scope.len()), focused, area, buffer);
    if app.scope.is_empty() {
        text(buffer, inner, 0, "empty: + adds, x takes out", app.look.style(Role::Dim));
    }
    let [place, ..] = app.places;
    let fit = usize::from(inner.height).max(1);
    let top = (place + 1).saturating_sub(fit);
    for (row, (at, target)) in (0..).zip(app.scope.iter().enumerate().skip(top).take(fit)) {
        let known = app.inventory.row_of(target).and_then(|id| app.inventory.row(id));
        let gone = known.and_then(|row| row.pod()).is_some_and(|pod| pod.gone().is_some());
        let (state, role) = match (known, gone) {
            (Some(_), false) => ("", Role::Scope),
            (_, true) => ("  gone", Role::Gone),
            (None, _) => ("  not seen", Role::Stale),
        };
        let style = app.look.style(if focused && at == place { Role::Selection } else { role });
        let line = format!("{target}{state}");
        let line = cut(&line, usize::from(inner.width), Cut::Middle, app.look.glyph("…", "~"));
        text(buffer, inner, row, &line, style);
    }
}

/// The jobs of the case, the newest first, with each target's place.
pub fn jobs(app: &App, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == Pane::Jobs;
    let (running, all) = (app.case.jobs.running(), app.case.jobs.iter().len());
    let title = if running > 0 { format!("6 jobs {running} running") } else { format!("6 jobs {all}") };
    let inner = frame(app, &title, focused, area, buffer);
    if all == 0 {
        text(buffer, inner, 0, "none: a opens the actions for what is marked", app.look.style(Role::Dim));
    }
    let [_, place, _] = app.places;
    let mut row = 0;
    for (at, job) in app.case.newest().enumerate().skip(place) {
        let (line, role) = job_line(app, job);
        let style = app.look.style(if focused && at == place { Role::Selection } else { role });
        text(buffer, inner, row, &line, style);
        row += 1;
        let alike = job
            .alike
            .iter()
            .map(|seen| (format!("  {} is like {}: same {}", seen.pod, seen.like, seen.shares), Role::Warn));
        for (line, role) in job.targets.iter().map(target_line).chain(alike) {
            let line = cut(&line, usize::from(inner.width), Cut::End, app.look.glyph("…", "~"));
            text(buffer, inner, row, &line, app.look.style(role));
            row += 1;
        }
        if row >= inner.height {
            break;
        }
    }
}

fn job_line(app: &App, job: &Job) -> (String, Role) {
    let (line, role) = job_came(app, job);
    match (&job.undoes, job.is_undone()) {
        (Some(undone), _) => (format!("undo of {undone}: {line}"), role),
        (None, true) => (format!("{line}  put back"), Role::Dim),
        (None, false) => (line, role),
    }
}

fn job_came(app: &App, job: &Job) -> (String, Role) {
    let all = job.targets.len();
    let size = if job.bytes() > 0 { format!("  {}", bytes(job.bytes())) } else { String::new() };
    let age = Age::between(job.started.as_second(), app.now.unix);
    if job.ended.is_none() {
        let now = Timestamp::from_second(app.now.unix).unwrap_or(job.started);
        let rate = if job.bytes() > 0 { format!("  {}/s", bytes(job.rate(now) as u64)) } else { String::new() };
        let left = left(job, now).map(|left| format!("  about {} left", Age::new(left))).unwrap_or_default();
        return (format!("{} {}/{all}{size}{rate}  {age}{left}", job.action, job.finished()), Role::Progress);
    }
    let failed = if job.failures() > 0 { format!(" {} FAILED", job.failures()) } else { String::new() };
    let (word, role) = match verdict_of(job) {
        _ if job.failures() > 0 => ("", Role::Critical),
        Some(verdict) if verdict.is_proven() => (verdict.word(), Role::Ok),
        Some(verdict) => (verdict.word(), Role::Warn),
        None => ("ended", Role::Text),
    };
    let targets = count(all, "target");
    (format!("{} {word}{failed}  {targets}{size}  {age} ago", job.action), role)
}

/// Least share of a job that must be done before the rest is guessed from it.
const TELLS: f64 = 0.1;

/// Time that a job may still need, where what is done of it tells.
fn left(job: &Job, now: Timestamp) -> Option<Duration> {
    let share = |state: &TargetState| match (state.step.state, state.step.total) {
        (StepState::Done | StepState::Failed, _) => 1.0,
        (_, Some(total)) if total > 0 => state.step.done as f64 / total as f64,
        _ => 0.0,
    };
    let done = job.targets.iter().map(share).sum::<f64>() / job.targets.len() as f64;
    let gone = now.duration_since(job.started).as_secs_f64();
    let seconds = (done >= TELLS && gone >= 1.0).then(|| gone * (1.0 - done) / done)?;
    Duration::try_from_secs_f64(seconds.ceil()).ok()
}

fn target_line(state: &TargetState) -> (String, Role) {
    let target = &state.target;
    if let Some(why) = &state.failed {
        return (format!("  {target}: FAILED {why}"), Role::Critical);
    }
    if let Some(by) = &state.undone {
        return (format!("  {target}: put back by {by}"), Role::Dim);
    }
    if let Some(found) = &state.drift {
        return (format!("  {target}: DRIFTED {found}"), Role::Critical);
    }
    if let Some(verdict) = &state.verdict {
        return (format!("  {target}: {verdict}"), Role::Dim);
    }
    let step = &state.step;
    let count = step.total.map(|total| format!(" {}/{total}", step.done)).unwrap_or_default();
    let size = if step.bytes > 0 { format!(" {}", bytes(step.bytes)) } else { String::new() };
    (format!("  {target}: {}{count}{size}", step.doing), Role::Progress)
}

/// The journal of the case, the newest record last.
pub fn journal(app: &App, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == Pane::Journal;
    let records = &app.case.records;
    let inner = frame(app, &format!("7 journal {}", records.len()), focused, area, buffer);
    if records.is_empty() {
        text(buffer, inner, 0, "no case: --case ID opens one; nothing is changed outside", app.look.style(Role::Dim));
    }
    let fit = usize::from(inner.height).max(1);
    let [.., place] = app.places;
    let last = if focused && place > 0 { place + 1 } else { records.len() };
    for (row, record) in (0..).zip(records.iter().take(last).skip(last.saturating_sub(fit))) {
        let line = cut(record, usize::from(inner.width), Cut::End, app.look.glyph("…", "~"));
        text(buffer, inner, row, &line, app.look.style(Role::Text));
    }
}

/// A number of bytes as people read it, in units of 1,024.
pub fn bytes(count: u64) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = count as f64;
    let mut unit = units.iter();
    let mut name = unit.next().unwrap_or(&"B");
    while value >= 1_024.0 {
        let Some(next) = unit.next() else { break };
        value /= 1_024.0;
        name = next;
    }
    if *name == "B" { format!("{count} B") } else { format!("{value:.1} {name}") }
}
