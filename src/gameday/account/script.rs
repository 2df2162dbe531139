//! The scripts that the nodes of a game day can run: those of the program. They are known by what
//! they print first and by their first line; a node of a game day has no shell for any other.

use std::sync::Arc;

use serde_json::Value;

use super::super::cluster::Cluster;
use super::command::Ended;
use super::{cut, measure, probe};

/// A pod as a script is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// Its UID.
    pub(super) uid: String,
    /// Its addresses, never none.
    pub(super) addresses: Vec<String>,
}

/// An address and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The address.
    pub(super) address: String,
    /// The port.
    pub(super) port: u16,
}

/// What a script is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Script {
    /// A look at the network of pods.
    Measure(measure::Question),
    /// Pods cut off on their node, or let go.
    Cut {
        /// Whether they are cut off.
        cuts: bool,
        /// Which.
        pods: Vec<Named>,
    },
    /// What the node could give.
    Probe,
    /// Anything else; its first word.
    Unknown(String),
}

/// Reads what a command is made of.
pub(super) fn read(commands: &[String]) -> Script {
    let first = commands.first().map(String::as_str).unwrap_or_default();
    let rest = commands.get(1..).unwrap_or_default().join("\n");
    let known = if first.contains("podmortem-probe 1") {
        Some(Script::Probe)
    } else if rest.contains("podmortem-proof 1") {
        measure::Question::read(first).map(Script::Measure)
    } else if rest.contains("podmortem_cut_") {
        let does = value(first, "do");
        pods(first, "pods")
            .filter(|_| ["cut", "release"].contains(&does))
            .map(|pods| Script::Cut { cuts: does == "cut", pods })
    } else {
        None
    };
    known.unwrap_or_else(|| Script::Unknown(first.split_whitespace().next().unwrap_or_default().to_owned()))
}

/// Runs it on a node.
pub(super) async fn run(cluster: &Arc<Cluster>, node: &Value, script: Script) -> Ended {
    match script {
        Script::Measure(question) => done(measure::run(cluster, node, &question).await),
        Script::Cut { cuts, pods } => done(cut::run(cluster, node, cuts, &pods)),
        Script::Probe => done(probe::run(node)),
        Script::Unknown(word) => {
            let place = "/var/lib/amazon/ssm/document/orchestration/awsrunShellScript/0.awsrunShellScript/_script.sh";
            let errors = format!("{place}: line 1: {word}: command not found\nfailed to run commands: exit status 127");
            Ended { status: "Failed", detail: "Failed", code: 127, output: String::new(), errors }
        }
    }
}

fn done(output: String) -> Ended {
    Ended { status: "Success", detail: "Success", code: 0, output, errors: String::new() }
}

/// What a variable is set to in a line of a shell: `NAME=VALUE` or `NAME='VALUE VALUE'`.
pub(super) fn value<'a>(line: &'a str, name: &str) -> &'a str {
    let start = format!("{name}=");
    let place = if line.starts_with(&start) {
        Some(start.len())
    } else {
        line.find(&format!(" {start}")).map(|at| at + start.len() + 1)
    };
    let Some(rest) = place.and_then(|place| line.get(place..)) else { return "" };
    match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split('\'').next().unwrap_or_default(),
        None => rest.split(' ').next().unwrap_or_default(),
    }
}

/// The pods that a variable names; `None` where one of them is none.
pub(super) fn pods(line: &str, name: &str) -> Option<Vec<Named>> {
    let one = |word: &str| {
        let (uid, addresses) = word.split_once('=')?;
        let addresses: Vec<String> = addresses.split(',').filter(|one| !one.is_empty()).map(str::to_owned).collect();
        (!addresses.is_empty()).then(|| Named { uid: uid.to_owned(), addresses })
    };
    value(line, name).split_whitespace().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scripts_of_the_proof_are_known_by_their_first_line() {
        let first = "phase=after pods='a-1=10.0.0.1,fd00::1 b=10.0.0.2' peers='' tcp='10.0.0.9/443' dns='172.20.0.10/53' near='169.254.169.254/80 fd00:ec2::254/80' patience=10 watch=2.5";
        let script = "echo \"podmortem-proof 1 $phase\"";
        let Script::Measure(question) = read(&[first.to_owned(), script.to_owned()]) else { panic!("not known") };
        assert_eq!((question.after, question.pods.len(), question.peers.len()), (true, 2, 0));
        assert_eq!(question.pods[0].addresses, ["10.0.0.1", "fd00::1"]);
        assert_eq!(question.tcp, [Place { address: "10.0.0.9".to_owned(), port: 443 }]);
        assert_eq!((question.dns[0].port, question.near[1].address.as_str()), (53, "fd00:ec2::254"));
        let cut = read(&["do=cut pods='a=10.0.0.1'".to_owned(), "table=podmortem_cut_$1".to_owned()]);
        assert!(matches!(cut, Script::Cut { cuts: true, pods } if pods.len() == 1));
    }

    #[test]
    fn other_scripts_are_not() {
        assert_eq!(read(&["id".to_owned()]), Script::Unknown("id".to_owned()));
        let odd = read(&["do=nothing pods='a=1'".to_owned(), "podmortem_cut_".to_owned()]);
        assert_eq!(odd, Script::Unknown("do=nothing".to_owned()));
    }
}
