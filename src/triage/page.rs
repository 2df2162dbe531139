//! Calling people with a command of the responder's own. It never gets a shell or the terminal.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::ledger::Ledger;
use crate::case::{Digest, Page, PageEnd, Paged};
use crate::model::{Clean, Refused, WriteRight};

/// Time that the command is given.
const DEADLINE: Duration = Duration::from_secs(30);

/// Lines of what it prints that are kept, and their length in characters.
const LINES: usize = 8;
const LINE: usize = 300;

/// One call of the command, as it will be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCall {
    /// The program and its arguments, from the settings.
    pub command: Vec<String>,
    /// What it is given on standard input.
    pub text: String,
    /// The variables that it finds in its environment beside ours.
    pub variables: Vec<(&'static str, String)>,
}

/// Why nobody is called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// The settings name no command.
    #[error(
        "settings.yaml names no command that calls people: page: [program, argument…]; it gets the text on standard input \
         and the case in PODMORTEM_CASE and PODMORTEM_PRIORITY"
    )]
    NoCommand,
    /// This process only reads.
    #[error(transparent)]
    Refused(#[from] Refused),
}

impl PageCall {
    /// The call for a case. Without a text of the responder's, it says which incident it is, how
    /// urgent, where the war room talks and what users notice.
    ///
    /// # Errors
    /// The settings name no command.
    pub fn new(command: &[String], ledger: &Ledger, text: &str) -> Result<Self, PageError> {
        if command.first().is_none_or(|program| program.trim().is_empty()) {
            return Err(PageError::NoCommand);
        }
        let priority = ledger.priority().map(|priority| priority.to_string()).unwrap_or_default();
        let text = if text.trim().is_empty() { usual(ledger) } else { format!("{}\n", text.trim()) };
        let variables = vec![("PODMORTEM_CASE", ledger.case.to_string()), ("PODMORTEM_PRIORITY", priority)];
        Ok(Self { command: command.to_vec(), text, variables })
    }

    /// Exactly what is run and sent, line by line.
    pub fn lines(&self) -> Vec<Clean> {
        let mut lines: Vec<Clean> = vec!["This program is run, without a shell:".into()];
        lines.extend(self.command.iter().enumerate().map(|(place, word)| match place {
            0 => format!("  {word}").into(),
            _ => Clean::from(format!("    argument {place}: {word}")),
        }));
        lines.push("with these variables:".into());
        lines.extend(self.variables.iter().map(|(name, value)| format!("  {name}={value}").into()));
        lines.push("and this text on its standard input:".into());
        lines.extend(self.text.lines().map(|line| format!("  {line}").into()));
        lines.push(
            format!("It is stopped after {} s; how it ends and what it prints first is recorded.", DEADLINE.as_secs())
                .into(),
        );
        lines
    }

    /// The record that stands on disk before the command begins.
    pub fn announced(&self) -> Page {
        Page {
            command: self.command.iter().map(|word| Clean::from(word.as_str())).collect(),
            sha256: Digest::of(self.text.as_bytes()),
            text: self.text.lines().map(Clean::from).collect(),
        }
    }

    /// Runs the command: standard input is the text, it leads a process group of its own, and is
    /// killed with that group when its time is up.
    ///
    /// # Errors
    /// This process is read-only. Whatever the command does is no error but an end.
    pub async fn run(&self, right: &WriteRight) -> Result<Paged, PageError> {
        let program = self.command.first().map(String::as_str).unwrap_or_default();
        right.holds(&format!("calling people with {}", Clean::capped(program, 200)))?;
        let (end, said) = self.ended(program, DEADLINE).await;
        Ok(Paged { program: Clean::capped(program, LINE), sha256: Digest::of(self.text.as_bytes()), end, said })
    }

