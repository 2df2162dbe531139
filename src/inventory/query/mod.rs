//! The language of `/`: what a responder types to select rows.
//!
//! Words stand side by side and all of them must hold. `key:value` asks a field,
//! a flag such as `privileged` asks a fact, anything else is text that must stand
//! somewhere in the row. `!` turns a word around, a comma in a value means any of.

mod labels;
mod matcher;
mod parse;
mod related;
mod term;

pub use labels::LabelSelector;
pub use matcher::Matcher;
pub use related::Related;
pub use term::{Flag, Pattern, Range, Scoped, Term, Word};

use crate::model::Kind;

/// A selection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// What must hold, all of it.
    pub words: Vec<Word>,
}

/// A query that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// A key that does not exist.
    #[error("no field is called {0}; the fields are {fields}", fields = Term::KEYS.join(", "))]
    UnknownKey(String),
    /// A key without a value.
    #[error("{0}: needs a value, for example {0}:{example}", example = Term::example(.0))]
    NoValue(String),
    /// A value that the key cannot mean.
    #[error("{value} is no {what}; {hint}")]
    Value {
        /// What was written.
        value: String,
        /// What it should have been.
        what: &'static str,
        /// How one looks.
        hint: &'static str,
    },
}

impl Query {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Kinds that must be watched before the query can be answered, besides the
    /// rows' own.
    pub fn needs(&self) -> Vec<Kind> {
        let services = self.words.iter().any(|word| matches!(word.term, Term::Service(_) | Term::Address(_)));
        if services { vec![Kind::Service, Kind::EndpointSlice] } else { Vec::new() }
    }

    /// Whether it asks for pods that are gone.
    pub fn wants_gone(&self) -> bool {
        self.words.iter().any(|word| !word.not && word.term == Term::Flag(Flag::Gone))
    }

    /// The same query with one more word.
    pub fn with(mut self, term: Term) -> Self {
        self.words.push(Word { not: false, term });
        self
    }
}
