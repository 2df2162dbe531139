//! The `podmortem` program: parse, choose a front, say how it ended.

use std::process::ExitCode;

use color_eyre::eyre::Result;
use podmortem::cli::{self, Exit};
use podmortem::model::Clean;

fn main() -> ExitCode {
    let ended =
        install_reports().and_then(|()| tokio::runtime::Runtime::new().map_err(Into::into)).and_then(|runtime| {
            let ended = runtime.block_on(cli::run(std::env::args_os().collect()));
            // A read of standard input or a DNS lookup that never ends must not keep the program alive.
            runtime.shutdown_background();
            ended
        });
    match ended {
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
