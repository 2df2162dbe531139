//! Sending the calls of a target in their order.

use serde_json::Value;

use super::{ActionError, Outcome, Work};
use crate::kubernetes::Error;

/// Sends every call of a target.
pub async fn send_all(work: &Work, doing: &str) -> Result<Outcome, ActionError> {
    let total = work.calls().count() as u64;
    for (done, (place, _)) in (0u64..).zip(work.calls()) {
        work.hand.step(doing.into(), done, total);
        send(work, place).await?;
    }
    Ok(Outcome::default())
}

/// Sends one call. A JSON patch whose test failed, and a UID that is another now, say that the world moved.
pub async fn send(work: &Work, place: usize) -> Result<bytes::Bytes, ActionError> {
    work.hand.send(place).await.map_err(|error| unless_moved(work, place, error))
}

/// What a call's error means: where the object is not the one that was planned for, to plan again.
pub fn unless_moved(work: &Work, place: usize, error: ActionError) -> ActionError {
    match error {
        ActionError::Cluster(Error::Rejected { status, said, .. }) if moved(work, place, status, &said) => {
            let why = format!(
                "{} changed between the plan and the call, so nothing was done to it ({said}); plan again",
                work.target
            );
            ActionError::InTheWay(why.into())
        }
        other => other,
    }
}

/// The server answers 409 where a version is another, and 422 where a test of a JSON patch
/// fails (without a reason) or where a merge patch means another UID (as a field that is immutable).
fn moved(work: &Work, place: usize, status: u16, said: &str) -> bool {
    let body = work.plan.calls.get(place).map_or(&Value::Null, |call| &call.body);
    status == 409 || (status == 422 && (body.is_array() || said.contains("metadata.uid")))
}
