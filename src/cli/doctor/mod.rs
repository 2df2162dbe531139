//! `podmortem doctor`

mod aws;
mod check;
mod cluster;
mod places;
mod readiness;
mod terminal;

use std::time::Duration;

use clap::ValueEnum;
use color_eyre::eyre::Result;
use futures::future::join_all;

use super::fleet::{Fleet, Which};
use super::{Exit, Startup, out};
use check::{Checks, State};

/// Tell what is reachable, as whom, with which rights, and what the terminal can do
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Form of the report
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    /// Seconds that each cluster is given
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    timeout: u32,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Output {
    /// Lines for people
    #[default]
    Text,
    /// {"checks": [...]}
    Json,
}

/// Looks at everything, and says how to mend what is wrong.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let mut areas = vec![places::check(startup), terminal::check(startup).await, aws::check(startup).await];
    let patience = Duration::from_secs(u64::from(args.timeout));
    let (mut asked, mut failed) = (0, 0);
    let mut unready = Vec::new();
    match Fleet::open(startup, Which::Asked).await {
        Ok(fleet) => {
            let clusters = fleet.inventory.clusters();
            let checked = join_all(clusters.iter().map(|cluster| cluster::check(cluster, &fleet, patience))).await;
            asked = checked.len();
            failed = checked.iter().filter(|checks| checks.worst() == State::Bad).count();
            areas.extend(checked);
            // What is not ready is no failure of today's: it is told, and changes no exit code.
            let ready = clusters.iter().map(|cluster| readiness::check(cluster, &fleet, startup, patience));
            let ready = join_all(ready).await;
            areas.extend(fleet.unopened().map(|(name, why)| {
                let mut checks = Checks::of(format!("clusters of {name}"));
                checks.bad(
                    "discovery",
                    why.clone(),
                    "see the line of this profile above, or name others with --profile and --region",
                );
                checks
            }));
            unready = ready;
        }
        Err(error) => {
            let mut checks = Checks::of("clusters");
            checks.bad(
                "kubeconfig",
                format!("{error:#}"),
                "name another with --kubeconfig, or a profile and a Region with --profile and --region",
            );
            areas.push(checks);
        }
    }
    let elsewhere = areas.iter().filter(|checks| checks.worst() == State::Bad).count() > failed;
    areas.append(&mut unready);
    out::write(|out| match args.output {
        Output::Text => areas.iter().try_for_each(|checks| checks.print(out)),
        Output::Json => {
            let checks: Vec<_> = areas.iter().flat_map(|checks| &checks.all).collect();
            serde_json::to_writer_pretty(&mut *out, &serde_json::json!({ "checks": checks }))?;
            writeln!(out)
        }
    })?;
    let ended = Exit::of_failures(failed, asked);
    Ok(if elsewhere { ended.or(Exit::Failed) } else { ended })
}
