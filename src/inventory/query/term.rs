//! The words of a query.

use std::fmt;
use std::net::IpAddr;

use crate::model::{ImageQuery, Security};

use super::labels::LabelSelector;

/// A word, perhaps turned around.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Whether it must not hold.
    pub not: bool,
    /// What it asks.
    pub term: Term,
}

/// What a word asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Term {
    /// `image:` — any container's image.
    Image(Vec<ImageQuery>),
    /// `sa:` — the service account, `NAME` or `NAMESPACE/NAME`.
    Account(Vec<Scoped>),
    /// `node:` — the node's name or EC2 instance id.
    Node(Vec<Pattern>),
    /// `ns:` — the namespace.
    Namespace(Vec<Pattern>),
    /// `workload:` — the owner, `NAME`, `KIND/NAME` or `NAMESPACE/NAME`.
    Workload(Vec<Scoped>),
    /// `svc:` — pods behind a service, `NAME` or `NAMESPACE/NAME`.
    Service(Vec<Scoped>),
    /// `ip:` — an address of a pod, of its node, or of a service before it; or a range of them.
    Address(Vec<Range>),
    /// `label:` — labels, in kubectl's notation.
    Label(LabelSelector),
    /// `status:` — what STATUS shows.
    Status(Vec<Pattern>),
    /// `cluster:` — the session's name, account or Region.
    Cluster(Vec<Pattern>),
    /// `name:` — the object's name.
    Name(Vec<Pattern>),
    /// A security fact.
    Security(Security),
    /// A fact about the row.
    Flag(Flag),
    /// Text that stands somewhere in the row, in any case.
    Text(String),
}

impl Term {
    /// The keys, in the order of the help.
    pub const KEYS: [&'static str; 11] =
        ["image", "sa", "node", "ns", "workload", "svc", "ip", "label", "status", "cluster", "name"];

    /// A value that a key could have.
    pub fn example(key: &str) -> &'static str {
        match key {
            "image" => "shop/web:1.4",
            "sa" => "shop/web",
            "node" => "i-0123456789abcdef0",
            "workload" => "deploy/web",
            "svc" => "shop/web",
            "ip" => "10.0.1.17",
            "label" => "app=web",
            "status" => "CrashLoop*",
            "cluster" => "us-east-1",
            _ => "shop",
        }
    }
}

/// A fact about a row that is no field of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// The pod is no longer there.
    Gone,
    /// The row is marked.
    Marked,
    /// The object is in the scope.
    Scope,
    /// A text of it hid something.
    Hidden,
}

impl Flag {
    /// Every flag with its word.
    pub const ALL: [(Self, &'static str); 4] =
        [(Self::Gone, "gone"), (Self::Marked, "marked"), (Self::Scope, "scope"), (Self::Hidden, "hidden")];
}

/// A text with `*` for anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Box<str>);

impl Pattern {
    /// Reads a pattern; any text is one.
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Whether a text is what the pattern says, in any case.
    pub fn matches(&self, text: &str) -> bool {
        let mut pieces = self.0.split('*');
        let Some(first) = pieces.next() else { return false };
        let Some(mut rest) = strip_prefix(text, first) else { return false };
        let mut pieces = pieces.peekable();
        if pieces.peek().is_none() {
            return rest.is_empty();
        }
        while let Some(piece) = pieces.next() {
            if pieces.peek().is_none() {
                return rest.len() >= piece.len()
                    && rest.is_char_boundary(rest.len() - piece.len())
                    && rest.split_at(rest.len() - piece.len()).1.eq_ignore_ascii_case(piece);
            }
            let Some(after) = after(rest, piece) else { return false };
            rest = after;
        }
        true
    }
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn after<'a>(text: &'a str, piece: &str) -> Option<&'a str> {
    (0..=text.len())
        .filter(|place| text.is_char_boundary(*place))
        .find_map(|place| strip_prefix(text.split_at(place).1, piece))
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `NAME` or `BEFORE/NAME`; what stands before it is a namespace or a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scoped {
    /// What stands before the slash.
    pub before: Option<Pattern>,
    /// What stands after it.
    pub name: Pattern,
}

impl Scoped {
    /// Reads `NAME` or `BEFORE/NAME`.
    pub fn new(text: &str) -> Self {
        match text.split_once('/') {
            Some((before, name)) => Self { before: Some(Pattern::new(before)), name: Pattern::new(name) },
            None => Self { before: None, name: Pattern::new(text) },
        }
    }

    /// Whether a name in a namespace is meant.
    pub fn matches(&self, namespace: &str, name: &str) -> bool {
        self.name.matches(name) && self.before.as_ref().is_none_or(|before| before.matches(namespace))
    }
}

/// An address, or all that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    address: IpAddr,
    bits: u8,
}

impl Range {
    /// Reads `10.0.1.17` or `10.0.0.0/16`, of either family.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address.parse::<IpAddr>().ok()?, Some(bits.parse::<u8>().ok()?)),
            None => (text.parse::<IpAddr>().ok()?, None),
        };
        let width = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(width);
        (bits <= width).then_some(Self { address, bits })
    }

    /// Whether an address lies in the range.
    pub fn has(&self, address: IpAddr) -> bool {
        let (own, other, width) = match (self.address, address) {
            (IpAddr::V4(own), IpAddr::V4(other)) => (u128::from(own.to_bits()), u128::from(other.to_bits()), 32),
            (IpAddr::V6(own), IpAddr::V6(other)) => (own.to_bits(), other.to_bits(), 128),
            _ => return false,
        };
        let shift = width - u32::from(self.bits);
        own.checked_shr(shift).unwrap_or(0) == other.checked_shr(shift).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_is_its_own_pattern(text in "[a-z0-9.-]{0,20}", more in "[a-z]{1,5}") {
            prop_assert!(Pattern::new(&text).matches(&text));
            let longer = format!("{text}{more}");
            prop_assert!(!Pattern::new(&text).matches(&longer));
            let starred = format!("{text}*");
            prop_assert!(Pattern::new(&starred).matches(&longer));
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, matches) in [
            ("web*", "web-1", true),
            ("*web", "my-web", true),
            ("w*b", "web", true),
            ("w*b*1", "web-b-1", true),
            ("w*b", "webs", false),
            ("*", "", true),
            ("CRASH*", "CrashLoopBackOff", true),
            ("é*", "éa", true),
            ("a*é", "aé", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), matches, "{pattern} {text}");
        }
    }

    #[test]
    fn ranges_are_of_their_family() {
        let range = Range::parse("10.0.0.0/8").unwrap();
        assert!(range.has("10.9.8.7".parse().unwrap()));
        assert!(!range.has("11.0.0.1".parse().unwrap()));
        assert!(!range.has("::1".parse().unwrap()));
        assert!(Range::parse("0.0.0.0/0").unwrap().has("1.2.3.4".parse().unwrap()));
        assert!(Range::parse("::/0").unwrap().has("fe80::1".parse().unwrap()));
        assert_eq!(Range::parse("10.0.0.0/33"), None);
        assert_eq!(Range::parse("web"), None);
    }
}
