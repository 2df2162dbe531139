//! What a case is called.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Digest;
use crate::model::Clean;

/// A case's id: free text, often a ticket's number.
///
/// Paths, labels and object names use its slug: what of the text is a letter or a
/// digit, and eight digits of its SHA-256, so that two ids never share a slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(Clean);

/// Longest readable part of a slug. With the hash, a prefix and eight digits of a
/// UID, a slug still fits the 63 characters of a label value (RFC 1123).
const READABLE: usize = 24;

impl CaseId {
    /// The id of that text, unless it is blank.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(Clean::from(text)))
    }

    /// The id as its responder wrote it.
    pub const fn text(&self) -> &Clean {
        &self.0
    }

    /// The id as paths, labels and object names carry it: `sec-2041-1f0c9a3b`.
    pub fn slug(&self) -> String {
        let mut readable = String::new();
        for letter in self.0.chars() {
            if readable.len() >= READABLE {
                break;
            }
            if letter.is_ascii_alphanumeric() {
                readable.push(letter.to_ascii_lowercase());
            } else if !readable.is_empty() && !readable.ends_with('-') {
                readable.push('-');
            }
        }
        let readable = readable.trim_end_matches('-');
        let hash = Digest::of(self.0.as_bytes()).short();
        if readable.is_empty() { format!("case-{hash}") } else { format!("{readable}-{hash}") }
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_slug_is_a_label_and_no_path(text in "\\PC{1,60}") {
            prop_assume!(!text.trim().is_empty());
            let slug = CaseId::new(&text).unwrap().slug();
            prop_assert!(slug.len() <= READABLE + 9, "{slug}");
            prop_assert!(slug.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'));
            prop_assert!(slug.starts_with(|letter: char| letter.is_ascii_alphanumeric()));
        }
    }

    #[test]
    fn ids_that_look_alike_have_slugs_of_their_own() {
        let slug = |text| CaseId::new(text).unwrap().slug();
        assert!(slug("SEC-2041").starts_with("sec-2041-"));
        assert_ne!(slug("SEC-2041"), slug("sec 2041"));
        assert!(slug("../../etc").starts_with("etc-"));
        assert_eq!(CaseId::new("  "), None);
    }
}
