//! `podmortem playbook`

use std::fmt::Write as _;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::list::{Output, Table, json_items};
use super::{Exit, Startup, out};
use crate::actions;
use crate::config::Trouble;
use crate::playbook::{How, Playbook, Shelf, Step};

/// List, check and explain playbooks; the cockpit walks them (`:playbook`)
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand, Debug)]
enum Command {
    /// List the playbooks: the built-in ones, and yours in the configuration's playbooks/
    List {
        /// Form of the list
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Say whether playbooks can be walked, and what is wrong where they cannot
    Check {
        /// Files, or names of playbooks
        #[arg(required = true, value_name = "FILE")]
        files: Vec<String>,
    },
    /// Tell the steps of a playbook in order, each with why it stands there
    Explain {
        /// A file, or the name of a playbook
        #[arg(value_name = "FILE")]
        file: String,
        /// Form of the answer
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
}

/// Does what was asked with playbooks. None is run here.
pub fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let shelf = Shelf::of(&startup.directories);
    match &args.command {
        Command::List { output } => list(&shelf, *output),
        Command::Check { files } => check(&shelf, files),
        Command::Explain { file, output } => match shelf.open(file) {
            Ok(playbook) => explain(&playbook, *output),
            Err(troubles) => {
                tell(&troubles);
                Ok(Exit::Failed)
            }
        },
    }
}

fn list(shelf: &Shelf, output: Output) -> Result<Exit> {
    let (playbooks, troubles) = shelf.all();
    out::write(|out| match output {
        Output::Json => json_items(playbooks.iter().map(item), out),
        Output::Yaml => {
            let items: Vec<_> = playbooks.iter().map(item).collect();
            serde_yaml::to_writer(out, &json!({"items": items})).map_err(std::io::Error::other)
        }
        Output::Name => playbooks.iter().try_for_each(|playbook| writeln!(out, "{}", playbook.name)),
        form => table(&playbooks, form == Output::Wide).print(out),
    })?;
    tell(&troubles);
    Ok(if troubles.is_empty() { Exit::Done } else { Exit::Failed })
}

fn table(playbooks: &[Playbook], wide: bool) -> Table {
    let mut headings = vec!["NAME", "STEPS", "ORIGIN", "TITLE"];
    if wide {
        headings.push("FINDINGS");
    }
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    for playbook in playbooks {
        let mut row = vec![
            playbook.name.clone(),
            playbook.steps.len().to_string(),
            if playbook.built_in { "built-in" } else { "yours" }.to_owned(),
            playbook.title.to_string(),
        ];
        if wide {
            row.push(playbook.findings.iter().map(ToString::to_string).collect::<Vec<_>>().join(","));
        }
        table.push(row);
    }
    table
}

fn item(playbook: &Playbook) -> Value {
    serde_json::to_value(playbook).unwrap_or_default()
}

fn check(shelf: &Shelf, files: &[String]) -> Result<Exit> {
    let mut exit = Exit::Done;
    for file in files {
        match shelf.open(file) {
            Ok(playbook) => {
                out::print(&format!("{file}: {} steps, all of which can be walked\n", playbook.steps.len()))?
            }
            Err(troubles) => {
                tell(&troubles);
                exit = Exit::Failed;
            }
        }
    }
    Ok(exit)
}

fn tell(troubles: &[Trouble]) {
    for trouble in troubles {
        eprintln!("podmortem: {trouble}");
    }
}

fn explain(playbook: &Playbook, output: Output) -> Result<Exit> {
    match output {
        Output::Json => out::print(&format!("{}\n", serde_json::to_string_pretty(&item(playbook))?))?,
        Output::Yaml => out::print(&serde_yaml::to_string(&item(playbook))?)?,
        Output::Name => out::print(&playbook.steps.iter().map(|step| format!("{}\n", step.id)).collect::<String>())?,
        Output::Table | Output::Wide => out::print(&told(playbook))?,
    }
    Ok(Exit::Done)
}

fn told(playbook: &Playbook) -> String {
    let mut text = format!("{}: {}\n\n{}\n", playbook.name, playbook.title, playbook.about);
    for finding in &playbook.findings {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  for {finding}");
    }
    for (number, step) in (1..).zip(&playbook.steps) {
        let _ = write!(
            text,
            "\n{number}. {} ({})\n   {}\n   why: {}\n   {}\n",
            step.title,
            step.id,
            step.what,
            step.why,
            how(step)
        );
    }
    text
}

fn how(step: &Step) -> String {
    match &step.how {
        How::Action(id) => {
            let title = actions::find(id).map_or_else(String::new, |action| format!(": {}", action.spec().title));
            format!("how: the action {id}{title}")
        }
        How::Show(show) => format!("how: look at {}", String::from(show.clone())),
        How::ByHand(hand) => format!("by hand: {hand}"),
    }
}
