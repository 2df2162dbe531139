//! The pane of clusters.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::config::theme::Role;
use crate::inventory::ClusterState;
use crate::inventory::columns::Cut;
use crate::model::{Clean, Health};

use super::super::app::App;
use super::super::keys::Pane;
use super::cut::cut;
use super::header::age;
use super::write::{frame, text, text_right};

/// Draws the pane: two lines a cluster, its name and how old its data are, and what is wrong with it.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    let focused = app.focus == Pane::Clusters;
    let clusters = app.inventory.clusters();
    let inner = frame(app, &format!("1 clusters {}", clusters.len()), focused, area, buffer);
    let fit = usize::from(inner.height / 2).max(1);
    let top = (app.cluster + 1).saturating_sub(fit);
    let ellipsis = app.look.glyph("…", "~");
    for (place, cluster) in clusters.iter().enumerate().skip(top).take(fit) {
        let row = u16::try_from((place - top) * 2).unwrap_or(u16::MAX);
        let (age, role) = age(app, cluster);
        let chosen = focused && place == app.cluster;
        let style = app.look.style(if chosen { Role::Selection } else { Role::Text });
        if chosen && row < inner.height {
            buffer.set_style(Rect { y: inner.y + row, height: 1, ..inner }, style);
        }
        let short = if matches!(cluster.health, Health::Forbidden(_)) {
            "FORBIDDEN".to_owned()
        } else {
            age.split(',').next().unwrap_or("").to_owned()
        };
        let right = text_right(buffer, inner, row, &short, if chosen { style } else { app.look.style(role) });
        let room = usize::from(right.saturating_sub(1));
        text(buffer, Rect { width: right, ..inner }, row, &cut(&cluster.label, room, Cut::Start, ellipsis), style);
        let (about, role) = about(app, cluster);
        let about = cut(&about, usize::from(inner.width.saturating_sub(2)), Cut::End, ellipsis).into_owned();
        text(buffer, inner, row + 1, &format!("  {about}"), app.look.style(role));
    }
}

/// What there is to say of a cluster: its trouble first.
fn about(app: &App, cluster: &ClusterState) -> (Clean, Role) {
    match &cluster.health {
        Health::Failing { why, .. } => return (why.clone(), Role::Critical),
        Health::Forbidden(why) => return (why.clone(), Role::Warn),
        _ => {}
    }
    let trouble = cluster.watches.iter().find_map(|(kind, watch)| match &watch.health {
        Health::Forbidden(_) => Some(format!("{}: forbidden to us", kind.plural())),
        Health::Failing { why, .. } => Some(format!("{}: {why}", kind.plural())),
        Health::Throttled(wait) => Some(format!("{}: told to wait {}s", kind.plural(), wait.as_secs())),
        Health::Listing(count) => Some(format!("{} {}…", count, kind.plural())),
        _ if watch.unreadable > 0 => Some(format!("{} unreadable {}", watch.unreadable, kind.plural())),
        _ => None,
    });
    if let Some(trouble) = trouble {
        return (trouble.into(), Role::Warn);
    }
    let region = if cluster.region.is_empty() { "-" } else { cluster.region.as_str() };
    let nodes = app.inventory.nodes().iter().filter(|(_, row)| row.session == cluster.session).count();
    (format!("{region}  {nodes} nodes").into(), Role::Dim)
}
