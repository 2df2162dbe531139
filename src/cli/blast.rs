//! `podmortem blast`

use clap::ValueEnum;
use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::exit::Ended;
use super::fleet::{Fleet, Which};
use super::place::namespace_of;
use super::{Exit, Startup, out};
use crate::blast::{Blast, Facts, Origin};
use crate::inventory::{Inventory, Now, RowId};
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Subject;

/// Tell what could be reached from a pod, a node or an identity
#[derive(clap::Args, Debug)]
#[command(
    after_help = "A pod reaches what its containers hold: its service account with every binding, its secrets, its IAM \
                  role; and with a way to its node, all that the node and the pods on it hold. Nothing is tried: it is \
                  what bindings, mounts and placement tell."
)]
pub struct Args {
    /// pod/NAME or NAME, node/NAME, sa/NAME, user/NAME, group/NAME; or the kind and the name as two words
    #[arg(value_name = "POD|NODE|IDENTITY", required = true, num_args = 1..=2)]
    of: Vec<String>,
    /// Namespace of the pod or the service account; without it, the context's own
    #[arg(short, long, value_name = "NAMESPACE")]
    namespace: Option<String>,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Form,
    /// Seconds that each cluster is given
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    timeout: u32,
}

/// The form of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A tree
    #[default]
    Text,
    /// One object
    Json,
}

/// What was named.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    Object(Kind, String),
    Subject(Subject),
}

/// Tells the blast radius of what was named.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let named = named(&args.of)?;
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    let kinds = [Kind::Pod, Kind::Node, Kind::ServiceAccount];
    fleet.gather(&kinds, std::time::Duration::from_secs(u64::from(args.timeout))).await;
    let origin = match find(&named, args.namespace.as_deref(), &fleet)?.as_slice() {
        [only] => only.clone(),
        [] => {
            // Why a list failed says more than that something is not in it.
            let exit = fleet.tell_failures(&kinds);
            return if exit == Exit::Done { Err(missing(&named, args.namespace.as_deref())) } else { Ok(exit) };
        }
        _ => return Err(Ended::usage("it is there in several clusters: choose one with --context")),
    };
    let Some(cluster) = fleet.cluster(origin.session()) else { return Err(missing(&named, None)) };
    let instances = fleet.inventory.instances_of(origin.session());
    let facts = Facts::read(&cluster.read(), &instances, Now::read().unix).await;
    let Some(blast) = Blast::of(&origin, &fleet.inventory, &facts) else { return Err(missing(&named, None)) };
    out::write(|out| match args.output {
        Form::Json => writeln!(out, "{:#}", document(&blast, &fleet.inventory)),
        Form::Text => {
            blast.lines().iter().try_for_each(|line| writeln!(out, "{}{}", "  ".repeat(line.depth), line.text))
        }
    })?;
    Ok(fleet.tell_failures(&[Kind::Pod]))
}

fn document(blast: &Blast, inventory: &Inventory) -> Value {
    let mut value = json!(blast);
    let cluster = inventory.cluster(blast.session).map(|cluster| json!({"name": cluster.label, "uid": cluster.id()}));
    if let Some(fields) = value.as_object_mut() {
        fields.insert("cluster".to_owned(), cluster.unwrap_or_default());
    }
    value
}

/// Reads what was written: one word, or a kind and a name.
fn named(words: &[String]) -> Result<Named> {
    let (kind, name) = match words {
        [kind, name] => (kind.as_str(), name.as_str()),
        [word] => word.split_once('/').unwrap_or(("pod", word)),
        _ => ("", ""),
    };
    let begins = "pod/NAME, node/NAME, sa/NAME, user/NAME or group/NAME";
    if name.is_empty() {
        return Err(Ended::usage(format!("name where it begins: {begins}")));
    }
    match (kind.to_ascii_lowercase().as_str(), Kind::parse(kind)) {
        ("user", _) => Ok(Named::Subject(Subject { kind: "User".into(), name: name.into(), namespace: String::new() })),
        ("group", _) => {
            Ok(Named::Subject(Subject { kind: "Group".into(), name: name.into(), namespace: String::new() }))
        }
        (_, Some(kind @ (Kind::Pod | Kind::Node | Kind::ServiceAccount))) => Ok(Named::Object(kind, name.to_owned())),
        _ => Err(Ended::usage(format!("a blast radius begins at {begins}, and not at {}", Clean::from(kind)))),
    }
}

