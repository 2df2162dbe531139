//! The kinds of entries.

use serde::{Deserialize, Serialize};

use super::{Answer, JobEnd, JobId, Page, Paged, Reread, TornTail};
use crate::case::{CaseId, Custody, Digest, Head, WriterId};
use crate::model::{Call, Clean, ClusterId, Fact, PlanHash, Step, Target, Tier, Typed, Verdict};

/// What is recorded. Whatever the case is known for is a fold over these.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Entry {
    /// The case was opened.
    Opened {
        /// Its id.
        id: CaseId,
        /// What it is about.
        title: Clean,
        /// Who answers for it.
        responder: Clean,
        /// The clusters that it is about.
        clusters: Vec<ClusterId>,
    },
    /// A cluster became part of the case.
    Cluster {
        /// The cluster.
        cluster: ClusterId,
    },
    /// The set that the responder works on was set.
    Scope {
        /// Its objects.
        targets: Vec<Target>,
    },
    /// Something that somebody wrote down.
    Note {
        /// The text.
        text: Clean,
    },
    /// Somebody typed in a finding, such as one that came by telephone.
    Finding {
        /// Its id.
        id: Clean,
        /// What was typed.
        typed: Typed,
    },
    /// `notes.md` was saved.
    Notes {
        /// SHA-256 of the file.
        sha256: Digest,
        /// Its length.
        bytes: u64,
    },
    /// A plan was made and kept in `plans/`.
    Planned {
        /// The plan.
        plan: PlanHash,
        /// The action's id.
        action: Clean,
        /// The user that the cluster takes its maker for.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        identity: Clean,
        /// Whether they only impersonated that user.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        impersonated: bool,
    },
    /// Somebody read a plan and said yes to it.
    Approved {
        /// The plan, in `plans/`.
        plan: PlanHash,
        /// The user that the cluster takes them for.
        identity: Clean,
        /// Whether they only impersonated that user.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        impersonated: bool,
    },
    /// A plan was confirmed, and a job began.
    Started {
        /// The job.
        job: JobId,
        /// Who runs it: 1 for whoever began it, one more for each writer that adopted it.
        epoch: u32,
        /// The plan, in `plans/`.
        plan: PlanHash,
        /// The action's id.
        action: Clean,
        /// How dangerous it is.
        tier: Tier,
        /// The objects acted on, in the plan's order.
        targets: Vec<Target>,
        /// The user that the cluster takes us for.
        identity: Clean,
        /// How it was confirmed: `none needed`, `key`, `--yes`.
        confirmed: Clean,
        /// Why it is done, in the responder's words.
        #[serde(default, skip_serializing_if = "Clean::is_empty")]
        reason: Clean,
        /// The job whose changes it puts back, where it does that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        undoes: Option<JobId>,
    },
    /// A call is about to leave. On disk before it does.
    Intent {
        /// The job.
        job: JobId,
        /// Place of the call in the plan.
        call: usize,
        /// The call itself.
        request: Call,
        /// What was there before, for undoing it.
        before: Vec<Fact>,
    },
    /// What came of a call.
    Result {
        /// The job.
        job: JobId,
        /// Place of the call in the plan.
        call: usize,
        /// The answer.
        answer: Answer,
    },
    /// How far a target is.
    Progress {
        /// The job.
        job: JobId,
        /// The target's place.
        step: Step,
    },
    /// An artefact was stored.
    Evidence {
        /// The job that captured it, if one did.
        job: Option<JobId>,
        /// What it is, from where, by whom.
        custody: Box<Custody>,
    },
    /// What reading a target back showed.
    Verdict {
        /// The job.
        job: JobId,
        /// Place of the target in the plan.
        target: usize,
        /// The verdict.
        verdict: Verdict,
    },
    /// What a job had made so is otherwise now, though nobody has put it back.
    Drift {
        /// The job.
        job: JobId,
        /// Place of the target in the plan.
        target: usize,
        /// What is otherwise.
        found: Clean,
    },
    /// What had drifted is as the job had made it again.
    Restored {
        /// The job.
        job: JobId,
        /// Place of the target in the plan.
        target: usize,
    },
    /// A pod came up that has something in common with a contained one.
    Alike {
        /// The job that contains the other one.
        job: JobId,
        /// The new pod.
        pod: Target,
        /// The contained pod.
        like: Target,
        /// What they have in common: `image, service account`.
        shares: Clean,
    },
    /// A target ended without a verdict.
    Failed {
        /// The job.
        job: JobId,
        /// Place of the target in the plan.
        target: usize,
        /// What failed, on what.
        why: Clean,
    },
    /// A job ended.
    Ended {
        /// The job.
        job: JobId,
        /// How.
        end: JobEnd,
    },
    /// A writer goes on with a job whose owner was gone or silent. Who had it before stops.
    Adopted {
        /// The job.
        job: JobId,
        /// Its epoch from here on.
        epoch: u32,
        /// The writer that had it.
        from: WriterId,
        /// How it was known that nobody works on it any more.
        why: Clean,
    },
    /// A writer has left a job to whoever adopted it.
    Yielded {
        /// The job.
        job: JobId,
        /// The epoch in which this writer had it.
        epoch: u32,
    },
    /// Somebody asks the owner of a job to cancel it.
    CancelAsked {
        /// The job.
        job: JobId,
    },
    /// The writer has jobs that run, and nothing else to say.
    Beat,
    /// Something was asked for and not done; nothing was sent.
    Refused {
        /// The action's id.
        action: Clean,
        /// What it was asked for.
        targets: Vec<Target>,
        /// Why not.
        why: Clean,
    },
    /// A question about the incident was answered, or an answer was changed: the last one of a
    /// topic counts, those before it stay. Without lines, the answer was taken back.
    Triage {
        /// The topic's id: `ticket`, `impact`. One that this version does not know is shown as it stands.
        topic: Clean,
        /// The answer.
        lines: Vec<Clean>,
    },
    /// An alert was asked for again at its source.
    Reread(Box<Reread>),
    /// People are about to be called by the responder's own command. On disk before it begins.
    Paging(Box<Page>),
    /// What came of that command.
    Paged(Box<Paged>),
    /// Evidence of one Region may be kept in another.
    CopyAllowed {
        /// The Region that it is of.
        from: Clean,
        /// The Region where it is kept.
        to: Clean,
        /// Why, in the responder's words.
        reason: Clean,
    },
    /// This writer will change nothing from here on.
    ReadOnly {
        /// Who or what closed it.
        why: Clean,
    },
    /// The end of a file whose writer is gone, as the next writer found it.
    Closed {
        /// The file's writer.
        writer: WriterId,
        /// Its last whole record.
        head: Head,
        /// The line that was cut short, if one was.
        torn: Option<TornTail>,
    },
    /// A file of the case that no record names, as the next writer found it: the
    /// program that wrote it ended before its record was written.
    Found {
        /// Where it lies in the case.
        file: Clean,
        /// SHA-256 of what is there.
        sha256: Digest,
        /// Its length.
        bytes: u64,
    },
    /// An entry of a later version of this program.
    #[serde(other)]
    Unknown,
}
