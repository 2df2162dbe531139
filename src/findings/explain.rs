//! A finding in full, line by line: what it means, what to ask, what it leads to.

use super::catalogue::look_up;
use super::resolve::{Link, Resolution, Step};
use crate::inventory::RowId;
use crate::model::finding::Source;
use crate::model::{Clean, Finding};

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The finding's title.
    Title,
    /// The heading of what follows.
    Heading,
    /// A fact.
    Text,
    /// A question.
    Question,
    /// Something that holds.
    Firm,
    /// Something that is not sure.
    Loose,
    /// Something that speaks against the line before.
    Against,
    /// More about the line before.
    Dim,
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is.
    pub weight: Weight,
    /// How far in it stands.
    pub depth: usize,
    /// What it says.
    pub text: Clean,
    /// Where it leads.
    pub leads: Option<Leads>,
}

/// Where a line leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leads {
    /// To a row that is listed.
    Row(RowId),
    /// To a playbook.
    Playbook(&'static str),
}

/// Writes a finding out.
pub fn explain(finding: &Finding, resolution: &Resolution) -> Vec<Line> {
    let mut page = Page { lines: Vec::new() };
    page.line(Weight::Title, 0, format!("{} {}", finding.severity, finding.title));
    page.line(Weight::Text, 1, format!("{}  ({})", finding.kind, finding.source.word()));
    page.said(finding);
    page.meaning(finding);
    page.links(finding, resolution);
    page.rest(finding);
    page.lines
}

struct Page {
    lines: Vec<Line>,
}

impl Page {
    fn line(&mut self, weight: Weight, depth: usize, text: impl Into<Clean>) {
        self.lines.push(Line { weight, depth, text: text.into(), leads: None });
    }

    fn said(&mut self, finding: &Finding) {
        if !finding.description.is_empty() && finding.description != finding.title {
            self.line(Weight::Text, 1, finding.description.clone());
        }
        let moment = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
        let times = [
            (if finding.source.is_alert() { "first" } else { "first looked at" }, moment(finding.first_seen)),
            ("last", moment(finding.last_seen)),
            ("written", moment(finding.updated)),
        ];
        let times: Vec<_> = times.into_iter().filter_map(|(what, at)| Some(format!("{what} {}", at?))).collect();
        let count = if finding.count > 1 { format!("{} times, ", finding.count) } else { String::new() };
        if !times.is_empty() {
            self.line(Weight::Dim, 1, format!("{count}{}", times.join(", ")));
        }
        let place = [("account", &finding.account), ("in", &finding.region), ("id", &finding.id)];
        let place: Vec<_> =
            place.iter().filter(|(_, text)| !text.is_empty()).map(|(what, text)| format!("{what} {text}")).collect();
        let came = if finding.source.is_alert() { "read from" } else { "seen in" };
        self.line(Weight::Dim, 1, format!("{}; {came} {}", place.join(" "), finding.origin));
        if finding.sample {
            self.line(Weight::Loose, 1, "a sample: nothing happened");
        }
        if finding.archived {
            self.line(Weight::Loose, 1, "archived: somebody has put it away");
        }
        if finding.title.hid_something() || finding.description.hid_something() {
            self.line(Weight::Against, 1, "a text of it hides characters; they are shown as <U+...>");
        }
    }

    fn meaning(&mut self, finding: &Finding) {
        let Some(entry) = look_up(finding) else {
            self.line(Weight::Heading, 0, "what it means");
            self.line(Weight::Dim, 1, "this type is not about clusters, nodes or keys that come through them: the catalogue has nothing on it");
            return;
        };
        self.line(
            Weight::Heading,
            0,
            if entry.tactic.is_empty() {
                "what it means".to_owned()
            } else {
                format!("what it means: {}", entry.tactic)
            },
        );
        if entry.means.is_empty() && finding.source == Source::Typed {
            self.line(Weight::Dim, 1, "what somebody tells has no type; what follows holds for all of it");
        } else if entry.means.is_empty() {
            self.line(
                Weight::Dim,
                1,
                "the catalogue does not know this type by name; what follows holds for all like it",
            );
        } else {
            self.line(Weight::Text, 1, entry.means);
        }
        self.line(Weight::Dim, 1, entry.about);
        match entry.retired {
            Some("") => self.line(Weight::Dim, 1, "the type is retired: it is not reported any more"),
            Some(instead) => self.line(Weight::Dim, 1, format!("the type is retired; today it is {instead}")),
            None => {}
        }
        self.lines.push(Line {
            weight: Weight::Text,
            depth: 1,
            text: format!("playbook {}", entry.playbook).into(),
            leads: Some(Leads::Playbook(entry.playbook)),
        });
        self.line(Weight::Heading, 0, "ask first");
        entry.ask.iter().for_each(|question| self.line(Weight::Question, 1, *question));
        self.line(Weight::Heading, 0, "pull");
        entry.facts.iter().for_each(|fact| self.line(Weight::Text, 1, fact.words()));
    }

    fn links(&mut self, finding: &Finding, resolution: &Resolution) {
        self.line(Weight::Heading, 0, "what it leads to");
        for link in &resolution.links {
            self.link(link);
            if link.step == Step::Caller
                && let Some(caller) = &finding.caller
            {
                let agent = if caller.agent.is_empty() { String::new() } else { format!(", client {}", caller.agent) };
                let answer =
                    if caller.answer.is_empty() { String::new() } else { format!(", answered {}", caller.answer) };
                self.line(Weight::Dim, 2, format!("{}{answer}{agent}", caller.call));
            }
        }
        if let Some(who) = &resolution.who {
            if !who.principal.is_empty() {
                self.line(Weight::Dim, 2, format!("principal {}", who.principal));
            }
            self.line(Weight::Text, 1, format!("to take {}'s access away: {}", who.name, who.next));
        }
    }

    fn link(&mut self, link: &Link) {
        let gone = if link.gone { "  GONE" } else { "" };
        let weight = if link.sure >= super::Sure::Likely && !link.gone { Weight::Firm } else { Weight::Loose };
        let text = format!("{:<8} {}{gone}  {}: {}", link.step.word(), link.to, link.sure.word(), link.how);
        self.lines.push(Line { weight, depth: 1, text: text.into(), leads: link.row.map(Leads::Row) });
        link.against.iter().for_each(|against| self.line(Weight::Against, 2, format!("but: {against}")));
    }

    fn rest(&mut self, finding: &Finding) {
        let about = &finding.about;
        let given = about.workloads.iter().flat_map(|workload| workload.given.iter().chain(&workload.images));
        let given: Vec<_> = given.map(Clean::as_str).collect();
        if given.is_empty() && about.others.is_empty() && finding.remarks.is_empty() {
            return;
        }
        self.line(Weight::Heading, 0, "what else it says");
        if !given.is_empty() {
            self.line(Weight::Text, 1, format!("the workload has {}", given.join(", ")));
        }
        about.others.iter().for_each(|other| self.line(Weight::Text, 1, other.clone()));
        finding.remarks.iter().for_each(|remark| self.line(Weight::Text, 1, remark.clone()));
    }
}
