//! The questions of the incident: looked at, answered, and people called.

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::case::Entry;
use crate::model::{Age, Clean};
use crate::triage::{Ledger, PageCall, Topic, all, find};

use super::super::effect::Effect;
use super::super::overlays::Overlay;
use super::super::reply::Tone;
use super::super::respond::Written;
use super::super::triage::{Answering, Paging, Row, Said, Triage};
use super::App;

impl App {
    /// Opens the questions, at a topic where one is named.
    pub(super) fn triage(&mut self, topic: &str) {
        if let Some(why) = self.disabled(super::super::keys::Command::Triage) {
            self.tell(Tone::Note, why);
        } else if topic.is_empty() || find(topic).is_some() || !self.case.ledger.history(topic).is_empty() {
            self.open_triage(topic);
        } else {
            let known: Vec<_> = all().iter().map(|topic| topic.id).collect();
            self.tell(Tone::Bad, format!("no topic is called {}; there are {}", Clean::from(topic), known.join(", ")));
        }
    }

    pub(super) fn open_triage(&mut self, topic: &str) {
        let triage = Triage::new(self.known(), &self.case.ledger, topic);
        self.overlays.push(Overlay::Triage(Box::new(triage)));
        self.watch();
    }

    /// Takes what the journal holds of triage now, whoever wrote it.
    pub(super) fn ledger(&mut self, ledger: Arc<Ledger>) {
        self.case.ledger = ledger;
        self.refresh_triage(true);
    }

    /// Brings the questions that are open up to date. Says whether they are open.
    pub(super) fn refresh_triage(&mut self, whole: bool) -> bool {
        let Some(place) = self.overlays.iter().position(|overlay| matches!(overlay, Overlay::Triage(_))) else {
            return false;
        };
        let facts = if whole { Some(self.known()) } else { None };
        let scoped = self.known_of_scope();
        if let Some(Overlay::Triage(triage)) = self.overlays.get_mut(place) {
            let (alerts, seen) = match facts {
                Some(facts) => (facts.alerts, facts.seen),
                None => (std::mem::take(&mut triage.facts.alerts), std::mem::take(&mut triage.facts.seen)),
            };
            triage.facts = crate::triage::Facts { alerts, seen, ..scoped };
            triage.take(&self.case.ledger);
        }
        true
    }

