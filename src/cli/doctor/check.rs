//! One thing that was looked at.

use std::io::{self, Write};

use serde::Serialize;

use crate::model::Clean;

/// What was seen, how it stands, and how to mend it.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What it belongs to: `terminal`, `aws ir`, `cluster shop-prod`.
    pub area: Clean,
    /// What was looked at: `clock`.
    pub what: &'static str,
    /// How it stands.
    pub state: State,
    /// What was seen.
    pub seen: Clean,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mend: Option<Clean>,
}

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// As it should be.
    Good,
    /// For information only.
    Note,
    /// It works, but worse than it could.
    Poor,
    /// It does not work.
    Bad,
}

impl State {
    const fn word(self) -> &'static str {
        match self {
            Self::Good => "ok",
            Self::Note => "--",
            Self::Poor => "poor",
            Self::Bad => "BAD",
        }
    }
}

/// The checks of one area.
#[derive(Clone, Debug, Default)]
pub struct Checks {
    area: Clean,
    /// The checks, in the order in which they were made.
    pub all: Vec<Check>,
}

impl Checks {
    /// An area without checks.
    pub fn of(area: impl Into<Clean>) -> Self {
        Self { area: area.into(), all: Vec::new() }
    }

    /// Adds what is as it should be.
    pub fn good(&mut self, what: &'static str, seen: impl Into<Clean>) {
        self.add(what, State::Good, seen.into(), None);
    }

    /// Adds what is good to know.
    pub fn note(&mut self, what: &'static str, seen: impl Into<Clean>) {
        self.add(what, State::Note, seen.into(), None);
    }

    /// Adds what works worse than it could.
    pub fn poor(&mut self, what: &'static str, seen: impl Into<Clean>, mend: impl Into<Clean>) {
        self.add(what, State::Poor, seen.into(), Some(mend.into()));
    }

    /// Adds what does not work.
    pub fn bad(&mut self, what: &'static str, seen: impl Into<Clean>, mend: impl Into<Clean>) {
        self.add(what, State::Bad, seen.into(), Some(mend.into()));
    }

    /// The worst state.
    pub fn worst(&self) -> State {
        self.all.iter().map(|check| check.state).max().unwrap_or(State::Good)
    }

    fn add(&mut self, what: &'static str, state: State, seen: Clean, mend: Option<Clean>) {
        self.all.push(Check { area: self.area.clone(), what, state, seen, mend });
    }

    /// Prints the area and a line for each check, with how to mend it below.
    pub fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.area)?;
        for check in &self.all {
            writeln!(out, "  {:<4} {:<14} {}", check.state.word(), check.what, check.seen)?;
            if let Some(mend) = &check.mend {
                writeln!(out, "       {:<14} {mend}", "to mend it:")?;
            }
        }
        Ok(())
    }
}
