//! Findings: from an alert to what it speaks of.

use crate::findings::{Batch, Leads, Reach, Resolution, Resolver, Step};
use crate::inventory::RowId;
use crate::model::finding::Source;
use crate::model::{Finding, Kind, Named, Target, Typed, count};

use super::super::alerts::Look;
use super::super::detail::{Detail, Tab};
use super::super::effect::Effect;
use super::super::keys::Pane;
use super::super::overlays::Overlay;
use super::super::reply::Tone;
use super::App;

/// Objects that are named in a finding that somebody begins to type; a line has room for no more.
const NAMED: usize = 6;

/// How far back an audit log is read where nobody says so.
const AUDIT_LOG: &str = "1h";

impl App {
    /// Takes findings in, and tells of those that are new.
    pub(super) fn findings(&mut self, batch: Batch, by_hand: bool) {
        let first = self.alerts.heard.is_none();
        let of_guardduty = batch.findings.iter().all(|finding| finding.source == Source::GuardDuty);
        let answered = !by_hand && of_guardduty && batch.troubles.is_empty();
        let trouble = batch.troubles.first().map(ToString::to_string).filter(|_| by_hand);
        let new = self.alerts.take(batch);
        self.place_execs();
        if answered {
            self.alerts.heard = Some(self.now.unix);
        }
        match new.first() {
            _ if by_hand => {
                let (tone, counts) =
                    (if trouble.is_some() { Tone::Bad } else { Tone::Good }, self.alerts.shelf.counts());
                self.tell(tone, trouble.map_or(counts.clone(), |trouble| format!("{trouble} ({counts})")));
                self.focus = Pane::Findings;
            }
            Some(_) if first => self.tell(Tone::Note, format!("{}; 4 goes to them", count(new.len(), "finding"))),
            Some(finding) => {
                let more = if new.len() > 1 { format!(" and {} more", new.len() - 1) } else { String::new() };
                let told =
                    format!("4: new finding{more}: {} {} about {}", finding.severity, finding.kind, finding.resource());
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

    /// Gives what audit logs tell to the rules, of the clusters that are open now.
    pub(super) fn place_execs(&mut self) {
        let (placed, _) = self.alerts.shelf.execs.placed(&self.inventory, &self.reaches());
        self.alerts.rounds.take_execs(placed);
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
                Some(Leads::Row(row)) => self.look_at_row(row, Tab::Relations),
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

    fn look_at_row(&mut self, row: RowId, tab: Tab) {
        let ticket = self.ticket();
        match Detail::new(row, tab, ticket, &self.inventory) {
            Some(detail) => {
                self.overlays.push(Overlay::Detail(Box::new(detail)));
                self.watch();
                self.fetch();
            }
            None => self.tell(Tone::Note, "this object is no longer known"),
        }
    }

    /// Brings the finding that is open up to date with the inventory.
    pub(super) fn refresh_finding(&mut self) -> bool {
        let Some(place) = self.overlays.iter().position(|overlay| matches!(overlay, Overlay::Finding(_))) else {
            return false;
        };
        let Some(Overlay::Finding(look)) = self.overlays.get(place) else { return false };
        // What our rules see goes with the inventory.
        let seen = self.alerts.rounds.findings().iter();
        let mut seen = seen.filter(|_| !look.finding.source.is_alert());
        let now = seen.find(|seen| seen.id == look.finding.id).unwrap_or(&look.finding);
        let now = std::sync::Arc::clone(now);
        let resolution = self.resolved(&now);
        if let Some(Overlay::Finding(look)) = self.overlays.get_mut(place) {
            look.finding = now;
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

    /// Selects among the findings by words.
    pub(super) fn select_findings(&mut self, typed: &str) {
        if let Err(wrong) = self.alerts.select(typed) {
            self.tell(Tone::Bad, wrong);
        }
    }

    /// The row from which a blast radius of the finding begins: that under the cursor, or else its first pod,
    /// account or node.
    pub(super) fn row_of_finding(&self) -> Option<RowId> {
        let begins = |row: &RowId| matches!(row.kind, Kind::Pod | Kind::Node | Kind::ServiceAccount);
        if let Some(Overlay::Finding(look)) = self.overlays.last()
            && let Some(Leads::Row(row)) = look.line().and_then(|line| line.leads.clone())
            && begins(&row)
        {
            return Some(row);
        }
        let resolution = self.resolved(&*self.finding()?);
        let mut rows = resolution.links.iter().filter(|link| !link.gone).filter_map(|link| link.row);
        rows.find(begins)
    }

    pub(super) fn look_at_reach_of_finding(&mut self) {
        if let Some(row) = self.row_of_finding() {
            self.look_at_row(row, Tab::Reach);
        }
    }

    /// The beginning of a finding about what is marked, or about the object under the cursor.
    pub(super) fn finding_begun(&self) -> String {
        let several = self.inventory.clusters().len() > 1;
        let chosen = if self.among_findings() { Vec::new() } else { self.chosen() };
        let cluster = chosen.first().and_then(|target| self.inventory.session_of(target.cluster));
        let cluster = cluster.filter(|_| several).and_then(|session| self.inventory.cluster(session));
        let cluster = cluster.map(|cluster| Named::Cluster { name: cluster.label.clone() });
        let named = chosen.into_iter().take(NAMED).map(|target| Named::Object {
            kind: target.kind,
            namespace: target.namespace.unwrap_or_default(),
            name: target.name,
        });
        let named: String = cluster.into_iter().chain(named).map(|named| format!("{named} ")).collect();
        format!("high {named}")
    }

    /// Takes a finding that was typed. Says whether it could be read.
    pub(super) fn type_finding(&mut self, line: &str) -> bool {
        let read = match line.contains(' ') {
            true => Typed::parse(line),
            false => Err(format!("one word is no finding; `:findings FILE` reads a file. {}", Typed::FORM)),
        };
        match read {
            Ok(typed) => self.effects.push(Effect::Typed(Box::new(typed))),
            Err(wrong) => {
                self.tell(Tone::Bad, wrong);
                return false;
            }
        }
        true
    }

    /// Reads the audit log of the cluster that the header speaks of: of the last hour, or since a time.
    pub(super) fn read_audit_log(&mut self, since: &str) {
        let since = crate::findings::since(if since.is_empty() { AUDIT_LOG } else { since });
        match (since, self.session()) {
            (Err(wrong), _) => self.tell(Tone::Bad, wrong),
            (_, None) => self.tell(Tone::Note, "no cluster is open"),
            (Ok(since), Some(session)) => {
                self.tell(Tone::Note, "reading the audit log from CloudWatch");
                self.effects.push(Effect::ReadAuditLog(session, since));
            }
        }
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
