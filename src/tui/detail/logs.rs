//! Logs of a pod's containers.

use std::collections::VecDeque;

use crate::model::Clean;

/// Bytes of text kept; what is older is dropped and counted.
const KEPT: usize = 4 * 1024 * 1024;

/// A line that a container wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// The container.
    pub container: Clean,
    /// What it wrote.
    pub text: Clean,
}

/// The logs that are open.
#[derive(Debug)]
pub struct Logs {
    /// The pod's containers, to choose from.
    pub containers: Vec<Clean>,
    /// The container shown; all of them where there is none.
    pub only: Option<usize>,
    /// Whether the containers before their last restart are shown.
    pub previous: bool,
    /// Whether new lines are shown as they come.
    pub follow: bool,
    /// Whether the streams have been asked for.
    pub open: bool,
    /// Containers whose stream ended, with the reason where it failed.
    pub ended: Vec<(Clean, Option<Clean>)>,
    /// Lines dropped because there were too many.
    pub dropped: u64,
    /// First line on the screen.
    pub top: usize,
    /// What is looked for, in lower case.
    pub wanted: String,
    lines: VecDeque<LogLine>,
    bytes: usize,
    height: usize,
}

impl Default for Logs {
    fn default() -> Self {
        Self {
            containers: Vec::new(),
            only: None,
            previous: false,
            follow: true,
            open: false,
            ended: Vec::new(),
            dropped: 0,
            top: 0,
            wanted: String::new(),
            lines: VecDeque::new(),
            bytes: 0,
            height: 1,
        }
    }
}

impl Logs {
    /// Takes new lines in.
    pub fn take(&mut self, lines: Vec<LogLine>) {
        for line in lines {
            self.bytes += line.text.len();
            self.lines.push_back(line);
        }
        while self.bytes > KEPT {
            let Some(line) = self.lines.pop_front() else { break };
            self.bytes -= line.text.len();
            self.dropped += 1;
            self.top = self.top.saturating_sub(1);
        }
        if self.follow {
            self.top = self.furthest();
        }
    }

    /// Forgets what was read, to read again from another container or another life.
    pub fn restart(&mut self) {
        self.lines.clear();
        self.ended.clear();
        self.bytes = 0;
        self.top = 0;
        self.dropped = 0;
        self.open = false;
    }

    /// Tells how many lines the screen has room for.
    pub fn set_height(&mut self, height: usize) {
        self.height = height.max(1);
        if self.follow {
            self.top = self.furthest();
        }
    }

    /// Number of lines.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether nothing has come.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// The lines on the screen.
    pub fn visible(&self) -> impl Iterator<Item = &LogLine> {
        self.lines.iter().skip(self.top).take(self.height)
    }

    /// Every line.
    pub fn iter(&self) -> impl Iterator<Item = &LogLine> {
        self.lines.iter()
    }

    /// Moves by so many lines; away from the end stops following, to the end follows again.
    pub fn step(&mut self, lines: isize) {
        let furthest = self.furthest();
        self.top = self.top.saturating_add_signed(lines).min(furthest);
        if lines != 0 {
            self.follow = self.top == furthest;
        }
    }

    /// Goes to the next line that is looked for, or to the one before.
    pub fn search(&mut self, backwards: bool) -> bool {
        let here = self.top;
        let hits = || {
            let lines = self.lines.iter().enumerate();
            lines.filter(|(_, line)| line.text.to_lowercase().contains(&self.wanted)).map(|(place, _)| place)
        };
        let found = if backwards { hits().rfind(|place| *place < here) } else { hits().find(|place| *place > here) };
        let Some(place) = found.or_else(|| hits().next()) else { return false };
        self.top = place;
        self.follow = false;
        true
    }

    fn furthest(&self) -> usize {
        self.lines.len().saturating_sub(self.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(count: usize, length: usize) -> Vec<LogLine> {
        (0..count).map(|_| LogLine { container: "web".into(), text: "x".repeat(length).into() }).collect()
    }

    #[test]
    fn what_is_too_much_is_dropped_and_counted() {
        let mut logs = Logs::default();
        logs.take(lines(KEPT / 1_000 + 10, 1_000));
        assert!(logs.bytes <= KEPT);
        assert!(logs.dropped > 0);
        assert_eq!(logs.len() + logs.dropped as usize, KEPT / 1_000 + 10);
    }

    #[test]
    fn scrolling_away_stops_following() {
        let mut logs = Logs::default();
        logs.set_height(10);
        logs.take(lines(100, 1));
        assert_eq!(logs.top, 90);
        logs.step(-5);
        logs.take(lines(10, 1));
        assert_eq!(logs.top, 85);
        logs.step(1_000);
        logs.take(lines(10, 1));
        assert_eq!(logs.top, 110);
    }
}
