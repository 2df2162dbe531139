//! Something to choose from.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use crate::case::Custody;
use crate::model::{Clean, Kind, PlanHash};

use super::super::keys::Command;

/// A list to choose from, narrowed by typing where that helps.
#[derive(Debug)]
pub struct Menu {
    /// What is chosen.
    pub title: String,
    /// The entries, all of them.
    pub items: Vec<Item>,
    /// Whether letters narrow the list; otherwise they are the entries' keys.
    pub typing: bool,
    /// What was typed.
    pub typed: String,
    /// Place of the cursor among those shown.
    pub place: usize,
    shown: Vec<usize>,
    digits: bool,
}

/// An entry of a menu.
#[derive(Clone, Debug)]
pub struct Item {
    /// What choosing it does.
    pub pick: Pick,
    /// Its key, where it has one.
    pub key: String,
    /// What it is called.
    pub label: Clean,
    /// More about it.
    pub about: Clean,
    /// Why it cannot be chosen now.
    pub disabled: Option<Clean>,
}

/// What choosing an entry does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Runs a command.
    Command(Command),
    /// Lists a kind.
    List(Kind),
    /// Shows or hides a column.
    Column(&'static str),
    /// Sorts by a column.
    Sort(&'static str),
    /// Plans an action.
    Action(&'static str),
    /// Opens a way into a cluster, or closes it.
    Cluster(usize),
    /// Opens an artefact.
    Evidence(Box<Custody>),
    /// Shows the plan that a job runs.
    Plan(PlanHash),
    /// Changes the theme.
    Theme(String),
    /// Opens a playbook.
    Playbook(String),
    /// Goes to objects on which a rule saw something, and says why that matters.
    Seen((Kind, String), &'static str),
    /// Goes to a namespace; to all where it is empty.
    Namespace(Clean),
}

impl Menu {
    /// A menu with the cursor on its first entry.
    pub fn new(title: impl Into<String>, items: Vec<Item>, typing: bool) -> Self {
        let (title, shown) = (title.into(), (0..items.len()).collect());
        Self { title, items, typing, typed: String::new(), place: 0, shown, digits: false }
    }

    /// The same menu, in which a digit that is typed first is an entry's key.
    #[must_use]
    pub const fn with_digits(mut self) -> Self {
        self.digits = true;
        self
    }

    /// The entries that what was typed leaves, best first.
    pub fn shown(&self) -> impl Iterator<Item = &Item> {
        self.shown.iter().filter_map(|place| self.items.get(*place))
    }

    /// The entry under the cursor.
    pub fn chosen(&self) -> Option<&Item> {
        self.shown().nth(self.place)
    }

    /// Moves the cursor.
    pub fn step(&mut self, rows: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.place = self.place.saturating_add_signed(rows).min(last);
    }

    /// Takes a letter: narrows the list, or moves to the entry that has it as its key.
    pub fn letter(&mut self, letter: char) -> bool {
        let is_key = self.digits && self.typed.is_empty() && letter.is_ascii_digit();
        if self.typing && !is_key {
            self.typed.push(letter);
            self.narrow();
            return false;
        }
        let mut held = [0; 4];
        let letter: &str = letter.encode_utf8(&mut held);
        let Some(place) = self.shown().position(|item| item.key == letter) else { return false };
        self.place = place;
        true
    }

    /// Takes the last letter back. Says whether there was one.
    pub fn erase(&mut self) -> bool {
        let erased = self.typed.pop().is_some();
        self.narrow();
        erased
    }

    fn narrow(&mut self) {
        self.place = 0;
        let pattern = Pattern::parse(&self.typed, CaseMatching::Ignore, Normalization::Smart);
        let mut matcher = Matcher::new(Config::DEFAULT);
        let mut scored: Vec<(usize, u32)> = self
            .items
            .iter()
            .enumerate()
            .filter_map(|(place, item)| {
                let text = format!("{} {}", item.label, item.about);
                let mut letters = Vec::new();
                let score = pattern.score(Utf32Str::new(&text, &mut letters), &mut matcher)?;
                Some((place, score))
            })
            .collect();
        scored.sort_by_key(|(place, score)| (std::cmp::Reverse(*score), *place));
        self.shown = scored.into_iter().map(|(place, _)| place).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(typing: bool) -> Menu {
        let item = |key: &str, label: &str| Item {
            pick: Pick::Command(Command::Help),
            key: key.to_owned(),
            label: label.into(),
            about: Clean::default(),
            disabled: None,
        };
        Menu::new("commands", vec![item("a", "same image"), item("b", "service accounts"), item("c", "sort")], typing)
    }

    #[test]
    fn typing_narrows_and_erasing_widens() {
        let mut menu = menu(true);
        for letter in "svc".chars() {
            menu.letter(letter);
        }
        assert_eq!(menu.chosen().unwrap().label, "service accounts");
        assert_eq!(menu.shown().count(), 1);
        while menu.erase() {}
        assert_eq!(menu.shown().count(), 3);
    }

    #[test]
    fn a_letter_chooses_where_nothing_is_typed() {
        let mut menu = menu(false);
        assert!(menu.letter('c'));
        assert_eq!(menu.chosen().unwrap().label, "sort");
        assert!(!menu.letter('x'));
    }

    #[test]
    fn a_digit_typed_first_chooses_where_digits_are_keys() {
        let mut menu = menu(true).with_digits();
        menu.items[1].key = "1".to_owned();
        assert!(menu.letter('1'));
        assert_eq!(menu.chosen().unwrap().label, "service accounts");
        assert!(!menu.letter('2'));
        menu.letter('s');
        assert!(!menu.letter('1'));
        assert_eq!(menu.typed, "s1");
    }
}
