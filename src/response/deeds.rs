//! What the jobs of a case did and that stands, in words.

use super::Jobs;
use crate::model::{Clean, Tier, Verdict};

/// One line for each target on which something was changed and was not put back.
pub fn deeds(jobs: &Jobs) -> Vec<Clean> {
    let changing = jobs.iter().filter(|job| job.undoes.is_none() && job.tier > Tier::Reads);
    let deeds = changing.flat_map(|job| {
        let standing = job.targets.iter().filter(|state| state.undone.is_none());
        standing.filter_map(|state| {
            let verdict = state.verdict.as_ref().map(Verdict::word)?;
            Some(format!("{} on {}: {verdict}", job.action, state.target).into())
        })
    });
    deeds.collect()
}
