//! The two lines that are always there: where we are, as whom, and how old it is.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

use crate::config::theme::Role;
use crate::inventory::{ClusterState, Freshness};
use crate::model::{Age, Health};

use super::super::app::App;
use super::cut::cut;
use super::write::{text, text_at, text_right};
use crate::inventory::columns::Cut;

/// Columns below which a name in AWS says nothing any more.
const LEAST: usize = 16;

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
    let (columns, ellipsis) = (usize::from(room.width.saturating_sub(column)), app.look.glyph("…", "~"));
    let who = cut(&who, columns, Cut::Middle, ellipsis);
    let caller = cluster.and_then(in_aws).filter(|_| identity.is_some());
    // Who we are to the server is never cut for who we are to AWS.
    let who = match caller
        .map(|caller| cut(&caller, columns.saturating_sub(who.width() + 2), Cut::Middle, ellipsis).into_owned())
    {
        Some(caller) if caller.width() >= LEAST => format!("{who}  {caller}"),
        _ => who.into_owned(),
    };
    text_at(buffer, room, column, 1, &who, app.look.style(Role::Header));
}

/// Whom AWS takes us for, where the server does not say the same: `aws 111122223333 assumed-role/responder/kim`.
fn in_aws(cluster: &ClusterState) -> Option<String> {
    let mut arn = cluster.caller.splitn(6, ':').skip(4);
    let (account, name) = (arn.next()?, arn.next()?);
    let same = cluster.identity.as_ref().is_some_and(|identity| *identity.user == *cluster.caller);
    let account = if cluster.account == *account { String::new() } else { format!("{account} ") };
    (!same).then(|| format!("aws {account}{name}"))
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
