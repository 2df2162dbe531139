//! A finding that is being looked at.

use std::sync::Arc;

use unicode_width::UnicodeWidthStr as _;

use crate::findings::{Leads, Line, Resolution, explain};
use crate::model::{Clean, Finding};

use super::super::panes::TextPane;

/// Longest line of raw JSON that is shown, in characters.
const LONGEST: usize = 2_000;

/// What stands in place of the JSON of what our own rules saw.
const NOT_READ: &str = "nothing was read: a rule of podmortem's own saw it; enter on an object, and y there, shows it";

/// A finding in full: what it means and leads to, and its raw JSON.
#[derive(Debug)]
pub struct Look {
    /// The finding.
    pub finding: Arc<Finding>,
    /// What it says, means and leads to, in lines that fit the screen.
    pub lines: Vec<Line>,
    whole: Vec<Line>,
    width: usize,
    /// The cursor among the lines.
    pub place: usize,
    /// First line on the screen.
    pub top: usize,
    /// Lines that the screen has room for.
    pub height: usize,
    /// The finding as it was read.
    pub raw: TextPane,
    /// Whether the raw JSON is open.
    pub is_raw: bool,
}

impl Look {
    /// Looks at a finding; the cursor stands on the first line that leads somewhere.
    pub fn new(finding: Arc<Finding>, resolution: &Resolution, is_raw: bool) -> Self {
        let whole = explain(&finding, resolution);
        let lines = whole.clone();
        let place = lines.iter().position(|line| matches!(line.leads, Some(Leads::Row(_)))).unwrap_or(0);
        let raw = TextPane::new(raw(&finding));
        Self { finding, lines, whole, width: usize::MAX, place, top: 0, height: 1, raw, is_raw }
    }

    /// The line under the cursor.
    pub fn line(&self) -> Option<&Line> {
        self.lines.get(self.place).filter(|_| !self.is_raw)
    }

    /// Brings the lines up to date with what is there now.
    pub fn refresh(&mut self, resolution: &Resolution) {
        self.whole = explain(&self.finding, resolution);
        self.lines = wrapped(&self.whole, self.width);
        self.place = self.place.min(self.lines.len().saturating_sub(1));
    }

    /// Tells how many lines the screen has room for, and how long they may be.
    pub fn set_size(&mut self, width: usize, height: usize) {
        if self.width != width {
            let before = self.lines.len();
            self.width = width;
            self.lines = wrapped(&self.whole, width);
            if self.lines.len() != before {
                self.place = self.lines.iter().position(|line| matches!(line.leads, Some(Leads::Row(_)))).unwrap_or(0);
            }
        }
        self.height = height.max(1);
        self.raw.scroll.height = self.height;
        self.show_cursor();
    }

    /// Moves by so many lines.
    pub fn step(&mut self, rows: isize) {
        if self.is_raw {
            self.raw.scroll.step(rows, self.raw.lines.len());
        } else {
            self.place = self.place.saturating_add_signed(rows).min(self.lines.len().saturating_sub(1));
            self.show_cursor();
        }
    }

    fn show_cursor(&mut self) {
        self.top = self.top.min(self.place).max((self.place + 1).saturating_sub(self.height));
    }
}

/// Breaks lines that are longer than the screen between words; what comes after stands further in.
fn wrapped(lines: &[Line], width: usize) -> Vec<Line> {
    let mut shown = Vec::new();
    for line in lines {
        let room = width.saturating_sub(2 * line.depth + 4).max(20);
        if line.text.width() <= room {
            shown.push(line.clone());
            continue;
        }
        let (mut part, mut first) = (String::new(), true);
        let mut push = |text: String, first: bool| {
            let depth = if first { line.depth } else { line.depth + 1 };
            let leads = line.leads.clone().filter(|_| first);
            shown.push(Line { depth, text: text.into(), leads, ..line.clone() });
        };
        for word in line.text.split(' ') {
            if !part.is_empty() && part.width() + word.width() + 1 > room {
                push(std::mem::take(&mut part), first);
                first = false;
            }
            if !part.is_empty() {
                part.push(' ');
            }
            part.push_str(word);
        }
        push(part, first);
    }
    shown
}

/// The JSON with a member a line.
fn raw(finding: &Finding) -> Vec<Clean> {
    if finding.raw.is_empty() {
        return vec![NOT_READ.into()];
    }
    let pretty = serde_json::from_str::<serde_json::Value>(&finding.raw).ok();
    let pretty = pretty.and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.as_deref().unwrap_or(&finding.raw);
    text.lines().map(|line| Clean::capped(line, LONGEST)).collect()
}
