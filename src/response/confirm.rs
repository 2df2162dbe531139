//! What a yes is.

use super::{Person, ResponseError};
use crate::model::{Clean, Plan, PlanHash, Tier};

/// Somebody's yes to one plan and no other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmation {
    /// The plan that was read.
    pub plan: PlanHash,
    /// How it was said.
    pub how: How,
}

/// How a plan was confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// Not at all.
    NotAsked,
    /// The action's key was pressed.
    Key,
    /// The plan was shown and answered with `y`.
    Answered,
    /// `--yes` on the command line.
    Yes,
    /// A text was typed, or given with `--confirm`.
    Typed(Clean),
    /// The same, by somebody who has no second person, and why it could not wait.
    Alone {
        /// What was typed.
        typed: Clean,
        /// Why.
        reason: Clean,
    },
}

impl How {
    /// The way in the words of the journal.
    pub fn words(&self) -> Clean {
        match self {
            Self::NotAsked => "not asked".into(),
            Self::Key => "key".into(),
            Self::Answered => "plan shown, answered y".into(),
            Self::Yes => "--yes".into(),
            Self::Typed(text) => format!("typed {text}").into(),
            Self::Alone { typed, reason } => format!("typed {typed}, ALONE: {reason}").into(),
        }
    }
}

/// What is typed to confirm a plan that cannot be undone: the name of its first target.
pub fn to_type(plan: &Plan) -> Clean {
    plan.targets.first().map(|target| target.name.clone()).unwrap_or_default()
}

impl Confirmation {
    /// Whether this is enough for a plan, with whoever has approved it.
    ///
    /// # Errors
    /// Says what is missing.
    pub fn check(&self, plan: &Plan, second: Option<&Person>) -> Result<(), ResponseError> {
        let hash = plan.hash();
        if self.plan != hash {
            return Err(ResponseError::OtherPlan { given: self.plan, plan: hash });
        }
        let no = |why: String| Err(ResponseError::NotConfirmed(why.into()));
        match (plan.tier, &self.how) {
            (Tier::Reads, _) => Ok(()),
            (_, How::NotAsked) => no(format!("{} changes the cluster; confirm it, or give --yes", plan.action)),
            (Tier::Undone, _) => Ok(()),
            (Tier::MayHurt, How::Key) => no(format!("{} may hurt users; read the plan and answer y", plan.action)),
            (Tier::MayHurt, _) => Ok(()),
            (tier, How::Typed(text) | How::Alone { typed: text, .. }) if !text.is_empty() && *text == to_type(plan) => {
                let reason = matches!(&self.how, How::Alone { reason, .. } if !reason.trim().is_empty());
                if tier == Tier::Irreversible || second.is_some() || reason {
                    return Ok(());
                }
                no(format!(
                    "{} concerns everybody and needs a second person: `podmortem case approve --case ID {hash}` by \
                     another user; whoever is alone says why with --alone",
                    plan.action
                ))
            }
            (Tier::Irreversible | Tier::Everything, _) => {
                no(format!("{} cannot be undone; type {}, or give --confirm", plan.action, to_type(plan)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterId, Kind, Target, Uid};

    fn plan(tier: Tier) -> Plan {
        Plan {
            action: "test".into(),
            tier,
            cluster: ClusterId::default(),
            case: None,
            options: Default::default(),
            targets: vec![Target {
                cluster: ClusterId::default(),
                kind: Kind::Pod,
                namespace: None,
                name: "web".into(),
                uid: Uid::default(),
            }],
            calls: vec![],
            notes: vec![],
            facts: vec![],
            rests: vec![],
            undoes: None,
        }
    }

    fn enough(tier: Tier, how: How) -> bool {
        let plan = plan(tier);
        Confirmation { plan: plan.hash(), how }.check(&plan, None).is_ok()
    }

    #[test]
    fn each_tier_asks_for_more() {
        let ways = [How::NotAsked, How::Key, How::Answered, How::Yes, How::Typed("web".into())];
        let enough_of = |tier| ways.iter().map(|how| enough(tier, how.clone())).collect::<Vec<_>>();
        assert_eq!(enough_of(Tier::Reads), [true, true, true, true, true]);
        assert_eq!(enough_of(Tier::Undone), [false, true, true, true, true]);
        assert_eq!(enough_of(Tier::MayHurt), [false, false, true, true, true]);
        assert_eq!(enough_of(Tier::Irreversible), [false, false, false, false, true]);
        assert_eq!(enough_of(Tier::Everything), [false; 5]);
        assert!(!enough(Tier::Irreversible, How::Typed("we".into())));
    }

    #[test]
    fn what_concerns_everybody_takes_two_or_a_reason() {
        let plan = plan(Tier::Everything);
        let second = Person {
            by: crate::case::By { user: "bob".into(), uid: 1001, host: "bastion".into() },
            identity: "lead".into(),
            impersonated: false,
        };
        let typed = Confirmation { plan: plan.hash(), how: How::Typed("web".into()) };
        assert!(typed.check(&plan, Some(&second)).is_ok());
        let said = typed.check(&plan, None).unwrap_err().to_string();
        assert!(said.contains("case approve"), "{said}");
        let alone = |typed: &str, reason: &str| {
            let how = How::Alone { typed: typed.into(), reason: reason.into() };
            Confirmation { plan: plan.hash(), how }.check(&plan, None).is_ok()
        };
        assert!(alone("web", "nobody answers"));
        assert!(!alone("web", " ") && !alone("we", "nobody answers"));
        assert!(Confirmation { plan: plan.hash(), how: How::Yes }.check(&plan, Some(&second)).is_err());
    }

    #[test]
    fn a_yes_holds_for_one_plan() {
        let other = Plan { case: Some("other".into()), ..plan(Tier::Undone) };
        let yes = Confirmation { plan: other.hash(), how: How::Yes };
        assert!(matches!(yes.check(&plan(Tier::Undone), None), Err(ResponseError::OtherPlan { .. })));
    }
}
