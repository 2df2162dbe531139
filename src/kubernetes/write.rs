//! The only way in which podmortem changes a cluster.

use bytes::Bytes;
use http::{Method, Request, header};
use kube::client::Body;
use serde_json::{Value, json};

use super::connect::Cluster;
use super::error::Error;
use super::read::{Read, unwritable};
use super::request::{DEADLINE, whole};
use crate::aws::{Accepted, CallError, operations};
use crate::model::{Call, Clean, WriteRight};

/// Writing access to one cluster, for who holds the right.
#[derive(Clone, Debug)]
pub struct Write {
    cluster: Cluster,
    right: WriteRight,
}

impl Write {
    pub(super) const fn new(cluster: Cluster, right: WriteRight) -> Self {
        Self { cluster, right }
    }

    /// Reading access to the same cluster.
    pub fn read(&self) -> Read {
        self.cluster.read()
    }

    /// The right that this is.
    pub const fn right(&self) -> &WriteRight {
        &self.right
    }

    /// Sends one call of a plan, once: it is never repeated here, whatever happens,
    /// so that an error leaves it to the caller to read what became of it.
    ///
    /// A PATCH is sent as what its body is: an array is a JSON patch, an object
    /// with `apiVersion` and `kind` is applied by the server (its path then names
    /// a `fieldManager`), any other object is a merge patch.
    ///
    /// # Errors
    /// [`Error::Refused`] when read-only was switched on meanwhile, and every other [`Error`].
    pub async fn send(&self, call: &Call) -> Result<Bytes, Error> {
        self.sent(call, &call.path).await
    }

    /// Sends one call of a plan to a service of the cluster's account, once, in the Region of the ARN that it
    /// is about.
    ///
    /// # Errors
    /// The right is gone, the account cannot be reached, or the call was refused or not answered.
    pub async fn call_account(&self, call: &Call) -> Result<Accepted, CallError> {
        self.right.holds(&format!("{} on {}", call.method, call.path))?;
        let operation = operations::find(&call.method).ok_or_else(|| CallError::Malformed {
            call: call.method.clone(),
            why: "it is none of the operations that are known here".into(),
        })?;
        let account = self.cluster.account(region_of(&call.path)).await?;
        operation.send(&account.acting(&self.right), call).await
    }

    /// What the server would answer to a call: it checks everything and stores
    /// nothing (`dryRun=All`). A write all the same for whoever may not write.
    ///
    /// # Errors
    /// As [`Write::send`].
    pub async fn rehearse(&self, call: &Call) -> Result<Bytes, Error> {
        let joint = if call.path.contains('?') { '&' } else { '?' };
        self.sent(&rehearsal(call), &format!("{}{joint}dryRun=All", call.path)).await
    }

    async fn sent(&self, call: &Call, path: &str) -> Result<Bytes, Error> {
        self.right.holds(&format!("{} {}", call.method, call.path))?;
        let method = Method::from_bytes(call.method.as_bytes()).map_err(|_| unwritable(&call.method))?;
        let mut request = Request::builder().method(&method).uri(path).header(header::ACCEPT, "application/json");
        let body =
            if call.body.is_null() {
                Body::empty()
            } else {
                request = request.header(header::CONTENT_TYPE, content_type(&method, &call.body));
                Body::from(serde_json::to_vec(&call.body).map_err(|error| Error::Malformed {
                    what: call.path.clone(),
                    why: Clean::from(error.to_string()),
                })?)
            };
        let request = request.body(body).map_err(|_| unwritable(&call.path))?;
        whole(&self.cluster, request, DEADLINE, 16 << 20).await
    }
}

/// The Region of an ARN: `arn:aws:eks:REGION:ACCOUNT:cluster/NAME`. Empty where it has none.
pub fn region_of(arn: &str) -> &str {
    arn.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(2)).unwrap_or_default()
}

/// The call with its options in the body told that it is a dry run: the server reads a
/// deletion's options from its body where there is one, and then nothing of the query.
/// <https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/delete.go>
fn rehearsal(call: &Call) -> Call {
    let mut call = call.clone();
    if let (true, Some(options)) = (&*call.method == "DELETE", call.body.as_object_mut()) {
        options.insert("dryRun".to_owned(), json!(["All"]));
    }
    call
}

fn content_type(method: &Method, body: &Value) -> &'static str {
    match body {
        _ if method != Method::PATCH => "application/json",
        Value::Array(_) => "application/json-patch+json",
        Value::Object(fields) if fields.contains_key("apiVersion") && fields.contains_key("kind") => {
            "application/apply-patch+yaml"
        }
        _ => "application/merge-patch+json",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deletion_is_rehearsed_by_its_body() {
        let call = |method: &str, body| Call { target: 0, method: method.into(), path: "/api/v1/pods/a".into(), body };
        let deletion = call("DELETE", json!({"preconditions": {"uid": "u"}}));
        assert_eq!(rehearsal(&deletion).body, json!({"preconditions": {"uid": "u"}, "dryRun": ["All"]}));
        let patch = call("PATCH", json!({"spec": {}}));
        assert_eq!(rehearsal(&patch), patch);
        assert_eq!(rehearsal(&call("DELETE", Value::Null)).body, Value::Null);
    }

    #[test]
    fn a_patch_is_what_its_body_is() {
        assert_eq!(content_type(&Method::PATCH, &json!({"spec": {}})), "application/merge-patch+json");
        assert_eq!(content_type(&Method::PATCH, &json!([])), "application/json-patch+json");
        assert_eq!(
            content_type(&Method::PATCH, &json!({"apiVersion": "v1", "kind": "Pod"})),
            "application/apply-patch+yaml"
        );
        assert_eq!(content_type(&Method::POST, &json!({"apiVersion": "v1", "kind": "Pod"})), "application/json");
    }
}
