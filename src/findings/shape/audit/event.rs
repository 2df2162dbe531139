//! What an audit event says, as its rules ask for it.

use std::net::IpAddr;

use serde_json::Value;

use super::super::super::member::{at, count, list, text, texts, word};
use crate::model::Clean;

/// An audit event, taken apart.
pub struct Event<'a> {
    /// The event.
    pub value: &'a Value,
    /// `get`, `create`…
    pub verb: &'a str,
    /// `pods`, empty for what is no resource.
    pub resource: &'a str,
    /// `exec`, mostly empty.
    pub subresource: &'a str,
    /// Namespace, empty for the whole cluster.
    pub namespace: &'a str,
    /// Name.
    pub name: &'a str,
    /// Who asked; the one that was impersonated is in `impersonatedUser`.
    pub user: &'a str,
    /// The user's groups.
    pub groups: Vec<Clean>,
    /// Where from.
    pub addresses: Vec<Clean>,
    /// The path with its query.
    pub uri: &'a str,
    /// The answer's code, 0 where there is none.
    pub code: u64,
    /// The pod's specification in what was sent or stored, of a pod or a workload's template.
    pub pod: Option<&'a Value>,
}

impl<'a> Event<'a> {
    /// Takes an event apart.
    pub fn of(value: &'a Value) -> Self {
        let uri = word(value, "requestURI");
        let resource = word(value, "objectRef/resource");
        let object = ["requestObject", "responseObject"].iter().filter_map(|name| at(value, name));
        let paths = ["spec/jobTemplate/spec/template/spec", "spec/template/spec", "spec"];
        let mut specs = object.flat_map(|object| paths.iter().filter_map(|path| at(object, path)));
        Self {
            value,
            verb: word(value, "verb"),
            resource,
            subresource: word(value, "objectRef/subresource"),
            namespace: word(value, "objectRef/namespace"),
            name: word(value, "objectRef/name"),
            user: word(value, "user/username"),
            groups: texts(value, "user/groups"),
            addresses: texts(value, "sourceIPs"),
            uri,
            code: count(value, "responseStatus/code"),
            pod: specs.find(|spec| at(spec, "containers").is_some_and(Value::is_array)),
        }
    }

    /// Whether the server did what was asked, as far as the event says.
    pub const fn succeeded(&self) -> bool {
        matches!(self.code, 0 | 101 | 200..=299)
    }

    /// Whether the server refused.
    pub const fn was_denied(&self) -> bool {
        matches!(self.code, 401 | 403)
    }

    /// Whether something was made or changed.
    pub fn writes(&self) -> bool {
        ["create", "update", "patch"].contains(&self.verb) && self.succeeded()
    }

    /// Whether the event is the one that says what became of the request. A connection that stays open
    /// says so at its beginning, too.
    pub fn is_answer(&self) -> bool {
        let open = ["exec", "attach", "portforward", "proxy"].contains(&self.subresource);
        match word(self.value, "stage") {
            "ResponseStarted" => open,
            "RequestReceived" => false,
            _ => true,
        }
    }

    /// Whether somebody asked who has no name.
    pub fn is_anonymous(&self) -> bool {
        self.user == "system:anonymous" || self.groups.iter().any(|group| *group == "system:unauthenticated")
    }

    /// Whether the cluster's own machinery asked: its controllers, kubelets and EKS.
    pub fn is_machinery(&self) -> bool {
        let own = ["system:kube-", "system:node:", "system:apiserver", "eks:", "system:serviceaccount:kube-system:"];
        own.iter().any(|start| self.user.starts_with(start))
    }

    /// The first address from the internet.
    pub fn public_address(&self) -> Option<&Clean> {
        self.addresses.iter().find(|address| address.parse().is_ok_and(is_public))
    }

    /// Whether every address is the machine's own.
    pub fn is_local(&self) -> bool {
        let local = |address: &Clean| address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        !self.addresses.is_empty() && self.addresses.iter().all(local)
    }

    /// Containers and init containers of the pod's specification.
    pub fn containers(&self) -> impl Iterator<Item = &'a Value> {
        let lists = ["containers", "initContainers", "ephemeralContainers"];
        let pod = self.pod;
        lists.into_iter().flat_map(move |name| pod.map_or(&[][..], |pod| list(pod, name)))
    }

    /// The command of an exec: from what was sent, or from the query.
    pub fn command(&self) -> String {
        let sent = texts(self.value, "requestObject/command");
        if !sent.is_empty() {
            return sent.iter().map(Clean::as_str).collect::<Vec<_>>().join(" ");
        }
        let query = self.uri.split_once('?').map_or("", |(_, query)| query);
        let words = query.split('&').filter_map(|pair| pair.strip_prefix("command="));
        words.map(unescaped).collect::<Vec<_>>().join(" ")
    }

    /// `ns/name`, or what there is of it.
    pub fn object(&self) -> String {
        let slash = if self.namespace.is_empty() || self.name.is_empty() { "" } else { "/" };
        let named = text(self.value, "requestObject/metadata/name");
        let name = if self.name.is_empty() { named.as_str() } else { self.name };
        Clean::from(format!("{} {}{slash}{name}", self.resource, self.namespace).trim()).to_string()
    }
}

/// Whether an address is of the internet: neither private, nor shared (100.64.0.0/10), nor this machine's or link's own.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            let shared = first == 100 && (64..128).contains(&second);
            !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified() || shared)
        }
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}

/// A text of a URL without its escapes; what is none stays as it is.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match (byte, escaped(&rest)) {
            (b'%', Some(meant)) => {
                bytes.push(meant);
                rest.nth(1);
            }
            (b'+', _) => bytes.push(b' '),
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The byte that the two hexadecimal digits which come next mean.
fn escaped(rest: &std::str::Bytes<'_>) -> Option<u8> {
    let mut next = rest.clone();
    let mut digit = || (next.next()? as char).to_digit(16);
    u8::try_from(digit()? * 16 + digit()?).ok()
}
