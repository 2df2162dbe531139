//! The session itself as evidence: what the terminal received, as an asciicast.
//!
//! The bytes are those that went to the terminal, cleaned already; a player shows
//! what the responder saw, when they saw it. Format: asciicast v2,
//! <https://docs.asciinema.org/manual/asciicast/v2/>.

mod switch;

pub use switch::Switch;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use jiff::Timestamp;
use serde_json::json;

use super::terminal::Tap;
use crate::case::{Artefact, By, Case, CaseError, Custody, Source};
use crate::model::Clean;

/// What of a session is recorded.
enum Piece {
    Wrote(Instant, Vec<u8>),
    Resized(Instant, u16, u16),
}

/// The end of a recording that the terminal writes to. Dropping it ends the recording.
pub struct Recorder(Sender<Piece>);

/// The end that the evidence store reads from.
pub struct Recording {
    pieces: Receiver<Piece>,
    artefact: Artefact,
    begun: Instant,
    /// The beginning of a character whose rest comes with the next piece.
    cut: Vec<u8>,
}

/// Begins a recording of a terminal of that size, which shows clusters of these Regions.
///
/// # Errors
/// What is shown would leave its Region without the case's leave, or the case cannot be written.
pub fn begin(case: &Case, size: (u16, u16), shown: &[Clean]) -> Result<(Recorder, Recording), CaseError> {
    may_hold(case, shown)?;
    // Before there is anything of ours in the case that whoever opens the journal finds unnamed.
    case.journal().open()?;
    let (recorder, pieces) = channel();
    let by = By::current();
    let mut artefact = case.evidence().begin(Source {
        label: format!("session of {} on {}", by.user, by.host).into(),
        media: "application/x-asciicast".into(),
        from: "the terminal of this session".into(),
        identity: by.user,
        command: ":record".into(),
        target: None,
        region: None,
    })?;
    let (width, height) = size;
    let header = json!({"version": 2, "width": width, "height": height, "timestamp": Timestamp::now().as_second()});
    artefact.write(format!("{header}\n").as_bytes())?;
    Ok((Recorder(recorder), Recording { pieces, artefact, begun: Instant::now(), cut: Vec::new() }))
}

/// Whether a recording may hold clusters of these Regions.
///
/// # Errors
/// One would leave its Region without the case's leave.
pub fn may_hold(case: &Case, shown: &[Clean]) -> Result<(), CaseError> {
    shown.iter().try_for_each(|region| case.may_keep(Some(region)).map(drop))
}

impl Tap for Recorder {
    fn wrote(&mut self, bytes: &[u8]) {
        // A recording that broke off has told so itself.
        let _ = self.0.send(Piece::Wrote(Instant::now(), bytes.to_vec()));
    }

    fn resized(&mut self, width: u16, height: u16) {
        let _ = self.0.send(Piece::Resized(Instant::now(), width, height));
    }
}

impl Recording {
    /// Stores every piece until the recorder is dropped. Blocks its thread.
    ///
    /// # Errors
    /// The case can no longer be written; what was stored until then lies there unfinished.
    pub fn keep(mut self) -> Result<Custody, CaseError> {
        while let Ok(piece) = self.pieces.recv() {
            match piece {
                Piece::Wrote(at, bytes) => {
                    self.cut.extend(bytes);
                    let text = self.whole();
                    self.line(at, 'o', &text)?;
                }
                Piece::Resized(at, width, height) => self.line(at, 'r', &format!("{width}x{height}"))?,
            }
        }
        let cut = (!self.cut.is_empty()).then(|| Clean::from("the last character was cut short"));
        self.artefact.finish(cut)
    }

    fn line(&mut self, at: Instant, kind: char, text: &str) -> Result<(), CaseError> {
        let seconds = at.saturating_duration_since(self.begun).as_secs_f64();
        self.artefact.write(format!("{}\n", json!([seconds, kind, text])).as_bytes())
    }

    /// What of the bytes so far is whole characters.
    fn whole(&mut self) -> String {
        let end = match std::str::from_utf8(&self.cut) {
            Ok(text) => text.len(),
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            Err(_) => self.cut.len(),
        };
        let rest = self.cut.split_off(end);
        let whole = std::mem::replace(&mut self.cut, rest);
        String::from_utf8_lossy(&whole).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::case::{Entry, NewCase, Record, verify};
    use crate::config::Directories;

    #[test]
    fn a_recording_plays_what_was_written() {
        let root = tempfile::tempdir().unwrap();
        let new = NewCase { id: "INC-1".into(), title: String::new(), responder: "alice".into(), clusters: vec![] };
        let case = Case::create(&Directories::under(root.path()), new).unwrap();
        let (mut recorder, recording) = begin(&case, (80, 24), &[]).unwrap();
        let arrow = "↑".as_bytes();
        recorder.wrote(b"\x1b[2J");
        recorder.wrote(&[b"pods ", &arrow[..1]].concat());
        recorder.wrote(&arrow[1..]);
        recorder.resized(120, 40);
        drop(recorder);
        let custody = recording.keep().unwrap();
        let text = std::fs::read_to_string(case.evidence().path(custody.sha256)).unwrap();
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["version"], &lines[0]["width"]), (&json!(2), &json!(80)));
        let written: String =
            lines[1..].iter().filter(|line| line[1] == "o").filter_map(|line| line[2].as_str()).collect();
        assert_eq!(written, "\x1b[2Jpods ↑");
        assert_eq!((&lines[4][1], &lines[4][2]), (&json!("r"), &json!("120x40")));
        let times: Vec<_> = lines[1..].iter().map(|line| line[0].as_f64().unwrap()).collect();
        assert!(times.is_sorted(), "{times:?}");
        assert_eq!(custody.incomplete, None);
    }

    #[test]
    fn a_recording_that_is_the_first_thing_a_program_does_is_not_taken_for_somebody_elses() {
        let root = tempfile::tempdir().unwrap();
        let home = Directories::under(root.path());
        let new = NewCase { id: "INC-1".into(), title: String::new(), responder: "alice".into(), clusters: vec![] };
        drop(Case::create(&home, new).unwrap());
        let case = Case::open(&home, "INC-1").unwrap();
        let (recorder, recording) = begin(&case, (80, 24), &[]).unwrap();
        drop(recorder);
        let custody = Box::new(recording.keep().unwrap());
        case.journal().append(Entry::Evidence { job: None, custody }).unwrap();
        let found = |record: &Record| matches!(record.entry, Entry::Found { .. });
        assert!(!case.records().unwrap().iter().any(found));
        assert!(verify(case.path()).unwrap().holds());
    }

    #[test]
    fn what_must_stay_in_its_region_is_not_recorded_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let home = Directories::under(root.path()).standing_in(Some("eu-central-1".to_owned()));
        let new = NewCase { id: "INC-1".into(), title: String::new(), responder: "alice".into(), clusters: vec![] };
        let case = Case::create(&home, new).unwrap();
        let refused = begin(&case, (80, 24), &["eu-central-1".into(), "us-east-1".into()]).err().unwrap();
        assert!(refused.to_string().contains("allow-copy --from us-east-1"), "{refused}");
        assert!(begin(&case, (80, 24), &["eu-central-1".into()]).is_ok());
        assert!(may_hold(&case, &["eu-central-1".into(), "us-east-1".into()]).is_err(), "opened while it runs");
    }
}
