//! What people see: the state, drawn. Nothing here changes anything.

mod ascii;
mod bar;
mod clusters;
mod cut;
mod detail;
mod findings;
mod header;
mod layout;
mod overlay;
mod side;
mod table;
mod triage;
mod walk;
mod widths;
mod write;

#[cfg(test)]
mod tests;

pub use layout::{Layout, SMALLEST, layout};
pub use side::bytes;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::widgets::{Paragraph, Widget as _, Wrap};

use crate::config::theme::Role;

use super::app::App;
use super::keys::Pane;
use super::overlays::Overlay;

/// Draws the cockpit.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) {
    buffer.set_style(area, app.look.style(Role::Text));
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        notice(app, area, buffer);
        return;
    }
    let layout = layout(app, area);
    header::draw(app, layout.header, buffer);
    if let Some(tabs) = layout.tabs {
        bar::tabs(app, tabs, buffer);
    }
    for (pane, area) in &layout.panes {
        match pane {
            Pane::Clusters => clusters::draw(app, *area, buffer),
            Pane::Pods => table::draw(app, Pane::Pods, &app.main, *area, buffer),
            Pane::Nodes => table::draw(app, Pane::Nodes, &app.nodes, *area, buffer),
            Pane::Findings => findings::list(app, *area, buffer),
            Pane::Scope => side::scope(app, *area, buffer),
            Pane::Jobs => side::jobs(app, *area, buffer),
            Pane::Journal => side::journal(app, *area, buffer),
        }
    }
    bar::keys(app, layout.bar, buffer);
    for overlay in &app.overlays {
        match overlay {
            Overlay::Help(help) => overlay::help(app, help, layout.body, buffer),
            Overlay::Detail(detail) => detail::draw(app, detail, layout.body, buffer),
            Overlay::Finding(look) => findings::one(app, look, layout.body, buffer),
            Overlay::Walk(walk) => walk::draw(app, walk, layout.body, buffer),
            Overlay::Menu(menu) => overlay::menu(app, menu, layout.body, buffer),
            Overlay::Confirm(confirm) => overlay::confirm(app, confirm, layout.body, buffer),
            Overlay::Page(page) => overlay::page(app, page, layout.body, buffer),
            Overlay::Notes(notes) => overlay::notes(app, notes, layout.body, buffer),
            Overlay::Triage(triage) => triage::draw(app, triage, layout.body, buffer),
            Overlay::Answering(answering) => triage::answering(app, answering, layout.body, buffer),
            Overlay::Paging(paging) => triage::paging(app, paging, layout.body, buffer),
            Overlay::Input(input) => bar::input(app, input, layout.bar, buffer),
        }
    }
    bar::told(app, layout.bar, buffer);
    if app.look.ascii {
        ascii::only(buffer);
    }
}

/// Where the terminal's cursor stands: in the line that is typed, if one is.
pub fn cursor(app: &App, area: Rect) -> Option<(u16, u16)> {
    let Some(Overlay::Input(input)) = app.overlays.last() else { return None };
    let bar = layout(app, area).bar;
    let column = bar::prompt(input).len() + input.text().chars().take(input.cursor()).count();
    Some((bar.x.saturating_add(u16::try_from(column).ok()?).min(bar.right().saturating_sub(1)), bar.y))
}

fn notice(app: &App, area: Rect, buffer: &mut Buffer) {
    let (width, height) = SMALLEST;
    let notice =
        format!("podmortem needs a larger window: {width}x{height} at least, {}x{} now.", area.width, area.height);
    Paragraph::new(notice).style(app.look.style(Role::Warn)).wrap(Wrap { trim: true }).render(area, buffer);
}
