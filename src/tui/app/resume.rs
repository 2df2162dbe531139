//! Going on with a job whose program has ended.

use super::super::effect::Effect;
use super::super::reply::Tone;
use super::App;
use crate::case::JobId;
use crate::model::ClusterId;

impl App {
    /// Goes on with a job: the one that is named, the one under the cursor, or the only one without an end.
    pub(super) fn resume(&mut self, named: Option<&str>) {
        if self.mode.read_only {
            self.tell(Tone::Note, "this session is read-only");
            return;
        }
        let Some((id, cluster)) = self.open_job(named) else {
            self.tell(Tone::Note, "no such job without an end; the jobs pane (6) shows them, :resume JOB names one");
            return;
        };
        let Some((session, identity)) = cluster.and_then(|cluster| self.site(cluster)) else {
            self.tell(Tone::Bad, format!("{id} was begun on a cluster that is not open here; open it with :ctx"));
            return;
        };
        self.tell(Tone::Note, format!("going on with {id} as soon as it is clear that nobody else does"));
        self.effects.push(Effect::Resume { session, identity, job: id });
    }
    fn open_job(&self, named: Option<&str>) -> Option<(JobId, Option<ClusterId>)> {
        let mut open = self.case.jobs.iter().filter(|job| job.ended.is_none());
        let job = match (named, self.job().filter(|job| job.ended.is_none())) {
            (Some(name), _) => open.find(|job| &*job.id.0 == name),
            (None, Some(job)) => Some(job),
            (None, None) => open.next().filter(|_| open.next().is_none()),
        }?;
        Some((job.id.clone(), job.targets.first().map(|state| state.target.cluster)))
    }
}
