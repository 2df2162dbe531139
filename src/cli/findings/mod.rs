//! `podmortem findings`

mod again;
mod gather;
mod item;
mod print;
mod typed;

pub use gather::{Reader, Sources, kinds};

use color_eyre::eyre::Result;

use super::exit::Ended;
use super::list::{Form, Output, json_items};
use super::{Exit, Startup, out};
use crate::findings::{Resolver, Shelf, Step, since};
use crate::model::finding::Source;
use crate::model::{Clean, Finding, Typed};

use self::gather::Gathered;

/// List findings: of GuardDuty and Security Hub, or of files in any shape that alerts come in
///
/// GetFindings, EventBridge, SNS, S3 exports, Security Hub, Prowler, Falco and EKS audit events are told apart by
/// themselves. With an ID, tells everything about one finding: what it means, what to ask, what it leads to. Findings
/// that were typed into the case of --case stand among them.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Tell all about one finding; the beginning of its id is enough
    #[arg(value_name = "ID")]
    finding: Option<String>,
    /// Ask its source for the finding again, and say what has changed since the file was written; with --case, for the record
    #[arg(long, requires = "finding", conflicts_with_all = ["rules", "add"])]
    again: bool,
    #[command(flatten)]
    sources: Sources,
    /// Below them, what our own rules see in the clusters, a line for each rule and workload; bindings are read for it
    #[arg(long)]
    rules: bool,
    /// Only findings of this source: guardduty, security-hub, ocsf, falco, audit, typed or rules; may be given several times
    #[arg(long, value_name = "SOURCE", value_parser = source)]
    source: Vec<Source>,
    /// Take in a finding by word of mouth, into the case of --case: 'high pod shop/web-1 from 203.0.113.9 what was told'
    #[arg(long, value_name = "LINE", value_parser = typed::line, conflicts_with_all = ["file", "finding", "rules", "source"])]
    add: Option<Typed>,
    /// Only findings about this cluster: its name, ARN or context
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<String>,
    /// Only what happened since: 90m, 24h, 7d, or a time such as 2026-11-28T09:00Z; an audit log is read from there, or for 1h
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<jiff::Timestamp>,
    /// Those that were put away, too
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    form: Form,
}

impl Args {
    /// Whether our rules are to look.
    fn rules(&self) -> bool {
        self.rules || self.source.contains(&Source::Rules)
    }

    /// Whether only sources are wanted that need neither GuardDuty nor a file.
    fn only_ours(&self) -> bool {
        let ours = |source: &Source| matches!(source, Source::Rules | Source::Typed);
        !self.source.is_empty() && self.source.iter().all(ours) && self.sources.is_empty()
    }
}

fn source(name: &str) -> Result<Source, String> {
    let known = "guardduty, security-hub, ocsf, falco, audit, typed or rules";
    Source::parse(name).ok_or_else(|| format!("{} is no source; write {known}", Clean::from(name)))
}

/// Reads, resolves and lists.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let shelf = shelf(args, startup).await?;
    let alerts: Vec<&Finding> =
        shelf.iter().map(|finding| &**finding).filter(|finding| wanted(finding, args)).collect();
    if args.again && !alerts.is_empty() {
        return again::ask(&alerts, &args.form, startup).await;
    }
    let gathered = Gathered::around(&alerts, args.rules().then_some(&shelf.execs), startup, args.form.patience()).await;
    let seen = gathered.seen.iter().filter(|finding| wanted(finding, args));
    let wanted: Vec<&Finding> = alerts.into_iter().chain(seen).collect();
    if let (Some(id), true) = (&args.finding, wanted.is_empty()) {
        tell(&shelf, &gathered);
        return Err(Ended::failed(format!("no finding has an id that begins with {}", Clean::from(id.as_str()))));
    }
    let resolver = gathered.resolver();
    let rows = wanted.iter().map(|finding| (*finding, resolver.resolve(finding)));
    out::write(|out| match (args.form.output, &args.finding) {
        (Output::Json, _) => json_items(rows.map(|(finding, found)| item::of(finding, &found, &resolver)), out),
        (Output::Yaml, _) => {
            let items: Vec<_> = rows.map(|(finding, found)| item::of(finding, &found, &resolver)).collect();
            let document = serde_json::json!({"apiVersion": "v1", "kind": "List", "items": items});
            serde_yaml::to_writer(out, &document).map_err(std::io::Error::other)
        }
        (Output::Name, _) => wanted.iter().try_for_each(|finding| writeln!(out, "finding/{}", finding.id)),
        (_, Some(_)) => rows.into_iter().try_for_each(|(finding, found)| print::in_full(finding, &found, out)),
        (form, None) => print::table(rows, &resolver, form == Output::Wide).print(out),
    })?;
    tell(&shelf, &gathered);
    Ok(ended(&shelf))
}

/// The findings that were asked for, but for what our rules see.
async fn shelf(args: &Args, startup: &Startup) -> Result<Shelf> {
    if let Some(line) = &args.add {
        return typed::add(line, startup);
    }
    let (typed, others) = (typed::of_case(startup)?, args.rules());
    let reader = Reader { since: args.since, archived: args.archived, others: others || !typed.findings.is_empty() };
    let mut shelf = if args.only_ours() { Shelf::default() } else { reader.read(&args.sources, startup).await? };
    shelf.take(typed);
    Ok(shelf)
}

fn wanted(finding: &Finding, args: &Args) -> bool {
    let by_id = args.finding.as_ref().is_none_or(|id| finding.id.starts_with(id.as_str()));
    let by_source = args.source.is_empty() || args.source.contains(&finding.source);
    let by_cluster = args.cluster.as_ref().is_none_or(|wanted| {
        let cluster = finding.about.cluster.as_ref();
        let name = wanted.rsplit_once(":cluster/").map_or(wanted.as_str(), |(_, name)| name);
        cluster.is_some_and(|cluster| cluster.arn == wanted.as_str() || cluster.name == name)
    });
    by_id && by_source && by_cluster
}

/// Tells what was read, and what could not be.
fn tell(shelf: &Shelf, gathered: &Gathered) {
    for trouble in &shelf.troubles {
        eprintln!("podmortem: {trouble}");
    }
    if shelf.repeated + shelf.unremarkable + shelf.unread > 0 || shelf.is_empty() && gathered.seen.is_empty() {
        eprintln!("podmortem: {}", shelf.counts());
    }
    for why in &gathered.wrong {
        eprintln!("podmortem: {why}");
    }
}

/// What could not be read is a failure where nothing could be, and a partial one beside what could.
fn ended(shelf: &Shelf) -> Exit {
    match (shelf.troubles.is_empty(), shelf.is_empty() && shelf.unremarkable == 0) {
        (true, _) => Exit::Done,
        (false, true) => Exit::Failed,
        (false, false) => Exit::SomeFailed,
    }
}

/// The rows of pods and nodes that a finding leads to.
pub fn rows_of(finding: &Finding, resolver: &Resolver<'_>) -> Vec<crate::inventory::RowId> {
    let found = resolver.resolve(finding);
    let rows = found.links.iter().filter(|link| matches!(link.step, Step::Pod | Step::Node));
    rows.filter_map(|link| link.row).collect()
}
