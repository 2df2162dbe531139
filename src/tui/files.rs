//! The files of a case, for the screen: evidence, plans, notes, and whether all of them hold.

use std::io::Read as _;
use std::path::Path;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::case::{Custody, Trust, verify_by};
use crate::model::{Clean, PlanHash};
use crate::response::Engine;

use super::reply::{Reply, Tone};
use super::respond::lines;

/// Most bytes of an artefact that are shown; all of it is in the evidence store.
const SHOWN: u64 = 4 << 20;

/// Longest line that is shown, in characters.
const LINE: usize = 2_000;

/// The files of the open case, read and written beside the screen.
pub struct Files<'a> {
    pub engine: Option<&'a Engine>,
    pub state: &'a Path,
    pub replies: &'a mpsc::Sender<Reply>,
    pub tasks: &'a mut JoinSet<()>,
}

impl Files<'_> {
    /// Lists what was captured.
    pub fn list(&mut self) {
        self.do_beside(|engine| {
            engine.case().summary().map(|summary| Reply::Evidence(summary.evidence)).map_err(|error| error.to_string())
        });
    }

    /// Opens an artefact as text, hashed again on the way.
    pub fn read(&mut self, custody: Custody) {
        self.do_beside(move |engine| {
            let store = engine.case().evidence();
            let path = store.path(custody.sha256);
            let mut bytes = Vec::new();
            let file =
                std::fs::File::open(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            file.take(SHOWN)
                .read_to_end(&mut bytes)
                .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
            let (hash, length) = store.hash_again(custody.sha256).map_err(|error| error.to_string())?;
            let holds = hash == custody.sha256 && length == custody.bytes;
            let mut lines: Vec<Clean> = vec![
                format!(
                    "sha256  {} ({})",
                    custody.sha256,
                    if holds { "read again now: it holds" } else { "DOES NOT HOLD" }
                )
                .into(),
                format!("source  {}", custody.source.from).into(),
                format!("by      {}, {} to {}", custody.source.identity, custody.begun, custody.ended).into(),
                format!("again   {}", custody.source.command).into(),
            ];
            lines.extend(custody.incomplete.iter().map(|why| format!("INCOMPLETE: {why}").into()));
            if length > SHOWN {
                lines.push(
                    format!("the first {SHOWN} of {length} bytes are shown; {} holds all", path.display()).into(),
                );
            }
            lines.push(Clean::default());
            lines.extend(text_of(&custody, &bytes));
            Ok(Reply::Page(format!("evidence: {}", custody.source.label).into(), lines))
        });
    }

    /// Opens a plan of the case, whole.
    pub fn plan(&mut self, hash: PlanHash) {
        self.do_beside(move |engine| {
            let plan = engine.case().plans().find(hash).map_err(|error| error.to_string())?;
            Ok(Reply::Page(format!("plan: {}", plan.action).into(), lines(&plan, true)))
        });
    }

    /// Reads the notes; a case without notes has empty ones.
    pub fn notes(&mut self) {
        self.do_beside(|engine| Ok(Reply::Notes(notes(engine)?)));
    }

    /// Saves the notes, unless somebody else has saved them since they were read.
    pub fn save_notes(&mut self, before: String, text: String) {
        self.do_beside(move |engine| {
            if notes(engine)? != before {
                return Err("somebody else has saved the notes meanwhile: nothing was saved; copy what you wrote, \
                            close with esc and open :notes again"
                    .to_owned());
            }
            engine.case().save_notes(&text).map(|_| Reply::NotesSaved).map_err(|error| error.to_string())
        });
    }

    /// Checks every hash, chain and signature of the case, and shows what that found.
    pub fn verify(&mut self) {
        let trust = Trust { state: Some(self.state.to_owned()), signers: None };
        self.do_beside(move |engine| {
            let report = verify_by(engine.case().path(), &trust).map_err(|error| error.to_string())?;
            let title = if report.holds() { "verify: the case holds" } else { "verify: THE CASE DOES NOT VERIFY" };
            Ok(Reply::Page(title.into(), report.to_string().lines().map(Clean::from).collect()))
        });
    }

    fn do_beside(&mut self, work: impl FnOnce(&Engine) -> Result<Reply, String> + Send + 'static) {
        let Some(engine) = self.engine.cloned() else { return };
        let replies = self.replies.clone();
        self.tasks.spawn(async move {
            let done = tokio::task::spawn_blocking(move || work(&engine)).await;
            let reply = match done {
                Ok(Ok(reply)) => reply,
                Ok(Err(why)) => Reply::Tell(Tone::Bad, why.into()),
                Err(broken) => Reply::Tell(Tone::Bad, broken.to_string().into()),
            };
            let _ = replies.send(reply).await;
        });
    }
}

fn notes(engine: &Engine) -> Result<String, String> {
    let path = engine.case().path().join("notes.md");
    match std::fs::read(&path) {
        Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(error) => Err(format!("cannot read {}: {error}", path.display())),
    }
}

/// An artefact as lines: JSON as YAML, which is easier to read, everything else as it is.
fn text_of(custody: &Custody, bytes: &[u8]) -> Vec<Clean> {
    let json = (&*custody.source.media == "application/json").then(|| serde_json::from_slice(bytes).ok()).flatten();
    let yaml = json.and_then(|value: serde_json::Value| serde_yaml::to_string(&value).ok());
    match yaml {
        Some(yaml) => yaml.lines().map(|line| Clean::capped(line, LINE)).collect(),
        None => bytes.split(|byte| *byte == b'\n').map(|line| Clean::bytes(line, LINE)).collect(),
    }
}
