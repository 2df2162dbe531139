//! A line to type.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tui_textarea::{CursorMove, TextArea};

use crate::actions::Choice;

/// What a line is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A query for the list; rows are selected while it is typed.
    Filter,
    /// Words that select findings; they are selected while it is typed.
    Findings,
    /// A finding, with what it is about.
    Finding,
    /// A command.
    Command,
    /// A text to look for in what is open.
    Search,
    /// The id of a case.
    Case,
    /// An option of an action that is about to be planned.
    Option(&'static Choice),
}

/// A line that is being typed.
#[derive(Debug)]
pub struct Input {
    /// What it is for.
    pub ask: Ask,
    /// What stood there before, to go back to.
    pub before: String,
    /// What is wrong with it so far.
    pub wrong: Option<String>,
    area: TextArea<'static>,
    history: Vec<String>,
    at: usize,
}

/// What a key did to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// The line changed.
    Changed,
    /// It is finished.
    Done,
    /// It was given up.
    Cancelled,
    /// Nothing.
    Nothing,
}

impl Input {
    /// A line that begins with a text, with what was typed before to go through.
    pub fn new(ask: Ask, text: &str, history: &[String]) -> Self {
        // What is typed after a query narrows it: it is another word.
        let narrows = matches!(ask, Ask::Filter | Ask::Findings);
        let gap = if narrows && !text.is_empty() && !text.ends_with(' ') { " " } else { "" };
        let mut area = TextArea::new(vec![format!("{text}{gap}")]);
        area.move_cursor(CursorMove::End);
        Self { ask, before: text.to_owned(), wrong: None, area, history: history.to_vec(), at: history.len() }
    }

    /// The text so far.
    pub fn text(&self) -> &str {
        self.area.lines().first().map_or("", String::as_str)
    }

    /// Where the cursor stands, in characters.
    pub fn cursor(&self) -> usize {
        self.area.cursor().1
    }

    /// Takes a key, as readline would.
    pub fn key(&mut self, key: KeyEvent) -> Typed {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => Typed::Done,
            KeyCode::Esc => Typed::Cancelled,
            KeyCode::Char('c' | 'g') if control => Typed::Cancelled,
            KeyCode::Backspace if self.text().is_empty() => Typed::Cancelled,
            KeyCode::Up => self.recall(self.at.checked_sub(1)),
            KeyCode::Down => self.recall(Some(self.at + 1)),
            KeyCode::Char('u') if control => {
                self.area.delete_line_by_head();
                Typed::Changed
            }
            KeyCode::Char('m' | 'j') if control => Typed::Done,
            KeyCode::Tab => Typed::Nothing,
            _ => self.typed(key),
        }
    }

    /// Takes pasted text: never as keys, and only its first line.
    pub fn paste(&mut self, text: &str) -> Typed {
        let line: String = text.lines().next().unwrap_or("").chars().filter(|letter| !letter.is_control()).collect();
        if self.area.insert_str(line) { Typed::Changed } else { Typed::Nothing }
    }

    fn typed(&mut self, key: KeyEvent) -> Typed {
        let before = self.text().to_owned();
        self.area.input(key);
        if self.text() == before { Typed::Nothing } else { Typed::Changed }
    }

    fn recall(&mut self, at: Option<usize>) -> Typed {
        let Some(at) = at.filter(|at| *at <= self.history.len()) else { return Typed::Nothing };
        self.at = at;
        let text = self.history.get(at).cloned().unwrap_or_default();
        self.area = TextArea::new(vec![text]);
        self.area.move_cursor(CursorMove::End);
        Typed::Changed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(input: &mut Input, code: KeyCode, modifiers: KeyModifiers) -> Typed {
        input.key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn readline_keys_edit_the_line() {
        let mut input = Input::new(Ask::Filter, "image:tools ns:shop", &[]);
        assert_eq!(press(&mut input, KeyCode::Char('w'), KeyModifiers::CONTROL), Typed::Changed);
        assert_eq!(input.text(), "image:tools ns:");
        press(&mut input, KeyCode::Char('u'), KeyModifiers::CONTROL);
        assert_eq!(input.text(), "");
        assert_eq!(press(&mut input, KeyCode::Backspace, KeyModifiers::NONE), Typed::Cancelled);
    }

    #[test]
    fn a_paste_is_text_and_never_an_answer() {
        let mut input = Input::new(Ask::Command, "", &[]);
        assert_eq!(input.paste("quit\ny\n"), Typed::Changed);
        assert_eq!(input.text(), "quit");
    }

    #[test]
    fn history_comes_back() {
        let mut input = Input::new(Ask::Filter, "", &["one".to_owned(), "two".to_owned()]);
        press(&mut input, KeyCode::Up, KeyModifiers::NONE);
        assert_eq!(input.text(), "two");
        press(&mut input, KeyCode::Up, KeyModifiers::NONE);
        assert_eq!(input.text(), "one");
        press(&mut input, KeyCode::Down, KeyModifiers::NONE);
        press(&mut input, KeyCode::Down, KeyModifiers::NONE);
        assert_eq!(input.text(), "");
    }
}