/// Where it is, in each cluster that has it. Users and groups are no objects: every cluster may have them.
fn find(named: &Named, namespace: Option<&str>, fleet: &Fleet) -> Result<Vec<Origin>> {
    let sessions: Vec<SessionId> = fleet.inventory.clusters().iter().map(|cluster| cluster.session).collect();
    let (kind, name) = match named {
        Named::Subject(subject) => {
            return Ok(sessions.into_iter().map(|session| Origin::Identity(session, subject.clone())).collect());
        }
        Named::Object(kind, name) => (*kind, name.as_str()),
    };
    let mut found = Vec::new();
    for session in sessions {
        let own = || fleet.cluster(session).map(|cluster| namespace_of(cluster.entry())).unwrap_or_default();
        let namespace = namespace.map_or_else(own, str::to_owned);
        if let Some(row) = row(&fleet.inventory, session, kind, &namespace, name) {
            found.push(Origin::of(row, &fleet.inventory)?);
        }
    }
    Ok(found)
}

fn row(inventory: &Inventory, session: SessionId, kind: Kind, namespace: &str, name: &str) -> Option<RowId> {
    let uid = match kind {
        Kind::Pod => {
            let mut pods = inventory.pods().iter().map(|(_, pod)| pod);
            let pod =
                pods.find(|pod| pod.session() == session && **pod.namespace() == *namespace && **pod.name() == *name);
            pod?.uid()
        }
        Kind::Node => {
            let mut nodes = inventory.nodes().iter().map(|(_, row)| row);
            let is = |text: &Clean| **text == *name;
            nodes
                .find(|row| row.session == session && (is(&row.facts.meta.name) || is(&row.facts.instance_id)))?
                .facts
                .meta
                .uid
        }
        _ => {
            let mut rows = inventory.objects(kind).iter().map(|(_, row)| row);
            let meta = |row: &&crate::inventory::TableRow<crate::model::facts::ObjectFacts>| {
                row.session == session && *row.facts.meta.namespace == *namespace && *row.facts.meta.name == *name
            };
            rows.find(meta)?.facts.meta.uid
        }
    };
    Some(RowId { session, kind, uid })
}

fn missing(named: &Named, namespace: Option<&str>) -> color_eyre::eyre::Report {
    let what = match named {
        Named::Object(kind, name) => format!("{kind} {}", Clean::from(name.as_str())),
        Named::Subject(subject) => subject.to_string(),
    };
    let place = namespace.map_or_else(
        || "here; -n names another namespace".to_owned(),
        |namespace| format!("in the namespace {}", Clean::from(namespace)),
    );
    Ended::failed(format!("there is no {what} {place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Named> {
        named(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).ok()
    }

    #[test]
    fn nouns_are_those_of_kubectl() {
        assert_eq!(read("web-1"), Some(Named::Object(Kind::Pod, "web-1".into())));
        for line in ["po/web-1", "pods/web-1", "Pod web-1"] {
            assert_eq!(read(line), Some(Named::Object(Kind::Pod, "web-1".into())), "{line}");
        }
        assert_eq!(read("no/n1"), Some(Named::Object(Kind::Node, "n1".into())));
        assert_eq!(read("serviceaccount web"), Some(Named::Object(Kind::ServiceAccount, "web".into())));
        let user = Subject::parse("User:arn:aws:iam::1:user/eve").unwrap();
        assert_eq!(read("user/arn:aws:iam::1:user/eve"), Some(Named::Subject(user)));
        for wrong in ["deploy/web", "pod/", "gizmo x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
