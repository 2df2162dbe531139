//! Records that wait for the disk together.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::case::{Case, CaseError, Entry, Record};

type Answer = Result<Record, CaseError>;

/// Records of many targets that want to be on disk at the same time. One writer at a time puts all that are there on
/// disk with one wait, again and again until none is left; nobody else waits with a thread of their own.
#[derive(Default)]
pub struct Pending(Mutex<Queue>);

#[derive(Default)]
struct Queue {
    entries: Vec<(Entry, oneshot::Sender<Answer>)>,
    /// Whether somebody writes, or is about to.
    writing: bool,
}

/// Whoever writes. However that ends, nobody is left to wait for it.
struct Writer<'a>(&'a Pending);

impl Pending {
    /// Puts a record in the queue. The answer comes once it is on disk, or why it is not. Says whether the caller has
    /// to [write](Self::write) now, since nobody does.
    pub fn queue(&self, entry: Entry) -> (oneshot::Receiver<Answer>, bool) {
        let (sender, answer) = oneshot::channel();
        let mut queue = self.lock();
        queue.entries.push((entry, sender));
        (answer, !std::mem::replace(&mut queue.writing, true))
    }

    /// Writes until the queue is empty. It waits for the disk.
    pub fn write(&self, case: &Case) {
        let writer = Writer(self);
        while let Some((entries, answers)) = writer.next() {
            match case.journal().append_burst(&entries) {
                Ok(records) => {
                    writer.catch_up(case);
                    for (record, answer) in records.into_iter().zip(answers) {
                        // Whoever asked may have been cancelled; the record is there all the same.
                        let _ = answer.send(Ok(record));
                    }
                }
                // Nothing of it was written: each finds out by itself why.
                Err(_) => {
                    writer.catch_up(case);
                    for (entry, answer) in entries.into_iter().zip(answers) {
                        let _ = answer.send(case.journal().append(entry));
                    }
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writer<'_> {
    /// What is in the queue; `None` where nothing is, and then nobody writes any more.
    fn next(&self) -> Option<(Vec<Entry>, Vec<oneshot::Sender<Answer>>)> {
        let mut queue = self.0.lock();
        if queue.entries.is_empty() {
            queue.writing = false;
            return None;
        }
        Some(std::mem::take(&mut queue.entries).into_iter().unzip())
    }

    /// Lets the head catch up where nothing more is to be written at once, before anybody is told.
    fn catch_up(&self, case: &Case) {
        let more = !self.0.lock().entries.is_empty();
        if !more && let Err(error) = case.journal().catch_up() {
            tracing::warn!(%error, "the head of the journal is behind its records");
        }
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Who waits for one of these learns that it was not written.
            *self.0.lock() = Queue::default();
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
        assert_eq!(answers.iter().filter(|(_, writes)| *writes).count(), 1, "one of them writes");
        pending.write(&case);
        for (number, (answer, _)) in (0..).zip(answers) {
            let record = answer.blocking_recv().unwrap().unwrap();
            assert_eq!(record.entry, note(number));
            assert_eq!(record.seq, u64::from(number) + 2);
        }
        assert!(pending.queue(note(50)).1, "whoever comes later writes again");
        pending.write(&case);
        assert!(verify(case.path()).unwrap().holds());
    }
}
