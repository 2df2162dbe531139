//! Long lines, folded at words.

use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::Clean;

/// A line that goes on begins so much further right than the one that it continues.
const HANGING: usize = 2;

impl Clean {
    /// The text in lines of at most so many cells, broken between words where
    /// that is possible. Every line remembers what the whole text hid.
    #[must_use]
    pub fn folded(&self, cells: usize) -> Vec<Self> {
        if self.text.width() <= cells {
            return vec![self.clone()];
        }
        let blank = self.text.len() - self.text.trim_start_matches(' ').len();
        // A narrow room is better used without the margin.
        let margin = if blank + HANGING < cells / 2 { blank + HANGING } else { 0 };
        let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
        for word in self.text.split_inclusive(' ') {
            let wide = word.trim_end().width();
            if used + wide > cells && used > margin {
                lines.push(self.like(line.trim_end()));
                (line, used) = (" ".repeat(margin), margin);
            }
            if used == margin && !lines.is_empty() && word.trim().is_empty() {
                continue;
            }
            for grapheme in word.graphemes(true) {
                let over = used + grapheme.width() > cells;
                if over && grapheme == " " {
                    continue;
                }
                if over && used > margin {
                    lines.push(self.like(&line));
                    (line, used) = (" ".repeat(margin), margin);
                }
                line.push_str(grapheme);
                used += grapheme.width();
            }
        }
        lines.push(self.like(&line));
        lines
    }

    /// A piece of this text.
    fn like(&self, piece: &str) -> Self {
        Self { text: piece.into(), hid: self.hid }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn folded(text: &str, cells: usize) -> Vec<String> {
        Clean::from(text).folded(cells).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn lines_break_between_words_and_hang() {
        assert_eq!(folded("short", 10), ["short"]);
        assert_eq!(
            folded("  policies add up: one still allows it", 20),
            ["  policies add up:", "    one still allows", "    it"]
        );
        assert_eq!(folded("web-1, web-2, web-3", 15), ["web-1, web-2,", "  web-3"]);
        assert_eq!(folded("0123456789abcdef", 10), ["0123456789", "  abcdef"]);
    }

    #[test]
    fn what_was_hidden_is_known_of_every_line() {
        let lines = Clean::from("a\u{202e}b and more words that do not fit").folded(12);
        assert!(lines.len() > 2 && lines.iter().all(Clean::hid_something));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_everything_fits(text in "[a-z ✓é-]{0,120}", cells in 8usize..40) {
            let lines = folded(&text, cells);
            prop_assert!(lines.iter().all(|line| line.width() <= cells));
            let letters = |text: &str| text.chars().filter(|letter| *letter != ' ').collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
