//! The message of intent: what stakeholders are told before a change that nobody
//! authorised is put back. Drafted from the record, corrected and sent by a person.

use std::cmp::Reverse;

use super::facts::{Facts, Known, some};
use super::ledger::Ledger;
use crate::model::Clean;

/// What stands where the record says nothing: a person has to say it before the message leaves.
const UNSAID: &str = "[NOT SAID YET]";

/// Alerts that are named, the gravest; of more, the number: whoever is not on call reads this.
const NAMED: usize = 5;

/// The draft; nothing where the change is authorised, or nobody has said whether it is.
pub fn draft(facts: &Facts, ledger: &Ledger) -> Option<Vec<Clean>> {
    let authorised = ledger.line("authorised")?;
    let (word, reason) = authorised.split_once(' ').unwrap_or((authorised, ""));
    let verdict = match word {
        "no" => "The change was not authorised",
        "unreached" => {
            "Whoever could have authorised the change could not be reached, and it is treated as not authorised"
        }
        _ => return None,
    };
    let said = |topic: &str| ledger.line(topic).map_or(UNSAID.to_owned(), ToString::to_string);
    let mut lines: Vec<String> = Vec::new();
    let mut say = |line: String| lines.push(line);
    let priority = ledger.priority().map_or_else(|| format!("priority {UNSAID}"), |priority| priority.to_string());
    let about = if facts.title.is_empty() { String::new() } else { format!(": {}", facts.title) };
    say(format!("Incident {}, {priority}{about}", ledger.line("ticket").unwrap_or(&facts.case)));
    say(String::new());
    say("What was seen".to_owned());
    if facts.alerts.is_empty() && facts.seen.is_empty() {
        say(format!("  {UNSAID}"));
    }
    let mut gravest: Vec<_> = facts.alerts.iter().collect();
    gravest.sort_by_key(|alert| Reverse(alert.severity));
    for alert in gravest.into_iter().take(NAMED) {
        say(format!("  {} {}: {} ({})", alert.source, alert.severity, alert.title, alert.kind));
        say(format!("  in {}, since {}", or_unsaid(&alert.place), or_unsaid(&alert.since)));
        if !alert.principal.is_empty() {
            say(format!("  by {}", alert.principal));
        }
    }
    if facts.alerts.len() > NAMED {
        say(format!("  and {} more alerts, none graver", facts.alerts.len() - NAMED));
    }
    if facts.alerts.is_empty() {
        facts.seen.iter().for_each(|(severity, saw)| say(format!("  our own rules say {severity}: {saw}")));
    }
    say(format!("  {verdict}{}", if reason.is_empty() { String::new() } else { format!(": {reason}") }));
    for line in ledger.answer("principal").iter().flat_map(|answer| &answer.lines) {
        say(format!("  {line}"));
    }
    say(String::new());
    say("What we intend to do, and to what".to_owned());
    say("  keep evidence of these, contain them, and then put the change back:".to_owned());
    say(format!("  {}", if facts.scope.is_empty() { UNSAID.to_owned() } else { some(&facts.scope) }));
    facts.done.iter().for_each(|done| say(format!("  done already: {done}")));
    say(String::new());
    say("What that will interrupt".to_owned());
    match facts.services.as_slice() {
        [] => say("  no service is known to stand before them".to_owned()),
        services => services.iter().for_each(|service| say(format!("  {}", service.words()))),
    }
    for line in ledger.answer("impact").iter().flat_map(|answer| &answer.lines) {
        say(format!("  now: {line}"));
    }
    say(String::new());
    say("Who decides, and by when".to_owned());
    say(format!("  {}", said("decision")));
    say(format!("  war room: {}", said("war-room")));
    Some(lines.into_iter().map(Clean::from).collect())
}

fn or_unsaid(text: &Clean) -> &str {
    if text.is_empty() { UNSAID } else { text }
}

/// The draft as an answer that may be taken over.
pub fn known(facts: &Facts, ledger: &Ledger) -> Option<Known> {
    Some(Known { lines: draft(facts, ledger)?, from: "the record; read it before you send it".into(), at: facts.at })
}

#[cfg(test)]
mod tests {
    use super::super::facts::{Alert, Service};
    use super::super::ledger::tests::said;
    use super::*;
    use crate::model::Severity;

    fn facts() -> Facts {
        Facts {
            case: "INC-42".into(),
            alerts: vec![Alert {
                source: "GuardDuty".into(),
                kind: "PrivilegeEscalation:Kubernetes/PrivilegedContainer".into(),
                title: "A privileged container was started".into(),
                place: "cluster shop-prod".into(),
                since: "2026-11-28T03:02:00Z".into(),
                ..Alert::default()
            }],
            scope: vec!["Pod shop/web-1".into()],
            services: vec![Service { name: "shop/web".into(), of_scope: 1, all: 3 }],
            ..Facts::default()
        }
    }

    #[test]
    fn it_is_drafted_only_where_nobody_authorised_the_change() {
        let of = |answer: &str| draft(&facts(), &Ledger::fold(&[said(1, "authorised", &[answer])]));
        assert_eq!(draft(&facts(), &Ledger::default()), None);
        assert_eq!(of("yes CHG-1"), None);
        assert!(of("no she was asleep").is_some() && of("unreached").is_some());
    }

    #[test]
    fn the_gravest_alerts_are_named_and_the_others_counted() {
        let alert = |severity, title: String| Alert { severity, title: title.into(), ..Alert::default() };
        let mut alerts: Vec<_> = (1..=6).map(|number| alert(Severity::Low, format!("low {number}"))).collect();
        alerts.push(alert(Severity::High, "the gravest".to_owned()));
        let told = Ledger::fold(&[said(1, "authorised", &["no"])]);
        let text: Vec<_> = draft(&Facts { alerts, ..facts() }, &told).unwrap();
        let text = text.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n");
        assert!(text.contains("the gravest") && text.contains("low 4") && !text.contains("low 5"), "{text}");
        assert!(text.contains("and 2 more alerts, none graver"), "{text}");
    }

    #[test]
    fn it_says_what_to_whom_and_names_what_is_missing() {
        let records = [
            said(1, "authorised", &["no she was asleep"]),
            said(2, "decision", &["Robin by 03:45"]),
            said(3, "priority", &["P2"]),
        ];
        let lines = draft(&facts(), &Ledger::fold(&records)).unwrap();
        let text = lines.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n");
        for part in [
            "Incident INC-42, P2",
            "A privileged container was started",
            "since 2026-11-28T03:02:00Z",
            "not authorised: she was asleep",
            "Pod shop/web-1",
            "service shop/web: 1 of 3 pods",
            "Robin by 03:45",
            "war room: [NOT SAID YET]",
        ] {
            assert!(text.contains(part), "{part} is not in\n{text}");
        }
    }
}
