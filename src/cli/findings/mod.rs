//! `podmortem findings`

mod gather;
mod item;
mod print;

pub use gather::{Reader, Sources, kinds};

use color_eyre::eyre::Result;

use super::exit::Ended;
use super::list::{Form, Output, json_items};
use super::{Exit, Startup, out};
use crate::findings::{Resolver, Shelf, Step};
use crate::model::{Clean, Finding};

use self::gather::Gathered;

/// List findings: of GuardDuty, or of files in any shape that alerts come in
///
/// GetFindings, EventBridge, SNS, S3 exports, Security Hub, Prowler, Falco and EKS audit events are told apart by
/// themselves. With an ID, tells everything about one finding: what it means, what to ask, what it leads to.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Tell all about one finding; the beginning of its id is enough
    #[arg(value_name = "ID")]
    finding: Option<String>,
    #[command(flatten)]
    sources: Sources,
    /// Only findings about this cluster: its name, ARN or context
    #[arg(long, value_name = "CLUSTER")]
    cluster: Option<String>,
    /// Only what happened since: 90m, 24h, 7d, or a time such as 2026-11-28T09:00Z
    #[arg(long, value_name = "TIME", value_parser = gather::since)]
    since: Option<jiff::Timestamp>,
    /// Those that were put away, too
    #[arg(long)]
    archived: bool,
    #[command(flatten)]
    form: Form,
}

/// Reads, resolves and lists.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let reader = Reader { since: args.since, archived: args.archived };
    let shelf = reader.read(&args.sources, startup).await?;
    let wanted: Vec<&Finding> =
        shelf.iter().map(|finding| &**finding).filter(|finding| wanted(finding, args)).collect();
    if let (Some(id), true) = (&args.finding, wanted.is_empty()) {
        tell(&shelf);
        return Err(Ended::failed(format!("no finding has an id that begins with {}", Clean::from(id.as_str()))));
    }
    let gathered = Gathered::around(&wanted, startup, args.form.patience()).await;
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
    tell(&shelf);
    for why in &gathered.wrong {
        eprintln!("podmortem: {why}");
    }
    Ok(ended(&shelf))
}

fn wanted(finding: &Finding, args: &Args) -> bool {
    let by_id = args.finding.as_ref().is_none_or(|id| finding.id.starts_with(id.as_str()));
    let by_cluster = args.cluster.as_ref().is_none_or(|wanted| {
        let cluster = finding.about.cluster.as_ref();
        let name = wanted.rsplit_once(":cluster/").map_or(wanted.as_str(), |(_, name)| name);
        cluster.is_some_and(|cluster| cluster.arn == wanted.as_str() || cluster.name == name)
    });
    by_id && by_cluster
}

/// Tells what was read, and what could not be.
fn tell(shelf: &Shelf) {
    for trouble in &shelf.troubles {
        eprintln!("podmortem: {trouble}");
    }
    if shelf.repeated + shelf.unremarkable + shelf.unread > 0 || shelf.is_empty() {
        eprintln!("podmortem: {}", shelf.counts());
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
