//! GuardDuty asked through its API.

use futures::future::join_all;

use super::read::{Batch, Trouble, read};
use crate::aws::Place;
use crate::aws::guardduty::{self, Asked};
use crate::model::finding::Origin;
use crate::model::{Clean, ReadOnly};

/// Asks GuardDuty of every place, all at once. Each place fails by itself, and says so among the troubles.
pub async fn of_accounts(places: &[Place], latch: &ReadOnly, asked: Asked) -> Batch {
    let answers = join_all(places.iter().map(|place| guardduty::findings(place, latch, asked))).await;
    let mut batch = Batch::default();
    for (place, answer) in places.iter().zip(answers) {
        let label = Clean::from(format!("GuardDuty of {place}"));
        for page in &answer.pages {
            let mut read = read(&label, page);
            for finding in &mut read.findings {
                finding.origin.line = 0;
            }
            batch.extend(read);
        }
        let origin = Origin { label, line: 0 };
        batch.troubles.extend(answer.wrong.into_iter().map(|what| Trouble { origin: origin.clone(), what }));
    }
    // Some endpoints do not filter.
    let wanted = |written: Option<jiff::Timestamp>| match (asked.since, written) {
        (Some(since), Some(written)) => written.as_millisecond() >= since,
        _ => true,
    };
    batch.findings.retain(|finding| (asked.archived || !finding.archived) && wanted(finding.updated));
    batch
}
