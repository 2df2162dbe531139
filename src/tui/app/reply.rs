//! What the world answers.

use crate::model::{Clean, News, Tier, Update};

use super::super::detail::{Detail, Fetched, events, yaml};
use super::super::overlays::Overlay;
use super::super::panes::TextPane;
use super::super::reply::{Reply, Tone};
use super::super::respond::{CaseView, Confirm};
use crate::response::{How, Lookout};

use super::App;

impl App {
    /// Takes an answer. Says whether the screen has to be looked at again at once.
    pub fn reply(&mut self, reply: Reply) -> bool {
        match reply {
            Reply::News(update) => return self.news(update),
            Reply::Object(ticket, answer) => {
                if let Some(detail) = self.look(ticket) {
                    match answer {
                        Ok(raw) => detail.raw = raw,
                        Err(why) => detail.yaml = Fetched::Failed(why),
                    }
                    self.show_yaml();
                }
            }
            Reply::Account(session, identity, told) => self.take_account(session, identity, told),
            Reply::Caller(session, arn) => self.inventory.known_to_aws(session, arn),
            Reply::Found(found) => self.found(found),
            Reply::Events(ticket, answer) => {
                let now = self.now.unix;
                if let Some(detail) = self.look(ticket) {
                    detail.events = fetched(answer.and_then(|raw| events(&raw, now)));
                    detail.set_height(detail.height);
                }
            }
            Reply::Rights(rights) => self.open_rules(rights),
            Reply::Reach(ticket, facts) => self.reached(ticket, facts),
            Reply::Around(ticket, told) => {
                let mut open = self.overlays.iter_mut().filter_map(open_detail);
                if let Some(detail) = open.find(|detail| detail.ticket == ticket) {
                    detail.around = told;
                    detail.refresh(&self.inventory);
                }
            }
            Reply::Log(ticket, lines) => {
                if let Some(detail) = self.look(ticket) {
                    detail.logs.take(lines);
                }
            }
            Reply::LogEnded(ticket, container, why) => {
                if let Some(detail) = self.look(ticket) {
                    detail.logs.ended.push((container, why));
                }
            }
            // What only reads begins at once; its plan is in the case, and in the menu of its job.
            Reply::Planned(Ok(plan)) if plan.tier == Tier::Reads => self.run_plan(*plan, How::NotAsked),
            Reply::Planned(Ok(plan)) => self.overlays.push(Overlay::Confirm(Box::new(Confirm::new(*plan)))),
            Reply::Planned(Err(why)) => {
                self.releasing.clear();
                self.tell(Tone::Bad, why);
            }
            Reply::Standing(jobs) => self.release_each(jobs),
            Reply::Ended { undoes, proven, tone, text } => {
                self.tell(tone, text);
                self.release_next(undoes.as_ref(), proven);
            }
            Reply::Playbooks(playbooks, troubles) => self.playbooks(playbooks, &troubles),
            Reply::Case(id) => {
                // A recording that runs ends in the case that it began in.
                let recorded = self.case.recorded;
                self.case = CaseView::of(id);
                self.case.recorded = recorded;
                self.lookout = Lookout::default();
                self.stand_watch();
                if !self.scope.is_empty() {
                    self.record_scope();
                }
                self.resume_action();
            }
            Reply::Jobs(jobs) => self.jobs_moved(jobs),
            Reply::Evidence(kept) => self.open_evidence(kept),
            Reply::Page(title, lines) => self.open_page(title, lines),
            Reply::Notes(text) => self.open_notes(&text),
            Reply::NotesSaved => self.overlays.retain(|overlay| !matches!(overlay, Overlay::Notes(_))),
            Reply::Written(told) => self.written(told),
            Reply::Ledger(ledger) => self.ledger(ledger),
            Reply::Records(lines) => self.case.records.extend(lines),
            Reply::Findings(batch, by_hand) => self.findings(*batch, by_hand),
            Reply::Reread { finding, came, by_hand } => self.asked_again(&finding, came.map(|came| *came), by_hand),
            Reply::FindingsAsked(asked) => self.alerts.asked = asked,
            Reply::Tell(tone, text) => self.tell(tone, text),
        }
        true
    }

    pub(super) fn show_yaml(&mut self) {
        let Some(detail) = self.overlays.iter_mut().rev().find_map(open_detail) else { return };
        if !detail.raw.is_empty() {
            detail.yaml = fetched(yaml(&detail.raw, detail.managed));
            detail.set_height(detail.height);
        }
    }

    fn news(&mut self, update: Update) -> bool {
        let urgent = matches!(update.news, News::Identified(_) | News::Cluster(_) | News::Watch(..) | News::Listed(_));
        let identity = match &update.news {
            News::Identified(identity) => Some((update.session, identity.clone())),
            _ => None,
        };
        let known = self.inventory.cluster(update.session).is_some();
        if known {
            self.look_out(&update);
        }
        self.news |= known && self.inventory.apply(update, self.now).is_some();
        if let Some((session, identity)) = identity {
            self.identified(session, &identity);
            self.stand_watch();
        }
        urgent
    }

    fn look(&mut self, ticket: u64) -> Option<&mut Detail> {
        self.overlays.iter_mut().filter_map(open_detail).find(|detail| detail.ticket == ticket)
    }
}

fn open_detail(overlay: &mut Overlay) -> Option<&mut Detail> {
    match overlay {
        Overlay::Detail(detail) => Some(detail),
        _ => None,
    }
}

fn fetched(lines: Result<Vec<Clean>, Clean>) -> Fetched {
    match lines {
        Ok(lines) => Fetched::Here(TextPane::new(lines)),
        Err(why) => Fetched::Failed(why),
    }
}
