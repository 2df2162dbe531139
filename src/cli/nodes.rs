//! `podmortem nodes`

use std::collections::BTreeMap;

use color_eyre::eyre::Result;
use futures::StreamExt;
use serde_json::{Value, json};

use super::facts;
use super::fleet::{Fleet, Which};
use super::list::{self, Noun, Output, json_items, rows};
use super::{Exit, Startup, out};
use crate::aws::{Machine, Told, machine_at};
use crate::inventory::{Row, RowId};
use crate::model::{Kind, ReadOnly};

// The lists' arguments are a group of the same name.
#[derive(clap::Args, Debug)]
#[group(id = "nodes")]
pub struct Args {
    /// Names or EC2 instance ids; without any, every node is listed and no account is asked
    #[arg(value_name = "NODE")]
    names: Vec<String>,
    #[command(flatten)]
    list: list::Args,
}

/// Nodes whose account is asked at a time.
const AT_ONCE: usize = 4;

/// Lists nodes.
pub async fn run(mut args: Args, startup: &Startup) -> Result<Exit> {
    let form = args.list.form;
    let in_full = !args.names.is_empty() && matches!(form.output, Output::Json | Output::Yaml);
    args.list.selectors.node.append(&mut args.names);
    let noun = Noun::Kind(Kind::Node);
    if !in_full {
        return list::run(noun, &args.list, startup).await;
    }
    let query = args.list.selectors.query()?;
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    fleet.gather(&noun.needs(&query), form.patience()).await;
    let nodes = rows(noun, Kind::Node, &query, &fleet.inventory);
    let machines = machines(&nodes, &fleet, startup).await;
    let items = nodes.iter().map(|row| item(row, &fleet, machines.get(&row.id())));
    out::write(|out| match form.output {
        Output::Yaml => {
            let document = json!({"apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>()});
            serde_yaml::to_writer(out, &document).map_err(std::io::Error::other)
        }
        _ => json_items(items, out),
    })?;
    Ok(fleet.tell_failures(noun.kinds()))
}

async fn machines(nodes: &[Row<'_>], fleet: &Fleet, startup: &Startup) -> BTreeMap<RowId, Told<Machine>> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let asked = nodes.iter().filter_map(|row| {
        let Row::Node(session, node) = row else { return None };
        if node.instance_id.is_empty() {
            return None;
        }
        let place = fleet.cluster(*session).and_then(|cluster| cluster.entry().place().cloned());
        let latch = latch.clone();
        Some(async move { (row.id(), machine_at(place.as_ref(), &node.instance_id, latch).await) })
    });
    futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await
}

fn item(row: &Row<'_>, fleet: &Fleet, machine: Option<&Told<Machine>>) -> Value {
    let mut item = facts::of(row, &fleet.inventory);
    if let (Some(fields), Row::Node(_, node)) = (item.as_object_mut(), row) {
        fields.insert("machine".into(), json!(machine));
        let limits = node.limits();
        let limits = limits.iter().map(|limit| json!({"not": limit.not, "instead": limit.instead}));
        fields.insert("limits".into(), limits.collect());
    }
    item
}
