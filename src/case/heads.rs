//! The head of a running writer, beside its records and outside of the case.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::Head;
use super::access::Access;
use super::error::CaseError;
use super::head::SignedHead;
use super::known::KnownHead;
use super::sign::Signer;

/// A head is made durable at most this often: the records themselves always are,
/// and a head that a loss of power took is closed by the next writer.
const SYNCED_EVERY: Duration = Duration::from_secs(1);

/// In a burst of records, the head beside them follows at least this often. Replacing it each time costs more than
/// the records; the one in the state directory, which is written in place, never waits.
const FOLLOWS_EVERY: Duration = Duration::from_millis(50);

/// Where a writer's head is kept, and what signs it.
pub(super) struct Heads {
    path: PathBuf,
    access: Access,
    signer: Signer,
    known: KnownHead,
    replaced: Option<Instant>,
    synced: Option<Instant>,
    /// The head, where the file beside the records is behind it.
    behind: Option<SignedHead>,
}

impl Heads {
    /// Those of a writer whose head beside its records has that path.
    pub fn new(path: PathBuf, access: Access, signer: Signer, known: KnownHead) -> Self {
        Self { path, access, signer, known, replaced: None, synced: None, behind: None }
    }

    /// The public key that the signatures are held against.
    pub fn key(&self) -> String {
        self.signer.key().line()
    }

    /// Signs a head. Its record is safe already; a head that is behind is closed by the next writer.
    ///
    /// # Errors
    /// The one beside the records could not be replaced.
    pub fn follow(&mut self, head: Head) -> Result<(), CaseError> {
        let Some(signed) = SignedHead::new(head, &self.signer) else { return Ok(()) };
        if let Err(error) = self.known.keep(&signed) {
            tracing::warn!(%error, "the head was not kept in the state directory");
        }
        self.behind = Some(signed);
        if self.replaced.is_none_or(|last| last.elapsed() >= FOLLOWS_EVERY) {
            self.catch_up()?;
        }
        Ok(())
    }

    /// Replaces the head beside the records, where a burst of them has left it behind.
    ///
    /// # Errors
    /// It could not be replaced.
    pub fn catch_up(&mut self) -> Result<(), CaseError> {
        let Some(signed) = self.behind.take() else { return Ok(()) };
        if self.synced.is_none_or(|last| last.elapsed() >= SYNCED_EVERY) {
            self.access.replace(&self.path, &signed.to_bytes())?;
            self.synced = Some(Instant::now());
        } else {
            self.access.replace_quickly(&self.path, &signed.to_bytes())?;
        }
        self.replaced = Some(Instant::now());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::case::head::HeadFile;
    use crate::case::known::Known;
    use crate::case::read::head_path;
    use crate::case::{Case, Entry, NewCase, verify};
    use crate::config::Directories;

    #[test]
    fn a_burst_may_leave_the_head_behind_but_not_the_one_outside_of_the_case() {
        let root = tempfile::tempdir().unwrap();
        let directories = Directories::under(root.path());
        let new = NewCase { id: "1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        let case = Case::create(&directories, new).unwrap();
        let said = || {
            let path = head_path(case.journal().dir(), &case.journal().writer().unwrap());
            HeadFile::read(&path).head().unwrap().seq
        };
        let note = || Entry::Note { text: "x".into() };
        for last in [4, 7, 10] {
            case.journal().append_burst(&[note(), note(), note()]).unwrap();
            let known = Known::of(directories.state(), case.path()).all();
            let kept = known.iter().flat_map(|known| known.heads.values()).map(|signed| signed.head.seq).max();
            assert_eq!(kept, Some(last));
        }
        case.journal().catch_up().unwrap();
        assert_eq!(said(), 10);
        case.journal().append_burst(&[note()]).unwrap();
        case.journal().append(note()).unwrap();
        assert_eq!(said(), 12, "a record by itself does not wait");
        assert!(verify(case.path()).unwrap().holds());
    }
}