    pub(super) fn triage_key(&mut self, mut triage: Box<Triage>, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return self.watch(),
            KeyCode::Char('c') if control => return self.watch(),
            KeyCode::Down | KeyCode::Char('j') => triage.move_by(1),
            KeyCode::Up | KeyCode::Char('k') => triage.move_by(-1),
            KeyCode::PageDown => triage.move_by(10),
            KeyCode::PageUp => triage.move_by(-10),
            KeyCode::Home | KeyCode::Char('g') => triage.move_by(isize::MIN / 2),
            KeyCode::End | KeyCode::Char('G') => triage.move_by(isize::MAX / 2),
            KeyCode::Char('y' | 'Y' | 'c') => self.copy_answer(&triage),
            KeyCode::Char('r') => triage.facts = self.known(),
            KeyCode::Char('h') => {
                let page = triage.row().map(|row| self.history_of(row.id()));
                self.overlays.push(Overlay::Triage(triage));
                if let Some((title, lines)) = page {
                    self.open_page(title, lines);
                }
                return;
            }
            KeyCode::Enter => {
                let asked = match triage.row() {
                    Some(Row::Asked(topic)) => Some(self.answering(topic, &triage)),
                    Some(Row::Strange(id)) => {
                        self.tell(
                            Tone::Note,
                            format!("{id} is asked by a later version of podmortem; this one shows its answers (h)"),
                        );
                        None
                    }
                    None => None,
                };
                self.overlays.push(Overlay::Triage(triage));
                self.overlays.extend(asked.map(|asked| Overlay::Answering(Box::new(asked))));
                return;
            }
            _ => {}
        }
        self.overlays.push(Overlay::Triage(triage));
    }

    /// An editor on the last answer, or on what facts offer where there is none.
    fn answering(&self, topic: &'static Topic, triage: &Triage) -> Answering {
        let ledger = &self.case.ledger;
        let lines = match ledger.answer(topic.id) {
            Some(answer) => answer.lines.clone(),
            None => topic.known(&triage.facts, ledger).map(|known| known.lines).unwrap_or_default(),
        };
        Answering::new(topic, &joined(&lines), ledger.history(topic.id).len(), self.mode.read_only)
    }

    pub(super) fn answering_key(&mut self, mut answering: Box<Answering>, key: KeyEvent) {
        match answering.key(key) {
            Written::Close => return,
            Written::Open => {}
            Written::Save => self.save_answer(&mut answering),
        }
        self.overlays.push(Overlay::Answering(answering));
    }

    /// Records an answer, unless somebody has answered meanwhile: then that is shown first.
    fn save_answer(&mut self, answering: &mut Answering) {
        let topic = answering.topic;
        let given = self.case.ledger.history(topic.id);
        if let Some(other) = given.last().filter(|_| given.len() != answering.seen) {
            answering.seen = given.len();
            let said = other.lines.first().map_or("took the answer back", Clean::as_str);
            let told = format!("{} has answered meanwhile: {said}; save again to put yours after it", other.by.user);
            answering.wrong = Some(told.into());
            return;
        }
        match answering.lines() {
            Err(wrong) => answering.wrong = Some(wrong.to_string().into()),
            Ok(lines) => {
                let told = if lines.is_empty() { "the answer was taken back" } else { "answered" };
                let told = format!("{}: {told}; the journal has it", topic.id).into();
                let entry = Entry::Triage { topic: topic.id.into(), lines };
                self.effects.push(Effect::Write { entry: Box::new(entry), told });
            }
        }
    }

    /// What the responder decided stands in the case.
    pub(super) fn written(&mut self, told: Clean) {
        self.overlays.retain(|overlay| !matches!(overlay, Overlay::Answering(_)));
        self.tell(Tone::Good, told);
    }

    fn copy_answer(&mut self, triage: &Triage) {
        let Some(row) = triage.row() else { return };
        let answer = self.case.ledger.answer(row.id()).map(|answer| answer.lines.clone());
        let lines = answer.or_else(|| row.known(&triage.facts, &self.case.ledger).map(|known| known.lines));
        match lines {
            Some(lines) => self.effects.push(Effect::Copy(joined(&lines))),
            None => self.tell(Tone::Note, format!("{} has no answer to copy", Clean::from(row.id()))),
        }
    }

    /// Every answer that was given to a topic, the newest first.
    fn history_of(&self, id: &str) -> (Clean, Vec<Clean>) {
        let given = self.case.ledger.history(id);
        let mut lines: Vec<Clean> = Vec::new();
        for answer in given.iter().rev() {
            let age = Age::between(answer.at.as_second(), self.now.unix);
            let taken = if answer.lines.is_empty() { " took the answer back" } else { "" };
            lines.push(format!("{}@{} {age} ago ({}){taken}", answer.by.user, answer.by.host, answer.at).into());
            lines.extend(answer.lines.iter().map(|line| format!("  {line}").into()));
        }
        if lines.is_empty() {
            lines.push("nobody has answered it".into());
        }
        (format!("answers to {id}, the newest first").into(), lines)
    }

    /// Shows the call of people that the settings' command would make.
    pub(super) fn open_page_call(&mut self, text: &str) {
        match PageCall::new(&self.habits.page, &self.case.ledger, text) {
            Ok(call) => self.overlays.push(Overlay::Paging(Box::new(Paging::new(call)))),
            Err(why) => self.tell(Tone::Bad, why.to_string()),
        }
    }

    /// The same with a text of the responder's.
    pub(super) fn page_with(&mut self, text: &str) {
        match self.disabled(super::super::keys::Command::Page) {
            Some(why) => self.tell(Tone::Note, why),
            None => self.open_page_call(text),
        }
    }

    pub(super) fn paging_key(&mut self, mut paging: Box<Paging>, key: KeyEvent) {
        match paging.key(key) {
            Said::Open => self.overlays.push(Overlay::Paging(paging)),
            Said::No => self.tell(Tone::Note, "nobody was called"),
            Said::Yes => {
                self.tell(Tone::Note, "calling; the journal shows what comes of it");
                self.effects.push(Effect::Page(Box::new(paging.call)));
            }
        }
    }

    /// Lets evidence of a Region be kept in another: `FROM TO REASON`.
    pub(super) fn allow_copy(&mut self, words: &str) {
        if let Some(why) = self.disabled(super::super::keys::Command::AllowCopy) {
            return self.tell(Tone::Note, why);
        }
        let mut parts = words.splitn(3, ' ').map(|part| Clean::from(part.trim()));
        let (Some(from), Some(to), Some(reason)) = (parts.next(), parts.next(), parts.next()) else {
            return self.tell(
                Tone::Note,
                ":allow-copy FROM TO REASON, for example :allow-copy us-east-1 eu-central-1 legal agreed, Kim 03:40",
            );
        };
        if reason.is_empty() {
            return self
                .tell(Tone::Note, "say why it may leave its Region, and who says so: :allow-copy FROM TO REASON");
        }
        let told = format!("evidence of {from} may be kept in {to} from here on").into();
        self.effects.push(Effect::Write { entry: Box::new(Entry::CopyAllowed { from, to, reason }), told });
    }
}

fn joined(lines: &[Clean]) -> String {
    lines.iter().map(Clean::as_str).collect::<Vec<_>>().join("\n")
}
