//! A call of people on the screen, waiting for its answer.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::triage::PageCall;

use super::super::panes::TextPane;

/// A call that is shown and not yet answered.
#[derive(Debug)]
pub struct Paging {
    /// The call.
    pub call: PageCall,
    /// All of it in words.
    pub text: TextPane,
}

/// What a key said to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Nothing yet.
    Open,
    /// Call them.
    Yes,
    /// Call nobody.
    No,
}

impl Paging {
    /// Shows a call.
    pub fn new(call: PageCall) -> Self {
        let text = TextPane::prose(call.lines());
        Self { call, text }
    }

    /// Takes a key. The default is to call nobody.
    pub fn key(&mut self, key: KeyEvent) -> Said {
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let rows = match key.code {
            KeyCode::Char('y') if plain => return Said::Yes,
            KeyCode::Down | KeyCode::Char('j') => 1,
            KeyCode::Up | KeyCode::Char('k') => -1,
            KeyCode::PageDown => 10,
            KeyCode::PageUp => -10,
            _ => return Said::No,
        };
        self.text.scroll.step(rows, self.text.lines.len());
        Said::Open
    }
}
