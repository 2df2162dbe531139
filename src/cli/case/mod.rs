//! `podmortem case`

mod copies;
mod page;
mod resume;
mod show;
mod triage;
mod watch;

use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Subcommand;
use color_eyre::eyre::{Result, WrapErr as _};
use serde_json::json;

pub use self::resume::tell_interrupted;
use super::exit::Ended;
use super::list::{Output, Table, json_items};
use super::place::Place;
use super::{Exit, Startup, out};
use crate::case::{Case, Entry, NewCase};
use crate::model::PlanHash;
use crate::response;

/// How often the journal is looked at while it is followed.
const LOOKED_AT_EVERY: Duration = Duration::from_millis(250);

/// Open, list, show and follow cases, and note what is found
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Open a case
    New {
        /// Id, often the ticket's number; free text
        #[arg(long, value_name = "ID")]
        id: String,
        /// Who answers for the case
        #[arg(long, value_name = "WHO")]
        responder: String,
        /// What it is about
        #[arg(long, value_name = "TEXT", default_value = "")]
        title: String,
        /// Name the clusters of --context as those of the case, from the start
        #[arg(long)]
        here: bool,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// List the cases
    List {
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Show a case: who, what, jobs, evidence
    Show {
        /// The case: an id, or a directory; without it, that of --case
        #[arg(value_name = "CASE")]
        named: Option<String>,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Print the journal, and every record that is added
    Follow {
        /// The case: an id, or a directory; without it, that of --case
        #[arg(value_name = "CASE")]
        named: Option<String>,
        /// Stop at the end instead of waiting for more
        #[arg(long, conflicts_with = "watch")]
        once: bool,
        /// Watch over what stands meanwhile: whether it drifts, and whether pods come up like the contained ones
        #[arg(long)]
        watch: bool,
        #[arg(short, long, value_enum, default_value_t)]
        output: Output,
    },
    /// Say yes, as a second person, to a plan of the case of --case that another responder made
    Approve {
        /// The plan's hash, as `plan` printed it
        #[arg(value_name = "HASH")]
        plan: PlanHash,
    },
    /// Go on with jobs of the case of --case that have no end, from what is recorded of them
    Resume(resume::Args),
    /// Ask whoever runs a job of the case of --case to cancel it
    Cancel {
        /// The job
        #[arg(value_name = "JOB")]
        job: String,
    },
    /// What has to be asked about the incident of --case, who has answered it, and to answer it
    Triage(triage::Args),
    /// Call people with the command that settings.yaml names (page:), and record what came of it
    Page(page::Args),
    /// Allow evidence of one Region to be kept in another, in the case of --case
    AllowCopy(copies::Args),
    /// Note something in the case of --case
    Note {
        /// What to note
        #[arg(value_name = "TEXT", required_unless_present = "save")]
        text: Option<String>,
        /// Replace notes.md of the case with a file; `-` is standard input
        #[arg(long, value_name = "FILE", conflicts_with = "text")]
        save: Option<PathBuf>,
    },
}

/// Runs one of the commands.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    match &args.command {
        Command::New { id, responder, title, here, output } => {
            let clusters = if *here { vec![Place::of(startup, None).await?.site.identity.cluster] } else { vec![] };
            let (id, title, responder) = (id.clone(), title.clone(), responder.clone());
            let case = Case::create(&startup.directories, NewCase { id, title, responder, clusters })?;
            let value = json!({"id": case.id(), "slug": case.id().slug(), "path": case.path()});
            out::print(&match output {
                Output::Json => format!("{value:#}\n"),
                Output::Yaml => serde_yaml::to_string(&value)?,
                Output::Name => format!("{}\n", case.path().display()),
                Output::Table | Output::Wide => format!("{} {}\n", case.id(), case.path().display()),
            })?;
        }
        Command::List { output } => list(startup, *output)?,
        Command::Show { named, output } => out::print(&show::text(&open(startup, named.as_deref())?, *output)?)?,
        Command::Follow { named, once, watch, output } => {
            let case = Arc::new(open(startup, named.as_deref())?);
            let mut follower = case.follow();
            let _watching = if *watch { Some(watch::begin(startup, case).await?) } else { None };
            loop {
                let news = follower.poll()?;
                out::write(|out| news.iter().try_for_each(|record| show::line(record, *output, out)))?;
                if *once {
                    break;
                }
                tokio::select! {
                    () = tokio::time::sleep(LOOKED_AT_EVERY) => {}
                    _ = tokio::signal::ctrl_c() => break,
                }
            }
        }
        Command::Approve { plan } => approve(startup, *plan).await?,
        Command::Resume(args) => return resume::run(args, startup).await,
        Command::Cancel { job } => resume::cancel(job, startup).await?,
        Command::Triage(args) => triage::run(args, startup)?,
        Command::Page(args) => return page::run(args, startup).await,
        Command::AllowCopy(args) => copies::run(args, startup)?,
        Command::Note { text, save } => note(startup, text.as_deref(), save.as_ref())?,
    }
    Ok(Exit::Done)
}

