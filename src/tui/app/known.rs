//! What the cockpit knows of the incident without asking anybody.

use std::collections::{BTreeMap, BTreeSet};

use crate::blast::ways;
use crate::findings::rules::{World, observe};
use crate::findings::{Resolution, Resolver, Step};
use crate::inventory::{Freshness, Pod, RowId};
use crate::model::facts::Shape;
use crate::model::{Clean, Finding, Kind, Severity, Target, Uid};
use crate::response::deeds;
use crate::triage::{Alert, Facts, Service};

use super::App;

/// Findings that are resolved to see whether they are about the scope, the worst ones.
const FINDINGS: usize = 500;

impl App {
    /// Everything, with the alerts and what the rules see: that looks at every pod.
    pub(super) fn known(&self) -> Facts {
        let mut alerts = self.alerts_of_scope();
        if alerts.is_empty() {
            // Whoever only follows the case may ask no GuardDuty; the record has what its source told last.
            alerts = Facts::of_case(&self.case.ledger).alerts;
        }
        Facts { alerts, seen: self.seen_on_scope(), ..self.known_of_scope() }
    }

    /// What the rows of the scope tell.
    pub(super) fn known_of_scope(&self) -> Facts {
        let scope = self.scope_of_case();
        let rows: Vec<RowId> = scope.iter().filter_map(|target| self.inventory.row_of(target)).collect();
        let pods: Vec<Pod<'_>> = rows.iter().filter_map(|id| self.inventory.row(*id)?.pod()).collect();
        let mut images = BTreeSet::new();
        let mut out = BTreeSet::new();
        for pod in &pods {
            images.extend(pod.containers().iter().map(|container| container.image.clone()));
            out.extend(ways(*pod).into_iter().map(|way| (!way.whole, way.by)));
        }
        Facts {
            scope: scope.iter().map(|target| target.to_string().into()).collect(),
            gone: pods.iter().filter(|pod| pod.gone().is_some()).count(),
            services: self.services_before(&pods),
            images: images.into_iter().filter(|image| !image.is_empty()).collect(),
            ways: out.into_iter().map(|(_, way)| way).collect(),
            alerts: Vec::new(),
            done: deeds(&self.case.jobs),
            at: self.seen_at(&rows),
            ..Facts::of_case(&self.case.ledger)
        }
    }

    /// The scope that the case has recorded, or else the responder's own.
    fn scope_of_case(&self) -> Vec<Target> {
        match self.case.ledger.scope.as_slice() {
            [] => self.scope.iter().cloned().collect(),
            recorded => recorded.to_vec(),
        }
    }

    /// Services of which pods of the scope are endpoints, as far as they are listed.
    fn services_before(&self, pods: &[Pod<'_>]) -> Vec<Service> {
        let scope: BTreeSet<Uid> = pods.iter().map(Pod::uid).collect();
        let mut behind: BTreeMap<String, BTreeSet<Uid>> = BTreeMap::new();
        for (_, slice) in self.inventory.objects(Kind::EndpointSlice).iter() {
            if let Shape::EndpointSlice { service, endpoints } = &slice.facts.shape {
                let name = format!("{}/{service}", slice.facts.meta.namespace);
                behind.entry(name).or_default().extend(endpoints.iter().filter_map(|endpoint| endpoint.pod));
            }
        }
        let services = behind.into_iter().map(|(name, all)| Service {
            name: name.into(),
            of_scope: all.intersection(&scope).count(),
            all: all.len(),
        });
        services.filter(|service| service.of_scope > 0).collect()
    }

    /// When the oldest of these rows was confirmed.
    fn seen_at(&self, rows: &[RowId]) -> Option<i64> {
        let ages =
            rows.iter().filter_map(|row| match self.inventory.cluster(row.session)?.freshness(self.now.instant) {
                Freshness::Nothing => None,
                Freshness::Fresh(age) | Freshness::Stale(age) => Some(age.as_secs()),
            });
        Some(self.now.unix - i64::try_from(ages.max()?).ok()?)
    }

    /// What the rules see on the scope, as far as they need no rights to be read.
    fn seen_on_scope(&self) -> Vec<(Severity, Clean)> {
        let scope: BTreeSet<Uid> = self.scope_of_case().iter().map(|target| target.uid).collect();
        if scope.is_empty() {
            return Vec::new();
        }
        let seen = observe(&World::whole(&self.inventory, &BTreeMap::new(), &[]));
        let on_scope = seen.iter().filter(|one| one.on.iter().any(|object| scope.contains(&object.id.uid)));
        on_scope.map(|one| (one.severity, format!("{} {}: {}", one.rule.id, one.about, one.saw).into())).collect()
    }

    /// Alerts that lead to pods of the scope; where there is no scope, the one that is open or under the cursor.
    fn alerts_of_scope(&self) -> Vec<Alert> {
        let scope: BTreeSet<RowId> =
            self.scope_of_case().iter().filter_map(|target| self.inventory.row_of(target)).collect();
        let reaches = self.reaches();
        let resolver = Resolver::new(&self.inventory, &reaches, &self.alerts.networks);
        if scope.is_empty() {
            let finding = self.finding().filter(|_| self.among_findings());
            return finding.iter().map(|finding| alert(finding, &resolver.resolve(finding))).collect();
        }
        let found = self.alerts.shelf.iter().take(FINDINGS).map(|finding| (finding, resolver.resolve(finding)));
        let about = found.filter(|(_, found)| found.pods().any(|row| scope.contains(&row)));
        about.map(|(finding, found)| alert(finding, &found)).collect()
    }
}

fn alert(finding: &Finding, found: &Resolution) -> Alert {
    let named = |step: Step| found.of(step).next().map(|link| link.to.clone()).unwrap_or_default();
    let mut place = vec![finding.resource()];
    for (word, text) in [("account", &finding.account), ("Region", &finding.region)] {
        if !text.is_empty() {
            place.push(format!("{word} {text}"));
        }
    }
    let principal = found.who.as_ref().map(|who| match who.principal.as_str() {
        "" => format!("{} ({})", who.name, who.kind.words()),
        principal => format!("{} ({}, {principal})", who.name, who.kind.words()),
    });
    let caller = finding.caller.as_ref().map(|caller| {
        let network = match (caller.asn, caller.organization.as_str()) {
            (0, "") => String::new(),
            (0, whose) => format!(" ({whose})"),
            (asn, whose) => format!(" (AS{asn} {whose})").replace(" )", ")"),
        };
        let location = if caller.location.is_empty() { String::new() } else { format!(", {}", caller.location) };
        format!("{}{network}{location}", named(Step::Caller))
    });
    Alert {
        source: finding.source.word().into(),
        kind: finding.kind.clone(),
        title: if finding.title.is_empty() { finding.kind.clone() } else { finding.title.clone() },
        severity: finding.severity,
        place: place.join(", ").into(),
        since: finding.first_seen.or(finding.updated).map(|at| at.to_string().into()).unwrap_or_default(),
        principal: principal.map(Clean::from).unwrap_or_default(),
        caller: caller.map(Clean::from).unwrap_or_default(),
    }
}
