//! Where the responder has been.

use crate::model::Kind;

/// A list that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The kind listed.
    pub kind: Kind,
    /// The query, as it was typed.
    pub query: String,
}

/// The places, as in a browser: a step to a new place forgets what lay ahead.
#[derive(Debug, Default)]
pub struct History {
    places: Vec<Place>,
    at: usize,
}

/// Places remembered.
const MOST: usize = 100;

impl History {
    /// Goes to a new place.
    pub fn visit(&mut self, place: Place) {
        if self.places.get(self.at) == Some(&place) {
            return;
        }
        self.places.truncate(self.at + 1);
        self.places.push(place);
        if self.places.len() > MOST {
            self.places.remove(0);
        }
        self.at = self.places.len() - 1;
    }

    /// One step back.
    pub fn back(&mut self) -> Option<&Place> {
        self.at = self.at.checked_sub(1)?;
        self.places.get(self.at)
    }

    /// One step forward.
    pub fn forward(&mut self) -> Option<&Place> {
        if self.at + 1 >= self.places.len() {
            return None;
        }
        self.at += 1;
        self.places.get(self.at)
    }

    /// The last place and back: the one before this, or the one after it where this is the first.
    pub fn last(&mut self) -> Option<&Place> {
        let newest = self.places.len().checked_sub(1)?;
        self.at = if self.at == newest { newest.checked_sub(1)? } else { newest };
        self.places.get(self.at)
    }

    /// The places up to now, for the breadcrumbs.
    pub fn trail(&self) -> &[Place] {
        self.places.get(..=self.at).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(query: &str) -> Place {
        Place { kind: Kind::Pod, query: query.to_owned() }
    }

    #[test]
    fn a_new_step_forgets_what_lay_ahead() {
        let mut history = History::default();
        for query in ["a", "b", "c"] {
            history.visit(place(query));
        }
        assert_eq!(history.back(), Some(&place("b")));
        history.visit(place("d"));
        assert_eq!(history.forward(), None);
        assert_eq!(history.back(), Some(&place("b")));
        assert_eq!(history.last(), Some(&place("d")));
        assert_eq!(history.last(), Some(&place("b")));
    }
}