/// Shows the plan that is approved, so that it is read, and records the yes.
async fn approve(startup: &Startup, hash: PlanHash) -> Result<()> {
    if startup.read_only() {
        return Err(Ended::refused("podmortem is read-only: nothing was approved"));
    }
    let case = open(startup, None)?;
    let plan = case.plans().find(hash)?;
    let place = Place::of(startup, Some(&case)).await?;
    eprint!("{}", super::plan::told(&plan));
    response::approve(&case, hash, &place.site).map_err(super::plan::refusal)?;
    out::print(&format!("approved {hash} in the case {}\n", case.id()))
}

fn note(startup: &Startup, text: Option<&str>, save: Option<&PathBuf>) -> Result<()> {
    if startup.read_only() {
        return Err(Ended::refused("podmortem is read-only: nothing was noted"));
    }
    let case = open(startup, None)?;
    if let Some(file) = save {
        let mut content = String::new();
        if file.as_os_str() == "-" {
            std::io::stdin().read_to_string(&mut content).wrap_err("cannot read the notes from standard input")?;
        } else {
            content = std::fs::read_to_string(file).wrap_err_with(|| format!("cannot read {}", file.display()))?;
        }
        case.save_notes(&content)?;
    }
    if let Some(text) = text {
        case.journal().append(Entry::Note { text: text.into() })?;
    }
    Ok(())
}

/// The case that is named here, or with `--case`.
fn open(startup: &Startup, named: Option<&str>) -> Result<Case> {
    let named = named.or(startup.options.case.as_deref());
    let named = named.ok_or_else(|| Ended::usage("name a case; `podmortem case list` shows what is there"))?;
    Ok(Case::open(&startup.directories, named)?)
}

fn list(startup: &Startup, output: Output) -> Result<()> {
    let cases = Case::list(startup.directories.cases())?;
    out::write(|out| match output {
        Output::Json => json_items(cases.iter().map(|case| json!(case)), out),
        Output::Yaml => serde_yaml::to_writer(out, &json!({"items": cases})).map_err(std::io::Error::other),
        Output::Name => cases.iter().try_for_each(|case| writeln!(out, "{}", case.id)),
        Output::Table | Output::Wide => {
            let headings = ["ID", "RESPONDER", "OPENED", "RECORDS", "EVIDENCE", "TITLE"];
            let mut table = Table::new(headings.map(str::to_owned).to_vec());
            for case in &cases {
                table.push(vec![
                    case.id.to_string(),
                    case.responder.to_string(),
                    case.opened.strftime("%Y-%m-%d %H:%M:%SZ").to_string(),
                    case.records.to_string(),
                    case.evidence.len().to_string(),
                    case.title.to_string(),
                ]);
            }
            table.print(out)
        }
    })
}
