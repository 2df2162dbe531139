//! What the cockpit asks of the world outside it, and what the world answers.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::blast::Facts;
use crate::case::{self, Custody, JobId};
use crate::findings::{Again, Batch};
use crate::inventory::RowId;
use crate::kubernetes::Entry;
use crate::model::{
    Clean, ClusterId, Finding, Identity, Kind, Options, Plan, PlanHash, SessionId, Target, Typed, Update,
};
use crate::playbook::Playbook;
use crate::rbac::Rights;
use crate::response::{How, Jobs, Sighting};
use crate::triage::{Ledger, PageCall};

use super::detail::{Around, LogLine, Question};

/// Something to be done outside. The cockpit never waits for it.
#[derive(Debug, Clone)]
pub enum Effect {
    /// Leave.
    Quit,
    /// Draw everything anew.
    Redraw,
    /// Ways that were found and may be opened, in the order in which they were made known.
    Known(Vec<Entry>),
    /// Open another way into a cluster, by its place among those configured.
    Open(SessionId, usize),
    /// Close a session.
    Close(SessionId),
    /// Keep these kinds up to date on every session, and no others.
    Watch(Vec<Kind>),
    /// Fetch an object.
    Object {
        /// The look that wants it.
        ticket: u64,
        /// The object.
        row: RowId,
        /// Its namespace.
        namespace: Clean,
        /// Its name.
        name: Clean,
    },
    /// Ask the account around a cluster.
    Around {
        /// The look that wants it.
        ticket: u64,
        /// The session that leads to the cluster.
        session: SessionId,
        /// What is asked.
        question: Question,
    },
    /// Fetch an object's events.
    Events {
        /// The look that wants them.
        ticket: u64,
        /// The object.
        row: RowId,
    },
    /// Read bindings and roles of these sessions.
    Rights(Vec<SessionId>),
    /// Read what a blast radius rests on.
    Reach {
        /// The look that wants it.
        ticket: u64,
        /// The session.
        session: SessionId,
        /// The instances of its nodes.
        instances: Vec<Clean>,
    },
    /// Read logs; those of an earlier look stop.
    Logs {
        /// The look that wants them.
        ticket: u64,
        /// The session.
        session: SessionId,
        /// The pod's namespace.
        namespace: Clean,
        /// The pod's name.
        name: Clean,
        /// The containers.
        containers: Vec<Clean>,
        /// Whether those before the last restart are wanted.
        previous: bool,
    },
    /// Read a file of findings.
    ReadFindings(PathBuf),
    /// Read the alerts in a cluster's audit log since a moment.
    ReadAuditLog(SessionId, Timestamp),
    /// Take in a finding that was typed, and keep it in the case where one is open.
    Typed(Box<Typed>),
    /// Stop reading logs.
    StopLogs,
    /// Copy a text through the terminal.
    Copy(String),
    /// Keep marks, scope and what was typed.
    Save,
    /// Refuse every change from now on.
    CloseToWrites,
    /// Record the screen into the case from now on, or stop.
    Record,
    /// Use another theme.
    Theme(String),
    /// Read the playbooks.
    Playbooks,
    /// Open a case, or begin it.
    OpenCase {
        /// Its id or directory.
        id: String,
        /// The clusters that it is about, where it is begun.
        clusters: Vec<ClusterId>,
        /// Whether it may be begun.
        may_create: bool,
    },
    /// Record the scope in the case.
    Scope(Vec<Target>),
    /// Plan an action.
    Plan {
        /// The session that leads to the targets' cluster.
        session: SessionId,
        /// Who we are there.
        identity: Identity,
        /// The action's id.
        action: &'static str,
        /// What it is told beside its targets.
        options: Options,
        /// What it would act on.
        targets: Vec<Target>,
        /// The alert that it is made from, and when that was last asked for again.
        alert: Option<(Arc<Finding>, Clean)>,
    },
    /// Ask for an alert again at its source.
    Reread {
        /// The alert.
        finding: Arc<Finding>,
        /// Whether somebody pressed the key for it.
        by_hand: bool,
    },
    /// Plan to put back what a job changed.
    PlanUndo {
        /// The session that leads to the job's cluster.
        session: SessionId,
        /// Who we are there.
        identity: Identity,
        /// The job.
        job: JobId,
    },
    /// Watch over what stands on a cluster, from now on.
    StandWatch {
        /// The session that leads to it.
        session: SessionId,
        /// Who we are there.
        identity: Identity,
    },
    /// Something that is stood on has changed: look again whether it stands.
    LookAgain,
    /// Record a pod that came up like a contained one.
    Saw {
        /// What was seen.
        sighting: Sighting,
        /// Whether it may be recorded; an observer only shows it.
        may_write: bool,
    },
    /// List what the case has captured.
    Evidence,
    /// Check every hash, chain and signature of the case.
    Verify,
    /// Put something that the responder decided into the case, and tell it.
    Write {
        /// The record.
        entry: Box<case::Entry>,
        /// What is told once it is on disk.
        told: Clean,
    },
    /// Call people with the responder's own command.
    Page(Box<PageCall>),
    /// Read an artefact.
    ReadEvidence(Box<Custody>),
    /// Read a plan of the case.
    ReadPlan(PlanHash),
    /// Read the notes of the case.
    ReadNotes,
    /// Save the notes of the case, if they still are what they were.
    SaveNotes {
        /// What was read.
        before: String,
        /// What is to be there.
        text: String,
    },
    /// Go on with a job whose program has ended.
    Resume {
        /// The session that leads to the job's cluster.
        session: SessionId,
        /// Who we are there.
        identity: Identity,
        /// The job.
        job: JobId,
    },
    /// Tell which jobs of the case stand.
    Standing,
    /// Run a plan that was confirmed.
    Run {
        /// The session that leads to the plan's cluster.
        session: SessionId,
        /// Who we are there.
        identity: Identity,
        /// The plan.
        plan: Box<Plan>,
        /// How it was confirmed.
        how: How,
    },
}

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
