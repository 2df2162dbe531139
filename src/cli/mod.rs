//! The program without a terminal: one file per command.

mod act;
mod actions;
mod blast;
mod case;
mod clusters;
mod cockpit;
mod completions;
mod config;
mod doctor;
pub mod exit;
mod facts;
mod findings;
mod fleet;
#[cfg(feature = "gameday")]
mod gameday;
mod identities;
mod list;
mod man;
mod nodes;
mod options;
mod out;
mod place;
mod plain;
mod plan;
mod playbook;
mod rules;
mod startup;
mod targets;
mod undo;
mod verify;

use std::ffi::OsString;
use std::path::Path;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use color_eyre::eyre::Result;

use crate::model::Kind;
use list::Noun;

pub use exit::Exit;
pub use options::Options;
pub use startup::Startup;

/// How requests of this program name themselves in an audit log.
const USER_AGENT: &str = concat!("podmortem/", env!("CARGO_PKG_VERSION"));

/// Incident response on EKS from a terminal: see, select, contain, capture, prove
///
/// Without a command, the cockpit opens on the current context of the kubeconfig.
#[derive(Parser, Debug)]
#[command(
    name = "podmortem",
    version,
    after_help = "Exit codes: 0 done and proven, 1 failed, 2 wrong usage, 3 some targets or clusters failed,\n\
                  4 refused, 5 done but not proven, 6 evidence does not verify."
)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Option<Command>,
}

/// One line here, and one in `run`, for each command.
#[derive(Subcommand, Debug)]
enum Command {
    Clusters(clusters::Args),
    /// List pods, by every fact that a responder may know of them
    #[command(visible_alias = "pod", alias = "po")]
    Pods(list::Args),
    /// List nodes, those of the selected pods where any are; NODE with -o json or yaml tells what AWS knows of it, too
    #[command(visible_alias = "node", alias = "no")]
    Nodes(nodes::Args),
    /// List services; with selectors, those before the selected pods
    #[command(visible_alias = "svc", alias = "service")]
    Services(list::Args),
    /// List deployments, stateful sets, daemon sets, cron jobs, jobs; with selectors, those of the selected pods
    #[command(alias = "workload")]
    Workloads(list::Args),
    /// List namespaces
    #[command(visible_alias = "ns", alias = "namespace")]
    Namespaces(list::Args),
    /// List service accounts; with selectors, those that the selected pods may speak as
    #[command(visible_alias = "sa", alias = "serviceaccount")]
    Serviceaccounts(list::Args),
    Identities(identities::Args),
    Blast(blast::Args),
    Rules(rules::Args),
    #[command(visible_alias = "finding")]
    Findings(findings::Args),
    Actions(actions::Args),
    Plan(plan::Args),
    Playbook(playbook::Args),
    Act(act::Args),
    Undo(undo::Args),
    Case(case::Args),
    Verify(verify::Args),
    Doctor(doctor::Args),
    #[cfg(feature = "gameday")]
    Gameday(gameday::Args),
    Config(config::Args),
    Completions(completions::Args),
    Man(man::Args),
}

/// Runs a command line and says how it ended.
///
/// It waits here and not in the program: an async function that another crate waits
/// for is compiled in that crate, and with it everything that it waits for.
pub fn run(arguments: Vec<OsString>) -> Result<Exit> {
    let runtime = tokio::runtime::Runtime::new()?;
    let ended = runtime.block_on(dispatch(arguments));
    // A read of standard input or a DNS lookup that never ends must not keep the program alive.
    runtime.shutdown_background();
    ended
}

async fn dispatch(arguments: Vec<OsString>) -> Result<Exit> {
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(told) => {
            // Whoever closed the pipe has seen enough.
            let _ = told.print();
            return Ok(if told.use_stderr() { Exit::Usage } else { Exit::Done });
        }
    };
    let startup = Startup::read(cli.options)?;
    match cli.command {
        None if startup.options.plain => plain::run(&startup).await,
        None => cockpit::run(&startup).await,
        Some(Command::Clusters(args)) => clusters::run(&args, &startup).await,
        Some(Command::Pods(args)) => list::run(Noun::Kind(Kind::Pod), &args, &startup).await,
        Some(Command::Nodes(args)) => nodes::run(args, &startup).await,
        Some(Command::Services(args)) => list::run(Noun::Kind(Kind::Service), &args, &startup).await,
        Some(Command::Workloads(args)) => list::run(Noun::Workloads, &args, &startup).await,
        Some(Command::Namespaces(args)) => list::run(Noun::Kind(Kind::Namespace), &args, &startup).await,
        Some(Command::Serviceaccounts(args)) => list::run(Noun::Kind(Kind::ServiceAccount), &args, &startup).await,
        Some(Command::Identities(args)) => identities::run(&args, &startup).await,
        Some(Command::Blast(args)) => blast::run(&args, &startup).await,
        Some(Command::Rules(args)) => rules::run(&args, &startup).await,
        Some(Command::Findings(args)) => findings::run(&args, &startup).await,
        #[cfg(feature = "gameday")]
        Some(Command::Gameday(args)) => gameday::run(&args, startup).await,
        Some(Command::Actions(args)) => actions::run(&args),
        Some(Command::Plan(args)) => plan::run(&args, &startup).await,
        Some(Command::Act(args)) => act::run(&args, &startup).await,
        Some(Command::Undo(args)) => undo::run(&args, &startup).await,
        Some(Command::Playbook(args)) => playbook::run(&args, &startup),
        Some(Command::Case(args)) => case::run(&args, &startup).await,
        Some(Command::Verify(args)) => verify::run(&args, &startup),
        Some(Command::Doctor(args)) => doctor::run(&args, &startup).await,
        Some(Command::Config(args)) => config::run(&args, &startup),
        Some(Command::Completions(args)) => completions::run(&args),
        Some(Command::Man(args)) => man::run(&args),
    }
}

fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let mut command = command();
    if is_plugin(arguments.first()) {
        command = command.bin_name("kubectl podmortem");
    }
    Cli::from_arg_matches(&command.try_get_matches_from_mut(arguments)?)
}

/// The tree of commands.
fn command() -> clap::Command {
    Cli::command()
}

/// Whether `kubectl podmortem` runs us: kubectl starts the program of that name with a dash in it.
fn is_plugin(program: Option<&OsString>) -> bool {
    program.and_then(|path| Path::new(path).file_name()).is_some_and(|name| name == "kubectl-podmortem")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(Into::into).collect()
    }

    #[test]
    fn the_tree_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn as_a_plugin_it_calls_itself_as_it_was_called() {
        let usage = |line: &str| parse(&words(line)).unwrap_err().to_string();
        assert!(usage("/usr/local/bin/kubectl-podmortem --help").contains("Usage: kubectl podmortem "));
        assert!(usage("target/release/podmortem --help").contains("Usage: podmortem "));
    }

    #[test]
    fn read_only_stands_before_or_after_a_command() {
        for line in ["podmortem --read-only config", "podmortem config --read-only"] {
            assert!(parse(&words(line)).unwrap().options.read_only, "{line}");
        }
    }
}
