//! What somebody else may do.

use serde_json::json;

use super::error::Error;
use super::identify::Review;
use super::read::Read;

impl Read {
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
