//! Who ran commands in pods, as the API server's audit log tells.

use jiff::Timestamp;
use serde_json::Value;

use crate::model::Clean;

/// An `exec`, `attach` or `portforward` into a pod, or a debug container put into it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exec {
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asked, impersonated users by the name that they took.
    pub user: Clean,
    /// Where from: the first address that the server noted.
    pub from: Clean,
    /// `exec`, `attach`, `portforward` or `ephemeralcontainers`.
    pub how: Clean,
    /// The pod's namespace.
    pub namespace: Clean,
    /// The pod's name.
    pub pod: Clean,
    /// The command as far as the request names it.
    pub command: Clean,
    /// Whether the server let it happen.
    pub allowed: bool,
}

/// Sub-resources of a pod by which somebody gets into it.
const WAYS_IN: [&str; 4] = ["exec", "attach", "portforward", "ephemeralcontainers"];

impl Exec {
    /// Reads an event of `audit.k8s.io/v1`; `None` where it is about something else.
    pub fn read(event: &Value) -> Option<Self> {
        let text = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let how = text("/objectRef/subresource");
        let is_read = how == "ephemeralcontainers" && matches!(text("/verb"), "get" | "list" | "watch");
        if text("/objectRef/resource") != "pods" || !WAYS_IN.contains(&how) || is_read {
            return None;
        }
        // An answer that is still open is told twice; the first telling has no status yet.
        let code = event.pointer("/responseStatus/code").and_then(Value::as_u64)?;
        if text("/stage") == "ResponseStarted" {
            return None;
        }
        let impersonated = text("/impersonatedUser/username");
        let user = text("/user/username");
        let at =
            ["/requestReceivedTimestamp", "/stageTimestamp"].iter().find_map(|pointer| text(pointer).parse().ok())?;
        Some(Self {
            at,
            user: if impersonated.is_empty() { user.into() } else { format!("{impersonated} (really {user})").into() },
            from: text("/sourceIPs/0").into(),
            how: how.into(),
            namespace: text("/objectRef/namespace").into(),
            pod: text("/objectRef/name").into(),
            command: command(text("/requestURI")).into(),
            allowed: code < 400,
        })
    }
}

/// The words of `command=sh&command=-c&…`.
fn command(uri: &str) -> String {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let words = query.split('&').filter_map(|pair| pair.strip_prefix("command="));
    words.map(unescaped).collect::<Vec<_>>().join(" ")
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).filter(|_| byte == b'%').and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                bytes.push(decoded);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(if byte == b'+' { b' ' } else { byte });
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ways_into_a_pod_are_told_from_what_else_is_asked_of_it() {
        let event = |sub: &str, verb: &str, code: u64| {
            json!({"kind": "Event", "stage": "ResponseComplete", "verb": verb, "user": {"username": "eve"},
                "requestURI": "/api/v1/namespaces/shop/pods/web-1/exec?command=sh&command=-c&command=cat+%2Fetc%2Fpasswd&stdin=true",
                "sourceIPs": ["203.0.113.9"], "requestReceivedTimestamp": "2026-11-28T03:12:00.5Z",
                "objectRef": {"resource": "pods", "subresource": sub, "namespace": "shop", "name": "web-1"},
                "responseStatus": {"code": code}})
        };
        let told = |sub, verb, code| Exec::read(&event(sub, verb, code));
        assert!(told("log", "get", 200).is_none() && told("ephemeralcontainers", "get", 200).is_none());
        let exec = told("exec", "create", 101).unwrap();
        assert_eq!((exec.command.as_str(), exec.allowed), ("sh -c cat /etc/passwd", true));
        assert!(!told("attach", "create", 403).unwrap().allowed);
        assert!(told("ephemeralcontainers", "patch", 200).unwrap().allowed);
    }

    #[test]
    fn odd_escapes_stay_as_they_are() {
        assert_eq!(command("/x?command=100%&command=%zz&command=%e4"), "100% %zz \u{fffd}");
    }
}
