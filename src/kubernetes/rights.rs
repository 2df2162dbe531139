//! What somebody else may do.

use bytes::Bytes;
use serde_json::{Value, json};

use super::asked::Asked;
use super::error::Error;
use super::guard::is_review;
use super::identify::Review;
use super::read::Read;
use crate::model::Refused;

/// The review of a token: a question as well, but it carries a secret, and is not sent in read-only.
const TOKENS: Asked<'static> =
    Asked::Resource { group: "authentication.k8s.io", resource: "tokenreviews", name: None, sub: "" };

impl Read {
    /// The answer to a review, whoever it is about.
    ///
    /// # Errors
    /// [`Error::Refused`] for a path that is no review's, and every other [`Error`].
    pub async fn review(&self, path: &str, body: &Value) -> Result<Bytes, Error> {
        match Asked::parse(path) {
            Some(asked) if is_review(asked) || asked == TOKENS => self.ask(path, body).await,
            _ => Err(Refused { what: format!("POST {path}"), why: "it is no review".to_owned() }.into()),
        }
    }

    /// Whether the server permits something to a service account, by a
    /// SubjectAccessReview with the groups that its tokens carry.
    ///
    /// # Errors
    /// It cannot be asked: observers often may not.
    pub async fn service_account_can(&self, namespace: &str, name: &str, review: Review<'_>) -> Result<bool, Error> {
        let body = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SubjectAccessReview",
            "spec": {
                "user": format!("system:serviceaccount:{namespace}:{name}"),
                "groups": ["system:serviceaccounts", format!("system:serviceaccounts:{namespace}"), "system:authenticated"],
                "resourceAttributes": review.attributes(),
            },
        });
        self.allowed("/apis/authorization.k8s.io/v1/subjectaccessreviews", &body).await
    }
}
