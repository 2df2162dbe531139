//! What the exit code says. Scripts rely on these numbers: none is ever given another meaning.

use std::process::ExitCode;

use color_eyre::eyre::Report;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, and where something was changed, proven.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// The command line makes no sense.
    Usage = 2,
    /// Some of the targets or clusters failed.
    SomeFailed = 3,
    /// Refused: read-only, not permitted, or not confirmed.
    Refused = 4,
    /// Done, but the proof says anything but PROVEN.
    NotProven = 5,
    /// Evidence does not verify.
    EvidenceBroken = 6,
}

impl Exit {
    /// Of two that apply, the one that is told: 6, 4, 1, 5, 3 in this order.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    /// The exit of a command that asked several clusters or targets.
    pub const fn of_failures(failed: usize, all: usize) -> Self {
        match failed {
            0 => Self::Done,
            failed if failed >= all => Self::Failed,
            _ => Self::SomeFailed,
        }
    }

    const fn rank(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::SomeFailed => 1,
            Self::NotProven => 2,
            Self::Failed => 3,
            Self::Usage => 4,
            Self::Refused => 5,
            Self::EvidenceBroken => 6,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An error that ends the program with a code of its own.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct Ended {
    /// How it ended.
    pub exit: Exit,
    /// What failed, on what, and what to do next.
    pub why: String,
}

impl Ended {
    /// The command line makes no sense, or asks for what cannot be here.
    pub fn usage(why: impl Into<String>) -> Report {
        Self { exit: Exit::Usage, why: why.into() }.into()
    }

    /// Failed.
    pub fn failed(why: impl Into<String>) -> Report {
        Self { exit: Exit::Failed, why: why.into() }.into()
    }

    /// Refused: read-only, not permitted, or not confirmed.
    pub fn refused(why: impl Into<String>) -> Report {
        Self { exit: Exit::Refused, why: why.into() }.into()
    }
}

/// The code that an error asks for, if it does.
pub fn of(report: &Report) -> Option<Exit> {
    report.downcast_ref::<Ended>().map(|ended| ended.exit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_is_told() {
        let order = [Exit::Done, Exit::SomeFailed, Exit::NotProven, Exit::Failed, Exit::Refused, Exit::EvidenceBroken];
        for (place, worse) in order.iter().enumerate() {
            for better in order.iter().take(place + 1) {
                assert_eq!(better.or(*worse), *worse);
                assert_eq!(worse.or(*better), *worse);
            }
        }
    }

    #[test]
    fn some_is_not_all() {
        assert_eq!(Exit::of_failures(0, 0), Exit::Done);
        assert_eq!(Exit::of_failures(0, 2), Exit::Done);
        assert_eq!(Exit::of_failures(1, 2), Exit::SomeFailed);
        assert_eq!(Exit::of_failures(2, 2), Exit::Failed);
    }
}
