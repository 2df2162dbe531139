//! 001 part 1: puts a finding away that was looked into.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::frame::{
    Action, ActionError, Ask, Disabled, Done, Outcome, Right, Sketch, Spec, Undo, Work, call_all, finding, held, named,
};
use crate::model::facts::Facts;
use crate::model::{Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &ArchiveFinding;

struct ArchiveFinding;

static SPEC: Spec = Spec {
    id: "archive-finding",
    title: "Archive the finding",
    key: 'A',
    kinds: &[Kind::Finding],
    tier: Tier::Undone,
    options: &[],
    rights: &[
        Right::Iam("guardduty:ListDetectors"),
        Right::Iam("guardduty:GetFindings"),
        Right::Iam("guardduty:ArchiveFindings"),
        Right::Iam("guardduty:UnarchiveFindings"),
    ],
    undo: Undo::Exactly("takes it out of the archive again, unless it was there before"),
    doc: "Puts a finding of GuardDuty into its archive, where lists leave it out. Nothing on the cluster is changed, and \
          what the finding speaks of goes on: archive what was looked into, in the case that says why. GuardDuty keeps \
          an archived finding for 90 days, as any other. What it reports about something else, or of another type, \
          is a finding of its own. Proven when the detector gives it back as archived.",
};

/// Attempts to see it archived, half a second apart: the detector needs a moment.
const LOOKS: u32 = 20;

#[async_trait]
impl Action for ArchiveFinding {
    fn spec(&self) -> &'static Spec {
        &SPEC
    }

    fn ready(&self, _facts: &Facts, _target: &Target) -> Result<(), Disabled> {
        Ok(())
    }

    async fn plan(&self, ask: &Ask<'_>) -> Result<Plan, ActionError> {
        let mut plan = Sketch::new(&SPEC, ask);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let held = finding(ask, target).await?;
                let found = &held.finding;
                plan.fact(place, "type", found.kind.as_str());
                plan.fact(place, "detector", held.detector.as_str());
                plan.fact(place, "archived", found.archived);
                let body = named(found);
                if found.archived {
                    plan.note(PlanNote::Already(
                        format!("{target} is archived already; nothing is sent for it").into(),
                    ));
                    plan.already(place, ARCHIVE, held.detector, body);
                    return Ok((plan, ()));
                }
                plan.note(PlanNote::Limit(format!("{}: {} goes on if it was not ended", found.id, found.kind).into()));
                plan.call(place, ARCHIVE, held.detector, body);
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        call_all(work, "archiving").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        became(work, true).await
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let mut plan = Sketch::undo(&SPEC, ask, done);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let Some(held) = held(ask.look, target).await? else {
                    let gone = format!("{target} is gone: GuardDuty keeps none longer than 90 days");
                    plan.note(PlanNote::Already(gone.into()));
                    return Ok((plan, ()));
                };
                let now = held.finding.archived;
                plan.fact(place, "archived", now);
                let before = done.before(target, "archived").and_then(Value::as_bool);
                if !done.changed(target) || before == Some(true) {
                    plan.note(PlanNote::Theirs(format!("{target} was archived before, and stays so").into()));
                } else if !now {
                    plan.note(PlanNote::Theirs(format!("somebody has taken {target} out of the archive since").into()));
                } else {
                    plan.call(place, UNARCHIVE, held.detector, named(&held.finding));
                }
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        if work.calls().next().is_none() {
            let rests_on = format!("{} is as somebody else has left it; nothing of ours is there", work.target);
            return Ok(Verdict::Proven { rests_on: rests_on.into() });
        }
        became(work, false).await
    }
}

const ARCHIVE: &str = "guardduty:ArchiveFindings";
const UNARCHIVE: &str = "guardduty:UnarchiveFindings";

/// Reads the finding until it is archived, or is not, as it should be.
async fn became(work: &Work, archived: bool) -> Result<Verdict, ActionError> {
    let words = |archived: bool| if archived { "archived" } else { "not archived" };
    for look in 0..LOOKS {
        if look > 0 && work.hand.is_cancelled() {
            break;
        }
        if look > 0 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let Some(held) = held(work.look.as_ref(), &work.target).await? else {
            return Ok(Verdict::NotMeasured { why: format!("{} is gone from its detector", work.target).into() });
        };
        if held.finding.archived == archived {
            let rests_on = format!("the detector gives {} back as {}", work.target, words(archived));
            return Ok(Verdict::Proven { rests_on: rests_on.into() });
        }
    }
    let rests_on = format!("the detector still gives {} back as {}", work.target, words(!archived));
    Ok(Verdict::NotEnforced { rests_on: rests_on.into() })
}
