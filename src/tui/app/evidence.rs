//! Evidence and notes of the case.

use crate::case::Custody;
use crate::model::Clean;

use super::super::effect::Effect;
use super::super::overlays::{Item, Menu, Overlay, Page, Pick};
use super::super::panes::TextPane;
use super::super::reply::Tone;
use super::super::respond::Notes;
use super::super::screen::bytes;
use super::App;

impl App {
    /// Lists what was captured, the newest first.
    pub(super) fn open_evidence(&mut self, kept: Vec<Custody>) {
        if kept.is_empty() {
            self.tell(Tone::Note, "this case has no evidence yet; capture-pod in the menu (a) keeps some");
            return;
        }
        let item = |custody: Custody| Item {
            key: custody.sha256.short(),
            label: custody.source.label.clone(),
            about: format!(
                "{}  {}  {}{}",
                bytes(custody.bytes),
                custody.ended.strftime("%H:%M:%SZ"),
                custody.source.from,
                if custody.incomplete.is_some() { "  INCOMPLETE" } else { "" }
            )
            .into(),
            disabled: None,
            pick: Pick::Evidence(Box::new(custody)),
        };
        let items = kept.into_iter().rev().map(item).collect();
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("evidence: type to find, enter opens", items, true))));
    }

    /// Shows a text over the panes.
    pub(super) fn open_page(&mut self, title: Clean, lines: Vec<Clean>) {
        self.overlays.push(Overlay::Page(Box::new(Page { title, text: TextPane::prose(lines) })));
    }

    /// Opens the notes to be written in.
    pub(super) fn open_notes(&mut self, text: &str) {
        self.overlays.push(Overlay::Notes(Box::new(Notes::new(text, self.mode.read_only))));
    }

    pub(super) fn save_notes(&mut self, notes: &Notes) {
        self.effects.push(Effect::SaveNotes { before: notes.before().to_owned(), text: notes.text() });
    }
}
