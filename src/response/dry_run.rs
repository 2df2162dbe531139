//! The server's own dry run of a plan's calls, as part of the plan.

use std::collections::HashSet;

use futures::{StreamExt as _, stream};

use super::holds::object_of;
use super::representative::representative;
use super::{Site, account};
use crate::kubernetes::{Error, Write};
use crate::model::{Call, Clean, Plan, PlanNote, Tier};

/// Calls that are tried at once.
const AT_ONCE: usize = 12;

/// The plan with what the server would say to its calls, where it would refuse
/// them. The dry run goes through admission and validation and stores nothing
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run>), but
/// it is a write by its form: a process that may not write leaves it out, and
/// the plan says so.
pub async fn rehearsed(site: &Site, mut plan: Plan) -> Plan {
    let (caller, told) = tokio::join!(account::caller(site, &plan), account::rehearsed(site, &plan));
    plan.notes.extend(caller.into_iter().chain(told));
    if plan.tier == Tier::Reads || !plan.calls.iter().any(is_rehearsable) {
        return plan;
    }
    let Ok(right) = site.cluster.latch().write_right() else {
        plan.notes.push(PlanNote::Limit("podmortem is read-only: the server's own dry run was left out".into()));
        return plan;
    };
    let write = site.cluster.write(right);
    let all = first_on_each(&plan.calls);
    let of = all.len();
    let calls: Vec<Call> = representative(&plan, all).into_iter().cloned().collect();
    let count = calls.len();
    let tried = calls.into_iter().map(|call| {
        let write = write.clone();
        async move { refusal(&write, &call).await }
    });
    let refusals: Vec<Option<Clean>> = stream::iter(tried).buffered(AT_ONCE).collect().await;
    for text in refusals.into_iter().flatten() {
        let note = PlanNote::WouldFail(text);
        if !plan.notes.contains(&note) {
            plan.notes.push(note);
        }
    }
    if count < of {
        let text = format!(
            "the server's own dry run was asked about {count} of {of} calls: the others are the same but for the name, \
             on pods of the same owners, alike in all that the plan knows"
        );
        plan.notes.push(PlanNote::Limit(text.into()));
    }
    plan
}

/// What the server would answer to a call, where that is no success.
async fn refusal(write: &Write, call: &Call) -> Option<Clean> {
    match write.rehearse(call).await {
        Ok(_) | Err(Error::Refused(_)) => None,
        Err(Error::Throttled { said, .. }) => Some(format!("{} {}: not now: {said}", call.method, call.path).into()),
        Err(error) => Some(error.to_string().into()),
    }
}

/// The calls that can be tried by themselves: what comes second on an object
/// rests on what came first, and the server has not stored that.
fn first_on_each(calls: &[Call]) -> Vec<&Call> {
    let mut touched = HashSet::new();
    calls.iter().filter(|call| is_rehearsable(call) && touched.insert(object_of(call))).collect()
}

/// A token is minted by a dry run as well, and a plan mints none.
fn is_rehearsable(call: &Call) -> bool {
    call.path.starts_with('/')
        && !call.path.split('?').next().is_some_and(|path| path.ends_with("/token"))
        && matches!(&*call.method, "POST" | "PUT" | "PATCH" | "DELETE")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_rests_on_an_earlier_call_is_not_tried_alone() {
        let call = |method: &str, path: &str| Call {
            target: 0,
            method: method.into(),
            path: path.into(),
            body: json!({"metadata": {"name": "ir-1"}}),
        };
        let policies = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies";
        let calls = [
            call("GET", "/api/v1/namespaces/shop/pods/web"),
            call("POST", policies),
            call("PATCH", &format!("{policies}/ir-1")),
            call("PATCH", "/api/v1/namespaces/shop/pods/web?fieldManager=podmortem"),
            call("DELETE", "/api/v1/namespaces/shop/pods/web"),
            call("ssm:SendCommand", "i-0"),
        ];
        let tried: Vec<_> = first_on_each(&calls).iter().map(|call| &*call.method).collect();
        assert_eq!(tried, ["POST", "PATCH"]);
    }
}
