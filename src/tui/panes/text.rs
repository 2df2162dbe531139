//! Lines of text with a place in them.

use crate::model::Clean;

/// How far a text is scrolled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scroll {
    /// First line on the screen.
    pub top: usize,
    /// First column on the screen.
    pub left: usize,
    /// Lines that the screen has room for.
    pub height: usize,
}

impl Scroll {
    /// Moves by so many lines, staying inside a text of so many.
    pub fn step(&mut self, lines: isize, all: usize) {
        let furthest = all.saturating_sub(self.height.max(1));
        self.top = self.top.saturating_add_signed(lines).min(furthest);
    }
}

/// A text that can be scrolled and searched.
#[derive(Debug, Default)]
pub struct TextPane {
    /// The lines.
    pub lines: Vec<Clean>,
    /// How far it is scrolled.
    pub scroll: Scroll,
    /// What is looked for, in lower case; empty where nothing is.
    pub wanted: String,
    /// The text before it was folded, and for how many cells it was.
    whole: Option<(Vec<Clean>, usize)>,
}

impl TextPane {
    /// A text from its first line.
    pub fn new(lines: Vec<Clean>) -> Self {
        Self { lines, ..Self::default() }
    }

    /// A text whose long lines are folded to the room that there is.
    pub fn prose(lines: Vec<Clean>) -> Self {
        Self { whole: Some((lines.clone(), usize::MAX)), ..Self::new(lines) }
    }

    /// Takes note of the room that there is, in lines and cells.
    pub fn fit(&mut self, height: usize, width: usize) {
        self.scroll.height = height;
        if let Some((whole, folded)) = &mut self.whole
            && *folded != width
        {
            *folded = width;
            self.lines = whole.iter().flat_map(|line| line.folded(width.max(1))).collect();
            self.scroll.step(0, self.lines.len());
        }
    }

    /// Whether a line is one that is looked for.
    pub fn matches(&self, line: &Clean) -> bool {
        !self.wanted.is_empty() && line.to_lowercase().contains(&self.wanted)
    }

    /// Goes to the next line that matches, or to the one before, past the end to the beginning.
    pub fn search(&mut self, backwards: bool) -> bool {
        let here = self.scroll.top;
        let hits = || self.lines.iter().enumerate().filter(|(_, line)| self.matches(line)).map(|(place, _)| place);
        let found = if backwards {
            hits().rfind(|place| *place < here).or_else(|| hits().next_back())
        } else {
            hits().find(|place| *place > here).or_else(|| hits().next())
        };
        if let Some(place) = found {
            self.scroll.top = place;
        }
        found.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_goes_round() {
        let mut text = TextPane::new(["a", "needle", "b", "Needle"].map(Clean::from).to_vec());
        text.wanted = "needle".to_owned();
        let mut places = Vec::new();
        for _ in 0..3 {
            assert!(text.search(false));
            places.push(text.scroll.top);
        }
        assert_eq!(places, [1, 3, 1]);
        assert!(text.search(true));
        assert_eq!(text.scroll.top, 3);
    }

    #[test]
    fn scrolling_stays_inside() {
        let mut scroll = Scroll { height: 3, ..Scroll::default() };
        scroll.step(100, 5);
        assert_eq!(scroll.top, 2);
        scroll.step(-100, 5);
        assert_eq!(scroll.top, 0);
    }
}
