//! `podmortem actions`

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::exit::Ended;
use super::list::{Output, Table, json_items};
use super::{Exit, out};
use crate::actions::{Choice, Right, Spec, Undo, all, find};
use crate::model::{Clean, Tier};

/// List what can be done: id, key, targets, risk, rights, undo
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Tell all about one action
    #[arg(value_name = "ID")]
    action: Option<String>,
    /// Form of the list
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// Prints the registry, or one of its entries.
pub fn run(args: &Args) -> Result<Exit> {
    let specs: Vec<&Spec> = match &args.action {
        None => all().iter().map(|action| action.spec()).collect(),
        Some(id) => {
            let no_such = || {
                Ended::usage(format!("there is no action {}; `podmortem actions` lists them", Clean::from(id.as_str())))
            };
            vec![find(id).ok_or_else(no_such)?.spec()]
        }
    };
    out::write(|out| match (args.output, args.action.is_some()) {
        (Output::Json, _) => json_items(specs.iter().map(|spec| item(spec)), out),
        (Output::Yaml, _) => {
            let items: Vec<_> = specs.iter().map(|spec| item(spec)).collect();
            serde_yaml::to_writer(out, &json!({"items": items})).map_err(std::io::Error::other)
        }
        (Output::Name, _) => specs.iter().try_for_each(|spec| writeln!(out, "{}", spec.id)),
        (_, true) => specs.iter().try_for_each(|spec| out.write_all(told(spec).as_bytes())),
        (form, false) => table(&specs, form == Output::Wide).print(out),
    })?;
    Ok(Exit::Done)
}

/// What a tier means, in a few words.
pub const fn risk(tier: Tier) -> &'static str {
    match tier {
        Tier::Reads => "reads only",
        Tier::Undone => "undone exactly",
        Tier::MayHurt => "may hurt users, undone exactly",
        Tier::Irreversible => "cannot be undone, or can lock out",
        Tier::Everything => "everybody is concerned",
    }
}

fn undo(spec: &Spec) -> String {
    match spec.undo {
        Undo::Exactly(how) => how.to_owned(),
        Undo::Impossible(why) => format!("impossible: {why}"),
    }
}

fn kinds(spec: &Spec) -> String {
    spec.kinds.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn item(spec: &Spec) -> Value {
    let right = |right: &Right| match right {
        Right::Rbac { verb, group, resource, subresource, namespaced } => json!({
            "verb": verb,
            "group": group,
            "resource": resource,
            "subresource": subresource,
            "namespaced": namespaced,
        }),
        Right::Iam(operation) => json!({"iam": operation}),
    };
    let option = |choice: &Choice| json!({"name": choice.name, "doc": choice.doc, "default": choice.default});
    json!({
        "id": spec.id,
        "title": spec.title,
        "key": spec.key,
        "kinds": spec.kinds.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "tier": spec.tier,
        "options": spec.options.iter().map(option).collect::<Vec<_>>(),
        "risk": risk(spec.tier),
        "rights": spec.rights.iter().map(right).collect::<Vec<_>>(),
        "undo": spec.undo.text(),
        "undoable": spec.undo.is_possible(),
        "doc": spec.doc,
    })
}

fn table(specs: &[&Spec], wide: bool) -> Table {
    let mut headings = vec!["ID", "KEY", "TARGETS", "TIER", "RISK", "TITLE"];
    if wide {
        headings.push("UNDO");
    }
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    for spec in specs {
        let mut row = vec![
            spec.id.to_owned(),
            spec.key.to_string(),
            kinds(spec),
            u8::from(spec.tier).to_string(),
            risk(spec.tier).to_owned(),
            spec.title.to_owned(),
        ];
        if wide {
            row.push(undo(spec));
        }
        table.push(row);
    }
    table
}

fn told(spec: &Spec) -> String {
    let rights: Vec<_> = spec.rights.iter().map(|right| format!("  {}\n", right.rule())).collect();
    let option = |choice: &Choice| match choice.default {
        "" => format!("  --set {}=…  {}\n", choice.name, choice.doc),
        default => format!("  --set {}={default}  {} (this is the default)\n", choice.name, choice.doc),
    };
    let options: Vec<_> = spec.options.iter().map(option).collect();
    let options = if options.is_empty() { String::new() } else { format!("options:\n{}", options.concat()) };
    format!(
        "{}: {}\n\n{}\n\ntargets: {}\nkey:     {}\ntier:    {} ({})\nundo:    {}\n{options}rights:\n{}",
        spec.id,
        spec.title,
        spec.doc,
        kinds(spec),
        spec.key,
        u8::from(spec.tier),
        risk(spec.tier),
        undo(spec),
        rights.concat()
    )
}