    async fn ended(&self, program: &str, deadline: Duration) -> (PageEnd, Vec<Clean>) {
        let mut command = Command::new(program);
        command
            .args(self.command.iter().skip(1))
            .envs(self.variables.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let failed = |why: String| (PageEnd::Failed { why: Clean::capped(&why, LINE) }, Vec::new());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(error) => return failed(format!("it cannot be started: {error}")),
        };
        let group = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
        let (input, text) = (child.stdin.take(), self.text.clone());
        let work = async move {
            let feed = async {
                // A command that does not read what it is given has ended by its own choice.
                if let Some(mut input) = input {
                    let _ = input.write_all(text.as_bytes()).await;
                }
            };
            tokio::join!(feed, child.wait_with_output()).1
        };
        match tokio::time::timeout(deadline, work).await {
            Ok(Ok(output)) => {
                let end = match output.status.code() {
                    Some(code) => PageEnd::Exited { code },
                    None => PageEnd::Failed { why: output.status.to_string().into() },
                };
                (end, first_lines(&[output.stdout, output.stderr].concat()))
            }
            Ok(Err(error)) => failed(error.to_string()),
            Err(_) => {
                if let Some(group) = group {
                    let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
                }
                failed(format!("it took longer than {} s and was stopped", deadline.as_secs()))
            }
        }
    }
}

fn first_lines(bytes: &[u8]) -> Vec<Clean> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.take(LINES).map(|line| Clean::bytes(line.trim_ascii_end(), LINE)).collect()
}

/// What people who are called have to know.
fn usual(ledger: &Ledger) -> String {
    let mut lines = Vec::new();
    let priority = ledger.priority().map(|priority| format!(" {priority}")).unwrap_or_default();
    let title = if ledger.title.is_empty() { String::new() } else { format!(": {}", ledger.title) };
    lines.push(format!("Incident {}{priority}{title}", ledger.case));
    for (topic, word) in [("ticket", "ticket"), ("war-room", "war room"), ("impact", "impact"), ("decision", "decides")]
    {
        for line in ledger.answer(topic).iter().flat_map(|answer| &answer.lines) {
            lines.push(format!("{word}: {line}"));
        }
    }
    lines.push(String::new());
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::ledger::tests::{record, said};
    use super::*;
    use crate::model::ReadOnly;

    fn call(script: &str) -> PageCall {
        let opened =
            serde_json::json!({"what": "opened", "id": "INC-42", "title": "", "responder": "a", "clusters": []});
        let ledger =
            Ledger::fold(&[record(1, opened), said(2, "priority", &["P1 now"]), said(3, "war-room", &["room 4"])]);
        PageCall::new(&["sh".to_owned(), "-c".to_owned(), script.to_owned()], &ledger, "").unwrap()
    }

    async fn run(script: &str) -> Paged {
        call(script).run(&ReadOnly::open().write_right().unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn it_is_given_the_text_and_the_case() {
        let paged = run(r#"cat; echo "$PODMORTEM_CASE is $PODMORTEM_PRIORITY" >&2"#).await;
        assert_eq!(paged.end, PageEnd::Exited { code: 0 });
        assert_eq!(paged.said, ["Incident INC-42 P1", "war room: room 4", "INC-42 is P1"]);
        assert_eq!(paged.sha256, call("").announced().sha256);
    }

    #[tokio::test]
    async fn what_it_prints_is_clean_and_how_it_ends_is_kept() {
        let paged = run(r"printf 'no\033[2J\n'; exit 3").await;
        assert_eq!(paged.end, PageEnd::Exited { code: 3 });
        assert_eq!(paged.said, ["no␛[2J"]);
    }

    #[tokio::test]
    async fn one_that_hangs_or_is_not_there_is_an_end_too() {
        let hangs = call("sleep 60").ended("sh", Duration::from_millis(50)).await;
        assert!(matches!(&hangs.0, PageEnd::Failed { why } if why.contains("stopped")), "{hangs:?}");
        let absent = PageCall { command: vec!["/nowhere/page".to_owned()], ..call("") };
        let absent = absent.run(&ReadOnly::open().write_right().unwrap()).await.unwrap();
        assert!(matches!(&absent.end, PageEnd::Failed { why } if why.contains("cannot be started")), "{absent:?}");
    }

    #[tokio::test]
    async fn read_only_calls_nobody() {
        let latch = ReadOnly::open();
        let right = latch.write_right().unwrap();
        latch.close();
        assert!(matches!(call("exit 0").run(&right).await, Err(PageError::Refused(_))));
    }

    #[test]
    fn all_that_is_run_is_shown() {
        let told = call("exit 0").lines().iter().map(Clean::as_str).collect::<Vec<_>>().join("\n");
        for part in ["  sh\n", "argument 2: exit 0", "PODMORTEM_CASE=INC-42", "  war room: room 4"] {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
        assert_eq!(PageCall::new(&[], &Ledger::default(), ""), Err(PageError::NoCommand));
    }
}
