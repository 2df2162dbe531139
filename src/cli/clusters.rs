//! `podmortem clusters`

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::fleet::{Fleet, Which};
use super::list::{Form, Output, Table, json_items};
use super::{Exit, Startup, out};
use crate::inventory::ClusterState;

/// List the clusters that can be reached: contexts of the kubeconfig, and EKS clusters of the profiles
#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(flatten)]
    form: Form,
}

/// Asks every cluster who it is, and who we are there.
pub async fn run(args: &Args, startup: &Startup) -> Result<Exit> {
    let mut fleet = Fleet::open(startup, Which::All).await?;
    fleet.gather(&[], args.form.patience()).await;
    let clusters = fleet.inventory.clusters();
    out::write(|out| match args.form.output {
        Output::Json => json_items(clusters.iter().map(|cluster| item(cluster, &fleet)), out),
        Output::Yaml => {
            let items: Vec<_> = clusters.iter().map(|cluster| item(cluster, &fleet)).collect();
            let document = json!({"apiVersion": "v1", "kind": "List", "items": items});
            serde_yaml::to_writer(out, &document).map_err(std::io::Error::other)
        }
        Output::Name => clusters.iter().try_for_each(|cluster| writeln!(out, "cluster/{}", cluster.label)),
        Output::Table | Output::Wide => table(clusters, &fleet, args.form.output == Output::Wide).print(out),
    })?;
    Ok(fleet.tell_failures(&[]))
}

fn item(cluster: &ClusterState, fleet: &Fleet) -> Value {
    let identity = cluster.identity.as_ref();
    json!({
        "kind": "Cluster",
        "metadata": {"name": cluster.label, "uid": cluster.id()},
        "account": cluster.account.as_str(),
        "region": cluster.region.as_str(),
        "server": fleet.server(cluster.session),
        "current": fleet.is_current(cluster.session),
        "version": identity.map(|identity| &identity.version),
        "user": identity.map(|identity| &identity.user),
        "groups": identity.map(|identity| &identity.groups),
        "writesDenied": identity.and_then(|identity| identity.writes_denied),
        "reachable": cluster.health.is_live(),
        "error": fleet.failure(cluster, &[]),
    })
}

fn table(clusters: &[ClusterState], fleet: &Fleet, wide: bool) -> Table {
    let mut headings = vec!["NAME", "ACCOUNT", "REGION", "VERSION", "USER", "STATE"];
    if wide {
        headings.extend(["SERVER", "GROUPS", "UID"]);
    }
    let mut table = Table::new(headings.into_iter().map(str::to_owned).collect());
    for cluster in clusters {
        let identity = cluster.identity.as_ref();
        let mut row = vec![
            format!("{}{}", cluster.label, if fleet.is_current(cluster.session) { " *" } else { "" }),
            cluster.account.to_string(),
            cluster.region.to_string(),
            identity.map(|identity| identity.version.to_string()).unwrap_or_default(),
            identity.map(|identity| identity.user.to_string()).unwrap_or_default(),
            fleet.failure(cluster, &[]).unwrap_or_else(|| "reachable".to_owned()),
        ];
        if wide {
            row.push(fleet.server(cluster.session));
            let groups =
                identity.map(|identity| identity.groups.iter().map(|group| group.as_str()).collect::<Vec<_>>());
            row.push(groups.unwrap_or_default().join(","));
            row.push(cluster.id().map(|id| id.to_string()).unwrap_or_default());
        }
        table.push(row);
    }
    table
}
