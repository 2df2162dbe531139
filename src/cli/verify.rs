//! `podmortem verify`

use std::path::PathBuf;

use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::json;

use super::exit::Ended;
use super::list::Output;
use super::{Exit, Startup, out};
use crate::case::{Case, PublicKey, Report, Standing, Trust, verify_by};

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
        Output::Name | Output::Table | Output::Wide => told(&report),
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

fn told(report: &Report) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        text.push_str(&format!("{problem}\n"));
    }
    for remark in &report.remarks {
        text.push_str(&format!("remark: {remark}\n"));
    }
    for key in &report.keys {
        let of = key.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let known = match key.known {
            Standing::Own => "the key of this person on this machine".to_owned(),
            Standing::Named => "a key that --signers names".to_owned(),
            Standing::Unknown => format!(
                "not known here: whoever could write to the case could have made it. Ask {of} for the fingerprint \
                 (ed25519.pub in their state directory), or name the signers with --signers"
            ),
        };
        text.push_str(&format!("signed by {} ({} journals of {of}): {known}\n", key.fingerprint, key.writers));
    }
    let verdict = if report.holds() { "holds" } else { "DOES NOT VERIFY" };
    text.push_str(&format!(
        "{verdict}: {} records of {} writers, {} of them held against heads that this machine keeps, \
         {} artefacts of {} bytes, {} problems\n",
        report.records,
        report.writers,
        report.remembered,
        report.artefacts,
        report.bytes,
        report.problems.len()
    ));
    text
}
