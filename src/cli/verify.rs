//! `podmortem verify`

use color_eyre::eyre::Result;
use serde_json::json;

use super::list::Output;
use super::{Exit, Startup, out};
use crate::case::{Case, Report, verify};

/// Check every hash and every chain of a case
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The case: an id, or a directory
    #[arg(value_name = "CASE")]
    named: String,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Verifies a case and names everything that does not hold.
pub fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let path = Case::find(startup.directories.cases(), &args.named)?;
    let report = verify(&path)?;
    let exit = if report.holds() { Exit::Done } else { Exit::EvidenceBroken };
    let value = json!({"case": path, "holds": report.holds(), "exit": exit as u8, "report": report});
    let text = match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name | Output::Table | Output::Wide => told(&report),
    };
    out::print(&text)?;
    Ok(exit)
}

fn told(report: &Report) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        text.push_str(&format!("{problem}\n"));
    }
    for remark in &report.remarks {
        text.push_str(&format!("remark: {remark}\n"));
    }
    let verdict = if report.holds() { "holds" } else { "DOES NOT VERIFY" };
    text.push_str(&format!(
        "{verdict}: {} records of {} writers, {} artefacts of {} bytes, {} problems\n",
        report.records,
        report.writers,
        report.artefacts,
        report.bytes,
        report.problems.len()
    ));
    text
}
