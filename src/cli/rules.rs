//! `podmortem rules`

use std::collections::BTreeMap;
use std::path::PathBuf;

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::exit::Ended;
use super::fleet::{Fleet, Which};
use super::list::{Form, Output, Table, json_items};
use super::{Exit, Startup, out};
use crate::findings::rules::{self, Exec, Object, Observation, World, observe};
use crate::findings::{Execs, read_file};
use crate::inventory::{Inventory, Now};
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Rights;

/// Tell what our own rules see in the clusters, whether anybody has raised an alert or not
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Nothing is tried: pods, bindings and roles are read, and secrets are not. `podmortem blast` tells \
                        what could be reached from what is seen."
)]
pub struct Args {
    /// Only what this rule sees, with every object, and why it matters
    #[arg(value_name = "RULE")]
    rule: Option<String>,
    /// File of the API server's audit log, as it was written or as CloudWatch wraps it: who ran commands in pods; may be given several times
    #[arg(long, value_name = "FILE")]
    audit: Vec<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// What texts are looked at for what they hide, and what pods belong to.
pub const KINDS: [Kind; 10] = [
    Kind::Pod,
    Kind::Node,
    Kind::Namespace,
    Kind::Service,
    Kind::ServiceAccount,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::CronJob,
    Kind::Job,
];

/// Reads, looks and tells.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let known = || rules::all().iter().map(|rule| rule.spec().id).collect::<Vec<_>>().join(", ");
    if let Some(asked) = &args.rule
        && !rules::all().iter().any(|rule| rule.spec().id == asked)
    {
        return Err(Ended::usage(format!("there is no rule {}; there are {}", Clean::from(asked.as_str()), known())));
    }
    let execs = read_audit(&args.audit)?;
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    let (execs, wrong) = placed(&execs, &fleet);
    if let Some(wrong) = wrong {
        return Err(Ended::usage(format!("{wrong}; choose it with --context")));
    }
    fleet.gather(&KINDS, args.form.patience()).await;
    let (rights, unread) = rights(&fleet).await;
    let world = World::whole(&fleet.inventory, &rights, &execs);
    let mut seen = observe(&world);
    seen.retain(|one| args.rule.as_ref().is_none_or(|rule| one.rule.id == rule));
    out::write(|out| match args.form.output {
        Output::Json => json_items(seen.iter().map(|one| item(one, &fleet.inventory)), out),
        Output::Yaml => {
            let items: Vec<_> = seen.iter().map(|one| item(one, &fleet.inventory)).collect();
            let document = json!({"apiVersion": "v1", "kind": "List", "items": items});
            serde_yaml::to_writer(out, &document).map_err(std::io::Error::other)
        }
        Output::Name => seen.iter().flat_map(|one| &one.on).try_for_each(|object| writeln!(out, "{}", name(object))),
        Output::Table | Output::Wide if args.rule.is_some() => in_full(&seen, out),
        Output::Table | Output::Wide => table(&seen, &fleet.inventory, args.form.output == Output::Wide).print(out),
    })?;
    for (cluster, what, why) in &unread {
        eprintln!("podmortem: {cluster}: {what}: {why}; the rules over rights saw less");
    }
    let exit = fleet.tell_failures(&[Kind::Pod]);
    Ok(if unread.is_empty() { exit } else { exit.or(Exit::SomeFailed) })
}

fn read_audit(files: &[PathBuf]) -> Result<Execs> {
    let mut execs = Execs::default();
    for file in files {
        let read = read_file(file).map_err(|error| Ended::failed(error.to_string()))?;
        if let Some(first) = read.troubles.first() {
            let more = read.troubles.len() - 1;
            let more = if more > 0 { format!(" (and {more} more of the kind)") } else { String::new() };
            eprintln!("podmortem: {first}{more}");
        }
        execs.extend(read.execs);
    }
    Ok(execs)
}

