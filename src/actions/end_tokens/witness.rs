//! A token minted before, which says whether the others have ended.

use bytes::Bytes;
use serde_json::{Value, json};

use super::super::frame::{ActionError, Look, Witness, decode};

/// Seconds that the token lives: the least that the API server gives.
const LIFE: u64 = 600;

/// The request for a token of the account, for the API server itself.
pub fn request() -> Value {
    json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenRequest",
        "spec": {"audiences": [], "expirationSeconds": LIFE},
    })
}

/// The token of an answer. It is held in memory until the proof, and never written anywhere.
pub fn minted(answer: &Bytes) -> Option<Witness> {
    let answer: Value = serde_json::from_slice(answer).ok()?;
    let token = answer.pointer("/status/token")?.as_str()?;
    (!token.is_empty()).then(|| Witness::new(token))
}

/// Whether the API server takes the token, by a TokenReview.
pub async fn is_accepted(look: &dyn Look, token: &Witness) -> Result<bool, ActionError> {
    let path = "/apis/authentication.k8s.io/v1/tokenreviews";
    let body = json!({
        "apiVersion": "authentication.k8s.io/v1",
        "kind": "TokenReview",
        "spec": {"token": token.reveal()},
    });
    let answer: Value = decode(path, &look.review(path, &body).await?)?;
    Ok(answer.pointer("/status/authenticated") == Some(&Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_shows_itself() {
        let token = minted(&Bytes::from_static(br#"{"status": {"token": "s3cret"}}"#)).unwrap();
        assert!(!format!("{token:?}").contains("s3cret"));
        assert_eq!(token.reveal(), "s3cret");
        assert!(minted(&Bytes::from_static(b"{}")).is_none());
    }
}
