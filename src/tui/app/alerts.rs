//! Findings: from an alert to what it speaks of.

use crate::findings::{Batch, Leads, Reach, Resolution, Resolver, Step};
use crate::inventory::RowId;
use crate::model::{Finding, Target};

use super::super::alerts::Look;
use super::super::detail::{Detail, Tab};
use super::super::effect::{Effect, Tone};
use super::super::keys::Pane;
use super::super::overlays::Overlay;
use super::App;

impl App {
    /// Takes findings in, and tells of those that are new.
    pub(super) fn findings(&mut self, batch: Batch, by_hand: bool) {
        let first = !self.alerts.heard;
        let trouble = batch.troubles.first().map(ToString::to_string).filter(|_| by_hand);
        let new = self.alerts.take(batch);
        self.alerts.heard = true;
        match new.first() {
            _ if by_hand => {
                let (tone, counts) =
                    (if trouble.is_some() { Tone::Bad } else { Tone::Good }, self.alerts.shelf.counts());
                self.tell(tone, trouble.map_or(counts.clone(), |trouble| format!("{trouble} ({counts})")));
                self.focus = Pane::Findings;
            }
            Some(_) if first => self.tell(Tone::Note, format!("{} findings; 4 goes to them", new.len())),
            Some(finding) => {
                let more = if new.len() > 1 { format!(" and {} more", new.len() - 1) } else { String::new() };
                let told = format!(
                    "new finding: {} {} about {}{more}; 4 goes there",
                    finding.severity,
                    finding.kind,
                    finding.resource()
                );
                self.tell(Tone::Bad, told);
            }
            None => {}
        }
    }

    /// Ways into clusters as findings know them.
    pub(super) fn reaches(&self) -> Vec<Reach> {
        let reach = |way: &super::Way| Reach {
            label: way.label.clone(),
            name: way.name.clone(),
            account: way.account.clone(),
            region: way.region.clone(),
            session: way.session,
        };
        self.ways.iter().map(reach).collect()
    }

    fn resolved(&self, finding: &Finding) -> Resolution {
        Resolver::new(&self.inventory, &self.reaches(), &self.alerts.networks).resolve(finding)
    }

    /// Whether the findings have the keys: the pane, or one of them in full.
    pub(super) fn among_findings(&self) -> bool {
        match self.overlays.last() {
            Some(Overlay::Finding(_)) => true,
            Some(_) => false,
            None => self.focus == Pane::Findings,
        }
    }

    /// The finding that is open, or under the cursor.
    pub(super) fn finding(&self) -> Option<std::sync::Arc<Finding>> {
        match self.overlays.last() {
            Some(Overlay::Finding(look)) => Some(std::sync::Arc::clone(&look.finding)),
            _ => self.alerts.chosen().cloned(),
        }
    }

    /// Whether there is a finding to look at.
    pub(super) fn has_finding(&self) -> bool {
        self.finding().is_some()
    }

    /// Opens the finding under the cursor, or follows the line under the cursor of the one that is open.
    pub(super) fn open_finding(&mut self, is_raw: bool) {
        if let Some(Overlay::Finding(look)) = self.overlays.last_mut() {
            let leads = look.line().and_then(|line| line.leads.clone());
            match leads {
                _ if is_raw => look.is_raw = true,
                Some(Leads::Row(row)) => self.look_at_row(row),
                Some(Leads::Playbook(name)) => self.open_playbook(name),
                None => {}
            }
            return;
        }
        let Some(finding) = self.finding() else { return };
        let resolution = self.resolved(&finding);
        self.overlays.push(Overlay::Finding(Box::new(Look::new(finding, &resolution, is_raw))));
        self.watch();
    }

    fn look_at_row(&mut self, row: RowId) {
        let ticket = self.ticket();
        match Detail::new(row, Tab::Relations, ticket, &self.inventory) {
            Some(detail) => self.overlays.push(Overlay::Detail(Box::new(detail))),
            None => self.tell(Tone::Note, "this object is no longer known"),
        }
    }

    /// Brings the finding that is open up to date with the inventory.
    pub(super) fn refresh_finding(&mut self) -> bool {
        let Some(place) = self.overlays.iter().position(|overlay| matches!(overlay, Overlay::Finding(_))) else {
            return false;
        };
        let Some(Overlay::Finding(look)) = self.overlays.get(place) else { return false };
        let resolution = self.resolved(&look.finding);
        if let Some(Overlay::Finding(look)) = self.overlays.get_mut(place) {
            look.refresh(&resolution);
        }
        true
    }

    /// What actions and the scope get of a finding: its pods, those that are gone too.
    pub(super) fn targets_of_finding(&self) -> Vec<Target> {
        let Some(finding) = self.finding() else { return Vec::new() };
        self.resolved(&finding).pods().filter_map(|row| self.inventory.target(row)).collect()
    }

    /// Why a finding leads to no pods, in words.
    pub(super) fn no_targets(&self) -> String {
        let Some(finding) = self.finding() else { return "there is no finding under the cursor".to_owned() };
        let resolution = self.resolved(&finding);
        let why = resolution.links.iter().find(|link| {
            link.row.is_none()
                && matches!(link.step, Step::Cluster | Step::Workload | Step::Pod)
                && link.sure == crate::findings::Sure::Unknown
        });
        let why = why.map_or_else(
            || "it names none".to_owned(),
            |link| format!("{} {}: {}", link.step.word(), link.to, link.how),
        );
        format!("this finding leads to no pods: {why}")
    }

    /// Reads a file of findings.
    pub fn read_findings(&mut self, path: &str) {
        if path.is_empty() {
            self.focus = Pane::Findings;
            return;
        }
        self.effects.push(Effect::ReadFindings(path.into()));
    }
}
