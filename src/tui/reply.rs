//! What the world answers, and what is told of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::blast::Facts;
use crate::case::{Custody, JobId};
use crate::findings::{Again, Batch};
use crate::kubernetes::Entry;
use crate::model::{Clean, Finding, Identity, Plan, SessionId, Update};
use crate::playbook::Playbook;
use crate::rbac::Rights;
use crate::response::Jobs;
use crate::triage::Ledger;

use super::detail::{Around, LogLine};

/// What the world answers.
#[derive(Debug)]
pub enum Reply {
    /// News of a cluster.
    News(Update),
    /// Ways into clusters that were found in AWS.
    Found(Vec<Entry>),
    /// An object's raw JSON.
    Object(u64, Result<Vec<u8>, Clean>),
    /// An account that is asked for findings: the session that leads to it alone, who we are there, and what its
    /// findings are labelled with.
    Account(SessionId, Identity, Clean),
    /// Whom AWS takes us for around a session's cluster: an ARN.
    Caller(SessionId, Clean),
    /// What the account around a cluster told.
    Around(u64, Around),
    /// The raw JSON of a list of events.
    Events(u64, Result<Vec<u8>, Clean>),
    /// Bindings and roles of the sessions that were asked.
    Rights(BTreeMap<SessionId, Rights>),
    /// What a blast radius rests on.
    Reach(u64, Arc<Facts>),
    /// Lines of a container's log.
    Log(u64, Vec<LogLine>),
    /// A container's log ended.
    LogEnded(u64, Clean, Option<Clean>),
    /// A plan, or why there is none.
    Planned(Result<Box<Plan>, Clean>),
    /// What the case has captured.
    Evidence(Vec<Custody>),
    /// A text to show, with its title.
    Page(Clean, Vec<Clean>),
    /// The notes of the case.
    Notes(String),
    /// The notes were saved.
    NotesSaved,
    /// What the responder decided is on disk; what is told of it.
    Written(Clean),
    /// What the journal of the case holds of triage.
    Ledger(Arc<Ledger>),
    /// The jobs of the case that stand and can be put back, the newest first.
    Standing(Vec<JobId>),
    /// A job that was begun here has ended, or could not be begun.
    Ended {
        /// The job that it puts back, where it does that.
        undoes: Option<JobId>,
        /// Whether it ended with every target proven.
        proven: bool,
        /// How urgent it is.
        tone: Tone,
        /// What came of it.
        text: Clean,
    },
    /// The playbooks that can be walked, and what is wrong with others.
    Playbooks(Vec<Playbook>, Vec<Clean>),
    /// A case is open.
    Case(Clean),
    /// The jobs of the case moved.
    Jobs(Arc<Jobs>),
    /// The journal of the case grew.
    Records(Vec<Clean>),
    /// Findings that were read, and whether somebody asked for them by name.
    Findings(Box<Batch>, bool),
    /// What came of asking for an alert again.
    Reread {
        /// The alert as it was.
        finding: Arc<Finding>,
        /// What came of it, or why it was not asked for.
        came: Result<Box<Again>, Clean>,
        /// Whether somebody pressed the key for it.
        by_hand: bool,
    },
    /// Where findings are asked for from here on.
    FindingsAsked(Clean),
    /// Something to tell the responder.
    Tell(Tone, Clean),
}

/// How urgent something told is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// As expected.
    Good,
    /// To be read.
    Note,
    /// Something failed.
    Bad,
}
