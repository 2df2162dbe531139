//! What is typed at the prompt.

use crate::cli::list::Noun;
use crate::inventory::{Query, Shared};

/// A line at the prompt, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Nothing was typed.
    Nothing,
    /// `pods image:tools privileged`
    List(Noun, Query),
    /// `clusters`
    Clusters,
    /// `more`: the next rows of the last list.
    More,
    /// `again`: the last list as it is now.
    Again,
    /// `show 3`: the facts of a row.
    Show(usize),
    /// `yaml 3`: the whole object.
    Yaml(usize),
    /// `events 3`
    Events(usize),
    /// `logs 3 [CONTAINER] [previous]`
    Logs {
        /// The row.
        row: usize,
        /// The container; all of them where none is named.
        container: Option<String>,
        /// Those of the container before its last restart.
        previous: bool,
    },
    /// `share image 3`: every pod that shares it with the row.
    Share(Shared, usize),
    /// `scope`
    Scope,
    /// `scope add 1-4,7`
    ScopeAdd(Vec<usize>),
    /// `scope remove 2`, numbered as `scope` lists them.
    ScopeRemove(Vec<usize>),
    /// `scope clear`
    ScopeClear,
    /// `plan ACTION [1-4,7]`: the rows, or the scope where none are named.
    Plan(String, Vec<usize>),
    /// `actions`
    Actions,
    /// `help`
    Help,
    /// `quit`
    Quit,
}

/// The commands, for `help`.
pub const HELP: &str = "\
pods, nodes, services, workloads, namespaces, serviceaccounts, or any kind that kubectl lists, then words:
  image:REF sa:NS/NAME node:NAME ns:NAME workload:KIND/NAME svc:NS/NAME ip:ADDRESS label:SELECTOR status:WORD
  cluster:NAME name:NAME, privileged hostPID hostNetwork hostPath root gone, or any text; ! before a word turns it around
clusters              who and where we are, and what is reachable
more                  the next rows of the last list
again                 the last list as it is now
show N                the facts of row N of the last list
yaml N                the whole object
events N              its events
logs N [CONTAINER] [previous]
share WHAT N          all pods that share it with row N: image, account, node, workload, namespace, service
scope                 what the responder works on; scope add 1-4,7; scope remove 2; scope clear
actions               what can be done
plan ACTION [N...]    what it would send for those rows, or for the scope; it sends nothing that changes anything
help, quit
";

/// Reads a line. The error says what was expected.
pub fn read(line: &str) -> Result<Command, String> {
    let line = line.trim();
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match word.to_ascii_lowercase().as_str() {
        "" => Ok(Command::Nothing),
        "clusters" | "contexts" => Ok(Command::Clusters),
        "more" => Ok(Command::More),
        "again" => Ok(Command::Again),
        "show" | "describe" => row(rest).map(Command::Show),
        "yaml" => row(rest).map(Command::Yaml),
        "events" => row(rest).map(Command::Events),
        "logs" | "log" => logs(rest),
        "share" => share(rest),
        "scope" => scope(rest),
        "plan" => plan(rest),
        "actions" => Ok(Command::Actions),
        "help" | "?" => Ok(Command::Help),
        "quit" | "exit" | "q" => Ok(Command::Quit),
        _ => match Noun::parse(word) {
            Some(noun) => rest
                .parse()
                .map(|query| Command::List(noun, query))
                .map_err(|error: crate::inventory::query::QueryError| error.to_string()),
            None => Err(format!("{word} is no command and no kind; help lists them")),
        },
    }
}

fn row(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(row) if row > 0 => Ok(row),
        _ => Err("which row? Write the number that stands before it in the last list, for example: show 3".to_owned()),
    }
}

/// `1-4,7 9`
fn rows(text: &str) -> Result<Vec<usize>, String> {
    let mut rows = Vec::new();
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (row(first)?, row(last)?);
        if last < first || last - first > 100_000 {
            return Err(format!("{part} is no range of rows; write the smaller number first: 1-4"));
        }
        rows.extend(first..=last);
    }
    Ok(rows)
}

