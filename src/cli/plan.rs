//! `podmortem plan`

use std::fmt::Write as _;
use std::sync::Arc;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::actions::risk;
use super::exit::Ended;
use super::list::Output;
use super::place::{Place, case};
use super::targets::Aim;
use super::{Exit, Startup, out};
use crate::actions::ActionError;
use crate::case::Plans;
use crate::model::{Plan, PlanNote, brief};
use crate::response::{self, Engine, Order, ResponseError, Story};

/// Say what an action would call, on which objects, and who else is hit; nothing that changes anything is sent
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    aim: Aim,
    /// Form of the plan; `name` prints its hash alone
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Makes a plan, keeps it under its hash, and prints it.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let action = args.aim.action()?.spec().id;
    let case = case(startup)?;
    let place = Place::of(startup, case.as_deref()).await?;
    let targets = args.aim.resolve(startup, &place).await?;
    let id = case.as_ref().map(|case| case.id());
    let known = case.as_ref().map(|case| Story::of(case).known()).transpose()?;
    let order = Order { action, options: args.aim.options(), known: known.unwrap_or_default(), ..Order::default() };
    let plan = response::plan(order, &place.site, &targets, id).await.map_err(refusal)?;
    let plan = match &case {
        Some(case) => response::within_bounds(case, &place.site, plan).await.map_err(refusal)?,
        None => plan,
    };
    match &case {
        Some(case) if !startup.read_only() => Engine::new(Arc::clone(case))?.keep(&place.site, &plan).await?,
        _ => drop(Plans::outside(startup.directories.state()).keep(&plan)?),
    }
    let text = match args.output {
        Output::Json => format!("{:#}\n", json_of(&plan)),
        Output::Yaml => serde_yaml::to_string(&json_of(&plan))?,
        Output::Name => format!("{}\n", plan.hash()),
        Output::Table | Output::Wide => told(&plan),
    };
    out::print(&text)?;
    Ok(Exit::Done)
}

/// The exit code that an error of the engine asks for.
pub fn refusal(error: ResponseError) -> color_eyre::eyre::Report {
    match &error {
        error if error.is_refusal() => Ended::refused(error.to_string()),
        ResponseError::NoAction(_) | ResponseError::NoTarget | ResponseError::Action(ActionError::Option { .. }) => {
            Ended::usage(error.to_string())
        }
        _ => Ended::failed(error.to_string()),
    }
}

/// A plan and its hash.
pub fn json_of(plan: &Plan) -> Value {
    let mut value = json!(plan);
    if let Some(fields) = value.as_object_mut() {
        fields.insert("hash".to_owned(), json!(plan.hash().to_string()));
    }
    value
}

/// A plan for reading; scripts by their first line, `-o json` has all of them.
pub fn told(plan: &Plan) -> String {
    let mut text = format!("{} (tier {}, {})\n", plan.action, u8::from(plan.tier), risk(plan.tier));
    for target in &plan.targets {
        let _ = writeln!(text, "  {target}  {}", target.uid);
    }
    for (name, value) in plan.options.iter() {
        let _ = writeln!(text, "  with {name}={value}");
    }
    for title in TITLES {
        let mut notes = plan.notes.iter().filter(|note| heading(note) == title).peekable();
        if notes.peek().is_some() {
            let _ = writeln!(text, "{title}:");
        }
        for note in notes {
            let _ = writeln!(text, "  {}", note.text());
        }
    }
    let _ = writeln!(text, "{}", if plan.calls.is_empty() { "no calls" } else { "calls:" });
    for call in &plan.calls {
        let _ = writeln!(text, "  {} {}", call.method, call.path);
        if !call.body.is_null() {
            let _ = writeln!(text, "    {}", brief(&call.body));
        }
    }
    let _ = writeln!(text, "hash: {}", plan.hash());
    text
}

/// What notes are told under, in order.
const TITLES: [&str; 7] = [
    "would fail",
    "also hit",
    "cannot be undone",
    "in the account",
    "limits",
    "changed by others, and left so",
    "already",
];

const fn heading(note: &PlanNote) -> &'static str {
    match note {
        PlanNote::AlsoHit(_) => "also hit",
        PlanNote::CannotUndo(_) => "cannot be undone",
        PlanNote::Limit(_) => "limits",
        PlanNote::Already(_) => "already",
        PlanNote::WouldFail(_) => "would fail",
        PlanNote::Theirs(_) => "changed by others, and left so",
        PlanNote::As(_) => "in the account",
    }
}
