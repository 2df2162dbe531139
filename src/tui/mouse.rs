//! What the mouse does: rows are clicked, lists are scrolled.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;

use super::app::App;
use super::keys::{Command, Pane};
use super::screen::layout;

/// Takes what the mouse did.
pub fn mouse(app: &mut App, mouse: MouseEvent) {
    let area = Rect { x: 0, y: 0, width: app.size.0, height: app.size.1 };
    let at = |area: &Rect| area.contains((mouse.column, mouse.row).into());
    let hit = layout(app, area).panes.into_iter().find(|(_, area)| at(area));
    match (mouse.kind, hit) {
        (MouseEventKind::Down(MouseButton::Left), Some((pane, area))) => {
            let head = if matches!(pane, Pane::Pods | Pane::Nodes) { 2 } else { 1 };
            app.click(pane, usize::from(mouse.row.saturating_sub(area.y + head)));
        }
        (MouseEventKind::ScrollDown, _) => app.run(Command::Down),
        (MouseEventKind::ScrollUp, _) => app.run(Command::Up),
        _ => {}
    }
}