/// What audit logs tell of the clusters that are open; and why not all of it, in words.
pub fn placed(execs: &Execs, fleet: &Fleet) -> (Vec<(SessionId, Exec)>, Option<Clean>) {
    let (placed, nowhere) = execs.placed(&fleet.inventory, &fleet.reaches());
    let wrong = format!("{nowhere} commands in pods are of a cluster that is not open, or could be of several");
    (placed, (nowhere > 0).then(|| wrong.into()))
}

/// Bindings and roles of every cluster, and what could not be read.
pub async fn rights(fleet: &Fleet) -> (BTreeMap<SessionId, Rights>, Vec<(Clean, Clean, Clean)>) {
    let now = Now::read().unix;
    let sessions = fleet.inventory.clusters().iter();
    let clusters = sessions.filter_map(|cluster| Some((cluster.label.clone(), fleet.cluster(cluster.session)?)));
    let reads = clusters
        .map(|(label, cluster)| async move { (label, cluster.session(), Rights::read(&cluster.read(), now).await) });
    let mut all = BTreeMap::new();
    let mut unread = Vec::new();
    for (label, session, rights) in futures::future::join_all(reads).await {
        unread.extend(rights.unread.iter().map(|(what, why)| (label.clone(), what.clone(), why.clone())));
        all.insert(session, rights);
    }
    (all, unread)
}

fn item(one: &Observation, inventory: &Inventory) -> Value {
    let cluster = inventory.cluster(one.session).map(|cluster| json!({"name": cluster.label, "uid": cluster.id()}));
    let object = |object: &Object| {
        let namespace = (!object.namespace.is_empty()).then_some(&object.namespace);
        json!({"kind": object.id.kind, "namespace": namespace, "name": object.name, "uid": object.id.uid})
    };
    json!({
        "kind": "Observation",
        "rule": one.rule.id,
        "title": one.rule.title,
        "why": one.rule.why,
        "severity": one.severity,
        "cluster": cluster,
        "about": one.about.to_string(),
        "saw": one.saw,
        "objects": one.on.iter().map(object).collect::<Vec<_>>(),
    })
}

fn table(seen: &[Observation], inventory: &Inventory, wide: bool) -> Table {
    let clusters = inventory.clusters().len() > 1;
    let mut headings = vec!["SEVERITY", "RULE", "ABOUT", "OBJECTS", "SAW"];
    headings.splice(0..0, clusters.then_some("CLUSTER"));
    headings.extend(wide.then_some("UIDS"));
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    for one in seen {
        let mut row = vec![
            one.severity.to_string(),
            one.rule.id.to_owned(),
            one.about.to_string(),
            one.on.len().to_string(),
            one.saw.to_string(),
        ];
        let label = inventory.cluster(one.session).map(|cluster| cluster.label.to_string());
        row.splice(0..0, label.filter(|_| clusters));
        row.extend(wide.then(|| one.on.iter().map(|object| object.id.uid.to_string()).collect::<Vec<_>>().join(",")));
        table.push(row);
    }
    table
}

/// One rule: why it matters, and each object.
fn in_full(seen: &[Observation], out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let Some(first) = seen.first() else { return writeln!(out, "nothing is seen") };
    writeln!(out, "{}: {}\n{}", first.rule.id, first.rule.title, first.rule.why)?;
    for one in seen {
        writeln!(out, "\n{} {}\n  {}", one.severity, one.about, one.saw)?;
        for object in &one.on {
            writeln!(out, "  {} ({})", name(object), object.id.uid)?;
        }
    }
    Ok(())
}

/// `pod/shop/web-1`, as `kubectl` would take it but for the namespace.
fn name(object: &Object) -> String {
    let kind = object.id.kind.name().to_lowercase();
    if object.namespace.is_empty() {
        format!("{kind}/{}", object.name)
    } else {
        format!("{kind}/{} -n {}", object.name, object.namespace)
    }
}
