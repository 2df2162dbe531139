//! The two lines that are always there: where we are, as whom, and how old it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::inventory::{ClusterState, Freshness};
use crate::model::{Age, Health};

use super::super::app::App;
use super::cut::cut;
use super::write::{text, text_at, text_right};
use crate::inventory::columns::Cut;

/// Draws the header.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, app.look.style(Role::Header));
    let cluster = app.session().and_then(|session| app.inventory.cluster(session));
    place(app, cluster, area, buffer);
    person(app, cluster, area, buffer);
}

/// Cluster, account, Region, and how old the data are.
fn place(app: &App, cluster: Option<&ClusterState>, area: Rect, buffer: &mut Buffer) {
    let mut column = 0;
    if app.mode.game_day {
        column = text(buffer, area, 0, " GAME DAY ", app.look.style(Role::GameDay)) + 1;
    }
    let Some(cluster) = cluster else {
        text_at(
            buffer,
            area,
            column,
            0,
            "no cluster: no context is configured; podmortem doctor says why",
            app.look.style(Role::Warn),
        );
        return;
    };
    let (age, role) = age(app, cluster);
    let right = text_right(buffer, area, 0, &format!("{age} "), app.look.style(role));
    let or_unknown = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let rest = format!("  account {}  {}", or_unknown(&cluster.account), or_unknown(&cluster.region));
    let room = usize::from(right.saturating_sub(column + 1)).saturating_sub(rest.len());
    let ellipsis = app.look.glyph("…", "~");
    let name = cut(&cluster.label, room.max(8), Cut::Start, ellipsis);
    column = text_at(buffer, area, column, 0, &format!(" {name}"), app.look.style(Role::Title));
    text_at(buffer, Rect { width: right, ..area }, column, 0, &rest, app.look.style(Role::Header));
}

/// Identity, mode, case.
fn person(app: &App, cluster: Option<&ClusterState>, area: Rect, buffer: &mut Buffer) {
    let identity = cluster.and_then(|cluster| cluster.identity.as_ref());
    let denied = identity.and_then(|identity| identity.writes_denied);
    let (mode, role) = match (app.mode.read_only, denied) {
        (true, Some(true)) => (" READ-ONLY (client and RBAC) ", Role::ReadOnly),
        (true, _) => (" READ-ONLY (client) ", Role::ReadOnly),
        (false, Some(true)) => (" READ-ONLY (RBAC) ", Role::ReadOnly),
        (false, _) => (" CAN WRITE ", Role::Armed),
    };
    let priority = app.case.ledger.priority().map(|priority| format!(" {priority}")).unwrap_or_default();
    let case = if app.case.id.is_empty() { "no case".to_owned() } else { format!("case {}{priority}", app.case.id) };
    let mut right = text_right(buffer, area, 1, &format!("{case} "), app.look.style(Role::Header));
    if app.case.recorded {
        let before = Rect { width: right.saturating_sub(area.x).saturating_sub(1), ..area };
        right = text_right(buffer, before, 1, " REC ", app.look.style(Role::Armed));
    }
    let column = text_at(buffer, area, 1, 1, mode, app.look.style(role)) + 1;
    let who = match identity {
        Some(identity) => format!("as {}  {}", identity.user, identity.version),
        None => "as ? (the server has not said yet)".to_owned(),
    };
    let room = Rect { width: right.saturating_sub(1), ..area };
    let who = cut(&who, usize::from(room.width.saturating_sub(column)), Cut::Middle, app.look.glyph("…", "~"));
    text_at(buffer, room, column, 1, &who, app.look.style(Role::Header));
}

/// How old a cluster's data are, in words.
pub fn age(app: &App, cluster: &ClusterState) -> (String, Role) {
    if let Health::Forbidden(_) = cluster.health {
        return ("answers, FORBIDDEN to us".to_owned(), Role::Warn);
    }
    match cluster.freshness(app.now.instant) {
        Freshness::Fresh(_) => ("live, at most 10s old".to_owned(), Role::Ok),
        Freshness::Stale(age) => (format!("STALE {}", Age::new(age)), Role::Stale),
        Freshness::Nothing => match &cluster.health {
            Health::Failing { .. } => ("UNREACHABLE".to_owned(), Role::Critical),
            _ => ("connecting".to_owned(), Role::Progress),
        },
    }
}
