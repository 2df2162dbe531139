//! `podmortem identities NAME`: who a Kubernetes user is, and what takes its access away.

use std::io::{self, Write};

use color_eyre::eyre::Result;
use serde_json::{Value, json};

use super::super::fleet::{Fleet, Which};
use super::super::list::{Form, Output, json_items};
use super::super::{Exit, Startup, out};
use super::Origin;
use crate::inventory::{ClusterState, Inventory};
use crate::kubernetes::user::{Answer, Known, Sure, User, ask, who_is};
use crate::model::facts::Shape;
use crate::model::{Clean, Kind, ReadOnly, SessionId};

/// The kinds that tell of users.
const KINDS: [Kind; 2] = [Kind::ServiceAccount, Kind::Node];

/// Says who each name is, in each cluster.
pub async fn run(names: &[String], origin: &Origin, form: Form, startup: &Startup) -> Result<Exit> {
    let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    fleet.gather(&KINDS, form.patience()).await;
    let mut answers = Vec::new();
    for state in fleet.inventory.clusters() {
        let Some(cluster) = fleet.cluster(state.session) else { continue };
        for name in names {
            let user = user(name, origin);
            let known = ask(&user, cluster, latch.clone(), of_inventory(&user, state.session, &fleet.inventory)).await;
            let answer = who_is(&user, &known);
            answers.push((state, user, answer));
        }
    }
    let items = answers.iter().map(|(state, user, answer)| item(state, user, answer));
    out::write(|out| match form.output {
        Output::Json => json_items(items, out),
        Output::Yaml => {
            let document = json!({"apiVersion": "v1", "kind": "List", "items": items.collect::<Vec<_>>()});
            serde_yaml::to_writer(out, &document).map_err(io::Error::other)
        }
        Output::Name => answers.iter().try_for_each(|(_, user, _)| writeln!(out, "user/{}", user.name)),
        Output::Table | Output::Wide => {
            let several = fleet.inventory.clusters().len() > 1;
            answers.iter().try_for_each(|(state, user, answer)| text(several.then_some(*state), user, answer, out))
        }
    })?;
    Ok(fleet.tell_failures(&KINDS))
}

/// A name as it is typed: `shop/web` is a service account, everything else a user's own name.
fn user(name: &str, origin: &Origin) -> User {
    let name = match name.split_once('/') {
        Some((namespace, account)) if is_label(namespace) && is_label(account) => {
            format!("system:serviceaccount:{namespace}:{account}")
        }
        _ => name.to_owned(),
    };
    User {
        name: name.into(),
        groups: origin.group.iter().map(|group| group.as_str().into()).collect(),
        arn: origin.arn.as_deref().unwrap_or_default().into(),
        access_key: origin.access_key.as_deref().unwrap_or_default().into(),
    }
}

/// RFC 1123, as names of namespaces and service accounts are.
fn is_label(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    !text.is_empty() && text.bytes().all(allowed)
}

/// What the lists tell of a user already.
fn of_inventory(user: &User, session: SessionId, inventory: &Inventory) -> Known {
    let annotated_role = user.service_account().and_then(|(namespace, name)| {
        let mut accounts = inventory.objects(Kind::ServiceAccount).iter().map(|(_, row)| row);
        let account = accounts.find(|row| {
            row.session == session && row.facts.meta.namespace == namespace && row.facts.meta.name == name
        })?;
        match &account.facts.shape {
            Shape::ServiceAccount { role_arn, .. } => Some(role_arn.clone()),
            _ => None,
        }
    });
    let instance = user.node().and_then(|name| {
        let mut nodes = inventory.nodes().iter().map(|(_, row)| row);
        let node = nodes.find(|row| row.session == session && row.facts.meta.name == name)?;
        Some(node.facts.instance_id.clone())
    });
    Known { annotated_role, instance, ..Known::default() }
}

fn item(state: &ClusterState, user: &User, answer: &Answer) -> Value {
    let text = |text: &Clean| if text.is_empty() { Value::Null } else { json!(text) };
    json!({
        "kind": "User",
        "cluster": {"name": state.label, "uid": state.id()},
        "name": user.name,
        "groups": user.groups,
        "arn": text(&user.arn),
        "is": answer.is,
        "links": answer.links,
        "revoke": answer.revoke,
    })
}

fn text(cluster: Option<&ClusterState>, user: &User, answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let of = cluster.map(|cluster| format!(" in {}", cluster.label)).unwrap_or_default();
    writeln!(out, "{}{of}", user.name)?;
    for link in &answer.links {
        writeln!(out, "  {:<9} {}", sure(link.sure), link.says)?;
        writeln!(out, "            {}", link.how)?;
    }
    writeln!(out, "  to take its access away:")?;
    answer.revoke.iter().try_for_each(|what| writeln!(out, "    - {what}"))
}

const fn sure(sure: Sure) -> &'static str {
    match sure {
        Sure::Certain => "certain",
        Sure::Likely => "likely",
        Sure::Possible => "possible",
        Sure::Unknown => "UNKNOWN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_means_a_service_account_unless_it_is_of_an_arn() {
        let origin = Origin::default();
        assert_eq!(user("shop/web", &origin).name, "system:serviceaccount:shop:web");
        let arn = "arn:aws:sts::1:assumed-role/Admin/alice";
        assert_eq!(user(arn, &origin).name, arn);
        assert_eq!(user("kubernetes-admin", &origin).name, "kubernetes-admin");
    }
}
