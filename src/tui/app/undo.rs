//! Putting back: one job, or everything of the case.

use crate::actions;
use crate::case::JobId;
use crate::model::Clean;
use crate::response::Job;

use super::super::effect::Effect;
use super::super::keys::{Command, Pane};
use super::super::overlays::{Item, Pick};
use super::super::reply::Tone;
use super::App;

impl App {
    /// The job under the cursor of the jobs pane.
    pub(super) fn job(&self) -> Option<&Job> {
        let [_, place, _] = self.places;
        self.case.newest().nth(place).filter(|_| self.focus == Pane::Jobs)
    }

    /// What can be done to the job under the cursor, and to the case.
    pub(super) fn job_items(&self) -> Vec<Item> {
        let item = |command: Command, key: &str, label: String, about: &'static str| Item {
            pick: Pick::Command(command),
            key: key.to_owned(),
            label: label.into(),
            about: about.into(),
            disabled: self.disabled(command),
        };
        let plan = self.job().map(|job| Item {
            pick: Pick::Plan(job.plan),
            key: "p".to_owned(),
            label: format!("plan of {}", job.id).into(),
            about: "every call that it sends, what it rests on, who else is hit".into(),
            disabled: None,
        });
        let job = self.job().map_or_else(|| "the job".to_owned(), |job| job.id.to_string());
        let mut items = vec![
            item(Command::Undo, "u", format!("undo {job}"), "plan to put back what it changed; nothing is sent yet"),
            item(Command::Release, "r", "release the case".to_owned(), "the same for every job, the newest first"),
        ];
        items.extend(plan);
        items
    }

    /// Plans to put back a job: the one that is named, or the one under the cursor.
    pub(super) fn undo(&mut self, named: Option<&str>) {
        let job = match named {
            Some(name) => self.case.jobs.iter().find(|job| &*job.id.0 == name),
            None => self.job(),
        };
        let Some(job) = job else {
            self.tell(Tone::Note, "no such job; the jobs pane (6) shows them");
            return;
        };
        if let Some(why) = self.undo_disabled(job) {
            self.tell(Tone::Note, why);
            return;
        }
        let (id, cluster) = (job.id.clone(), job.targets.first().map(|state| state.target.cluster));
        let Some((session, identity)) = cluster.and_then(|cluster| self.site(cluster)) else {
            self.tell(Tone::Bad, format!("{id} was done on a cluster that is not open here; open it with :ctx"));
            return;
        };
        self.tell(Tone::Note, format!("planning the way back of {id}; nothing is changed yet"));
        self.effects.push(Effect::PlanUndo { session, identity, job: id });
    }

    /// Asks which jobs stand, to put them back one after the other.
    pub(super) fn release(&mut self) {
        self.effects.push(Effect::Standing);
    }

    /// Begins with the newest; each is planned, shown and confirmed by itself.
    pub(super) fn release_each(&mut self, jobs: Vec<JobId>) {
        if jobs.is_empty() {
            self.tell(Tone::Good, "nothing of this case stands that could be put back");
            return;
        }
        self.releasing = jobs;
        self.release_first();
    }

    /// Goes on with the next job when one was put back, and stops where it was not.
    pub(super) fn release_next(&mut self, undone: Option<&JobId>, proven: bool) {
        if undone.is_none() || self.releasing.first() != undone {
            return;
        }
        if proven {
            self.releasing.remove(0);
            self.release_first();
        } else {
            self.releasing.clear();
        }
    }

    fn release_first(&mut self) {
        if let Some(job) = self.releasing.first().cloned() {
            self.undo(Some(&job.0));
        }
    }

    /// Why a job cannot be put back, as far as the screen tells.
    pub(super) fn undo_disabled(&self, job: &Job) -> Option<Clean> {
        if self.mode.read_only {
            return Some("this session is read-only".into());
        }
        if job.ended.is_none() {
            return Some("it still runs".into());
        }
        if let Some(undone) = &job.undoes {
            return Some(format!("it put back {undone}; run that action again instead").into());
        }
        let undo = actions::find(&job.action)?.spec().undo;
        (!undo.is_possible()).then(|| undo.text().into())
    }
}
