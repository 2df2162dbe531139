//! The prompt.

use std::io::{self, BufRead, IsTerminal};
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::sync::mpsc;

use crate::cli::fleet::{Fleet, Which};
use crate::cli::{Exit, Startup, out};
use crate::config::Settings;
use crate::inventory::{Query, RowId};
use crate::model::{Kind, Target};

use super::answer::{self, Asked};
use super::command::{self, Command, HELP};
use super::object;
use super::plan;
use super::scope::Scope;

/// How long a list is waited for before what is there is read out.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is remembered between two lines.
struct Prompt {
    fleet: Fleet,
    scope: Scope,
    asked: Option<Asked>,
    startup: Startup,
}

/// Lines of standard input. The thread that reads them ends with the program:
/// a read of a terminal cannot be called off.
fn lines_typed() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in io::stdin().lock().split(b'\n') {
            let Ok(line) = line else { break };
            if sender.blocking_send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                break;
            }
        }
    });
    lines
}

/// Answers line by line until `quit` or the end of standard input.
pub async fn run(startup: &Startup) -> Result<Exit> {
    startup.tell_troubles();
    let (scope, trouble) = Scope::read(startup);
    if let Some(trouble) = trouble {
        eprintln!("podmortem: {trouble}");
    }
    let fleet = Fleet::open(startup, Which::Asked).await?;
    let mut prompt = Prompt { fleet, scope, asked: None, startup: startup.clone() };
    prompt.fleet.gather(&[], PATIENCE).await;
    out::print(&format!("{}help lists the commands\n", prompt.clusters()))?;
    let prompt_text = if startup.game_day { "GAME DAY> " } else { "podmortem> " };
    let interactive = io::stdin().is_terminal();
    let mut lines = lines_typed();
    loop {
        if interactive {
            out::print(prompt_text)?;
        }
        let line = loop {
            tokio::select! {
                line = lines.recv() => break line,
                () = prompt.fleet.hear() => {}
            }
        };
        let Some(line) = line else { return Ok(Exit::Done) };
        let spelled = Settings::spelled_out(&startup.settings.aliases, &line)
            .map_err(|name| format!("the alias {name} leads back to itself; aliases are in settings.yaml"));
        match spelled.and_then(|line| command::read(&line)) {
            Ok(Command::Nothing) => {}
            Ok(Command::Quit) => return Ok(Exit::Done),
            Ok(command) => {
                let answer = prompt.answer(command).await;
                out::print(&answer.unwrap_or_else(|why| format!("error: {}\n", answer::clean_lines(&why).trim_end())))?;
            }
            Err(why) => out::print(&format!("error: {}\n", answer::clean_lines(&why).trim_end()))?,
        }
    }
}

impl Prompt {
    async fn answer(&mut self, command: Command) -> Result<String, String> {
        match command {
            Command::Nothing | Command::Quit => Ok(String::new()),
            Command::Help => Ok(HELP.to_owned()),
            Command::Clusters => Ok(self.clusters()),
            Command::List(noun, query) => Ok(self.list(Asked::of(noun, query, &self.fleet.inventory)).await),
            Command::Again => {
                let asked = self.asked.clone().ok_or("nothing was listed yet")?;
                Ok(self.list(asked).await)
            }
            Command::More => {
                let asked = self.asked.as_mut().ok_or("nothing was listed yet")?;
                Ok(asked.next_page(&self.fleet.inventory))
            }
            Command::Show(number) => answer::show(self.row(number)?, &self.fleet.inventory),
            Command::Yaml(number) => object::yaml(self.row(number)?, &self.fleet).await,
            Command::Events(number) => object::events(self.row(number)?, &self.fleet).await,
            Command::Logs { row, container, previous } => {
                object::logs(self.row(row)?, container.as_deref(), previous, &self.fleet).await
            }
            Command::Share(shared, number) => {
                self.fleet.gather(&[Kind::Pod, Kind::Service, Kind::EndpointSlice], PATIENCE).await;
                let row = self.fleet.inventory.row(self.row(number)?).ok_or("the object is no longer there")?;
                let words = shared.query(&row, &self.fleet.inventory).ok_or("the object has no such thing")?;
                let query: Query =
                    words.parse().map_err(|error: crate::inventory::query::QueryError| error.to_string())?;
                let pods = crate::cli::list::Noun::Kind(Kind::Pod);
                let list = self.list(Asked::of(pods, query, &self.fleet.inventory)).await;
                Ok(format!("pods {words}\n{list}"))
            }
            Command::Scope => Ok(self.scope.say(&self.fleet.inventory)),
            Command::ScopeAdd(numbers) => {
                let rows = self.rows(&numbers)?;
                self.scope.add(&rows, &self.fleet.inventory)
            }
            Command::ScopeRemove(numbers) => self.scope.remove(&numbers),
            Command::ScopeClear => self.scope.clear(),
            Command::Actions => Ok(plan::actions()),
            Command::Plan(action, numbers) => {
                let rows = self.rows(&numbers)?;
                let targets = if numbers.is_empty() { self.scope.targets() } else { self.targets(&rows)? };
                plan::plan(&action, targets, &self.fleet, &self.startup).await
            }
        }
    }

    /// Lists anew what was asked, once every cluster has answered or has had its time.
    async fn list(&mut self, asked: Asked) -> String {
        self.fleet.gather(&asked.noun.needs(&asked.query), PATIENCE).await;
        let mut asked = Asked::of(asked.noun, asked.query, &self.fleet.inventory);
        let text = asked.next_page(&self.fleet.inventory);
        self.asked = Some(asked);
        text
    }

    fn row(&self, number: usize) -> Result<RowId, String> {
        self.asked.as_ref().ok_or("nothing was listed yet; for example: pods ns:shop")?.row(number)
    }

    fn rows(&self, numbers: &[usize]) -> Result<Vec<RowId>, String> {
        numbers.iter().map(|number| self.row(*number)).collect()
    }

    fn targets(&self, rows: &[RowId]) -> Result<Vec<Target>, String> {
        let target = |row: &RowId| self.fleet.inventory.target(*row);
        let gone = || "the object is gone, or its cluster has not yet said which one it is".to_owned();
        rows.iter().map(|row| target(row).ok_or_else(gone)).collect()
    }

    fn clusters(&self) -> String {
        let game_day = if self.startup.game_day { "GAME DAY, " } else { "" };
        let mode = if self.startup.read_only() { "read-only, " } else { "" };
        format!("{game_day}{mode}{}", self.fleet.say())
    }
}
