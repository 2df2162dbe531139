//! Where findings come from.

use serde::Serialize;

/// Who reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Amazon GuardDuty.
    #[default]
    GuardDuty,
    /// AWS Security Hub, for products other than GuardDuty.
    SecurityHub,
    /// Prowler, or another that writes OCSF.
    Ocsf,
    /// Falco.
    Falco,
    /// The cluster's audit log.
    Audit,
    /// Rules of our own over the inventory.
    Rules,
    /// A person, who typed it in.
    Typed,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 7] =
        [Self::GuardDuty, Self::SecurityHub, Self::Ocsf, Self::Falco, Self::Audit, Self::Rules, Self::Typed];

    /// The source of a name, however its words are joined: `security-hub`, `GuardDuty`, `audit`.
    pub fn parse(name: &str) -> Option<Self> {
        let bare = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
        let wanted = bare(name);
        let is_so = |source: &Self| bare(source.word()).starts_with(&wanted);
        Self::ALL.into_iter().find(|source| wanted.len() > 2 && is_so(source))
    }

    /// Whether it reports what happened. Our own rules only say what is there.
    pub const fn is_alert(self) -> bool {
        !matches!(self, Self::Rules)
    }

    /// What it is called.
    pub const fn word(self) -> &'static str {
        match self {
            Self::GuardDuty => "GuardDuty",
            Self::SecurityHub => "Security Hub",
            Self::Ocsf => "OCSF",
            Self::Falco => "Falco",
            Self::Audit => "audit log",
            Self::Rules => "rules",
            Self::Typed => "typed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_known_by_name() {
        for source in Source::ALL {
            assert_eq!(Source::parse(source.word()), Some(source), "{source:?}");
        }
        assert_eq!(
            (Source::parse("security-hub"), Source::parse("audit")),
            (Some(Source::SecurityHub), Some(Source::Audit))
        );
        assert_eq!((Source::parse(""), Source::parse("x-ray")), (None, None));
    }
}
