//! Which pane stands where.

use ratatui::layout::Rect;

use super::super::app::App;
use super::super::keys::Pane;

/// Columns and rows below which only a notice is shown.
pub const SMALLEST: (u16, u16) = (60, 15);

/// Where everything stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Cluster, account, Region, identity, mode, case, age.
    pub header: Rect,
    /// The panes' names, where not all of them are shown.
    pub tabs: Option<Rect>,
    /// Everything between header and bar: overlays cover it.
    pub body: Rect,
    /// The panes that are shown.
    pub panes: Vec<(Pane, Rect)>,
    /// Keys, what is typed, what was told.
    pub bar: Rect,
}

/// Rows of a pane that are no rows of its list: the frame and the heading.
pub const FRAME: u16 = 3;

/// Lays the screen out: everything side by side where there is room, one pane
/// under a line of tabs where there is not.
pub fn layout(app: &App, area: Rect) -> Layout {
    let rows = |from: u16, height: u16| Rect { y: area.y + from, height, ..area };
    let header = rows(0, 2.min(area.height));
    let bar = rows(area.height.saturating_sub(1), 1);
    let body = rows(2, area.height.saturating_sub(3));
    if app.zoomed || area.width < 110 || area.height < 30 {
        let tabs = rows(2, 1);
        let body = rows(3, area.height.saturating_sub(4));
        return Layout { header, tabs: Some(tabs), body, panes: vec![(app.focus, body)], bar };
    }
    Layout { header, tabs: None, body, panes: wide(app, body), bar }
}

fn wide(app: &App, body: Rect) -> Vec<(Pane, Rect)> {
    let side = (body.width / 4).clamp(28, 44);
    let main = Rect { x: body.x + side, width: body.width - side, ..body };
    let side = Rect { width: side, ..body };
    let below = (body.height / 5).clamp(6, 12);
    let nodes = (body.height / 4).clamp(7, 16);
    let clusters = (u16::try_from(app.inventory.clusters().len()).unwrap_or(u16::MAX).saturating_mul(2) + 2)
        .clamp(5, body.height / 3);
    let rules = u16::from(app.alerts.rounds.looked() || app.alerts.rounds.waits());
    let alerts = u16::try_from(app.alerts.rows().len()).unwrap_or(u16::MAX).saturating_add(2 + rules);
    let findings = alerts.clamp(6, (body.height / 3).max(6));
    let scope = body.height.saturating_sub(clusters + findings + below);
    let at = |area: Rect, from: u16, height: u16| Rect { y: area.y + from, height, ..area };
    let pods = body.height.saturating_sub(nodes + below);
    let (jobs, journal) = halves(at(main, pods + nodes, below));
    vec![
        (Pane::Clusters, at(side, 0, clusters)),
        (Pane::Findings, at(side, clusters, findings)),
        (Pane::Scope, at(side, clusters + findings, scope + below)),
        (Pane::Pods, at(main, 0, pods)),
        (Pane::Nodes, at(main, pods, nodes)),
        (Pane::Jobs, jobs),
        (Pane::Journal, journal),
    ]
}

fn halves(area: Rect) -> (Rect, Rect) {
    let left = area.width / 2;
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}

impl App {
    /// Tells every list how many rows the screen has room for.
    pub fn resize(&mut self, width: u16, height: u16) {
        self.size = (width, height);
        let area = Rect { x: 0, y: 0, width, height };
        let layout = layout(self, area);
        let rows = |pane: Pane| {
            let held = layout.panes.iter().find(|(held, _)| *held == pane);
            held.map(|(_, area)| usize::from(area.height.saturating_sub(FRAME)))
        };
        if let Some(rows) = rows(Pane::Pods) {
            self.main.set_height(rows);
        }
        if let Some(rows) = rows(Pane::Nodes) {
            self.nodes.set_height(rows);
        }
        let findings = layout.panes.iter().find(|(held, _)| *held == Pane::Findings);
        self.alerts.height = findings.map_or(0, |(_, area)| usize::from(area.height.saturating_sub(2)));
        let inside = usize::from(layout.body.height.saturating_sub(2));
        let across = usize::from(layout.body.width.saturating_sub(2));
        for overlay in &mut self.overlays {
            match overlay {
                super::super::overlays::Overlay::Detail(detail) => detail.set_height(inside.saturating_sub(1)),
                super::super::overlays::Overlay::Help(text) => text.fit(inside, across),
                super::super::overlays::Overlay::Page(page) => page.text.fit(inside, across),
                super::super::overlays::Overlay::Finding(look) => look.set_size(across, inside.saturating_sub(1)),
                super::super::overlays::Overlay::Paging(paging) => {
                    paging.text.fit(inside.saturating_sub(2), across);
                }
                super::super::overlays::Overlay::Confirm(confirm) => {
                    confirm.text.fit(inside.saturating_sub(2), across);
                }
                _ => {}
            }
        }
    }
}
