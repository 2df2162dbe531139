//! Many writers, one story.

use std::collections::{HashMap, VecDeque};

use super::{Record, WriterId};

/// Orders the records of several writers: a record comes after everything that
/// its writer had seen of the others, and otherwise by its time. Within one file
/// the order never changes, whatever the clocks said.
pub(super) fn merge(files: Vec<Vec<Record>>) -> Vec<Record> {
    let mut told: HashMap<WriterId, u64> = HashMap::new();
    let mut waiting: Vec<VecDeque<Record>> = files.into_iter().map(VecDeque::from).collect();
    let mut story = Vec::with_capacity(waiting.iter().map(VecDeque::len).sum());
    loop {
        waiting.retain(|file| !file.is_empty());
        let ready = |record: &Record| {
            record.seen.iter().all(|(writer, head)| told.get(writer).is_some_and(|seq| *seq >= head.seq))
        };
        if let [last] = waiting.as_mut_slice() {
            story.extend(last.drain(..));
            return story;
        }
        // Heads that name each other or a file that is lost would wait for ever: then time alone decides.
        let first = |at: &usize| {
            let record = waiting.get(*at).and_then(VecDeque::front);
            record.map(|record| (!ready(record), record.time, &record.writer))
        };
        let next = (0..waiting.len()).min_by_key(first);
        let Some(record) = next.and_then(|at| waiting.get_mut(at)?.pop_front()) else { return story };
        match told.get_mut(&record.writer) {
            Some(seq) => *seq = record.seq,
            None => drop(told.insert(record.writer.clone(), record.seq)),
        }
        story.push(record);
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::super::{By, Digest, Entry, Head};
    use super::*;

    fn record(writer: &str, seq: u64, second: i64, seen: &[(&str, u64)]) -> Record {
        let writer_of = |text: &str| WriterId::of_file(text).unwrap();
        Record {
            v: 1,
            seq,
            prev: Digest::NONE,
            time: Timestamp::from_second(second).unwrap(),
            writer: writer_of(writer),
            by: By { user: "a".into(), uid: 1, host: "h".into() },
            start: None,
            seen: seen.iter().map(|(of, seq)| (writer_of(of), Head { seq: *seq, hash: Digest::NONE })).collect(),
            entry: Entry::Unknown,
        }
    }

    fn order(files: Vec<Vec<Record>>) -> Vec<String> {
        merge(files).iter().map(|record| format!("{}{}", record.writer, record.seq)).collect()
    }

    #[test]
    fn time_orders_what_nobody_saw() {
        let a = vec![record("a", 1, 10, &[]), record("a", 2, 30, &[])];
        let b = vec![record("b", 1, 20, &[])];
        assert_eq!(order(vec![a, b]), ["a1", "b1", "a2"]);
    }

    #[test]
    fn what_was_seen_comes_first_though_a_clock_was_set_back() {
        let a = vec![record("a", 1, 1000, &[]), record("a", 2, 1001, &[])];
        let b = vec![record("b", 1, 5, &[("a", 2)])];
        assert_eq!(order(vec![b, a]), ["a1", "a2", "b1"]);
    }

    #[test]
    fn a_head_that_never_comes_holds_nothing_up() {
        let a = vec![record("a", 1, 10, &[("lost", 3)]), record("a", 2, 20, &[])];
        assert_eq!(order(vec![a]), ["a1", "a2"]);
    }
}
