//! `podmortem case page`

use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::json;

use crate::case::{Entry, PageEnd};
use crate::cli::exit::Ended;
use crate::cli::list::Output;
use crate::cli::place::case_needed;
use crate::cli::{Exit, Startup, out};
use crate::model::{Clean, ReadOnly};
use crate::triage::{Ledger, PageCall};

/// What is said to the people who are called
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The text; `-` is standard input; without it, what the case says: id, priority, war room, impact
    #[arg(value_name = "TEXT")]
    text: Option<String>,
    /// Confirm without being asked
    #[arg(long)]
    yes: bool,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Shows what will be run and sent, asks, runs it, and records both.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let right = latch.write_right().map_err(|_| Ended::refused("podmortem is read-only: nobody was called"))?;
    let case = case_needed(startup)?;
    let text = match args.text.as_deref() {
        Some("-") => {
            let mut text = String::new();
            io::stdin().read_to_string(&mut text).wrap_err("cannot read the text from standard input")?;
            text
        }
        text => text.unwrap_or_default().to_owned(),
    };
    let ledger = Ledger::fold(&case.records()?);
    let call = PageCall::new(&startup.settings.page, &ledger, &text).map_err(|why| Ended::usage(why.to_string()))?;
    for line in call.lines() {
        eprintln!("{line}");
    }
    if !args.yes && !confirmed()? {
        return Err(Ended::refused("not confirmed: nobody was called; answer y, or give --yes"));
    }
    case.journal().append(Entry::Paging(Box::new(call.announced())))?;
    let paged = call.run(&right).await.map_err(|why| Ended::refused(why.to_string()))?;
    case.journal().append(Entry::Paged(Box::new(paged.clone())))?;
    let exit = if paged.end == (PageEnd::Exited { code: 0 }) { Exit::Done } else { Exit::Failed };
    let value = json!({"case": case.id(), "paged": paged, "exit": exit as u8});
    out::print(&match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name => format!("{}\n", paged.program),
        Output::Table | Output::Wide => {
            let said: String = paged.said.iter().map(|line: &Clean| format!("  {line}\n")).collect();
            format!("{}: {}\n{said}", paged.program, paged.end)
        }
    })?;
    Ok(exit)
}

/// Asks on the terminal; where there is none, nobody says yes.
fn confirmed() -> Result<bool> {
    if !io::stdin().is_terminal() {
        return Ok(false);
    }
    eprint!("call them? y runs it, anything else calls nobody: ");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).wrap_err("cannot read the answer")?;
    Ok(answer.trim() == "y")
}
