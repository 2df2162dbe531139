//! `podmortem pods` and its like.

use std::time::Duration;

use color_eyre::eyre::Result;

use crate::cli::exit::Ended;
use crate::cli::findings::{Reader, Sources, kinds, rows_of};
use crate::cli::fleet::{Fleet, Which};
use crate::cli::{Exit, Startup, out};
use crate::findings::{Networks, Resolver};
use crate::inventory::{Inventory, Marks, Query, Row, View};
use crate::model::{Clean, Finding, Kind};

use super::{Listing, Noun, Output, Selectors};

/// How a list is asked for
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What is selected.
    #[command(flatten)]
    pub selectors: Selectors,
    /// Only what a finding leads to, by its id or how that begins (pods and nodes)
    #[arg(long, value_name = "ID", help_heading = "Selection")]
    finding: Option<String>,
    /// Where findings are read from.
    #[command(flatten)]
    findings: Sources,
    /// In which form.
    #[command(flatten)]
    pub form: Form,
}

/// Form and patience of a list.
#[derive(clap::Args, Clone, Copy, Debug)]
pub struct Form {
    /// Form of the list
    #[arg(short, long, value_enum, default_value_t)]
    pub output: Output,
    /// Seconds that each cluster is given
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    pub timeout: u32,
}

impl Form {
    /// The time that each cluster is given.
    pub fn patience(self) -> Duration {
        Duration::from_secs(u64::from(self.timeout))
    }
}

/// Lists a noun over every cluster that was asked for. Each fails by itself.
pub async fn run(noun: Noun, args: &Args, startup: &Startup) -> Result<Exit> {
    let query = args.selectors.query()?;
    let finding = match &args.finding {
        Some(id) => Some(one(id, noun, &args.findings, startup).await?),
        None => None,
    };
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    let mut needs = noun.needs(&query);
    needs.extend(finding.iter().flat_map(|finding| kinds(&[finding])));
    fleet.gather(&needs, args.form.patience()).await;
    let only = finding.map(|finding| {
        let reaches = fleet.reaches();
        rows_of(&finding, &Resolver::new(&fleet.inventory, &reaches, &Networks::default()))
    });
    let meant = |row: &Row<'_>| only.as_ref().is_none_or(|only| only.contains(&row.id()));
    if query.wants_gone() {
        eprintln!("podmortem: pods that are gone are known only to a program that saw them go: the cockpit or --plain");
    }
    let listing = Listing {
        inventory: &fleet.inventory,
        rows: noun
            .kinds()
            .iter()
            .map(|kind| (*kind, rows(noun, *kind, &query, &fleet.inventory).into_iter().filter(meant).collect()))
            .collect(),
        namespaces: args.selectors.namespace.len() != 1,
    };
    out::write(|out| listing.print(args.form.output, out))?;
    let empty = listing.len() == 0;
    let exit = fleet.tell_failures(noun.kinds());
    if empty && exit == Exit::Done && matches!(args.form.output, Output::Table | Output::Wide) {
        eprintln!("podmortem: nothing is selected");
    }
    Ok(exit)
}

/// The finding whose id begins so.
async fn one(id: &str, noun: Noun, sources: &Sources, startup: &Startup) -> Result<Finding> {
    if !matches!(noun, Noun::Kind(Kind::Pod | Kind::Node)) {
        return Err(Ended::usage("--finding selects pods and nodes"));
    }
    let shelf = Reader { archived: true, ..Reader::default() }.read(sources, startup).await?;
    let mut found = shelf.iter().filter(|finding| finding.id.starts_with(id));
    let shown = Clean::from(id);
    match (found.next(), found.next()) {
        (Some(finding), None) => Ok(Finding::clone(finding)),
        (None, _) => Err(Ended::failed(format!(
            "no finding has an id that begins with {shown}; `podmortem findings` lists them"
        ))),
        (Some(_), Some(_)) => {
            Err(Ended::usage(format!("several findings have ids that begin with {shown}; write more of it")))
        }
    }
}

/// The rows of a kind that a query selects, by cluster, namespace and name.
pub fn rows<'a>(noun: Noun, kind: Kind, query: &Query, inventory: &'a Inventory) -> Vec<Row<'a>> {
    let mut view = View::new(kind);
    view.select(query.clone());
    view.refresh(inventory, &Marks::default(), &Marks::default());
    // Among workloads, a Deployment stands for its ReplicaSets.
    let hands = noun == Noun::Workloads && kind == Kind::ReplicaSet;
    let rows = (0..view.len()).filter_map(|place| view.row(inventory, place));
    let mut rows: Vec<_> = rows.filter(|row| !(hands && is_owned(row))).collect();
    rows.sort_by_key(|row| row.id().session);
    rows
}

fn is_owned(row: &Row<'_>) -> bool {
    matches!(row, Row::Object(_, object) if object.meta.owner.is_some())
}
