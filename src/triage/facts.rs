//! What is known of an incident without asking anybody, as far as it answers a question.

use jiff::Timestamp;

use super::ledger::Ledger;
use crate::case::{By, Paged, Reread};
use crate::model::{Clean, Severity, count};

/// What is known at one moment. Whatever shows questions fills it from what it sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The case's id.
    pub case: Clean,
    /// What the case is about.
    pub title: Clean,
    /// Alerts about the scope, the worst first.
    pub alerts: Vec<Alert>,
    /// The objects of the scope, in words.
    pub scope: Vec<Clean>,
    /// Those of them that are gone.
    pub gone: usize,
    /// Services behind which pods of the scope stand.
    pub services: Vec<Service>,
    /// Images of the scope's pods.
    pub images: Vec<Clean>,
    /// What gives the pods of the scope their node: `privileged: main`.
    pub ways: Vec<Clean>,
    /// What rules see on the scope, and how bad they take it for.
    pub seen: Vec<(Severity, Clean)>,
    /// What was captured: labels of the artefacts.
    pub captured: Vec<Clean>,
    /// What was done, with its verdict: `isolate-pod on Pod shop/web: PROVEN`.
    pub done: Vec<Clean>,
    /// Calls of people: `oncall --team payments, 03:14: exit 0`.
    pub paged: Vec<Clean>,
    /// When the oldest of it was seen, in seconds since 1970.
    pub at: Option<i64>,
}

/// An alert, as far as it answers questions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alert {
    /// Who reports.
    pub source: Clean,
    /// Its type.
    pub kind: Clean,
    /// What happened, in the reporter's words.
    pub title: Clean,
    /// How bad the reporter takes it for.
    pub severity: Severity,
    /// The cluster, account and Region, as far as they are named.
    pub place: Clean,
    /// Since when.
    pub since: Clean,
    /// The user who did it, and who that is in AWS.
    pub principal: Clean,
    /// Where it came from: address, network, place.
    pub caller: Clean,
}

/// A service in front of pods of the scope.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// `shop/web`
    pub name: Clean,
    /// How many pods of the scope stand behind it.
    pub of_scope: usize,
    /// How many pods stand behind it.
    pub all: usize,
}

/// What facts say to a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What they say; a person may take it over as an answer.
    pub lines: Vec<Clean>,
    /// Where it is known from.
    pub from: Clean,
    /// When it was seen, in seconds since 1970; `None` where it has no age.
    pub at: Option<i64>,
}

impl Facts {
    /// What a case knows by itself, without its clusters.
    pub fn of_case(ledger: &Ledger) -> Self {
        let called = |(at, by, paged): &(Timestamp, By, Paged)| {
            let at = at.strftime("%Y-%m-%d %H:%M:%SZ");
            format!("{} by {} at {at}: {}", paged.program, by.user, paged.end).into()
        };
        Self {
            case: ledger.case.clone(),
            alerts: ledger.rereads().filter_map(told).collect(),
            title: ledger.title.clone(),
            scope: ledger.scope.iter().map(|target| target.to_string().into()).collect(),
            captured: ledger.evidence.iter().map(|custody| custody.source.label.clone()).collect(),
            paged: ledger.paged.iter().map(called).collect(),
            at: ledger.scoped.map(|at| at.as_second()),
            ..Self::default()
        }
    }

    fn known(&self, lines: Vec<Clean>, from: &str) -> Option<Known> {
        Some(Known { lines, from: from.into(), at: self.at })
    }
}

/// The case's own id.
pub fn ticket(facts: &Facts) -> Option<Known> {
    let lines = Some(facts.case.clone()).filter(|case| !case.is_empty()).into_iter().collect();
    Some(Known { lines, from: "the id of the case".into(), at: None })
}

/// The objects of the scope and the services that would be missed.
pub fn impact(facts: &Facts) -> Option<Known> {
    if facts.scope.is_empty() {
        return None;
    }
    let gone = if facts.gone > 0 { format!(", {} of them gone", facts.gone) } else { String::new() };
    let mut lines: Vec<Clean> =
        vec![format!("{} in the scope{gone}: {}", count(facts.scope.len(), "object"), some(&facts.scope)).into()];
    lines.extend(facts.services.iter().map(|service| service.words().into()));
    if facts.services.is_empty() {
        lines.push("no service is known to stand before them".into());
    }
    lines.push("what users notice: ".into());
    facts.known(lines, "the scope and the services before it")
}

/// Who did it, as far as the alert tells.
pub fn principal(facts: &Facts) -> Option<Known> {
    let told = facts.alerts.iter().filter(|alert| !alert.principal.is_empty());
    facts.known(once(told.map(|alert| alert.principal.clone())), "the user that the alert names")
}

/// Where it came from, as far as the alert tells.
pub fn attribution(facts: &Facts) -> Option<Known> {
    let told = facts.alerts.iter().filter(|alert| !alert.caller.is_empty());
    let lines = once(told.map(|alert| format!("{}{}", alert.caller, by(&alert.principal)).into()));
    facts.known(lines, "the caller that the alert names")
}

