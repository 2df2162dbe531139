//! What the cockpit asks of the world outside it.

use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;

use crate::case::{self, Custody, JobId};
use crate::inventory::RowId;
use crate::kubernetes::Entry;
use crate::model::{Clean, ClusterId, Finding, Identity, Kind, Options, Plan, PlanHash, SessionId, Target, Typed};
use crate::response::{How, Sighting};
use crate::triage::PageCall;

use super::detail::Question;

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
