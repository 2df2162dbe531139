//! What IAM lets us do in the account: of the actions on it, and of the scripts that run on nodes.

use crate::actions::{self, Right, Spec};
use crate::aws::rights::{Decided, Decision};
use crate::aws::{Account, ControlPlane, Unsaid};

use super::super::check::Checks;

/// Asks IAM about every action on the account. What policies of the organisation, of the session and of the
/// resources say besides is not known to it.
pub async fn check(checks: &mut Checks, account: &Account, plane: Option<&ControlPlane>) {
    let wanted: Vec<_> = actions::all().iter().filter_map(|action| of_account(action.spec())).collect();
    let cluster = plane.map(|plane| plane.arn.as_str()).filter(|arn| !arn.is_empty()).unwrap_or("*");
    let on = |right: &str| if right.starts_with("eks:") { cluster } else { "*" };
    let mut asked: Vec<(&str, &str)> =
        wanted.iter().flat_map(|(_, rights)| rights).map(|one| (*one, on(one))).collect();
    asked.sort_unstable();
    asked.dedup();
    let told = account.allowed(&asked).await;
    told_of(checks, &wanted, told.as_deref());
}

/// The rights of an action on the account; `None` for one that needs none there.
fn of_account(spec: &'static Spec) -> Option<(&'static str, Vec<&'static str>)> {
    let rights = spec.rights.iter().filter_map(|right| match right {
        Right::Iam(operation) => Some(*operation),
        Right::Rbac { .. } => None,
    });
    let rights: Vec<_> = rights.collect();
    (!rights.is_empty()).then_some((spec.id, rights))
}

fn told_of(checks: &mut Checks, wanted: &[(&str, Vec<&str>)], told: Result<&[Decided], &Unsaid>) {
    let decided = match told {
        Ok(decided) => decided,
        Err(why) => {
            return checks.note("IAM", format!("what it allows cannot be known before: {why}"));
        }
    };
    for (what, rights) in wanted {
        let lacking = decided.iter().filter(|one| one.decision != Decision::Allowed && rights.contains(&&*one.action));
        let lacking: Vec<&str> = lacking.map(|one| one.action.as_str()).collect();
        if lacking.is_empty() {
            checks.good("IAM", format!("{what}, as far as policies of the identity decide"));
        } else {
            let mend = format!("a policy that allows {}", lacking.join(", "));
            checks.poor("IAM", format!("does not allow {what}"), mend);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;

    #[test]
    fn what_is_lacking_is_named_with_the_action_that_needs_it() {
        let decided = |action: &str, decision| Decided {
            action: action.into(),
            resource: "*".into(),
            decision,
            who: "arn:aws:iam::1:role/ir".into(),
        };
        let wanted = [("archive-finding", vec!["guardduty:GetFindings", "guardduty:ArchiveFindings"])];
        let told = |decision| {
            let all =
                [decided("guardduty:GetFindings", Decision::Allowed), decided("guardduty:ArchiveFindings", decision)];
            let mut checks = Checks::default();
            told_of(&mut checks, &wanted, Ok(&all));
            (checks.worst(), checks.all[0].clone())
        };
        assert_eq!(told(Decision::Allowed).0, State::Good);
        let (state, check) = told(Decision::NotAllowed);
        assert_eq!(
            (state, check.mend.unwrap().as_str()),
            (State::Poor, "a policy that allows guardduty:ArchiveFindings")
        );
        assert_eq!(told(Decision::Denied).0, State::Poor);
    }

    #[test]
    fn every_action_on_the_account_is_asked_about() {
        let all: Vec<_> =
            actions::all().iter().filter_map(|action| of_account(action.spec())).map(|(id, _)| id).collect();
        assert!(
            ["archive-finding", "suppress-findings", "enable-audit-logs", "isolate-pod", "hard-cut", "probe-node"]
                .iter()
                .all(|id| all.contains(id)),
            "{all:?}"
        );
    }
}