/// What was captured so far: a decision on forensics begins there.
pub fn forensics(facts: &Facts) -> Option<Known> {
    if facts.captured.is_empty() {
        return None;
    }
    let line = format!("{} captured so far: {}", count(facts.captured.len(), "artefact"), some(&facts.captured));
    facts.known(vec![line.into()], "the evidence of the case")
}

/// Whom the command of the settings has called.
pub fn notified(facts: &Facts) -> Option<Known> {
    facts.known(facts.paged.clone(), "calls recorded in the case")
}

/// What the rules see.
pub fn vulnerability(facts: &Facts) -> Option<Known> {
    let seen = facts.seen.iter().map(|(severity, saw)| format!("{severity} {saw}").into());
    let ways = facts.ways.iter().map(|way| format!("reaches its node: {way}").into());
    facts.known(once(seen.chain(ways)), "rules and reach of the scope; what let them in is not told by them")
}

/// The images that run.
pub fn tools(facts: &Facts) -> Option<Known> {
    facts.known(facts.images.iter().map(|image| format!("image {image}").into()).collect(), "the pods of the scope")
}

/// What the responders themselves have done to users is part of the damage.
pub fn damage(facts: &Facts) -> Option<Known> {
    let lines = facts.done.iter().map(|done| format!("our own: {done}").into()).collect();
    facts.known(lines, "jobs of the case")
}

impl Service {
    /// How much of it the scope is, in words.
    pub fn words(&self) -> String {
        let Self { name, of_scope, all } = self;
        match all {
            all if of_scope >= all => {
                format!("service {name}: every pod behind it ({all}) is in the scope: it would be down")
            }
            all => format!("service {name}: {of_scope} of {all} pods behind it are in the scope"),
        }
    }
}

/// An alert as its source told it last; one that was put away or is there no more says nothing.
fn told(reread: &Reread) -> Option<Alert> {
    let now = reread.now.as_ref().filter(|now| !now.archived)?;
    let steps = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
    Some(Alert {
        source: reread.of.clone(),
        kind: reread.kind.clone(),
        title: reread.kind.clone(),
        severity: steps.into_iter().find(|step| step.word() == now.severity.as_str())?,
        ..Alert::default()
    })
}

fn by(principal: &Clean) -> String {
    if principal.is_empty() { String::new() } else { format!(", as {principal}") }
}

/// The first of a list, and how many more there are.
pub fn some(names: &[Clean]) -> String {
    const NAMED: usize = 5;
    let named: Vec<&str> = names.iter().take(NAMED).map(Clean::as_str).collect();
    match names.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// Each line once, in their order.
fn once(lines: impl Iterator<Item = Clean>) -> Vec<Clean> {
    let mut kept: Vec<Clean> = Vec::new();
    for line in lines {
        if !kept.contains(&line) {
            kept.push(line);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::super::ledger::tests::record;
    use super::*;

    #[test]
    fn a_service_that_would_be_down_is_told_from_one_that_would_limp() {
        let facts = Facts {
            scope: vec!["Pod shop/web-1".into(), "Pod shop/web-2".into()],
            gone: 1,
            services: vec![
                Service { name: "shop/web".into(), of_scope: 2, all: 2 },
                Service { name: "shop/all".into(), of_scope: 2, all: 7 },
            ],
            ..Facts::default()
        };
        let lines = impact(&facts).unwrap().lines;
        assert_eq!(lines[0], "2 objects in the scope, 1 of them gone: Pod shop/web-1, Pod shop/web-2");
        assert!(lines[1].contains("it would be down") && lines[2].contains("2 of 7"), "{lines:?}");
        assert_eq!(impact(&Facts::default()), None);
    }

    #[test]
    fn a_case_alone_knows_the_alerts_that_were_asked_for_again() {
        let reread = |id: &str, severity: &str, archived: bool| {
            let now = serde_json::json!({"severity": severity, "count": 1, "updated": null, "archived": archived});
            let entry = serde_json::json!({
                "what": "reread", "finding": id, "kind": "Execution:X", "of": "GuardDuty of ir", "now": now, "changes": [],
            });
            record(1, entry)
        };
        let records = [reread("a", "HIGH", false), reread("b", "CRITICAL", true)];
        let facts = Facts::of_case(&Ledger::fold(&records));
        assert_eq!(facts.alerts.iter().map(|alert| alert.severity).collect::<Vec<_>>(), [Severity::High]);
    }

    #[test]
    fn many_are_named_in_part_and_counted() {
        let names: Vec<Clean> = (0..8).map(|number| format!("p{number}").into()).collect();
        assert_eq!(some(&names), "p0, p1, p2, p3, p4 and 3 more");
        assert_eq!((count(1, "object"), count(0, "object")), ("1 object".to_owned(), "0 objects".to_owned()));
    }
}
