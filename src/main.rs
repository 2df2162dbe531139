//! The `podmortem` program: parse, choose a front, say how it ended.

use std::process::ExitCode;

use color_eyre::eyre::Result;
use podmortem::cli::{self, Exit};
use podmortem::model::Clean;

fn main() -> ExitCode {
    match install_reports().and_then(|()| cli::run(std::env::args_os().collect())) {
        Ok(exit) => exit.into(),
        Err(report) => {
            for cause in format!("{report:#}").lines() {
                eprintln!("podmortem: {}", Clean::from(cause));
            }
            cli::exit::of(&report).unwrap_or(Exit::Failed).into()
        }
    }
}

/// Reports of panics, without colours and without the environment: they land in
/// logs and in bug reports.
fn install_reports() -> Result<()> {
    color_eyre::config::HookBuilder::blank().display_env_section(false).install()
}
