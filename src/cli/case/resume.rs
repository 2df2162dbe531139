//! `podmortem case resume` and `podmortem case cancel`

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use crate::case::JobId;
use crate::cli::act::{exit_of, json_of, shown_until_ended, told};
use crate::cli::exit::{self, Ended};
use crate::cli::list::Output;
use crate::cli::place::{Place, case_needed};
use crate::cli::plan::refusal;
use crate::cli::{Exit, Startup, out};
use crate::model::Clean;
use crate::response::{Engine, Interrupted, Owner, ResponseError, SILENCE};

/// Which jobs, and when their owners are taken for gone.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The jobs; without one, every job without an end whose program does not run on this machine
    #[arg(value_name = "JOB")]
    jobs: Vec<String>,
    /// A program that may still run must have recorded nothing for so long; it gives a sign of life every 3 s
    #[arg(long, value_name = "SECONDS", default_value_t = SILENCE.as_secs())]
    silence: u64,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Goes on with jobs, one after the other, and says what came of each.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    if startup.read_only() {
        return Err(Ended::refused("podmortem is read-only: no job was gone on with"));
    }
    let case = case_needed(startup)?;
    let engine = Engine::new(Arc::clone(&case))?;
    let open = engine.interrupted()?;
    let jobs: Vec<JobId> = if args.jobs.is_empty() {
        open.iter()
            .filter(|open| matches!(open.owner, Owner::Gone | Owner::Elsewhere))
            .map(|open| open.job.id.clone())
            .collect()
    } else {
        args.jobs.iter().map(|job| JobId(job.as_str().into())).collect()
    };
    for open in open.iter().filter(|open| !jobs.contains(&open.job.id)) {
        eprintln!("{}", words(open, &engine));
    }
    let place = if jobs.is_empty() { None } else { Some(Place::of(startup, Some(&case)).await?) };
    let mut came: Vec<(Exit, Value, String)> = Vec::new();
    for job in &jobs {
        let Some(place) = &place else { break };
        came.push(match one(args, &engine, place, job).await {
            Ok(came) => came,
            Err(report) => {
                let (exit, why) = (exit::of(&report).unwrap_or(Exit::Failed), Clean::from(format!("{report:#}")));
                (exit, json!({"id": job, "error": why, "exit": exit as u8}), format!("{job}: {why}\n"))
            }
        });
    }
    let exit = came.iter().fold(Exit::Done, |worst, (exit, ..)| worst.or(*exit));
    let items: Vec<_> = came.iter().map(|(_, value, _)| value).collect();
    let value = json!({"case": case.id(), "jobs": items, "exit": exit as u8});
    out::print(&match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name => jobs.iter().map(|job| format!("{job}\n")).collect(),
        Output::Table | Output::Wide if came.is_empty() => "there is no job to go on with\n".to_owned(),
        Output::Table | Output::Wide => came.into_iter().map(|(.., text)| text).collect(),
    })?;
    Ok(exit)
}

async fn one(args: &Args, engine: &Engine, place: &Place, job: &JobId) -> Result<(Exit, Value, String)> {
    let silence = Duration::from_secs(args.silence);
    let running = engine.resume(&place.site, job, silence).await.map_err(refusal)?;
    let ended = shown_until_ended(engine, running).await?;
    let exit = exit_of(&ended);
    Ok((exit, json_of(&ended, engine.case(), exit), told(&ended)))
}

/// Asks the owner of a job to cancel it.
pub async fn cancel(job: &str, startup: &Startup) -> Result<()> {
    if startup.read_only() {
        return Err(Ended::refused("podmortem is read-only: nobody was asked to cancel anything"));
    }
    let engine = Engine::new(case_needed(startup)?)?;
    engine.ask_to_cancel(&JobId(job.into())).await.map_err(refusal)?;
    out::print(&format!("asked the owner of {} to cancel it\n", Clean::from(job)))
}

/// Says on standard error which jobs nobody works on any more.
pub fn tell_interrupted(engine: &Engine) -> Result<(), ResponseError> {
    if engine.jobs().borrow().running() == 0 {
        return Ok(());
    }
    for open in engine.interrupted()?.iter().filter(|open| open.owner == Owner::Gone) {
        eprintln!("{}", words(open, engine));
    }
    Ok(())
}

fn words(open: &Interrupted, engine: &Engine) -> String {
    let Interrupted { job, owner } = open;
    let (id, by, finished, all) = (&job.id, &job.by, job.finished(), job.targets.len());
    let case = engine.case().id();
    let state = match owner {
        Owner::Gone => format!("its program has ended: `podmortem case resume --case '{case}' {id}` goes on with it"),
        Owner::Us => "it runs".to_owned(),
        Owner::Runs => format!(
            "its program runs on this machine; should it hang, name the job: `podmortem case resume --case '{case}' {id}`"
        ),
        Owner::Elsewhere => "its program is not to be seen from here".to_owned(),
    };
    format!("{id} of {}@{} has no end ({finished} of {all} targets): {state}", by.user, by.host)
}
