//! Calls to the account around the cluster: sent as any other, decided by reading, tried out by asking IAM.

use std::collections::BTreeSet;

use bytes::Bytes;

use super::Site;
use super::decide::Decided;
use crate::actions::{ActionError, Look, SEND_COMMAND};
use crate::aws::rights::Decision;
use crate::aws::{Unsaid, operations};
use crate::case::Answer;
use crate::kubernetes::{Write, region_of};
use crate::model::{Call, Clean, Plan, PlanNote};

/// Sends a call, and gives its answer twice: for the journal, and for the action.
pub async fn send(write: &Write, call: &Call) -> (Answer, Result<Bytes, ActionError>) {
    match write.call_account(call).await {
        Ok(accepted) => {
            let body = serde_json::to_vec(&accepted.answer).unwrap_or_default();
            (Answer::Accepted { version: accepted.request, uid: None }, Ok(body.into()))
        }
        Err(error) => {
            let why = error.to_string().into();
            let answer = if error.is_silence() { Answer::Unknown { why } } else { Answer::Failed { why } };
            (answer, Err(error.into()))
        }
    }
}

/// Reads whether a call was done that nobody has the answer to.
///
/// # Errors
/// The account cannot be asked; nothing is known then.
pub async fn read(look: &dyn Look, call: &Call) -> Result<Decided, ActionError> {
    let unknown =
        || Decided::Unknown(format!("nothing shows whether {} on {} was done", call.method, call.path).into());
    let Some(operation) = operations::find(&call.method) else { return Ok(unknown()) };
    let account = look.account(region_of(&call.path)).await?;
    Ok(match operation.is_done(&account, call).await? {
        Some(true) => Decided::Done(serde_json::Value::Null),
        Some(false) => Decided::NotDone,
        None => unknown(),
    })
}

/// Whom the account takes us for, where calls of a plan go to it: scripts on nodes, too. A cluster's identity says
/// nothing of that.
pub async fn caller(site: &Site, plan: &Plan) -> Option<PlanNote> {
    let first = plan.calls.iter().find(|call| call.is_to_account())?;
    let told = async { site.cluster.account(region_of(&first.path)).await?.caller_arn().await };
    Some(match told.await {
        Ok(arn) => PlanNote::As(format!("AWS takes us for {}", Clean::from(arn)).into()),
        // Without an account the plan says what that means for its calls.
        Err(Unsaid::NotAsked(_)) => return None,
        Err(why) => PlanNote::Limit(format!("whom AWS takes us for is not known: {why}").into()),
    })
}

/// What IAM would say to the calls of a plan, where it would not allow them, and where it cannot be asked:
/// these services have no dry run of their own.
pub async fn rehearsed(site: &Site, plan: &Plan) -> Vec<PlanNote> {
    let calls = plan.calls.iter().filter(|call| call.is_to_account() && &*call.method != SEND_COMMAND);
    let asked: BTreeSet<(&str, &str)> = calls.map(|call| (&*call.method, &*call.path)).collect();
    let Some((_, first)) = asked.first() else { return Vec::new() };
    let untold =
        |why: String| vec![PlanNote::Limit(format!("whether IAM allows it is not known before: {why}").into())];
    let account = match site.cluster.account(region_of(first)).await {
        Ok(account) => account,
        Err(why) => return untold(why.to_string()),
    };
    let asked: Vec<_> = asked.into_iter().collect();
    match account.allowed(&asked).await {
        Ok(decided) => decided.into_iter().filter(|one| one.decision != Decision::Allowed).map(refusal).collect(),
        Err(why) => untold(why.to_string()),
    }
}

fn refusal(decided: crate::aws::rights::Decided) -> PlanNote {
    let crate::aws::rights::Decided { action, resource, decision, who } = decided;
    PlanNote::WouldFail(match decision {
        Decision::Denied => format!("IAM denies {action} on {resource} to {who}: a policy forbids it").into(),
        _ => format!("IAM does not allow {action} on {resource} to {who}: a policy that allows it is needed").into(),
    })
}
