//! Tokens of service accounts: given out, recognised, and worth nothing once their account is another.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::json::{set, text};
use super::super::store::{Store, by_kind};
use super::rules::Subject;

/// Whom tokens are for where nobody else is named, and who gives them out.
pub(in super::super) const AUDIENCE: &str = "https://kubernetes.default.svc";

/// The tokens that a cluster gave out.
#[derive(Debug, Default)]
pub(in super::super) struct Tokens(HashMap<String, Token>);

#[derive(Clone, Debug)]
struct Token {
    namespace: String,
    account: String,
    uid: String,
    /// Kind, name and UID of what it ends with.
    bound: Option<(String, String, String)>,
    audiences: Vec<String>,
    expires: Timestamp,
    id: String,
}

/// A new token.
#[derive(Clone, Debug)]
pub(in super::super) struct Given {
    /// The token itself.
    pub(in super::super) text: String,
    /// Until when it is worth something.
    pub(in super::super) expires: Timestamp,
    /// Whom it is for.
    pub(in super::super) audiences: Vec<String>,
}

impl Tokens {
    /// Makes a token of an account, for so many seconds.
    pub(in super::super) fn issue(
        &mut self,
        store: &mut Store,
        account: &Value,
        bound: Option<&Value>,
        audiences: Vec<String>,
        seconds: i64,
        now: Timestamp,
    ) -> Given {
        let audiences = if audiences.is_empty() { vec![AUDIENCE.to_owned()] } else { audiences };
        let expires = now.checked_add(SignedDuration::from_secs(seconds)).unwrap_or(now);
        let own = |pointer: &str| text(account, pointer).to_owned();
        let (namespace, name, uid) = (own("/metadata/namespace"), own("/metadata/name"), own("/metadata/uid"));
        let id = store.random.uuid();
        let mut claims = json!({
            "aud": audiences, "exp": expires.as_second(), "iat": now.as_second(), "iss": AUDIENCE, "jti": id,
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": uid}},
            "nbf": now.as_second(), "sub": format!("system:serviceaccount:{namespace}:{name}"),
        });
        let bound = bound.map(|bound| {
            let (kind, name) = (text(bound, "/kind").to_owned(), text(bound, "/name").to_owned());
            let object = by_kind(&kind).and_then(|resource| store.get(resource.kind, &namespace, &name));
            let uid = object.map(|object| text(&object, "/metadata/uid").to_owned()).unwrap_or_default();
            set(&mut claims, &format!("/kubernetes.io/{}", kind.to_lowercase()), json!({"name": name, "uid": uid}));
            (kind, name, uid)
        });
        let head = json!({"alg": "RS256", "kid": "gameday"}).to_string();
        let part = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        // Known by heart, not by its signature: it opens only what lives in this process.
        let signature = store.random.hex(256);
        let token = format!("{}.{}.{signature}", part(head.as_bytes()), part(claims.to_string().as_bytes()));
        let issued = Token { namespace, account: name, uid, bound, audiences: audiences.clone(), expires, id };
        self.0.insert(token.clone(), issued);
        Given { text: token, expires, audiences }
    }

    /// Whose a token is, and for whom it is.
    ///
    /// # Errors
    /// Why it is nobody's, in the words of the real server.
    pub(in super::super) fn whose(
        &self,
        store: &Store,
        token: &str,
        now: Timestamp,
    ) -> Result<(Subject, &[String]), String> {
        let token = self.0.get(token).ok_or_else(|| "invalid bearer token".to_owned())?;
        if token.expires <= now {
            return Err("[invalid bearer token, service account token has expired]".to_owned());
        }
        let ended = |what: &str| Err(format!("[invalid bearer token, {what}]"));
        match store.get("ServiceAccount", &token.namespace, &token.account) {
            None => return ended(&format!("serviceaccounts \"{}\" not found", token.account)),
            Some(account) if text(&account, "/metadata/uid") != token.uid => {
                return ended(&format!(
                    "service account UID ({}) does not match claim ({})",
                    text(&account, "/metadata/uid"),
                    token.uid
                ));
            }
            Some(_) => {}
        }
        if let Some((kind, name, uid)) = &token.bound {
            let object = by_kind(kind).and_then(|resource| store.get(resource.kind, &token.namespace, name));
            if object.is_none_or(|object| text(&object, "/metadata/uid") != uid) {
                return ended("service account token has been invalidated");
            }
        }
        let groups = ["system:serviceaccounts".to_owned(), format!("system:serviceaccounts:{}", token.namespace)];
        let mut extra = json!({"authentication.kubernetes.io/credential-id": [format!("JTI={}", token.id)]});
        if let Some((_, name, uid)) = token.bound.as_ref().filter(|(kind, _, _)| kind == "Pod") {
            set(&mut extra, "/authentication.kubernetes.io~1pod-name", json!([name]));
            set(&mut extra, "/authentication.kubernetes.io~1pod-uid", json!([uid]));
        }
        let subject = Subject {
            user: format!("system:serviceaccount:{}:{}", token.namespace, token.account),
            uid: token.uid.clone(),
            groups: groups.into_iter().chain(["system:authenticated".to_owned()]).collect(),
            extra,
        };
        Ok((subject, &token.audiences))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gameday::random::Random;

    #[test]
    fn a_token_ends_with_its_account_its_pod_and_its_time() {
        let (mut store, mut tokens) = (Store::new(Random::new(1)), Tokens::default());
        let at = Timestamp::UNIX_EPOCH;
        let put = |store: &mut Store, kind: &str, name: &str| {
            store.put(json!({"kind": kind, "metadata": {"name": name, "namespace": "shop"}}), at)
        };
        let account = put(&mut store, "ServiceAccount", "web");
        put(&mut store, "Pod", "p");
        let plain = tokens.issue(&mut store, &account, None, Vec::new(), 600, at).text;
        let bound = json!({"kind": "Pod", "name": "p"});
        let bound = tokens.issue(&mut store, &account, Some(&bound), Vec::new(), 600, at).text;
        let user =
            |store: &Store, token: &str, now: Timestamp| tokens.whose(store, token, now).map(|(who, _)| who.user);
        assert_eq!(user(&store, &plain, at).as_deref(), Ok("system:serviceaccount:shop:web"));
        assert!(user(&store, &plain, Timestamp::new(601, 0).unwrap()).is_err());
        assert!(user(&store, &bound, at).is_ok());
        store.remove("Pod", "shop", "p");
        assert!(user(&store, &bound, at).is_err());
        assert!(user(&store, &plain, at).is_ok());
        store.remove("ServiceAccount", "shop", "web");
        put(&mut store, "ServiceAccount", "web");
        assert!(user(&store, &plain, at).unwrap_err().contains("does not match claim"));
    }
}
