//! Where a key goes: to the topmost overlay first, then to the pane.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::config::keymap::Key;

use super::super::keys::{Command, Pane, entry};
use super::super::overlays::{Menu, Overlay, Typed};
use super::super::respond::{Answer, Written};
use super::App;

impl App {
    /// Takes a key.
    pub fn key(&mut self, key: KeyEvent) {
        let leaving = std::mem::take(&mut self.leaving);
        match self.overlays.pop() {
            Some(Overlay::Input(mut input)) => match input.key(key) {
                Typed::Cancelled => self.cancel_input(&input),
                Typed::Done => self.finish_input(*input),
                Typed::Changed => {
                    self.try_input(&mut input);
                    self.overlays.push(Overlay::Input(input));
                }
                Typed::Nothing => self.overlays.push(Overlay::Input(input)),
            },
            Some(Overlay::Confirm(mut confirm)) => match confirm.key(key) {
                Answer::Open => self.overlays.push(Overlay::Confirm(confirm)),
                Answer::Yes => {
                    let how = confirm.how();
                    self.run_plan(confirm.plan, how);
                }
                Answer::No => self.decline(&confirm.plan),
            },
            Some(Overlay::Notes(mut notes)) => match notes.key(key) {
                Written::Close => {}
                written => {
                    if written == Written::Save {
                        self.save_notes(&notes);
                    }
                    self.overlays.push(Overlay::Notes(notes));
                }
            },
            Some(Overlay::Menu(menu)) => self.menu_key(menu, key),
            Some(Overlay::Walk(walk)) => self.walk_key(walk, key),
            Some(Overlay::Triage(triage)) => self.triage_key(triage, key),
            Some(Overlay::Answering(answering)) => self.answering_key(answering, key),
            Some(Overlay::Paging(paging)) => self.paging_key(paging, key),
            Some(overlay) => {
                self.overlays.push(overlay);
                self.bound_key(key, "detail", leaving);
            }
            None => self.bound_key(key, "list", leaving),
        }
    }

    /// Takes pasted text: as text where text is typed, as nothing elsewhere.
    pub fn paste(&mut self, text: &str) {
        match self.overlays.last_mut() {
            Some(Overlay::Notes(notes)) => return notes.paste(text),
            Some(Overlay::Answering(answering)) => return answering.paste(text),
            _ => {}
        }
        if let Some(Overlay::Input(mut input)) = self.overlays.pop_if(|overlay| matches!(overlay, Overlay::Input(_))) {
            if input.paste(text) == Typed::Changed {
                self.try_input(&mut input);
            }
            self.overlays.push(Overlay::Input(input));
        }
    }

    fn bound_key(&mut self, key: KeyEvent, place: &'static str, leaving: bool) {
        let key = Key::new(key.code, key.modifiers);
        let action = self.keymap.action(place, key).or_else(|| self.keymap.action("list", key));
        let Some(entry) = action.and_then(entry) else { return };
        if entry.command == Command::Quit {
            self.leaving = leaving;
        }
        self.run(entry.command);
    }

    fn menu_key(&mut self, mut menu: Box<Menu>, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return,
            KeyCode::Char('c' | 'g') if control => return,
            KeyCode::Enter => return self.choose(*menu),
            KeyCode::Down => menu.step(1),
            KeyCode::Up => menu.step(-1),
            KeyCode::Char('n') if control => menu.step(1),
            KeyCode::Char('p') if control => menu.step(-1),
            KeyCode::PageDown => menu.step(10),
            KeyCode::PageUp => menu.step(-10),
            KeyCode::Backspace if !menu.erase() && menu.typing => return,
            KeyCode::Char('u') if control => while menu.erase() {},
            KeyCode::Char('j') if !menu.typing => menu.step(1),
            KeyCode::Char('k') if !menu.typing => menu.step(-1),
            KeyCode::Char('q') if !menu.typing => return,
            KeyCode::Char(letter) if !control && menu.letter(letter) => return self.choose(*menu),
            _ => {}
        }
        self.overlays.push(Overlay::Menu(menu));
    }

    /// Takes a click on a row of the list in the pane.
    pub fn click(&mut self, pane: Pane, row: usize) {
        if !self.overlays.is_empty() {
            return;
        }
        self.focus = pane;
        let inventory = &self.inventory;
        match pane {
            Pane::Pods => self.main.put(self.main.top() + row, inventory),
            Pane::Nodes => self.nodes.put(self.nodes.top() + row, inventory),
            Pane::Clusters => self.cluster = row.min(inventory.clusters().len().saturating_sub(1)),
            Pane::Findings => self.alerts.put(self.alerts.top() + row),
            _ => {}
        }
    }
}