fn some_rows(text: &str) -> Result<Vec<usize>, String> {
    let rows = rows(text)?;
    if rows.is_empty() { Err("which rows? For example: scope add 1-4,7".to_owned()) } else { Ok(rows) }
}

fn logs(text: &str) -> Result<Command, String> {
    let mut words = text.split_whitespace();
    let row = row(words.next().unwrap_or_default())?;
    let rest: Vec<_> = words.collect();
    let container = rest.iter().find(|word| **word != "previous").map(|word| (*word).to_owned());
    Ok(Command::Logs { row, container, previous: rest.contains(&"previous") })
}

fn share(text: &str) -> Result<Command, String> {
    let names = || Shared::ALL.map(|(_, _, name)| name).join(", ").replace("service account", "account");
    let (what, of) =
        text.rsplit_once(' ').ok_or_else(|| format!("share what with which row? There are {}", names()))?;
    let what = if what.eq_ignore_ascii_case("account") { "service account" } else { what };
    let shared = Shared::ALL.into_iter().find(|(_, _, name)| name.eq_ignore_ascii_case(what.trim()));
    let (shared, ..) = shared.ok_or_else(|| format!("{what} cannot be shared; there are {}", names()))?;
    row(of).map(|row| Command::Share(shared, row))
}

fn scope(text: &str) -> Result<Command, String> {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "" | "list" => Ok(Command::Scope),
        "add" => some_rows(rest).map(Command::ScopeAdd),
        "remove" => some_rows(rest).map(Command::ScopeRemove),
        "clear" => Ok(Command::ScopeClear),
        _ => Err("write scope, scope add ROWS, scope remove ROWS or scope clear".to_owned()),
    }
}

fn plan(text: &str) -> Result<Command, String> {
    let (action, rest) = text.split_once(' ').unwrap_or((text, ""));
    if action.is_empty() {
        return Err("which action? actions lists them".to_owned());
    }
    rows(rest).map(|rows| Command::Plan(action.to_owned(), rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_line_is_a_command_or_an_error_that_says_why(line in ".{0,60}") {
            if let Err(why) = read(&line) {
                prop_assert!(!why.is_empty());
            }
        }
    }

    #[test]
    fn lines_mean_what_they_say() {
        let pods = Noun::Kind(Kind::Pod);
        for (line, command) in [
            ("", Command::Nothing),
            ("  pods  image:tools ", Command::List(pods, "image:tools".parse().unwrap())),
            ("deploy ns:shop", Command::List(Noun::Kind(Kind::Deployment), "ns:shop".parse().unwrap())),
            ("show 3", Command::Show(3)),
            ("logs 3 web previous", Command::Logs { row: 3, container: Some("web".into()), previous: true }),
            ("logs 3 previous", Command::Logs { row: 3, container: None, previous: true }),
            ("share service account 2", Command::Share(Shared::Account, 2)),
            ("share account 2", Command::Share(Shared::Account, 2)),
            ("scope add 1-3,7 9", Command::ScopeAdd(vec![1, 2, 3, 7, 9])),
            ("scope", Command::Scope),
            ("plan isolate-pod", Command::Plan("isolate-pod".into(), vec![])),
            ("plan cordon 1,2", Command::Plan("cordon".into(), vec![1, 2])),
            ("Q", Command::Quit),
        ] {
            assert_eq!(read(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn mistakes_are_explained() {
        for (line, said) in [
            ("gizmos", "help lists"),
            ("show", "which row"),
            ("show 0", "which row"),
            ("scope add", "which rows"),
            ("scope add 4-1", "smaller number first"),
            ("share moon 1", "there are image"),
            ("pods imagge:x", "no field"),
            ("plan", "which action"),
        ] {
            let why = read(line).unwrap_err();
            assert!(why.contains(said), "{line}: {why}");
        }
    }
}
