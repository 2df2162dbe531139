//! Records that wait for the disk together.

use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

use crate::case::{Case, CaseError, Entry, Record};

type Answer = Result<Record, CaseError>;

/// Records of many targets that want to be on disk at the same time: whoever
/// comes first writes all that are there with one wait for the disk, and the
/// others get theirs from it.
#[derive(Default)]
pub struct Pending {
    entries: Mutex<Vec<(Entry, oneshot::Sender<Answer>)>>,
    turn: Mutex<()>,
}

impl Pending {
    /// Puts a record in the queue. The answer comes once it is on disk, or why it is not.
    pub fn queue(&self, entry: Entry) -> oneshot::Receiver<Answer> {
        let (sender, answer) = oneshot::channel();
        self.entries.lock().unwrap_or_else(PoisonError::into_inner).push((entry, sender));
        answer
    }

    /// Writes everything that is in the queue. When this returns, all that was
    /// queued before has its answer. It waits for the disk.
    pub fn write(&self, case: &Case) {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let queued = std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner));
        let (entries, answers): (Vec<Entry>, Vec<_>) = queued.into_iter().unzip();
        if entries.is_empty() {
            return;
        }
        match case.journal().append_all(entries.clone()) {
            Ok(records) => {
                for (record, answer) in records.into_iter().zip(answers) {
                    // Whoever asked may have been cancelled; the record is there all the same.
                    let _ = answer.send(Ok(record));
                }
            }
            // Nothing of it was written: each finds out by itself why.
            Err(_) => {
                for (entry, answer) in entries.into_iter().zip(answers) {
                    let _ = answer.send(case.journal().append(entry));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::case::{NewCase, verify};
    use crate::config::Directories;

    #[test]
    fn what_is_queued_together_is_one_chain_and_each_gets_its_own() {
        let root = tempfile::tempdir().unwrap();
        let new = NewCase { id: "1".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        let case = Case::create(&Directories::under(root.path()), new).unwrap();
        let pending = Arc::new(Pending::default());
        let note = |number: u32| Entry::Note { text: number.to_string().into() };
        let answers: Vec<_> = (0..50).map(|number| pending.queue(note(number))).collect();
        pending.write(&case);
        pending.write(&case);
        for (number, answer) in (0..).zip(answers) {
            let record = answer.blocking_recv().unwrap().unwrap();
            assert_eq!(record.entry, note(number));
            assert_eq!(record.seq, u64::from(number) + 2);
        }
        assert!(verify(case.path()).unwrap().holds());
    }
}
