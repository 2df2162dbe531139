//! A finding as somebody types it in: what comes by telephone.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Clean, Kind, Severity};

/// A finding in one line: `high pod shop/web-1 from 203.0.113.9 they say that it mines`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// How bad whoever typed it takes it for.
    pub severity: Severity,
    /// What it is about, in the order in which it was named.
    pub about: Vec<Named>,
    /// What was told.
    pub text: Clean,
}

/// Something that a typed finding names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "named", rename_all = "kebab-case")]
pub enum Named {
    /// An object of a cluster.
    Object {
        /// Its kind.
        kind: Kind,
        /// Its namespace, empty for kinds without one.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        namespace: Clean,
        /// Its name.
        name: Clean,
    },
    /// The cluster, by the name that GuardDuty would use or that it has here.
    Cluster {
        /// Its name.
        name: Clean,
    },
    /// An EC2 instance.
    Instance {
        /// Its id.
        id: Clean,
    },
    /// A user of the cluster, as its audit log would write it.
    User {
        /// Its name.
        name: Clean,
    },
    /// Where a call or a connection came from.
    From {
        /// The address.
        address: Clean,
    },
}

/// Longest text that is kept, in characters.
const LONGEST: usize = 2_000;

impl Typed {
    /// How such a line is written.
    pub const FORM: &'static str = "[info|low|medium|high|critical] \
        [pod NAMESPACE/NAME] [deploy NAMESPACE/NAME] [sa NAMESPACE/NAME] [node NAME] [instance ID] [user NAME] \
        [from ADDRESS] [cluster NAME] what was told";

    /// Reads a line. Without a severity it is medium; `--` ends what is named where the text begins like a name.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn parse(line: &str) -> Result<Self, String> {
        let mut rest = line.trim();
        let severity = Severity::parse(first(rest).0);
        if severity.is_some() {
            rest = first(rest).1;
        }
        let mut about = Vec::new();
        loop {
            let (word, after) = first(rest);
            if word == "--" {
                rest = after;
                break;
            }
            let Some((named, after)) = named(word, after)? else { break };
            about.push(named);
            rest = after;
        }
        if rest.is_empty() {
            return Err(format!("say what was told: {}", Self::FORM));
        }
        Ok(Self { severity: severity.unwrap_or(Severity::Medium), about, text: Clean::capped(rest, LONGEST) })
    }
}

/// The first word, and what comes after it.
fn first(text: &str) -> (&str, &str) {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    (word, rest.trim_start())
}

/// What is named here, by `pod shop/web-1` or `pod:shop/web-1`; `None` where the text begins.
fn named<'a>(word: &'a str, after: &'a str) -> Result<Option<(Named, &'a str)>, String> {
    let (what, joined) = match word.split_once(':') {
        Some((what, name)) => (what, Some(name)),
        None => (word, None),
    };
    let kind = Kind::ALL.into_iter().find(|kind| {
        // A plural or a capital is a word of a sentence.
        what == kind.name().to_ascii_lowercase() || kind.short_names().contains(&what)
    });
    if kind.is_none() && !["cluster", "instance", "user", "from"].contains(&what) {
        return Ok(None);
    }
    let (name, rest) = joined.map_or_else(|| first(after), |name| (name, after));
    // "node is down" is told, "node ip-10-0-1-5.ec2.internal" is named.
    let is_name =
        |text: &str| text.contains(['-', '.', '/', ':', '@']) || text.contains(|letter: char| letter.is_ascii_digit());
    if name.is_empty() || joined.is_none() && !is_name(name) {
        return match kind {
            Some(kind) if kind.namespaced() && !name.is_empty() => Err(format!(
                "{what} {} names no namespace: write {what} NAMESPACE/NAME, or -- before the text",
                Clean::from(name)
            )),
            _ => Ok(None),
        };
    }
    let clean = Clean::from(name);
    let named = match (kind, what) {
        (Some(kind), _) if kind.namespaced() => match name.split_once('/') {
            Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() => {
                Named::Object { kind, namespace: namespace.into(), name: name.into() }
            }
            _ => {
                return Err(format!(
                    "{what} {clean} names no namespace: write {what} NAMESPACE/NAME, or -- before the text"
                ));
            }
        },
        (Some(kind), _) => Named::Object { kind, namespace: Clean::default(), name: clean },
        (None, "cluster") => Named::Cluster { name: clean },
        (None, "instance") => Named::Instance { id: clean },
        (None, "user") => Named::User { name: clean },
        (None, _) => Named::From { address: clean },
    };
    Ok(Some((named, rest)))
}

impl fmt::Display for Named {
    /// As it is typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { kind, namespace, name } => {
                let lower = kind.name().to_ascii_lowercase();
                let what = kind
                    .short_names()
                    .first()
                    .filter(|short| short.len() < 7 && *kind != Kind::Pod && *kind != Kind::Node);
                let slash = if namespace.is_empty() { "" } else { "/" };
                write!(f, "{} {namespace}{slash}{name}", what.copied().unwrap_or(&lower))
            }
            Self::Cluster { name } => write!(f, "cluster {name}"),
            Self::Instance { id } => write!(f, "instance {id}"),
            Self::User { name } => write!(f, "user {name}"),
            Self::From { address } => write!(f, "from {address}"),
        }
    }
}

impl fmt::Display for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.severity.word())?;
        self.about.iter().try_for_each(|named| write!(f, "{named} "))?;
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_its_targets_and_then_tells() {
        let line =
            "HIGH pod shop/web-1 sa:shop/web node ip-10-0-1-5 from 203.0.113.9 the customer says pod shop/x mines";
        let typed = Typed::parse(line).unwrap();
        assert_eq!(typed.severity, Severity::High);
        let about: Vec<_> = typed.about.iter().map(ToString::to_string).collect();
        assert_eq!(about, ["pod shop/web-1", "sa shop/web", "node ip-10-0-1-5", "from 203.0.113.9"]);
        assert_eq!(typed.text, "the customer says pod shop/x mines");
        let again = Typed::parse(&typed.to_string()).unwrap();
        assert_eq!(again, typed);
        let kept: Typed = serde_json::from_str(&serde_json::to_string(&typed).unwrap()).unwrap();
        assert_eq!(kept, typed);
    }

    #[test]
    fn a_sentence_is_no_target() {
        for (line, text) in [
            ("node is down", "node is down"),
            ("Pods are slow", "Pods are slow"),
            ("low -- pod shop/web is fine", "pod shop/web is fine"),
            ("users complain", "users complain"),
            ("from the news", "from the news"),
        ] {
            let typed = Typed::parse(line).unwrap();
            assert_eq!((typed.text.as_str(), typed.about.len()), (text, 0), "{line}");
        }
        assert_eq!(Typed::parse("it is slow").unwrap().severity, Severity::Medium);
    }

    #[test]
    fn what_is_missing_is_asked_for() {
        for (line, said) in [
            ("", "what was told"),
            ("high pod shop/web-1", "what was told"),
            ("pod web-1 mines", "NAMESPACE/NAME"),
            ("pod is mining", "--"),
        ] {
            let why = Typed::parse(line).unwrap_err();
            assert!(why.contains(said), "{line}: {why}");
        }
    }

    #[test]
    fn hostile_text_is_clean() {
        let typed = Typed::parse("pod shop/we\u{202e}b-1 text \u{1b}[31m").unwrap();
        assert!(typed.text.hid_something() && !typed.to_string().contains(['\u{202e}', '\u{1b}']));
    }
}
