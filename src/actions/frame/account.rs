//! What actions on the account around a cluster have in common.

use serde_json::{Value, json};

use super::{ActionError, Ask, Look, Outcome, Work};
use crate::aws::Account;
use crate::aws::reported::Reported;
use crate::model::{Target, Uid};

/// A finding as its detector holds it now, with the account and the detector's ARN.
pub struct Held {
    /// The account and Region.
    pub account: Account,
    /// The finding.
    pub finding: Reported,
    /// The ARN of the detector.
    pub detector: String,
}

/// Reads the finding that is a target; `None` where no detector of its Region has it.
pub async fn held(look: &dyn Look, target: &Target) -> Result<Option<Held>, ActionError> {
    let account = look.account(target.namespace.as_deref().unwrap_or_default()).await?;
    let Some(finding) = account.reported(&target.name).await? else { return Ok(None) };
    if Uid::of_id(&finding.id) != target.uid {
        return Err(ActionError::Replaced { target: Box::new(target.clone()), now: finding.id });
    }
    let detector = account.arn_of_detector(&finding.detector).await?;
    Ok(Some(Held { account, finding, detector }))
}

/// The same where it must be there.
pub async fn finding(ask: &Ask<'_>, target: &Target) -> Result<Held, ActionError> {
    held(ask.look, target).await?.ok_or_else(|| {
        let region = target.namespace.as_deref().unwrap_or("the cluster's Region");
        let why = format!(
            "no GuardDuty detector of this cluster's account has the finding {} in {region}: it is of another account \
             or Region, older than 90 days, or none of GuardDuty's; finding/REGION/ID names another Region",
            target.name
        );
        ActionError::InTheWay(why.into())
    })
}

/// What puts a finding away, and brings it back.
pub fn named(finding: &Reported) -> Value {
    json!({"DetectorId": finding.detector, "FindingIds": [finding.id]})
}

/// Sends every call of a target, and remembers the answers.
pub async fn call_all(work: &Work, doing: &str) -> Result<Outcome, ActionError> {
    let (mut outcome, total) = (Outcome::default(), work.calls().count() as u64);
    for (done, (place, _)) in (0u64..).zip(work.calls()) {
        work.hand.step(doing.into(), done, total);
        outcome.printed.insert(place, work.hand.send(place).await?);
    }
    Ok(outcome)
}
