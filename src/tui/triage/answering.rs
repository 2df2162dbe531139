//! A question that is being answered.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::model::Clean;
use crate::triage::{Form, Topic, Wrong};

use super::super::respond::{Notes, Written};

/// An editor on one answer.
#[derive(Debug)]
pub struct Answering {
    /// The question.
    pub topic: &'static Topic,
    /// The text.
    pub notes: Notes,
    /// What stands in the way of saving it.
    pub wrong: Option<Clean>,
    /// How many answers there were when it was opened.
    pub seen: usize,
    read_only: bool,
}

impl Answering {
    /// An answer that begins with a text: the last answer, or what facts offer.
    pub fn new(topic: &'static Topic, text: &str, seen: usize, read_only: bool) -> Self {
        let notes = Notes::new(text, read_only);
        // One line is gone on with; several are read first.
        let notes = if matches!(topic.form, Form::Lines) { notes } else { notes.at_the_end() };
        Self { topic, notes, wrong: None, seen, read_only }
    }

    /// Takes a key. A line is saved with enter, several lines with ctrl-s.
    pub fn key(&mut self, key: KeyEvent) -> Written {
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        match key.code {
            KeyCode::Enter if plain && self.is_line() => {
                if self.read_only {
                    Written::Open
                } else {
                    Written::Save
                }
            }
            _ => {
                self.wrong = None;
                self.notes.key(key)
            }
        }
    }

    /// Takes pasted text; only its first line where one line is asked for.
    pub fn paste(&mut self, text: &str) {
        let text = if self.is_line() { text.lines().next().unwrap_or_default() } else { text };
        self.notes.paste(text);
    }

    /// The answer as it is recorded.
    ///
    /// # Errors
    /// It has not the form that is asked for.
    pub fn lines(&self) -> Result<Vec<Clean>, Wrong> {
        self.topic.answer(&self.notes.text())
    }

    /// What the keys do, or what is wrong.
    pub fn hint(&self) -> &str {
        match (&self.wrong, self.read_only, self.is_line() && !self.notes.is_leaving()) {
            (Some(wrong), ..) => wrong,
            (None, true, _) => "this session is read-only: it answers nothing; esc closes",
            (None, false, true) => "enter saves it as a record, esc closes",
            (None, false, false) if self.notes.is_leaving() => "esc again closes without saving what was written",
            (None, false, false) => "ctrl-s saves it as a record, esc closes",
        }
    }

    const fn is_line(&self) -> bool {
        !matches!(self.topic.form, Form::Lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::find;

    fn press(answering: &mut Answering, code: KeyCode, modifiers: KeyModifiers) -> Written {
        answering.key(KeyEvent::new(code, modifiers))
    }

    #[test]
    fn a_line_is_saved_with_enter_and_several_with_a_key_of_their_own() {
        let mut line = Answering::new(find("ticket").unwrap(), "INC-42", 0, false);
        assert_eq!(press(&mut line, KeyCode::Enter, KeyModifiers::NONE), Written::Save);
        line.paste("-7\nsecond");
        assert_eq!(line.lines().unwrap().len(), 1);
        let mut lines = Answering::new(find("impact").unwrap(), "", 0, false);
        assert_eq!(press(&mut lines, KeyCode::Enter, KeyModifiers::NONE), Written::Open);
        lines.paste("a\nb");
        assert_eq!(press(&mut lines, KeyCode::Char('s'), KeyModifiers::CONTROL), Written::Save);
        assert_eq!(lines.lines().unwrap(), ["a", "b"]);
    }

    #[test]
    fn what_facts_offer_is_gone_on_with() {
        let mut line = Answering::new(find("ticket").unwrap(), "INC-4", 0, false);
        press(&mut line, KeyCode::Char('2'), KeyModifiers::NONE);
        assert_eq!(line.lines().unwrap(), ["INC-42"]);
        let mut lines = Answering::new(find("impact").unwrap(), "read me first", 0, false);
        press(&mut lines, KeyCode::Char('>'), KeyModifiers::NONE);
        assert_eq!(lines.lines().unwrap(), [">read me first"]);
    }

    #[test]
    fn an_observer_answers_nothing() {
        let mut line = Answering::new(find("ticket").unwrap(), "INC-42", 1, true);
        press(&mut line, KeyCode::Char('x'), KeyModifiers::NONE);
        assert_eq!(press(&mut line, KeyCode::Enter, KeyModifiers::NONE), Written::Open);
        assert_eq!(press(&mut line, KeyCode::Char('s'), KeyModifiers::CONTROL), Written::Open);
        assert!(line.hint().contains("read-only"));
        assert_eq!(line.lines().unwrap(), ["INC-42"]);
        assert_eq!(press(&mut line, KeyCode::Esc, KeyModifiers::NONE), Written::Close);
    }
}
