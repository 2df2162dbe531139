//! Watching over what was done, while the cockpit is open.

use std::sync::Arc;

use crate::model::facts::Facts;
use crate::model::{Kind, News, SessionId, Target, Tier, Update};
use crate::response::{Job, Jobs, Seen, Sighting};

use super::super::effect::Effect;
use super::super::reply::Tone;
use super::App;

impl App {
    /// Takes the jobs as they are now, tells what came in, and looks out for what comes up like the contained.
    pub(super) fn jobs_moved(&mut self, jobs: Arc<Jobs>) {
        let mut told = self.case.take(jobs);
        // One line has room for one: the worst, and how many others there are.
        told.sort_by_key(|(tone, _)| match tone {
            Tone::Bad => 0,
            Tone::Note => 1,
            Tone::Good => 2,
        });
        let others = told.len().saturating_sub(1);
        if let Some((tone, text)) = told.into_iter().next() {
            let more = if others > 0 { format!(" (and {others} more; see 6)") } else { String::new() };
            self.tell(tone, format!("{text}{more}"));
        }
        self.contain();
    }

    /// Asks for a watch over every cluster that is open, while a case is.
    pub(super) fn stand_watch(&mut self) {
        if self.case.id.is_empty() {
            return;
        }
        let clusters = self.inventory.clusters().iter();
        let known = clusters.filter_map(|cluster| Some((cluster.session, cluster.identity.clone()?)));
        let known: Vec<_> = known.chain(self.account_sites()).collect();
        for (session, identity) in known {
            self.effects.push(Effect::StandWatch { session, identity });
        }
    }

    /// Looks at news before they are applied: pods that come up like contained
    /// ones, and whatever may mean that something has drifted.
    pub(super) fn look_out(&mut self, update: &Update) {
        let Some(since) = self.lookout.since() else {
            if matches!(update.news, News::Listed(Kind::Pod)) {
                self.contain();
            }
            return;
        };
        match &update.news {
            News::Facts(Kind::Pod, facts) => {
                for facts in facts.iter().filter(|facts| facts.meta().created >= since) {
                    if let Facts::Pod(pod) = facts {
                        self.see(update.session, |lookout, cluster| lookout.see(cluster, Seen::from(&**pod)));
                    }
                }
                if facts.iter().any(|facts| self.stands_on(update.session, facts)) {
                    self.effects.push(Effect::LookAgain);
                }
            }
            News::Facts(Kind::Node, facts) if facts.iter().any(|facts| self.stands_on(update.session, facts)) => {
                self.effects.push(Effect::LookAgain);
            }
            News::Facts(Kind::NetworkPolicy, _) | News::Gone(Kind::NetworkPolicy, _) => {
                self.effects.push(Effect::LookAgain);
            }
            News::Listed(Kind::Pod) => self.contain(),
            _ => {}
        }
    }

    fn see(
        &mut self,
        session: SessionId,
        look: impl FnOnce(&mut crate::response::Lookout, crate::model::ClusterId) -> Option<Sighting>,
    ) {
        let Some(cluster) = self.inventory.cluster(session).and_then(|cluster| cluster.id()) else { return };
        if let Some(sighting) = look(&mut self.lookout, cluster) {
            self.effects.push(Effect::Saw { sighting, may_write: !self.mode.read_only });
        }
    }

    /// Whether a job stands on an object.
    fn stands_on(&self, session: SessionId, facts: &Facts) -> bool {
        let cluster = self.inventory.cluster(session).and_then(|cluster| cluster.id());
        cluster.is_some_and(|cluster| self.case.word(cluster, facts.kind(), facts.meta().uid).is_some())
    }

    /// Takes note of the pods that are contained now, and looks at those that came up since.
    fn contain(&mut self) {
        let jobs = Arc::clone(&self.case.jobs);
        let contained: Vec<(&Job, &Target)> = jobs
            .iter()
            .filter(|job| job.tier >= Tier::MayHurt && job.undoes.is_none())
            .flat_map(|job| job.targets.iter().map(move |state| (job, state)))
            .filter(|(_, state)| state.target.kind == Kind::Pod && state.undone.is_none() && state.verdict.is_some())
            .map(|(job, state)| (job, &state.target))
            .collect();
        for sighting in jobs.iter().flat_map(|job| &job.alike) {
            self.lookout.told(sighting.pod.uid);
        }
        let idle = self.lookout.since().is_none();
        self.lookout.keep(|id, uid| contained.iter().any(|(job, target)| job.id == *id && target.uid == uid));
        let mut new = false;
        for (job, target) in contained {
            let row = self.inventory.row_of(target).and_then(|id| self.inventory.row(id));
            if let Some(pod) = row.and_then(|row| row.pod()) {
                new |= self.lookout.contain(&job.id, job.started.as_second(), target, Seen::from(pod));
            }
        }
        if new {
            let Self { inventory, lookout, .. } = self;
            let mut sightings = Vec::new();
            for (_, pod) in inventory.pods().iter().filter(|(_, pod)| pod.gone().is_none()) {
                let cluster = inventory.cluster(pod.session()).and_then(|cluster| cluster.id());
                sightings.extend(cluster.and_then(|cluster| lookout.see(cluster, Seen::from(pod))));
            }
            let may_write = !self.mode.read_only;
            self.effects.extend(sightings.into_iter().map(|sighting| Effect::Saw { sighting, may_write }));
        }
        if idle != self.lookout.since().is_none() {
            self.watch();
        }
    }
}
