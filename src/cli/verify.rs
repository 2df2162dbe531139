//! `podmortem verify`

use std::path::PathBuf;

use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::json;

use super::exit::Ended;
use super::list::Output;
use super::{Exit, Startup, out};
use crate::case::{Case, PublicKey, Trust, verify_by};

/// Check every hash, every chain and every signature of a case
///
/// The chains are held against the heads that this machine keeps outside of the
/// case, and the keys against those of --signers.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The case: an id, or a directory
    #[arg(value_name = "CASE")]
    named: String,
    /// Allowed signers, as `ssh-keygen -Y verify -f` reads them: other keys do not verify then
    #[arg(long, value_name = "FILE")]
    signers: Option<PathBuf>,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Verifies a case and names everything that does not hold.
pub fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let path = Case::find(startup.directories.cases(), &args.named)?;
    let signers = args.signers.as_ref().map(signers).transpose()?;
    let report = verify_by(&path, &Trust { state: Some(startup.directories.state().to_owned()), signers })?;
    let exit = if report.holds() { Exit::Done } else { Exit::EvidenceBroken };
    let value = json!({"case": path, "holds": report.holds(), "exit": exit as u8, "report": report});
    let text = match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name | Output::Table | Output::Wide => report.to_string(),
    };
    out::print(&text)?;
    Ok(exit)
}

fn signers(file: &PathBuf) -> Result<Vec<PublicKey>> {
    let text = std::fs::read_to_string(file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
    let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let keys: Vec<_> = lines.filter_map(PublicKey::find).collect();
    if keys.is_empty() {
        return Err(Ended::usage(format!("{} names no ssh-ed25519 key", file.display())));
    }
    Ok(keys)
}
