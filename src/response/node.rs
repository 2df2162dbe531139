//! A command for a node: what it printed is evidence.

use bytes::Bytes;

use super::hand::JobHand;
use super::history::Past;
use super::live::Live;
use crate::actions::ActionError;
use crate::aws::NodeLost;
use crate::aws::ssm::{Agents, Printed, Script, Sent};
use crate::case::{Answer, Entry, Evidence, JobId, Source};
use crate::kubernetes::Write;
use crate::model::{Call, Clean, Target};

impl JobHand {
    /// Runs a script on a node and keeps what it printed. A node that cannot be asked is
    /// found out before anything is announced or sent.
    pub(super) async fn command(&self, place: usize, call: &Call, write: &Write) -> Result<Bytes, ActionError> {
        let malformed = |error: serde_json::Error| NodeLost::Malformed { why: error.to_string().into() };
        let script: Script = serde_json::from_value(call.body.clone()).map_err(malformed)?;
        let script = script.named(&self.job.0, place);
        let agents = self.read.cluster().agents().await?;
        if let Some(sent) = self.given_before(place, call, &script, &agents).await? {
            let printed = agents.ended(&sent).await?;
            self.keep_printed(call, &script, (&sent, agents.caller().await), &printed).await?;
            return Ok(Bytes::from(printed.output));
        }
        agents.online(&call.path).await?;
        let body = serde_json::to_value(&script).map_err(malformed)?;
        self.announce(place, &Call { body, ..call.clone() }).await?;
        let sent = match agents.send(write.right(), &call.path, &script).await {
            Ok(sent) => sent,
            Err(error) => {
                let why = error.to_string().into();
                let unknown = matches!(error, NodeLost::Unreachable { .. });
                let answer = if unknown { Answer::Unknown { why } } else { Answer::Failed { why } };
                self.answered(place, answer).await?;
                return Err(error.into());
            }
        };
        self.answered(place, Answer::Accepted { version: sent.id.as_str().into(), uid: None }).await?;
        let printed = agents.ended(&sent).await?;
        self.keep_printed(call, &script, (&sent, agents.caller().await), &printed).await?;
        Ok(Bytes::from(printed.output))
    }

    /// The command that this call became before this program went on with the job; `None`
    /// where it has yet to be given.
    async fn given_before(
        &self,
        place: usize,
        call: &Call,
        script: &Script,
        agents: &Agents,
    ) -> Result<Option<Sent>, ActionError> {
        match self.history.call(place) {
            Past::Answered(Answer::Accepted { version, .. }) => Ok(Some(script.sent_as(version, &call.path))),
            Past::Answered(Answer::Failed { why } | Answer::Absent { why }) => {
                let said = format!("{} {} was refused before the job changed hands: {why}", call.method, call.path);
                Err(ActionError::InTheWay(said.into()))
            }
            Past::Open | Past::Answered(Answer::Unknown { .. }) => self.found_given(place, call, script, agents).await,
            Past::None => Ok(None),
        }
    }

    /// Decides a call of which no answer is recorded by what the service has in its list.
    /// Where it does not say, the script is given again: each of ours does the same when it
    /// runs twice, and what it would have done is needed.
    async fn found_given(
        &self,
        place: usize,
        call: &Call,
        script: &Script,
        agents: &Agents,
    ) -> Result<Option<Sent>, ActionError> {
        match agents.given(&call.path, script, self.history.began()).await {
            Ok(Some(sent)) => {
                self.answered(place, Answer::Accepted { version: sent.id.as_str().into(), uid: None }).await?;
                Ok(Some(sent))
            }
            Ok(None) => Ok(None),
            Err(why) => {
                let said = format!(
                    "cannot tell whether {} was given to {} before ({why}): it is given again, and does the same twice",
                    script.comment, call.path
                );
                self.say(said.into()).await?;
                Ok(None)
            }
        }
    }

    async fn keep_printed(
        &self,
        call: &Call,
        script: &Script,
        (sent, caller): (&Sent, Option<Clean>),
        printed: &Printed,
    ) -> Result<(), ActionError> {
        let label = format!("{}/{}", call.path, script.comment).into();
        let target = self.plan.targets.get(call.target).cloned();
        let identity = caller.unwrap_or_else(|| self.identity.clone());
        let source = Source { region: self.together.region(&self.read).await, ..source(label, sent, identity, target) };
        keep_printed(&self.live, &self.evidence, &self.job, source, printed).await
    }
}

/// Where what a command printed is from.
pub(super) fn source(label: Clean, sent: &Sent, identity: Clean, target: Option<Target>) -> Source {
    let Sent { id, instance, .. } = sent;
    Source {
        label,
        media: "text/plain".into(),
        from: format!("ssm command {id} on {instance}").into(),
        identity,
        command: format!("aws ssm get-command-invocation --command-id {id} --instance-id {instance}").into(),
        target,
        region: None,
    }
}

/// Keeps what a command printed, and records it.
pub(super) async fn keep_printed(
    live: &Live,
    evidence: &Evidence,
    job: &JobId,
    source: Source,
    printed: &Printed,
) -> Result<(), ActionError> {
    let mut artefact = evidence.begin(source)?;
    artefact.write(printed.output.as_bytes())?;
    if !printed.errors.is_empty() {
        artefact.write(b"\n-- standard error --\n")?;
        artefact.write(printed.errors.as_bytes())?;
    }
    let finished = tokio::task::spawn_blocking(move || artefact.finish(None)).await;
    let custody = finished.map_err(|broken| ActionError::InTheWay(broken.to_string().into()))??;
    live.record(Entry::Evidence { job: Some(job.clone()), custody: Box::new(custody) }).await?;
    Ok(())
}
