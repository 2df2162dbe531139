//! Alerts asked for again at their source, and that recorded.

use std::time::Duration;

use crate::case::Entry;
use crate::findings::{Again, Asks, again};
use crate::model::{Clean, Finding, PlanNote, ReadOnly};
use crate::response::Engine;

use super::start::Options;

/// Time that GuardDuty is given while a person waits.
const DEADLINE: Duration = Duration::from_secs(10);

/// Where alerts can be asked for again.
#[derive(Clone, Debug)]
pub struct Rereading {
    asks: Vec<Asks>,
    latch: ReadOnly,
}

impl Rereading {
    /// The accounts that are configured, and those of every context that tells its own.
    pub fn new(options: &Options) -> Self {
        let contexts =
            options.entries.iter().filter_map(|entry| Some((entry.place()?.clone(), entry.account().cloned())));
        let asks = Asks::of(contexts, &options.places);
        Self { asks, latch: options.latch.clone() }
    }

    /// Asks for an alert again, and records what came of it in the case that is open.
    ///
    /// # Errors
    /// Why it was not asked for, in words.
    pub async fn of(&self, finding: &Finding, engine: Option<&Engine>) -> Result<Again, Clean> {
        let came = tokio::time::timeout(DEADLINE, again(&self.asks, &self.latch, finding)).await;
        let late = |_| Clean::from(format!("GuardDuty did not answer within {} s", DEADLINE.as_secs()));
        let came = came.map_err(late)?.map_err(|why| Clean::from(why.to_string()))?;
        if let Some(engine) = engine.filter(|_| !self.latch.is_closed()) {
            let entry = Entry::Reread(Box::new(came.reread.clone()));
            engine.record(entry).await.map_err(|error| Clean::from(error.to_string()))?;
        }
        Ok(came)
    }

    /// What a plan that is made from an alert says of it; `last` is what was known of it before.
    pub async fn note(&self, finding: &Finding, last: &Clean, engine: &Engine) -> PlanNote {
        let kind = &finding.kind;
        PlanNote::Limit(match self.of(finding, Some(engine)).await {
            Ok(came) => format!("the alert {kind} was asked for again just now: {}", came.reread.words()).into(),
            Err(why) => format!("the alert {kind} was not asked for again: {why}; {last}").into(),
        })
    }
}
