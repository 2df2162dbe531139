//! Walking a playbook: a person goes from step to step, and nothing runs by itself.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::model::{Clean, Kind, Target};
use crate::playbook::{How, Playbook, Show};
use crate::response::reaches;

use super::super::effect::Effect;
use super::super::keys::Pane;
use super::super::overlays::{Item, Menu, Overlay, Pick, Walk};
use super::super::reply::Tone;
use super::App;

impl App {
    /// Goes on with the playbook that was left for a list, or opens one by name, or offers all.
    pub(super) fn open_playbook(&mut self, name: &str) {
        if name.is_empty()
            && let Some(walk) = self.resting.take()
        {
            self.overlays.push(Overlay::Walk(walk));
            return;
        }
        self.wanted_playbook = name.to_owned();
        self.effects.push(Effect::Playbooks);
    }

    /// Takes the playbooks that can be walked, and what is wrong with others.
    pub(super) fn playbooks(&mut self, playbooks: Vec<Playbook>, troubles: &[Clean]) {
        if let Some(first) = troubles.first() {
            self.tell(Tone::Bad, first.clone());
        }
        let wanted = std::mem::take(&mut self.wanted_playbook);
        if let Some(playbook) = playbooks.iter().find(|playbook| playbook.name == wanted) {
            return self.begin_walk(playbook.clone());
        }
        if !wanted.is_empty() && troubles.is_empty() {
            self.tell(Tone::Bad, format!("no playbook is called {}; these there are", Clean::from(wanted)));
        }
        let items = playbooks.iter().map(|playbook| Item {
            pick: Pick::Playbook(playbook.name.clone()),
            key: playbook.steps.len().to_string(),
            label: playbook.title.clone(),
            about: if playbook.built_in { Clean::default() } else { "yours".into() },
            disabled: None,
        });
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("playbooks", items.collect(), true))));
    }

    fn begin_walk(&mut self, playbook: Playbook) {
        let done = self.walked.get(&self.walk_name(&playbook.name)).cloned().unwrap_or_default();
        self.overlays.push(Overlay::Walk(Box::new(Walk::new(playbook, done))));
    }

    /// What is ticked off is ticked off in one case.
    fn walk_name(&self, playbook: &str) -> String {
        format!("{}/{playbook}", self.case.id)
    }

    pub(super) fn walk_key(&mut self, mut walk: Box<Walk>, key: KeyEvent) {
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc | KeyCode::Char('q') => return,
            KeyCode::Char('c') if control => return,
            KeyCode::Down | KeyCode::Char('j') => walk.move_by(1),
            KeyCode::Up | KeyCode::Char('k') => walk.move_by(-1),
            KeyCode::Home | KeyCode::Char('g') => walk.move_by(isize::MIN / 2),
            KeyCode::End | KeyCode::Char('G') => walk.move_by(isize::MAX / 2),
            KeyCode::Char(' ') => {
                walk.toggle();
                self.note_walk(&walk);
            }
            KeyCode::Enter => return self.take_step(walk),
            _ => {}
        }
        self.overlays.push(Overlay::Walk(walk));
    }

    /// Does what the step under the cursor says, as far as a key can do it.
    fn take_step(&mut self, mut walk: Box<Walk>) {
        match walk.step().map(|step| step.how.clone()) {
            Some(How::Action(id)) => {
                self.overlays.push(Overlay::Walk(walk));
                if let Some(action) = self.action_named(&id) {
                    self.plan_on(action, self.scope_for(action));
                }
            }
            Some(How::Show(Show { kind, query })) => {
                walk.tick();
                self.note_walk(&walk);
                self.overlays.clear();
                if kind == Kind::Node {
                    self.focus = Pane::Nodes;
                    self.select_typed(&query);
                } else {
                    self.list_kind(kind, &query);
                }
                self.tell(Tone::Note, format!("{}: `:playbook` goes on with it", walk.playbook.title));
                self.resting = Some(walk);
            }
            Some(How::ByHand(_)) => {
                walk.tick();
                self.note_walk(&walk);
                self.overlays.push(Overlay::Walk(walk));
            }
            None => {}
        }
    }

    fn note_walk(&mut self, walk: &Walk) {
        self.walked.insert(self.walk_name(&walk.playbook.name), walk.done.clone());
        self.effects.push(Effect::Save);
    }

    /// What an action would act on of the scope: its own kinds, or else what the pods lead to.
    fn scope_for(&self, action: &str) -> Vec<Target> {
        let Some(offer) = self.offers.iter().find(|offer| offer.id == action) else { return Vec::new() };
        let of = |kinds: &[Kind]| -> Vec<Target> {
            self.scope.iter().filter(|target| kinds.contains(&target.kind)).cloned().collect()
        };
        let own = of(offer.kinds);
        if own.is_empty() && reaches(offer.kinds) { of(&[Kind::Pod]) } else { own }
    }
}
