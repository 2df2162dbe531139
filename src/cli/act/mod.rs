//! `podmortem act`

mod ask;
mod ended;
mod progress;

use std::sync::Arc;

use color_eyre::eyre::Result;
use serde_json::json;

pub use self::ask::asked;
pub use self::ended::{exit_of, json_of, told};
pub use self::progress::shown_until_ended;
use super::exit::Ended;
use super::list::Output;
use super::place::{Place, case_needed};
use super::targets::Aim;
use super::{Exit, Startup, out, plan};
use crate::case::{Case, CaseError, Plans};
use crate::model::{Clean, Plan, PlanHash};
use crate::response::{Confirmation, Engine, How, Order, ResponseError};

/// Plan, confirm, run and prove an action, under a case
#[derive(clap::Args, Debug)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(flatten)]
    aim: Aim,
    /// Run exactly the plan of that hash
    #[arg(long, value_name = "HASH", conflicts_with_all = ["action", "targets", "set"])]
    plan: Option<PlanHash>,
    /// Confirm without being asked; never enough for what cannot be undone
    #[arg(long)]
    yes: bool,
    /// Confirm what cannot be undone with the target's name
    #[arg(long, value_name = "NAME", requires = "yes")]
    confirm: Option<String>,
    /// Do without the second person that a plan for everybody needs, and say why; kept in the case
    #[arg(long, value_name = "REASON", requires = "confirm")]
    alone: Option<String>,
    /// Why, in your own words; kept in the case
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
    /// Form of the result
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Runs an action and says what came of it. With `-o json`, one object whatever the end.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let ended = acted(args, startup).await;
    if let (Err(report), Output::Json) = (&ended, args.output) {
        let exit = super::exit::of(report).unwrap_or(Exit::Failed);
        out::print(&format!("{:#}\n", json!({"error": Clean::from(format!("{report:#}")), "exit": exit as u8})))?;
    }
    ended
}

async fn acted(args: &Args, startup: &Startup) -> Result<Exit> {
    let named = if args.plan.is_some() { None } else { Some(args.aim.action()?.spec().id) };
    let case = case_needed(startup)?;
    let engine = Engine::new(Arc::clone(&case))?;
    super::case::tell_interrupted(&engine)?;
    let found = args.plan.map(|hash| kept(&case, startup, hash)).transpose()?;
    if startup.read_only() {
        let action = found.as_ref().map(|plan| plan.action.clone()).or(named.map(Clean::from)).unwrap_or_default();
        let refused = ResponseError::ReadOnly { action: action.clone() };
        let targets = found.map(|plan| plan.targets).unwrap_or_default();
        engine.refuse(action, targets, refused.to_string().into()).await;
        return Err(plan::refusal(refused));
    }
    let place = Place::of(startup, Some(&case)).await?;
    let plan = match (found, named) {
        (Some(plan), _) => plan,
        (None, Some(action)) => {
            let targets = args.aim.resolve(startup, &place).await?;
            engine
                .plan(Order { action, options: args.aim.options(), ..Order::default() }, &place.site, &targets)
                .await
                .map_err(plan::refusal)?
        }
        _ => return Err(Ended::usage("name an action and its targets, or a plan with --plan HASH")),
    };
    let how = match (&args.confirm, args.yes) {
        (Some(text), true) => match &args.alone {
            Some(reason) => How::Alone { typed: text.as_str().into(), reason: reason.as_str().into() },
            None => How::Typed(text.as_str().into()),
        },
        (None, true) => How::Yes,
        _ => asked(&plan).await?,
    };
    let confirmation = Confirmation { plan: plan.hash(), how };
    let reason = args.reason.as_str().into();
    let running = engine.start(&place.site, plan, &confirmation, reason).await.map_err(plan::refusal)?;
    let job = shown_until_ended(&engine, running).await?;
    let exit = exit_of(&job);
    let value = json_of(&job, &case, exit);
    let text = match args.output {
        Output::Json => format!("{value:#}\n"),
        Output::Yaml => serde_yaml::to_string(&value)?,
        Output::Name => format!("{}\n", job.id),
        Output::Table | Output::Wide => told(&job),
    };
    out::print(&text)?;
    Ok(exit)
}

/// The plan of a hash, from the case or from where plans without a case are kept.
fn kept(case: &Case, startup: &Startup, hash: PlanHash) -> Result<Plan> {
    match case.plans().find(hash) {
        Err(CaseError::NoPlan { .. }) => Ok(Plans::outside(startup.directories.state()).find(hash)?),
        found => Ok(found?),
    }
}
