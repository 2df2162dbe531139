//! An alert asked for again at its source, before anybody acts on it.

use jiff::Timestamp;

use super::read::{Batch, read};
use crate::aws::identity::caller;
use crate::aws::{Place, guardduty};
use crate::case::{AlertState, Reread};
use crate::model::finding::{Origin, Source};
use crate::model::{Clean, Finding, ReadOnly};

/// A place that may be asked, and the account that it leads to where the configuration tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asks {
    /// The profile, Region and role.
    pub place: Place,
    /// The account number, empty where only AWS can tell.
    pub account: Clean,
}

impl Asks {
    /// The places of contexts, each with the account that it tells, where it tells one or is embedded; and those that
    /// are configured. Each once.
    pub fn of(contexts: impl IntoIterator<Item = (Place, Option<Clean>)>, configured: &[Place]) -> Vec<Self> {
        let of_contexts = contexts.into_iter().filter(|(place, account)| place.embedded.is_some() || account.is_some());
        let of_contexts = of_contexts.map(|(place, account)| Self { place, account: account.unwrap_or_default() });
        let configured = configured.iter().map(|place| Self { place: place.clone(), account: Clean::default() });
        let mut asks: Vec<Self> = Vec::new();
        for one in of_contexts.chain(configured) {
            if !asks.iter().any(|held| held.place == one.place) {
                asks.push(one);
            }
        }
        asks
    }
}

/// Why an alert was not asked for again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Its source is no service that could be asked.
    #[error("it is from {source_name} and was read from {origin}: only GuardDuty can be asked again")]
    NoService {
        /// Who reports.
        source_name: &'static str,
        /// Where it was read.
        origin: Clean,
    },
    /// No configured place leads to its account and Region.
    #[error(
        "account {account} in {region} is not configured: name it with --profile and --region, or in settings.yaml under \
         accounts: a profile of that account with regions: [{region}]"
    )]
    NotConfigured {
        /// The account.
        account: Clean,
        /// The Region.
        region: Clean,
    },
    /// The service did not answer as it should.
    #[error("{0}")]
    Failed(Clean),
}

/// What came of asking again.
#[derive(Debug)]
pub struct Again {
    /// What is recorded.
    pub reread: Reread,
    /// The alert as it is now, to take the place of what was known.
    pub batch: Batch,
}

/// Asks GuardDuty for one finding, in its account and Region.
///
/// # Errors
/// It is from another source, its account is not configured, or the service cannot be asked.
pub async fn again(asks: &[Asks], latch: &ReadOnly, finding: &Finding) -> Result<Again, NotAsked> {
    if finding.source != Source::GuardDuty {
        return Err(NotAsked::NoService {
            source_name: finding.source.word(),
            origin: finding.origin.to_string().into(),
        });
    }
    let place = place_of(asks, latch, finding).await?;
    let label = Clean::from(format!("GuardDuty of {place}"));
    let answer = guardduty::again(place, latch, &finding.id).await;
    let mut batch = Batch::default();
    for page in &answer.pages {
        let mut read = read(&label, page);
        read.findings.retain(|one| one.id == finding.id);
        read.findings.iter_mut().for_each(|one| one.origin = Origin { label: label.clone(), line: 0 });
        batch.findings.append(&mut read.findings);
    }
    let now = batch.findings.first();
    if let (None, Some(why)) = (now, answer.wrong.first()) {
        return Err(NotAsked::Failed(why.clone()));
    }
    let reread = Reread {
        finding: finding.id.clone(),
        kind: finding.kind.clone(),
        of: label,
        now: now.map(state),
        changes: now.map(|now| changes(finding, now)).unwrap_or_default(),
    };
    Ok(Again { reread, batch })
}

