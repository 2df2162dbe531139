//! 001 part 1: what is expected is put away as it comes.

#[path = "suppress_findings/rule.rs"]
mod rule;

use async_trait::async_trait;
use serde_json::json;

use self::rule::Rule;
use super::frame::{
    Action, ActionError, Ask, Choice, Disabled, Done, Outcome, Right, Sketch, Spec, Undo, Work, call_all, finding,
};
use crate::aws::Account;
use crate::aws::filter::Filter;
use crate::model::facts::Facts;
use crate::model::{Clean, Kind, Plan, PlanNote, Target, Tier, Verdict};

pub const ACTION: &dyn Action = &SuppressFindings;

struct SuppressFindings;

static SPEC: Spec = Spec {
    id: "suppress-findings",
    title: "Suppress what is expected like it",
    key: 'H',
    kinds: &[Kind::Finding],
    tier: Tier::MayHurt,
    options: &[Choice {
        name: "within",
        doc: "of its type and cluster: only of its workload, of its user, of both, or of the whole cluster",
        default: "workload",
        asked: true,
    }],
    rights: &[
        Right::Iam("guardduty:ListDetectors"),
        Right::Iam("guardduty:GetFindings"),
        Right::Iam("guardduty:ListFindings"),
        Right::Iam("guardduty:GetFilter"),
        Right::Iam("guardduty:CreateFilter"),
        Right::Iam("guardduty:DeleteFilter"),
    ],
    undo: Undo::Exactly("deletes the filter, if it is still as it was made; what it archived meanwhile stays archived"),
    doc: "Makes a filter in GuardDuty that archives what comes from now on and is like the finding: of the same type, in \
          the same cluster, and of the same workload or Kubernetes user, as you choose. The values are the finding's \
          own, so that it is never wider than what you look at. What is archived so goes neither to EventBridge nor to \
          Security Hub, so nobody is told: use it for what is known and expected. What is there already stays where it \
          is; the plan counts what of it the filter would have hidden. Proven when the filter is read back.",
};

/// Findings that are named in the plan; of more, the number.
const NAMED: usize = 5;

const CREATE: &str = "guardduty:CreateFilter";
const DELETE: &str = "guardduty:DeleteFilter";

#[async_trait]
impl Action for SuppressFindings {
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
                let rule = Rule::of(&SPEC, ask.options.get("within"), ask.case, (target, &held.finding))?;
                let there = held.account.filter(&held.finding.detector, &rule.name).await?;
                plan.fact(place, "filter", there.as_ref().map(|there| json!(there.criteria)));
                plan.fact(place, "detector", held.detector.as_str());
                let path = format!("{}/filter/{}", held.detector, rule.name);
                let body = rule.body(&held.finding.detector);
                match there {
                    Some(there) if rule.is(&there) => {
                        plan.note(PlanNote::Already(format!("the filter {} is there already", rule.name).into()));
                        plan.already(place, CREATE, path, body);
                        return Ok((plan, ()));
                    }
                    Some(_) => {
                        let why = format!(
                            "there is a filter {} that picks something else, so none is made: undo the job that made \
                             it, or delete it",
                            rule.name
                        );
                        return Err(ActionError::InTheWay(why.into()));
                    }
                    None => {}
                }
                let picked = held.account.picked(&held.finding.detector, &rule.criteria, false).await?;
                plan.fact(place, "picks", json!(picked));
                plan.note(counted(&rule, &picked));
                plan.note(PlanNote::AlsoHit(
                    format!(
                        "whoever is told of findings by EventBridge or Security Hub hears no more of findings {rule}"
                    )
                    .into(),
                ));
                plan.call(place, CREATE, path, body);
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn run(&self, work: &Work) -> Result<Outcome, ActionError> {
        call_all(work, "making the filter").await
    }

    async fn prove(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let Some(made) = made(&work.plan, work.place) else {
            return Ok(Verdict::NotMeasured { why: "the plan makes no filter".into() });
        };
        Ok(match made.read(work).await? {
            Some(there) if made.rule.is(&there) => {
                Verdict::Proven { rests_on: format!("the filter {} reads back as it was made", made.rule.name).into() }
            }
            Some(_) => Verdict::NotEnforced { rests_on: format!("the filter {} is another", made.rule.name).into() },
            None => Verdict::NotEnforced { rests_on: format!("there is no filter {}", made.rule.name).into() },
        })
    }

