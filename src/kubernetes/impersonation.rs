//! Asking as somebody else: `as`, `as-groups` and their like of a kubeconfig, `--as` of the command line.

use std::collections::BTreeMap;

use http::header::{HeaderMap, HeaderName, HeaderValue};
use kube::config::{AuthInfo, Kubeconfig};

/// Whom the API server is asked to take the caller for. It needs the right to
/// impersonate them (<https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impersonation {
    /// User name.
    pub user: String,
    /// UID of the user; empty where none is named.
    pub uid: String,
    /// Groups.
    pub groups: Vec<String>,
    /// More about the user, as authenticators add it.
    pub extra: BTreeMap<String, Vec<String>>,
}

impl Impersonation {
    /// What a context's user says; `None` where nobody else is named.
    pub fn configured(config: &Kubeconfig, context: &str) -> Option<Self> {
        let context = config.contexts.iter().find(|named| named.name == context)?.context.as_ref()?;
        let user = context.user.as_deref()?;
        let user = config.auth_infos.iter().find(|named| named.name == user)?.auth_info.as_ref()?;
        Self::of(user).filter(|who| !who.is_nobody())
    }

    fn of(user: &AuthInfo) -> Option<Self> {
        Some(Self {
            user: user.impersonate.clone().unwrap_or_default(),
            uid: user.impersonate_uid.clone().unwrap_or_default(),
            groups: user.impersonate_groups.clone().unwrap_or_default(),
            extra: user.impersonate_user_extra.clone().unwrap_or_default().into_iter().collect(),
        })
    }

    fn is_nobody(&self) -> bool {
        *self == Self::default()
    }

    /// The headers of every request.
    ///
    /// # Errors
    /// A name cannot stand in a header, or groups are named without a user, which the server refuses as well.
    pub fn headers(&self) -> Result<HeaderMap, String> {
        if self.user.is_empty() {
            return Err(
                "groups, a UID or more about a user are to be impersonated, and no user: add `as` or --as".into()
            );
        }
        let value = |text: &str| {
            HeaderValue::from_str(text).map_err(|_| format!("{text:?} cannot be impersonated: it fits in no header"))
        };
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static("impersonate-user"), value(&self.user)?);
        if !self.uid.is_empty() {
            headers.insert(HeaderName::from_static("impersonate-uid"), value(&self.uid)?);
        }
        for group in &self.groups {
            headers.append(HeaderName::from_static("impersonate-group"), value(group)?);
        }
        for (key, values) in &self.extra {
            let name = format!("impersonate-extra-{}", escaped(&key.to_lowercase()));
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| format!("{key:?} cannot be impersonated: it fits in no header"))?;
            for text in values {
                headers.append(name.clone(), value(text)?);
            }
        }
        Ok(headers)
    }
}

/// Percent-encodes what no header name may hold, as client-go does.
fn escaped(key: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&'*+-.^_`|~".contains(&byte);
    key.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_client_go() {
        let who = Impersonation {
            user: "viewer".into(),
            groups: vec!["observers".into(), "night".into()],
            extra: BTreeMap::from([("example.org/Role".to_owned(), vec!["on call".to_owned()])]),
            ..Impersonation::default()
        };
        let headers = who.headers().unwrap();
        let groups: Vec<_> = headers.get_all("impersonate-group").iter().collect();
        assert_eq!(headers["impersonate-user"], "viewer");
        assert_eq!(groups, ["observers", "night"]);
        assert_eq!(headers["impersonate-extra-example.org%2frole"], "on call");
    }

    #[test]
    fn groups_alone_and_line_breaks_are_refused() {
        let groups = Impersonation { groups: vec!["observers".into()], ..Impersonation::default() };
        assert!(groups.headers().unwrap_err().contains("--as"));
        let split = Impersonation { user: "a\nImpersonate-Group: b".into(), ..Impersonation::default() };
        assert!(split.headers().is_err());
    }
}
