//! `podmortem identities`

mod who;

use std::collections::BTreeMap;

use color_eyre::eyre::Result;
use futures::StreamExt;
use serde_json::{Map, Value, json};

use super::facts;
use super::fleet::{Fleet, Which};
use super::list::{Form, Noun, Output, Selectors, Table, json_items, rows};
use super::{Exit, Startup, out};
use crate::inventory::{Pod, Row, RowId};
use crate::kubernetes::Review;
use crate::model::Kind;
use crate::model::facts::Shape;

/// List service accounts with their pods, their IAM role and what they may do; with names, say who those users are
#[derive(clap::Args, Debug)]
pub struct Args {
    /// Kubernetes users as alerts and audit records name them, or NAMESPACE/NAME of a service account: who is it?
    #[arg(value_name = "USER")]
    users: Vec<String>,
    #[command(flatten)]
    origin: Origin,
    #[command(flatten)]
    selectors: Selectors,
    #[command(flatten)]
    form: Form,
    /// Do not ask what each may do: one review for each right
    #[arg(long)]
    no_rights: bool,
}

/// What an alert or an audit record tells of a user beside its name.
#[derive(clap::Args, Debug, Default)]
struct Origin {
    /// The IAM identity behind USER, as an alert or the audit record's user.extra.arn tells
    #[arg(long, value_name = "ARN", requires = "users")]
    arn: Option<String>,
    /// The access key that USER came with
    #[arg(long, value_name = "KEY", requires = "users")]
    access_key: Option<String>,
    /// A group of USER; may be given several times
    #[arg(long, value_name = "GROUP", requires = "users")]
    group: Vec<String>,
}

/// The rights that make a stolen token dangerous, and what each is called.
const RIGHTS: [(&str, Review<'static>); 6] = [
    ("*", right("*", "*", "*", "")),
    ("read secrets", right("get", "", "secrets", "")),
    ("exec into pods", right("create", "", "pods", "exec")),
    ("create pods", right("create", "", "pods", "")),
    ("reach kubelets", right("get", "", "nodes", "proxy")),
    ("grant rights", right("create", "rbac.authorization.k8s.io", "clusterrolebindings", "")),
];

const fn right(
    verb: &'static str,
    group: &'static str,
    resource: &'static str,
    subresource: &'static str,
) -> Review<'static> {
    Review { verb, group, resource, subresource, namespace: "" }
}

/// Reviews that are under way at a time.
const AT_ONCE: usize = 16;

/// What a service account may do in the whole cluster, or why that is not known.
type Rights = Result<Vec<&'static str>, String>;

/// Lists the service accounts that are selected.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    if !args.users.is_empty() {
        return who::run(&args.users, &args.origin, args.form, startup).await;
    }
    let query = args.selectors.query()?;
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    let noun = Noun::Kind(Kind::ServiceAccount);
    let mut needs = noun.needs(&query);
    needs.push(Kind::Pod);
    fleet.gather(&needs, args.form.patience()).await;
    let accounts = rows(noun, Kind::ServiceAccount, &query, &fleet.inventory);
    let rights = if args.no_rights { BTreeMap::new() } else { rights(&accounts, &fleet).await };
    let items = accounts.iter().map(|row| item(row, &fleet, rights.get(&row.id())));
    out::write(|out| match args.form.output {
        Output::Json => json_items(items, out),
        Output::Yaml => {
            let document = json!({"apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>()});
            serde_yaml::to_writer(out, &document).map_err(std::io::Error::other)
        }
        Output::Name => accounts.iter().try_for_each(|row| writeln!(out, "serviceaccount/{}", row.name())),
        Output::Table | Output::Wide => table(&accounts, &fleet, &rights, args.form.output == Output::Wide).print(out),
    })?;
    Ok(fleet.tell_failures(noun.kinds()))
}

async fn rights(accounts: &[Row<'_>], fleet: &Fleet) -> BTreeMap<RowId, Rights> {
    let asked = accounts.iter().map(|row| async move {
        let mut held = Vec::new();
        let Some(cluster) = fleet.cluster(row.id().session) else { return (row.id(), Err("not open".to_owned())) };
        for (name, review) in RIGHTS {
            match cluster.read().service_account_can(row.namespace(), row.name(), review).await {
                Ok(true) => held.push(name),
                Ok(false) => {}
                Err(error) => return (row.id(), Err(error.to_string())),
            }
            // Whoever may do everything may do the rest.
            if held == ["*"] {
                break;
            }
        }
        (row.id(), Ok(held))
    });
    futures::stream::iter(asked).buffer_unordered(AT_ONCE).collect().await
}

fn item(row: &Row<'_>, fleet: &Fleet, rights: Option<&Rights>) -> Value {
    let mut item = match facts::of(row, &fleet.inventory) {
        Value::Object(item) => item,
        _ => Map::new(),
    };
    let pod = |pod: Pod<'_>| json!({"name": pod.name(), "uid": pod.uid(), "node": pod.node(), "status": pod.status()});
    item.insert("kind".into(), "Identity".into());
    item.insert("pods".into(), pods(row, fleet).map(pod).collect());
    item.insert("may".into(), json!(rights.and_then(|rights| rights.as_ref().ok())));
    item.insert("mayUnknown".into(), json!(rights.and_then(|rights| rights.as_ref().err())));
    Value::Object(item)
}

fn table(accounts: &[Row<'_>], fleet: &Fleet, rights: &BTreeMap<RowId, Rights>, wide: bool) -> Table {
    let clusters = fleet.inventory.clusters().len() > 1;
    let mut headings = vec!["NAMESPACE", "NAME", "PODS", "ROLE", "TOKENS", "MAY"];
    headings.splice(0..0, clusters.then_some("CLUSTER"));
    headings.extend(wide.then_some("UID"));
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    for row in accounts {
        let (role, tokens) = match row {
            Row::Object(_, object) => match &object.shape {
                Shape::ServiceAccount { role_arn, automount } => {
                    (role_arn.to_string(), if *automount { "mounted" } else { "not mounted" })
                }
                _ => Default::default(),
            },
            _ => Default::default(),
        };
        let may = match rights.get(&row.id()) {
            Some(Ok(held)) if held.is_empty() => "nothing of note".to_owned(),
            Some(Ok(held)) => held.join(", "),
            Some(Err(_)) => "unknown: may not be asked".to_owned(),
            None => String::new(),
        };
        let pods = pods(row, fleet).count().to_string();
        let mut line = vec![row.namespace().to_string(), row.name().to_string(), pods, role, tokens.to_owned(), may];
        let label = fleet.inventory.cluster(row.id().session).map(|cluster| cluster.label.to_string());
        line.splice(0..0, label.filter(|_| clusters));
        line.extend(wide.then(|| row.id().uid.to_string()));
        table.push(line);
    }
    table
}

/// The pods whose containers may speak as a service account.
fn pods<'a>(row: &Row<'a>, fleet: &'a Fleet) -> impl Iterator<Item = Pod<'a>> {
    let (session, namespace, name) = (row.id().session, row.namespace(), row.name());
    let all = fleet.inventory.pods().iter().map(|(_, pod)| pod);
    all.filter(move |pod| {
        pod.session() == session
            && pod.gone().is_none()
            && pod.namespace() == namespace
            && pod.service_account() == name
    })
}
