//! Calls of a job that somebody began: what was answered is not sent again.

use bytes::Bytes;
use serde_json::{Value, json};

use super::decide::{Decided, decide};
use super::hand::JobHand;
use super::history::Past;
use crate::actions::{ActionError, Kept};
use crate::case::Answer;
use crate::model::{Call, Clean};

impl JobHand {
    /// What became of a call before this program went on with the job; `None`
    /// where it has yet to be sent.
    pub(super) async fn settled(&self, place: usize, call: &Call) -> Option<Result<Bytes, ActionError>> {
        match self.history.call(place) {
            Past::None => None,
            Past::Answered(Answer::Accepted { version, uid }) => {
                let uid = uid.map(|uid| uid.to_string());
                Some(Ok(remembered(json!({"metadata": {"uid": uid, "resourceVersion": version}}))))
            }
            Past::Answered(Answer::Absent { why } | Answer::Failed { why } | Answer::Unknown { why }) => {
                Some(self.refused(call, why).await)
            }
            Past::Open => self.found(place, call).await.transpose(),
        }
    }

    /// What was refused is not asked for again; it may be as it was to be all the same.
    async fn refused(&self, call: &Call, why: &Clean) -> Result<Bytes, ActionError> {
        match decide(&self.read, call).await? {
            Decided::Done(object) => Ok(remembered(object)),
            _ => {
                let said = format!("{} {} was refused before the job changed hands: {why}", call.method, call.path);
                Err(ActionError::InTheWay(said.into()))
            }
        }
    }

    /// Decides an open call by what is there now, and records what was found.
    async fn found(&self, place: usize, call: &Call) -> Result<Option<Bytes>, ActionError> {
        match decide(&self.read, call).await? {
            Decided::NotDone => Ok(None),
            Decided::Done(object) => {
                let field = |name: &str| object.pointer(name).and_then(Value::as_str).unwrap_or_default();
                let (version, uid) =
                    (Clean::from(field("/metadata/resourceVersion")), field("/metadata/uid").parse().ok());
                self.answered(place, Answer::Accepted { version, uid }).await?;
                Ok(Some(remembered(object)))
            }
            Decided::Unknown(why) => {
                let said = format!("it was being sent when the job's owner ended: {why}; look at it, then plan again");
                Err(ActionError::InTheWay(said.into()))
            }
        }
    }

    /// What was kept of a call before; `None` where it has yet to be read.
    pub(super) fn kept_before(&self, place: usize, call: &Call) -> Option<Kept> {
        if let Some(custody) = self.history.kept(&self.plan, call) {
            return Some(Kept::Stored(Box::new(custody.clone())));
        }
        match self.history.call(place) {
            Past::Answered(Answer::Absent { why }) => Some(Kept::Absent(why.clone())),
            _ => None,
        }
    }
}

fn remembered(object: Value) -> Bytes {
    serde_json::to_vec(&object).unwrap_or_default().into()
}
