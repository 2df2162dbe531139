//! GuardDuty and Security Hub asked through their APIs.

use futures::future::join_all;

use super::read::{Batch, Trouble, read};
use crate::aws::guardduty::{self, Asked};
use crate::aws::{Account, Place};
use crate::model::finding::Origin;
use crate::model::{Clean, ReadOnly};

/// Asks GuardDuty and Security Hub of every place, all at once. Each fails by itself, and says so among the troubles.
pub async fn of_accounts(places: &[Place], latch: &ReadOnly, asked: Asked) -> Batch {
    let (mut batch, guardduty) =
        tokio::join!(of_security_hub(places, latch, asked), of_guardduty(places, latch, asked));
    batch.extend(guardduty);
    batch
}

/// What the findings that GuardDuty of a place tells are labelled with: they are put away where they were told.
pub fn guardduty_of(place: &Place) -> Clean {
    format!("GuardDuty of {place}").into()
}

/// Asks GuardDuty of every place.
pub async fn of_guardduty(places: &[Place], latch: &ReadOnly, asked: Asked) -> Batch {
    let answers = join_all(places.iter().map(|place| guardduty::findings(place, latch, asked))).await;
    let mut batch = Batch::default();
    for (place, answer) in places.iter().zip(answers) {
        let pages = answer.pages.iter().map(Vec::as_slice);
        told(&mut batch, guardduty_of(place), pages, answer.wrong);
    }
    wanted(batch, asked)
}

/// Asks Security Hub of every place. What it has from GuardDuty, GuardDuty itself tells better: of two
/// reports of the same moment the one that is taken in last stays, so take in these first.
pub async fn of_security_hub(places: &[Place], latch: &ReadOnly, asked: Asked) -> Batch {
    let of_place = |place| async move {
        // Without an account there is nothing to ask, as GuardDuty's answer says already.
        let account = Account::at(place, latch.clone()).await.ok()?;
        Some(account.reports(asked).await)
    };
    let answers = join_all(places.iter().map(of_place)).await;
    let mut batch = Batch::default();
    for (place, answer) in places.iter().zip(answers) {
        let Some(answer) = answer else { continue };
        let pages = answer.pages.iter().map(String::as_bytes);
        told(&mut batch, format!("Security Hub of {place}").into(), pages, answer.wrong);
    }
    wanted(batch, asked)
}

/// Some endpoints do not filter.
fn wanted(mut batch: Batch, asked: Asked) -> Batch {
    let recent = |written: Option<jiff::Timestamp>| match (asked.since, written) {
        (Some(since), Some(written)) => written.as_millisecond() >= since,
        _ => true,
    };
    batch.findings.retain(|finding| (asked.archived || !finding.archived) && recent(finding.updated));
    batch
}

fn told<'a>(batch: &mut Batch, label: Clean, pages: impl Iterator<Item = &'a [u8]>, wrong: Vec<Clean>) {
    for page in pages {
        let mut read = read(&label, page);
        read.findings.iter_mut().for_each(|finding| finding.origin.line = 0);
        batch.extend(read);
    }
    let origin = Origin { label, line: 0 };
    batch.troubles.extend(wrong.into_iter().map(|what| Trouble { origin: origin.clone(), what }));
}
