//! Findings as a table, and one in full.

use std::io::{self, Write};

use crate::cli::list::Table;
use crate::findings::catalogue::look_up;
use crate::findings::{Place, Resolution, Resolver, Step, Weight, explain};
use crate::model::{Age, Clean, Finding};

/// A row for each finding.
pub fn table<'a>(rows: impl Iterator<Item = (&'a Finding, Resolution)>, resolver: &Resolver<'_>, wide: bool) -> Table {
    let mut headings = vec!["SEVERITY", "AGE", "SOURCE", "TYPE", "CLUSTER", "RESOURCE", "PODS", "ID"];
    if wide {
        headings.extend(["ACCOUNT", "REGION", "COUNT", "USER", "CALLER", "INSTANCES", "PLAYBOOK"]);
    }
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    let now = jiff::Timestamp::now().as_second();
    for (finding, found) in rows {
        // What a rule sees is there now: since when, nobody knows.
        let when = finding.when().filter(|_| finding.source.is_alert());
        let age = when.map(|at| Age::between(at.as_second(), now).to_string()).unwrap_or_default();
        let mut row = vec![
            finding.severity.to_string(),
            age,
            finding.source.word().to_owned(),
            finding.kind.to_string(),
            cluster(finding, resolver),
            resource(finding),
            pods(&found),
            finding.id.to_string(),
        ];
        if wide {
            let caller = finding.caller.as_ref().and_then(|caller| caller.addresses.first().or(Some(&caller.domain)));
            let instances: Vec<_> = found.of(Step::Instance).map(|link| link.to.to_string()).collect();
            row.extend([
                finding.account.to_string(),
                finding.region.to_string(),
                finding.count.to_string(),
                found.who.as_ref().map(|who| who.name.to_string()).unwrap_or_default(),
                caller.map(Clean::to_string).unwrap_or_default(),
                instances.join(","),
                look_up(finding).map(|entry| entry.playbook.to_owned()).unwrap_or_default(),
            ]);
        }
        table.push(row);
    }
    table
}

/// The cluster, and where it is from here.
fn cluster(finding: &Finding, resolver: &Resolver<'_>) -> String {
    let named = finding.about.cluster.as_ref().map(|cluster| cluster.name.to_string());
    match (named, resolver.place(finding)) {
        (None, Place::None) => "not about a cluster".to_owned(),
        (None, _) => "not named".to_owned(),
        (Some(name), Place::Here) => name,
        (Some(name), Place::Closed) => format!("{name} (not open)"),
        (Some(name), _) => format!("{name} (not here)"),
    }
}

/// What the finding is about inside of its cluster, which stands in a column of its own.
fn resource(finding: &Finding) -> String {
    let whole = finding.resource();
    let cluster = finding.about.cluster.as_ref().map(|cluster| cluster.name.as_str()).unwrap_or_default();
    match whole.strip_prefix(cluster) {
        Some("") => "no workload in the finding".to_owned(),
        Some(rest) => rest.trim_start_matches(": ").to_owned(),
        None => whole,
    }
}

fn pods(found: &Resolution) -> String {
    let (there, gone) = found.of(Step::Pod).fold((0, 0), |(there, gone), link| match (link.row, link.gone) {
        (Some(_), false) => (there + 1, gone),
        (_, true) => (there, gone + 1),
        (None, false) => (there, gone),
    });
    match (there, gone) {
        (0, 0) => String::new(),
        (there, 0) => there.to_string(),
        (there, gone) => format!("{there}, {gone} gone"),
    }
}

/// Everything about one.
pub fn in_full(finding: &Finding, found: &Resolution, out: &mut dyn Write) -> io::Result<()> {
    for line in explain(finding, found) {
        let sign = match line.weight {
            Weight::Heading => "\n",
            Weight::Question => "? ",
            Weight::Against => "! ",
            _ => "",
        };
        writeln!(out, "{}{sign}{}", "  ".repeat(line.depth), line.text)?;
    }
    writeln!(out)
}
