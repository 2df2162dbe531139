//! The notes of a case, being written.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use crate::model::Clean;

/// An editor on `notes.md`.
#[derive(Debug)]
pub struct Notes {
    area: TextArea<'static>,
    before: String,
    read_only: bool,
    leaving: bool,
}

/// What a key did to the notes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// They stay open.
    Open,
    /// They are to be saved.
    Save,
    /// They are closed as they are.
    Close,
}

impl Notes {
    /// The notes as they are on disk. Each line is shown as what a terminal may be given.
    pub fn new(text: &str, read_only: bool) -> Self {
        let lines: Vec<String> = text.lines().map(|line| Clean::from(line).to_string()).collect();
        let area = TextArea::new(if lines.is_empty() { vec![String::new()] } else { lines });
        Self { area, before: text.to_owned(), read_only, leaving: false }
    }

    /// The same with the cursor at the end of its line, to go on with it.
    #[must_use]
    pub fn at_the_end(mut self) -> Self {
        self.area.move_cursor(CursorMove::End);
        self
    }

    /// The text as it is now.
    pub fn text(&self) -> String {
        let mut text = self.area.lines().join("\n");
        if !text.is_empty() {
            text.push('\n');
        }
        text
    }

    /// The text as it was when it was opened.
    pub fn before(&self) -> &str {
        &self.before
    }

    /// The lines, for the screen, and where the cursor stands: row and column.
    pub fn shown(&self) -> (&[String], (usize, usize)) {
        let cursor = self.area.cursor();
        (self.area.lines(), (cursor.0, cursor.1))
    }

    /// Whether the next escape closes them although they were changed.
    pub const fn is_leaving(&self) -> bool {
        self.leaving
    }

    /// What the keys do, for the line below.
    pub const fn hint(&self) -> &'static str {
        match (self.read_only, self.leaving) {
            (true, _) => "read-only: esc closes",
            (false, true) => "esc again closes without saving what was written; ctrl-s saves",
            (false, false) => "ctrl-s saves and records its hash, esc closes",
        }
    }

    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) -> Written {
        let leaving = std::mem::take(&mut self.leaving);
        match key.code {
            KeyCode::Esc if self.read_only || leaving || self.is_as_it_was() => return Written::Close,
            KeyCode::Esc => self.leaving = true,
            KeyCode::Char('s') if key.modifiers.contains(KeyModifiers::CONTROL) && !self.read_only => {
                return Written::Save;
            }
            KeyCode::Up | KeyCode::Down | KeyCode::Left | KeyCode::Right | KeyCode::PageUp | KeyCode::PageDown => {
                self.area.input(key);
            }
            _ if !self.read_only => {
                self.area.input(key);
            }
            _ => {}
        }
        Written::Open
    }

    /// Takes pasted text as text.
    pub fn paste(&mut self, text: &str) {
        if !self.read_only {
            let clean: Vec<String> = text.lines().map(|line| Clean::from(line).to_string()).collect();
            self.area.insert_str(clean.join("\n"));
        }
    }

    fn is_as_it_was(&self) -> bool {
        self.text().trim_end() == self.before.trim_end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(notes: &mut Notes, code: KeyCode, modifiers: KeyModifiers) -> Written {
        notes.key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn what_was_written_is_not_lost_by_one_key() {
        let mut notes = Notes::new("seen at 03:12\n", false);
        assert_eq!(press(&mut notes, KeyCode::Esc, KeyModifiers::NONE), Written::Close);
        press(&mut notes, KeyCode::Char('x'), KeyModifiers::NONE);
        assert_eq!(press(&mut notes, KeyCode::Esc, KeyModifiers::NONE), Written::Open);
        assert_eq!(press(&mut notes, KeyCode::Char('s'), KeyModifiers::CONTROL), Written::Save);
        assert_eq!(notes.text(), "xseen at 03:12\n");
        notes.paste("two\nlines\u{1b}[2J");
        assert!(notes.text().contains("two\nlines\u{241b}[2J"));
    }

    #[test]
    fn an_observer_reads_only() {
        let mut notes = Notes::new("one\ntwo\n", true);
        press(&mut notes, KeyCode::Char('x'), KeyModifiers::NONE);
        notes.paste("more");
        assert_eq!(press(&mut notes, KeyCode::Char('s'), KeyModifiers::CONTROL), Written::Open);
        assert_eq!(notes.text(), "one\ntwo\n");
    }
}
