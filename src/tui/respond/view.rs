//! The case as the panes show it.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::{Clean, ClusterId, Kind, StepState, Target, Tier, Uid, Verdict};
use crate::response::{Job, Jobs, TargetState};
use crate::triage::Ledger;

use super::super::reply::Tone;

/// What the panes show of a case: folds of its journal.
#[derive(Debug, Clone, Default)]
pub struct CaseView {
    /// The case's id, empty where there is none.
    pub id: Clean,
    /// Its jobs, the one that began first first.
    pub jobs: Arc<Jobs>,
    /// Its records, the newest last, one a line.
    pub records: Vec<Clean>,
    /// What it holds of triage.
    pub ledger: Arc<Ledger>,
    /// Whether the screen is recorded into it.
    pub recorded: bool,
    words: HashMap<(ClusterId, Kind, Uid), (&'static str, Tone)>,
}

/// Cells that the longest word on a row takes.
pub const WORD: u16 = 10;

impl CaseView {
    /// A case of which only the id is known yet.
    pub fn of(id: Clean) -> Self {
        Self { id, ..Self::default() }
    }

    /// The jobs, the newest first.
    pub fn newest(&self) -> impl Iterator<Item = &Job> {
        self.jobs.iter().rev()
    }

    /// Takes the jobs as they are now. Gives what is to be told of what came in:
    /// a verdict, a failure, a drift, a pod like a contained one.
    pub fn take(&mut self, jobs: Arc<Jobs>) -> Vec<(Tone, Clean)> {
        let told = jobs.iter().flat_map(|job| news(self.jobs.get(&job.id), job)).collect();
        self.words = words(&jobs);
        self.jobs = jobs;
        told
    }

    /// The word on an object's row: what stands there, how it drifted, what it is like.
    pub fn word(&self, cluster: ClusterId, kind: Kind, uid: Uid) -> Option<(&'static str, Tone)> {
        self.words.get(&(cluster, kind, uid)).copied()
    }

    /// Whether any object of a kind has a word.
    pub fn has_words(&self, kind: Kind) -> bool {
        self.words.keys().any(|(_, of, _)| *of == kind)
    }

    /// What was last proven of an object.
    pub fn verdict_on(&self, target: &Target) -> Option<&Verdict> {
        self.jobs.verdict_on(target).map(|(_, verdict)| verdict)
    }
}

/// The worst verdict of a job, which is the job's.
pub fn verdict_of(job: &Job) -> Option<&Verdict> {
    job.targets.iter().filter_map(|target| target.verdict.as_ref()).max_by_key(|verdict| match verdict {
        Verdict::Proven { .. } => 0,
        Verdict::ProvenForPod { .. } => 1,
        Verdict::NotMeasured { .. } | Verdict::Incomplete { .. } => 2,
        Verdict::StillLeaking { .. } => 3,
        Verdict::NotEnforced { .. } => 4,
    })
}

/// What is new of a job since it was looked at last.
fn news(before: Option<&Job>, now: &Job) -> Vec<(Tone, Clean)> {
    // What is read at the start is old; jobs that are under way are news from here on.
    let Some(before) = before else { return Vec::new() };
    let mut told = Vec::new();
    for (old, new) in before.targets.iter().zip(&now.targets) {
        let target = &new.target;
        match (&old.verdict, &new.verdict) {
            (None, Some(verdict)) => {
                let tone = tone_of(verdict);
                told.push((tone, format!("{} on {target}: {verdict}", now.action).into()));
            }
            _ if old.failed.is_none() => {
                let failed = new.failed.iter().map(|why| format!("{} on {target}: FAILED {why}", now.action));
                told.extend(failed.map(|text| (Tone::Bad, text.into())));
            }
            _ => {}
        }
        match (&old.drift, &new.drift) {
            (old, Some(found)) if old.as_ref() != Some(found) => {
                told.push((Tone::Bad, format!("{} on {target} DRIFTED: {found}", now.action).into()));
            }
            (Some(_), None) if new.undone.is_none() => {
                told.push((Tone::Good, format!("{} on {target} stands again", now.action).into()));
            }
            _ => {}
        }
    }
    let alike = now.alike.iter().skip(before.alike.len());
    told.extend(alike.map(|seen| {
        (Tone::Bad, format!("{} came up like the contained {}: same {}", seen.pod, seen.like, seen.shares).into())
    }));
    told
}

const fn tone_of(verdict: &Verdict) -> Tone {
    match verdict {
        Verdict::Proven { .. } => Tone::Good,
        Verdict::ProvenForPod { .. } | Verdict::NotMeasured { .. } | Verdict::Incomplete { .. } => Tone::Note,
        Verdict::NotEnforced { .. } | Verdict::StillLeaking { .. } => Tone::Bad,
    }
}

/// The word on each row that has one: of the last job that changed something there and stands.
fn words(jobs: &Jobs) -> HashMap<(ClusterId, Kind, Uid), (&'static str, Tone)> {
    let mut words = HashMap::new();
    for job in jobs.iter() {
        words.extend(job.alike.iter().map(|seen| (seen.pod.key(), ("LIKE IT", Tone::Bad))));
    }
    for job in jobs.iter().filter(|job| job.tier > Tier::Reads) {
        for state in &job.targets {
            match word_of(job, state) {
                Some(word) => drop(words.insert(state.target.key(), word)),
                None => continue,
            }
        }
    }
    words
}

fn word_of(job: &Job, state: &TargetState) -> Option<(&'static str, Tone)> {
    if state.undone.is_some() || (job.undoes.is_some() && state.verdict.as_ref().is_some_and(Verdict::is_proven)) {
        return None;
    }
    if state.drift.is_some() {
        return Some(("DRIFTED", Tone::Bad));
    }
    Some(match (&state.verdict, &state.failed) {
        (Some(verdict), _) => {
            let word = match verdict {
                Verdict::Proven { .. } => "PROVEN",
                Verdict::ProvenForPod { .. } => "PROVEN POD",
                Verdict::NotEnforced { .. } => "UNENFORCED",
                Verdict::StillLeaking { .. } => "LEAKING",
                Verdict::Incomplete { .. } => "INCOMPLETE",
                Verdict::NotMeasured { .. } => "UNMEASURED",
            };
            (word, tone_of(verdict))
        }
        (None, Some(_)) => ("FAILED", Tone::Bad),
        (None, None) if state.step.state == StepState::Proving => ("PROVING", Tone::Note),
        (None, None) => ("RUNNING", Tone::Note),
    })
}
