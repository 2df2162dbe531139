//! The whole object of a row, its events and its logs, asked of the server when somebody looks.

use futures::TryStreamExt;
use serde::Deserialize;
use serde_json::Value;

use crate::cli::fleet::Fleet;
use crate::inventory::RowId;
use crate::kubernetes::{Events, LogOptions, Read};
use crate::model::{Age, Clean, Kind};

use super::answer::{clean_lines, name};

/// Lines of a log that are read out.
const LINES: u64 = 200;

/// Most bytes of a log that are kept to be read out.
const BYTES: usize = 1 << 20;

/// The object as YAML, as the server holds it now.
pub async fn yaml(id: RowId, fleet: &Fleet) -> Result<String, String> {
    let (read, namespace, object) = meant(id, fleet)?;
    let json = read.get(id.kind, &namespace, &object).await.map_err(|error| error.to_string())?;
    let object: Value = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    if object.pointer("/metadata/uid").and_then(Value::as_str) != Some(id.uid.to_string().as_str()) {
        return Err("another object has that name now; the one of the list is gone".to_owned());
    }
    let yaml = serde_yaml::to_string(&object).map_err(|error| error.to_string())?;
    Ok(clean_lines(&yaml))
}

/// What `kubectl get events` shows of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Event {
    #[serde(rename = "type")]
    severity: Clean,
    reason: Clean,
    message: Clean,
    last_timestamp: Option<jiff::Timestamp>,
    event_time: Option<jiff::Timestamp>,
}

#[derive(Deserialize)]
struct List {
    items: Vec<Event>,
}

/// The object's events, the newest last.
pub async fn events(id: RowId, fleet: &Fleet) -> Result<String, String> {
    let (read, ..) = meant(id, fleet)?;
    let json = read.events(Events::Of(id.uid)).await.map_err(|error| error.to_string())?;
    let mut events = serde_json::from_slice::<List>(&json).map_err(|error| error.to_string())?.items;
    let time = |event: &Event| event.last_timestamp.or(event.event_time).map_or(0, jiff::Timestamp::as_second);
    events.sort_by_key(time);
    let now = jiff::Timestamp::now().as_second();
    let mut text = format!("{} events, asked just now\n", events.len());
    for event in &events {
        let age = Age::between(time(event), now);
        text.push_str(&format!("{age} ago, {}, {}: {}\n", event.severity, event.reason, event.message));
    }
    Ok(text)
}

/// The last lines of the log of each container, or of one.
pub async fn logs(id: RowId, container: Option<&str>, previous: bool, fleet: &Fleet) -> Result<String, String> {
    let row = fleet.inventory.row(id).ok_or("the pod is no longer there")?;
    let pod = row.pod().ok_or("only pods have logs")?;
    let (read, namespace, object) = meant(id, fleet)?;
    let all: Vec<_> = pod.containers().iter().map(|container| container.name.to_string()).collect();
    let wanted: Vec<_> = all.iter().filter(|name| container.is_none_or(|wanted| wanted == *name)).collect();
    if wanted.is_empty() {
        return Err(format!(
            "{} has no container {}; it has {}",
            name(&row),
            container.unwrap_or_default(),
            all.join(", ")
        ));
    }
    let options = LogOptions { previous, tail: Some(LINES), ..LogOptions::default() };
    let mut text = String::new();
    for container in wanted {
        let log = log(&read, &namespace, &object, container, options).await;
        match log {
            Ok(log) => {
                text.push_str(&format!("container {container}, {} lines, asked just now\n{log}", log.lines().count()));
            }
            Err(why) => text.push_str(&format!("container {container}: {why}\n")),
        }
    }
    Ok(text)
}

async fn log(read: &Read, namespace: &str, pod: &str, container: &str, options: LogOptions) -> Result<String, String> {
    let mut stream = read.logs(namespace, pod, container, options).await.map_err(|error| error.to_string())?;
    let mut raw = Vec::new();
    while let Some(chunk) = stream.try_next().await.map_err(|error| error.to_string())? {
        raw.extend_from_slice(&chunk);
        if raw.len() > BYTES {
            break;
        }
    }
    Ok(clean_lines(&String::from_utf8_lossy(&raw)))
}

/// The reader, the namespace and the name of a row.
fn meant(id: RowId, fleet: &Fleet) -> Result<(Read, String, String), String> {
    let row = fleet.inventory.row(id).ok_or_else(|| format!("the {} is no longer there", id.kind))?;
    if row.pod().is_some_and(|pod| pod.gone().is_some()) {
        return Err("the pod is gone; show tells what was last known of it".to_owned());
    }
    let cluster = fleet.cluster(id.session).ok_or("its cluster is not open")?;
    let namespace = if id.kind == Kind::Namespace { String::new() } else { row.namespace().to_string() };
    Ok((cluster.read(), namespace, row.name().to_string()))
}
