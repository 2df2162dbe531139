//! `podmortem undo`

use std::sync::Arc;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::act::{asked, exit_of, json_of, shown_until_ended, told};
use super::exit::Ended;
use super::list::Output;
use super::place::{Place, case_needed};
use super::{Exit, Startup, out, plan};
use crate::case::JobId;
use crate::model::{Clean, Tier};
use crate::response::{Confirmation, Engine, How, ResponseError, standing_jobs};

/// Put back what jobs of a case changed, from what was recorded, and prove that too
///
/// What somebody else changed since is said and left as it is. A job that a later
/// one rests on is refused; with --all, the newest is put back first.
#[derive(clap::Args, Debug)]
pub struct Args {
    /// The jobs; `podmortem case show` lists them
    #[arg(value_name = "JOB", required_unless_present = "all", conflicts_with = "all")]
    jobs: Vec<String>,
    /// Release the case: everything of it that stands, the newest first
    #[arg(long)]
    all: bool,
    /// Confirm without being asked
    #[arg(long)]
    yes: bool,
    /// Print the plans, and send nothing that changes anything
    #[arg(long, conflicts_with = "yes")]
    plan: bool,
    /// Why, in your own words; kept in the case
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// How often a way back is planned anew where the cluster moves on under it: pods of a rollout go one after the other.
const ANEW: u32 = 5;

/// What came of one job's way back.
struct Came {
    exit: Exit,
    value: Value,
    text: String,
}

/// Puts jobs back, one after the other, and says what came of each. One that is
/// refused or fails stops no other.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let case = case_needed(startup)?;
    let engine = Engine::new(Arc::clone(&case))?;
    if startup.read_only() && !args.plan {
        let refused = ResponseError::ReadOnly { action: "undo".into() };
        engine.refuse("undo".into(), Vec::new(), refused.to_string().into()).await;
        return Err(plan::refusal(refused));
    }
    let jobs: Vec<JobId> = if args.all {
        standing_jobs(&case).map_err(plan::refusal)?.into_iter().map(|job| job.id).collect()
    } else {
        args.jobs.iter().map(|job| JobId(job.as_str().into())).collect()
    };
    let place = if jobs.is_empty() { None } else { Some(Place::of(startup, Some(&case)).await?) };
    let mut all = Vec::new();
    for job in &jobs {
        let Some(place) = &place else { break };
        all.push(match one(args, &engine, place, job).await {
            Ok(came) => came,
            Err(report) => {
                let (exit, why) = (super::exit::of(&report).unwrap_or(Exit::Failed), format!("{report:#}"));
                let value = json!({"undoes": job, "error": Clean::from(why.as_str()), "exit": exit as u8});
                Came { exit, value, text: format!("{job}: {why}\n") }
            }
        });
    }
    let exit = all.iter().fold(Exit::Done, |worst, came| worst.or(came.exit));
    let value = json!({
        "case": case.id(),
        "jobs": all.iter().map(|came| &came.value).collect::<Vec<_>>(),
        "exit": exit as u8,
    });
    out::print(&match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name => jobs.iter().map(|job| format!("{job}\n")).collect(),
        Output::Table | Output::Wide if all.is_empty() => "nothing stands that could be put back\n".to_owned(),
        Output::Table | Output::Wide => all.into_iter().map(|came| came.text).collect(),
    })?;
    Ok(exit)
}

async fn one(args: &Args, engine: &Engine, place: &Place, job: &JobId) -> Result<Came> {
    let mut left = ANEW;
    let running = loop {
        let way_back = engine.plan_undo(&place.site, job).await.map_err(plan::refusal)?;
        if args.plan {
            return Ok(Came { exit: Exit::Done, value: plan::json_of(&way_back), text: plan::told(&way_back) });
        }
        let how = match (args.yes, way_back.tier) {
            (true, Tier::Irreversible | Tier::Everything) => {
                return Err(Ended::failed("a way back is never of this tier"));
            }
            (true, _) => How::Yes,
            (false, _) => asked(&way_back).await?,
        };
        let confirmation = Confirmation { plan: way_back.hash(), how };
        match engine.start(&place.site, way_back, &confirmation, args.reason.as_str().into()).await {
            Ok(running) => break running,
            Err(ResponseError::Stale(changed)) if left > 0 => {
                left -= 1;
                let first = changed.first().map(|change| format!(": {change}")).unwrap_or_default();
                eprintln!("podmortem: the way back of {job} is planned anew{first}");
            }
            Err(error) => return Err(plan::refusal(error)),
        }
    };
    let ended = shown_until_ended(engine, running).await?;
    let exit = exit_of(&ended);
    Ok(Came { exit, value: json_of(&ended, engine.case(), exit), text: format!("{job}: {}", told(&ended)) })
}
