//! Which cluster a session leads to, as whom, and with which rights.

use bytes::Bytes;
use http::{Request, header};
use kube::client::Body;
use serde::Deserialize;
use serde_json::json;

use super::error::Error;
use super::read::{Read, unwritable};
use super::request::{DEADLINE, whole};
use crate::model::{Clean, ClusterId, Identity, Kind, Uid};

/// A right that can be asked for. Empty texts mean: the core group, no sub-resource, all namespaces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Review<'a> {
    /// `patch`
    pub verb: &'a str,
    /// API group.
    pub group: &'a str,
    /// Plural name: `nodes`.
    pub resource: &'a str,
    /// `eviction`
    pub subresource: &'a str,
    /// Namespace.
    pub namespace: &'a str,
}

impl Review<'_> {
    /// The right as `resourceAttributes` of a review.
    pub(super) fn attributes(&self) -> serde_json::Value {
        json!({
            "verb": self.verb,
            "group": self.group,
            "resource": self.resource,
            "subresource": self.subresource,
            "namespace": self.namespace,
        })
    }
}

/// The writes that podmortem's actions send; when all are denied, the credential is read-only as well.
const WRITES: [(&str, &str, &str, &str); 6] = [
    ("patch", "", "nodes", ""),
    ("patch", "", "pods", ""),
    ("delete", "", "pods", ""),
    ("create", "", "pods", "eviction"),
    ("create", "networking.k8s.io", "networkpolicies", ""),
    ("patch", "apps", "deployments", ""),
];

#[derive(Deserialize)]
struct Namespaces {
    items: Vec<Namespace>,
}

#[derive(Deserialize)]
struct Namespace {
    metadata: NamespaceMeta,
}

#[derive(Deserialize)]
struct NamespaceMeta {
    uid: Uid,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    git_version: Clean,
}

#[derive(Deserialize)]
struct Reviewed<T> {
    status: T,
}

#[derive(Deserialize)]
struct Access {
    allowed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Myself {
    user_info: UserInfo,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct UserInfo {
    username: Clean,
    groups: Vec<Clean>,
}

impl Read {
    /// The cluster's identity and ours. What cannot be asked is left empty, except
    /// the UID of `kube-system`, without which a cluster is not known.
    ///
    /// # Errors
    /// The namespace `kube-system` cannot be read.
    pub async fn identify(&self) -> Result<Identity, Error> {
        let (system, version, myself, writes_denied) =
            tokio::join!(self.system(), self.get_path("/version"), self.myself(), self.writes_denied());
        let version = version.and_then(|body| parsed::<Version>("/version", &body));
        let UserInfo { username: user, groups } = myself.unwrap_or_default();
        Ok(Identity {
            cluster: ClusterId(system?),
            version: version.map(|version| version.git_version).unwrap_or_default(),
            user,
            groups,
            writes_denied,
        })
    }

    /// Whether the server permits something to us, by a SelfSubjectAccessReview.
    ///
    /// # Errors
    /// It cannot be asked.
    pub async fn can(&self, review: Review<'_>) -> Result<bool, Error> {
        let body = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": { "resourceAttributes": review.attributes() },
        });
        self.allowed("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", &body).await
    }

    /// Sends an access review and says whether it was answered with yes.
    pub(super) async fn allowed(&self, path: &str, body: &serde_json::Value) -> Result<bool, Error> {
        let answer = self.ask(path, body).await?;
        parsed::<Reviewed<Access>>(path, &answer).map(|review| review.status.allowed)
    }

    /// The UID of `kube-system`. Who may list namespaces but not get one is served as well.
    async fn system(&self) -> Result<Uid, Error> {
        let what = "the namespace kube-system";
        match self.get(Kind::Namespace, "", "kube-system").await {
            Ok(body) => parsed::<Namespace>(what, &body).map(|namespace| namespace.metadata.uid),
            Err(refused @ Error::Forbidden { .. }) => {
                let Ok(body) = self.list(Kind::Namespace, "", "", "metadata.name=kube-system").await else {
                    return Err(refused);
                };
                let list: Namespaces = parsed(what, &body)?;
                list.items.first().map(|namespace| namespace.metadata.uid).ok_or(refused)
            }
            Err(other) => Err(other),
        }
    }

    async fn myself(&self) -> Result<UserInfo, Error> {
        let path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
        let body = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
        let answer = self.ask(path, &body).await?;
        parsed::<Reviewed<Myself>>(path, &answer).map(|review| review.status.user_info)
    }

    /// `None` where one of the reviews could not be asked and no other allowed anything.
    async fn writes_denied(&self) -> Option<bool> {
        let reviews = WRITES.map(|(verb, group, resource, subresource)| {
            self.can(Review { verb, group, resource, subresource, namespace: "" })
        });
        let answers = futures::future::join_all(reviews).await;
        if answers.iter().any(|answer| matches!(answer, Ok(true))) {
            return Some(false);
        }
        answers.iter().all(Result::is_ok).then_some(true)
    }

    pub(super) async fn ask(&self, path: &str, body: &serde_json::Value) -> Result<Bytes, Error> {
        let request = Request::post(path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string().into_bytes()))
            .map_err(|_| unwritable(path))?;
        whole(&self.cluster, request, DEADLINE, 1 << 20).await
    }
}

fn parsed<T: serde::de::DeserializeOwned>(what: &str, body: &[u8]) -> Result<T, Error> {
    serde_json::from_slice(body)
        .map_err(|error| Error::Malformed { what: Clean::from(what), why: Clean::from(error.to_string()) })
}
