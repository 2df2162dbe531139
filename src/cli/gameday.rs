//! `podmortem gameday [SCENARIO] [--serve]`

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use color_eyre::eyre::Result;

use super::{Exit, Startup, cockpit, out, plain};
use crate::gameday::{Enforcement, GameDay, Scenario};

/// Open the cockpit on embedded clusters: no cluster and no account needed
#[derive(clap::Args, Debug)]
pub struct Args {
    /// What is played
    #[arg(value_parser = ["shop"], default_value = "shop")]
    scenario: String,
    /// Open nothing: print what kubectl needs, and wait
    #[arg(long)]
    serve: bool,
    /// What network policies do: `off` nothing, `keep` stops new connections and lets open ones live, `cut` stops both
    #[arg(long, value_parser = ["off", "keep", "cut"], default_value = "keep")]
    enforce: String,
    /// Write every answered request to this new file: JSON lines as an API server's audit log
    #[arg(long, value_name = "FILE")]
    audit: Option<PathBuf>,
    /// The same seed gives the same names, addresses and digests
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Starts the clusters and opens a front on them.
pub async fn run(args: &Args, startup: Startup) -> Result<Exit> {
    let enforcement = match args.enforce.as_str() {
        "off" => Enforcement::Off,
        "cut" => Enforcement::Cut,
        _ => Enforcement::Keep,
    };
    let day = GameDay::start(Scenario::default().enforcing(enforcement), args.seed).await?;
    if let Some(path) = &args.audit {
        day.write_audit(path)?;
    }
    if args.serve {
        return serve(&day).await;
    }
    let startup = startup.on_game_day(day.kubeconfig_path(), &day.contexts());
    if startup.options.plain {
        return plain::run(&startup).await;
    }
    if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        eprintln!("podmortem: there is no terminal for the cockpit; this is what --plain shows");
        return plain::run(&startup).await;
    }
    cockpit::run(&startup).await
}

/// Says how to reach the clusters, and keeps them until it is interrupted.
async fn serve(day: &GameDay) -> Result<Exit> {
    out::print(&format!(
        "# GAME DAY: embedded clusters with the contexts {contexts}. Interrupt to end them.\n\
         export KUBECONFIG={kubeconfig}\n\
         # Their account has Auto Scaling, CloudWatch Logs, EC2, ECR, EKS, GuardDuty, IAM, KMS, S3, STS and Systems Manager, and takes no key but this one.\n\
         export AWS_ENDPOINT_URL={account} AWS_ACCESS_KEY_ID={key} AWS_SECRET_ACCESS_KEY={key} AWS_REGION=us-east-1\n",
        contexts = day.contexts().join(", "),
        kubeconfig = day.kubeconfig_path().display(),
        account = day.account_url(),
        key = day.account_key(),
    ))?;
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    let mut hung_up = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminated.recv() => {}
        _ = hung_up.recv() => {}
    }
    Ok(Exit::Done)
}
