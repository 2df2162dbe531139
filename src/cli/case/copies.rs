//! `podmortem case allow-copy`

use color_eyre::eyre::Result;

use crate::case::Entry;
use crate::cli::exit::Ended;
use crate::cli::place::case_needed;
use crate::cli::{Startup, out};
use crate::model::Clean;

/// From where to where, and why
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The Region that the evidence is of
    #[arg(long, value_name = "REGION")]
    from: String,
    /// The Region where it is kept
    #[arg(long, value_name = "REGION")]
    to: String,
    /// Why it may leave its Region, and who says so; kept in the case
    #[arg(long, value_name = "TEXT")]
    reason: String,
}

/// Records that evidence may leave its Region.
pub fn run(args: &Args, startup: &Startup) -> Result<()> {
    if startup.read_only() {
        return Err(Ended::refused("podmortem is read-only: no copy was allowed"));
    }
    let entry = allowed(&args.from, &args.to, &args.reason).map_err(Ended::usage)?;
    let case = case_needed(startup)?;
    case.journal().append(entry)?;
    out::print(&format!(
        "evidence of {} may be kept in {} from here on, in the case {}\n",
        Clean::from(args.from.trim()),
        Clean::from(args.to.trim()),
        case.id()
    ))
}

/// The record of it.
fn allowed(from: &str, to: &str, reason: &str) -> Result<Entry, &'static str> {
    let [from, to, reason] = [from, to, reason].map(|text| Clean::from(text.trim()));
    if from.is_empty() || to.is_empty() {
        return Err("name both Regions: --from us-east-1 --to eu-central-1");
    }
    if reason.is_empty() {
        return Err("say why it may leave its Region, and who says so: --reason TEXT");
    }
    Ok(Entry::CopyAllowed { from, to, reason })
}