    async fn plan_undo(&self, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
        let mut plan = Sketch::undo(&SPEC, ask, done);
        plan.each(ask.targets, |place, target, mut plan| {
            Box::pin(async move {
                let before = done.plan.targets.iter().position(|planned| planned == target);
                let Some(made) = before.and_then(|place| made(&done.plan, place)) else {
                    plan.note(PlanNote::Already(format!("no filter was made for {target}").into()));
                    return Ok((plan, ()));
                };
                let account = ask.look.account(target.namespace.as_deref().unwrap_or_default()).await?;
                let there = account.filter(&made.detector, &made.rule.name).await?;
                plan.fact(place, "filter", there.as_ref().map(|there| json!(there.criteria)));
                let name = &made.rule.name;
                let note = match there {
                    _ if !done.changed(target) => {
                        PlanNote::Theirs(format!("the filter {name} was there before, and stays").into())
                    }
                    None => PlanNote::Already(format!("the filter {name} is gone already").into()),
                    Some(there) if !made.rule.is(&there) => {
                        PlanNote::Theirs(format!("somebody has changed the filter {name} since: it stays").into())
                    }
                    Some(_) => {
                        let hidden = account.picked(&made.detector, &made.rule.criteria, true).await?.len();
                        let body = json!({"DetectorId": made.detector, "FilterName": name});
                        plan.call(place, DELETE, made.path, body);
                        PlanNote::CannotUndo(
                            format!("{hidden} findings that it picks are archived now, and stay so: look at them")
                                .into(),
                        )
                    }
                };
                plan.note(note);
                Ok((plan, ()))
            })
        })
        .await?;
        Ok(plan.done())
    }

    async fn prove_undo(&self, work: &Work, _outcome: &Outcome) -> Result<Verdict, ActionError> {
        let Some((_, call)) = work.calls().next() else {
            return Ok(Verdict::Proven { rests_on: "nothing of ours is there".into() });
        };
        let text = |name: &str| call.body.get(name).and_then(|value| value.as_str()).unwrap_or_default();
        let account = work.look.account(work.target.namespace.as_deref().unwrap_or_default()).await?;
        let there = account.filter(text("DetectorId"), text("FilterName")).await?;
        let name = Clean::from(text("FilterName"));
        Ok(match there {
            None => Verdict::Proven { rests_on: format!("the filter {name} is gone").into() },
            Some(_) => Verdict::NotEnforced { rests_on: format!("the filter {name} is still there").into() },
        })
    }
}

/// The filter that a plan makes for a target, or found there.
struct Made {
    rule: Rule,
    detector: String,
    path: String,
}

impl Made {
    async fn read(&self, work: &Work) -> Result<Option<Filter>, ActionError> {
        let account: Account = work.look.account(work.target.namespace.as_deref().unwrap_or_default()).await?;
        Ok(account.filter(&self.detector, &self.rule.name).await?)
    }
}

fn made(plan: &Plan, place: usize) -> Option<Made> {
    let call = plan.calls.iter().chain(&plan.rests).find(|call| call.target == place && *call.method == *CREATE)?;
    let detector = call.body.get("DetectorId")?.as_str()?.to_owned();
    Some(Made { rule: Rule::read(&call.body)?, detector, path: call.path.to_string() })
}

/// How many findings of today the filter would have hidden, and which.
fn counted(rule: &Rule, picked: &[Clean]) -> PlanNote {
    let named = picked.iter().take(NAMED).map(Clean::as_str).collect::<Vec<_>>().join(", ");
    let more = picked.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    PlanNote::Limit(match picked.len() {
        0 => format!("nothing that is there now is {rule}").into(),
        1 => format!("1 finding that is there now is {rule}, and stays: {named}").into(),
        count => format!("{count} findings that are there now are {rule}, and stay: {named}{more}").into(),
    })
}
