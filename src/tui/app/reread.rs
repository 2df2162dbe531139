//! Alerts asked for again at their source.

use std::sync::Arc;

use crate::case::Reread;
use crate::findings::Again;
use crate::model::finding::Source;
use crate::model::{Age, Clean, Finding};

use super::super::effect::Effect;
use super::super::overlays::Overlay;
use super::super::reply::Tone;
use super::App;

impl App {
    /// Asks for the finding that is open, or under the cursor, again at its source.
    pub(super) fn ask_again(&mut self, by_hand: bool) {
        let Some(finding) = self.finding() else { return };
        // Nobody else can be asked; whoever presses the key is told so.
        if !by_hand && finding.source != Source::GuardDuty {
            return;
        }
        if by_hand {
            self.tell(Tone::Note, format!("asking {} for it again", finding.source.word()));
        }
        self.effects.push(Effect::Reread { finding, by_hand });
    }

    /// The alert that a plan is made from, and when it was last asked for again.
    pub(super) fn alert_acted_on(&self) -> Option<(Arc<Finding>, Clean)> {
        let finding = self.finding().filter(|_| self.among_findings())?;
        if finding.source != Source::GuardDuty {
            return None;
        }
        let last = self.last_read(&finding);
        Some((finding, last))
    }

    /// When a finding was last asked for again at its source, and what that told, in words.
    pub fn last_read(&self, finding: &Finding) -> Clean {
        match self.reread_of(&finding.id) {
            None => "it was not asked for again since it came".into(),
            Some((at, reread)) => {
                format!("last asked for again {} ago: {}", Age::between(at, self.now.unix), reread.words()).into()
            }
        }
    }

    fn reread_of(&self, id: &Clean) -> Option<(i64, &Reread)> {
        let here = self.alerts.rereads.get(id).map(|(at, reread)| (*at, reread));
        let recorded = self.case.ledger.reread(id).map(|(at, reread)| (at.as_second(), reread));
        here.into_iter().chain(recorded).max_by_key(|(at, _)| *at)
    }

    /// Takes what came of asking again.
    pub(super) fn asked_again(&mut self, finding: &Finding, came: Result<Again, Clean>, by_hand: bool) {
        match came {
            Err(why) if by_hand => self.tell(Tone::Bad, format!("not asked for again: {why}")),
            Err(why) => self.tell(Tone::Note, format!("{} was not asked for again: {why}", finding.kind)),
            Ok(Again { reread, batch }) => {
                let tone = match (&reread.now, reread.changes.is_empty()) {
                    (None, _) => Tone::Bad,
                    (Some(_), true) => Tone::Good,
                    (Some(_), false) => Tone::Note,
                };
                // That nothing changed is no news to whoever has not asked.
                if by_hand || tone != Tone::Good {
                    self.tell(tone, format!("{} asked for again: {}", finding.kind, reread.words()));
                }
                self.alerts.rereads.insert(reread.finding.clone(), (self.now.unix, reread));
                self.alerts.take(batch);
                self.show_anew(finding);
            }
        }
    }

    /// Shows the newest state of a finding that is open.
    fn show_anew(&mut self, finding: &Finding) {
        let place = self.alerts.shelf.place(finding.source, &finding.id);
        let newest = place.and_then(|place| self.alerts.shelf.get(place)).cloned();
        for overlay in &mut self.overlays {
            if let (Overlay::Finding(look), Some(newest)) = (overlay, &newest)
                && look.finding.id == newest.id
            {
                look.finding = Arc::clone(newest);
            }
        }
        self.refresh_finding();
    }
}
