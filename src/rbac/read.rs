//! Reading a cluster's bindings and roles.

use serde::Deserialize;
use serde_json::Value;

use super::{Binding, GROUP, Rights, Role};
use crate::kubernetes::{Error, Read};
use crate::model::{Clean, Kind};

#[derive(Deserialize)]
struct List {
    items: Option<Vec<Value>>,
}

impl Rights {
    /// Reads what may be read; each kind fails by itself and is named where it does.
    pub async fn read(read: &Read, at: i64) -> Self {
        let [roles, cluster_roles] = ["roles", "clusterroles"].map(|kind| format!("/apis/{GROUP}/v1/{kind}"));
        let [here, everywhere] = [Kind::RoleBinding, Kind::ClusterRoleBinding].map(Kind::path);
        let (roles, cluster_roles, here, everywhere) =
            tokio::join!(list(read, &roles), list(read, &cluster_roles), list(read, &here), list(read, &everywhere));
        let mut unread: Vec<(Clean, Clean)> = Vec::new();
        let mut taken = |what: &str, answer: Result<Vec<Value>, Error>| match answer {
            Ok(items) => items,
            Err(error) => {
                unread.push((what.into(), error.said()));
                Vec::new()
            }
        };
        let roles: Vec<Value> = [taken("roles", roles), taken("clusterroles", cluster_roles)].concat();
        let bindings = [
            (Kind::ClusterRoleBinding, taken("clusterrolebindings", everywhere)),
            (Kind::RoleBinding, taken("rolebindings", here)),
        ];
        let mut read = Vec::new();
        for (kind, items) in bindings {
            let all = items.len();
            let before = read.len();
            read.extend(items.into_iter().filter_map(|object| Binding::read(kind, object)));
            let odd = all + before - read.len();
            if odd > 0 {
                unread.push((kind.plural().into(), format!("the subjects of {odd} of them cannot be read").into()));
            }
        }
        let mut rights = Self::new(read, roles.iter().filter_map(Role::read), at);
        rights.unread = unread;
        rights
    }
}

async fn list(read: &Read, path: &str) -> Result<Vec<Value>, Error> {
    let body = read.get_path(path).await?;
    let list: List = serde_json::from_slice(&body)
        .map_err(|error| Error::Malformed { what: path.into(), why: error.to_string().into() })?;
    Ok(list.items.unwrap_or_default())
}
