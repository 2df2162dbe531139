//! Texts that are longer than their room.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use crate::inventory::columns::Cut;

/// A text in at most so many cells, with an ellipsis where something is left out.
pub fn cut<'a>(text: &'a str, cells: usize, end: Cut, ellipsis: &str) -> Cow<'a, str> {
    if text.len() <= cells || text.width() <= cells {
        return Cow::Borrowed(text);
    }
    let room = cells.saturating_sub(ellipsis.width());
    if room == 0 {
        return Cow::Owned(ellipsis.graphemes(true).take(cells).collect());
    }
    Cow::Owned(match end {
        Cut::End => format!("{}{ellipsis}", first(text, room)),
        Cut::Start => format!("{ellipsis}{}", last(text, room)),
        Cut::Middle => {
            let tail = room / 2;
            format!("{}{ellipsis}{}", first(text, room - tail), last(text, tail))
        }
    })
}

fn first(text: &str, cells: usize) -> String {
    let mut used = 0;
    let fits = |letter: &&str| {
        used += letter.width();
        used <= cells
    };
    text.graphemes(true).take_while(fits).collect()
}

fn last(text: &str, cells: usize) -> String {
    let mut used = 0;
    let fits = |letter: &&str| {
        used += letter.width();
        used <= cells
    };
    let mut letters: Vec<&str> = text.graphemes(true).rev().take_while(fits).collect();
    letters.reverse();
    letters.concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cut_text_fits(text in "\\PC{0,40}", cells in 0usize..30) {
            for end in [Cut::End, Cut::Middle, Cut::Start] {
                prop_assert!(cut(&text, cells, end, "…").width() <= cells);
            }
        }
    }

    #[test]
    fn what_matters_stays() {
        assert_eq!(cut("web-6f7d9c4b8-x2x9q", 12, Cut::Middle, "…"), "web-6f…x2x9q");
        assert_eq!(cut("registry/shop/web:1.4", 10, Cut::Start, "…"), "…p/web:1.4");
        assert_eq!(cut("short", 10, Cut::End, "…"), "short");
    }
}