/// The configured place that leads to the account and Region of a finding.
async fn place_of<'a>(asks: &'a [Asks], latch: &ReadOnly, finding: &Finding) -> Result<&'a Place, NotAsked> {
    let read_at = |asks: &&Asks| finding.origin.label.as_str() == format!("GuardDuty of {}", asks.place);
    let same_region = |asks: &&Asks| match (&asks.place.region, finding.region.as_str()) {
        (Some(region), wanted) => wanted.is_empty() || region == wanted,
        (None, _) => true,
    };
    let mut likely: Vec<&Asks> = asks.iter().filter(same_region).collect();
    likely.sort_by_key(|asks| !read_at(asks));
    let mut failed = None;
    for asks in likely {
        if finding.account.is_empty() || read_at(&asks) || asks.account == finding.account {
            return Ok(&asks.place);
        }
        if asks.account.is_empty() {
            match caller(&asks.place, latch).await {
                Ok(caller) if caller.account == finding.account => return Ok(&asks.place),
                Ok(_) => {}
                Err(error) => failed = Some(NotAsked::Failed(error.to_string().into())),
            }
        }
    }
    let or_unknown = |text: &Clean| if text.is_empty() { Clean::from("?") } else { text.clone() };
    let (account, region) = (or_unknown(&finding.account), or_unknown(&finding.region));
    Err(failed.unwrap_or(NotAsked::NotConfigured { account, region }))
}

fn state(finding: &Finding) -> AlertState {
    AlertState {
        severity: finding.severity.word().into(),
        count: finding.count,
        updated: finding.updated,
        archived: finding.archived,
    }
}

/// What is otherwise now than it was known before.
pub fn changes(before: &Finding, now: &Finding) -> Vec<Clean> {
    let mut changes: Vec<Clean> = Vec::new();
    if now.severity != before.severity {
        changes.push(format!("severity was {}, is {}", before.severity, now.severity).into());
    }
    if now.count != before.count {
        changes.push(format!("happened {} times, was {}", now.count, before.count).into());
    }
    match (before.archived, now.archived) {
        (false, true) => changes.push("somebody has archived it".into()),
        (true, false) => changes.push("somebody has taken it out of the archive".into()),
        _ => {}
    }
    if now.updated != before.updated {
        let at = |at: Option<Timestamp>| at.map_or_else(|| "an unknown time".to_owned(), |at| at.to_string());
        changes.push(format!("written anew at {}, was {}", at(now.updated), at(before.updated)).into());
    }
    changes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Severity;

    fn finding(severity: usize, count: u64, archived: bool, second: i64) -> Finding {
        let steps = [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
        Finding {
            severity: steps[severity],
            count,
            archived,
            updated: Timestamp::from_second(second).ok(),
            account: "111122223333".into(),
            region: "us-east-1".into(),
            ..Finding::default()
        }
    }

    proptest! {
        #[test]
        fn exactly_what_is_otherwise_is_told(
            before in (0usize..5, 0u64..3, any::<bool>(), 0i64..3), now in (0usize..5, 0u64..3, any::<bool>(), 0i64..3)
        ) {
            let told = changes(&finding(before.0, before.1, before.2, before.3), &finding(now.0, now.1, now.2, now.3));
            let otherwise = [before.0 != now.0, before.1 != now.1, before.2 != now.2, before.3 != now.3];
            prop_assert_eq!(told.len(), otherwise.iter().filter(|otherwise| **otherwise).count());
        }
    }

    #[tokio::test]
    async fn what_cannot_be_asked_says_what_would_have_to_be_configured() {
        let latch = ReadOnly::closed();
        let place = Place { region: Some("eu-west-1".into()), ..Place::default() };
        let asks = [Asks { place, account: "111122223333".into() }];
        let refused = again(&asks, &latch, &finding(3, 1, false, 0)).await.unwrap_err().to_string();
        assert!(refused.contains("account 111122223333 in us-east-1 is not configured"), "{refused}");
        assert!(refused.contains("regions: [us-east-1]"), "{refused}");
        let falco = Finding { source: Source::Falco, ..Finding::default() };
        let refused = again(&asks, &latch, &falco).await.unwrap_err().to_string();
        assert!(refused.contains("Falco") && refused.contains("only GuardDuty"), "{refused}");
    }
}
