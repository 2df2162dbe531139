//! A plan on the screen, waiting for its answer.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::model::{Clean, Plan, PlanNote, Tier};
use crate::response::How;

use super::super::panes::TextPane;

/// A plan that is shown and not yet answered.
#[derive(Debug)]
pub struct Confirm {
    /// The plan.
    pub plan: Plan,
    /// The plan in words.
    pub text: TextPane,
    /// What was typed so far, for the tiers that are typed.
    pub typed: String,
}

/// What a key said to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Nothing yet.
    Open,
    /// Run it.
    Yes,
    /// Leave everything as it is.
    No,
}

impl Confirm {
    /// Shows a plan.
    pub fn new(plan: Plan) -> Self {
        let text = TextPane::prose(lines(&plan));
        Self { plan, text, typed: String::new() }
    }

    /// What has to be typed, for the tiers that are typed: the first target's name.
    pub fn password(&self) -> Option<&Clean> {
        (self.plan.tier >= Tier::Irreversible).then(|| self.plan.targets.first().map(|target| &target.name)).flatten()
    }

    /// How the plan is confirmed by a yes, in the words of the journal.
    pub fn how(&self) -> How {
        match (self.plan.tier, self.alone()) {
            (Tier::Reads, _) => How::NotAsked,
            (Tier::Undone, _) => How::Key,
            (Tier::MayHurt, _) => How::Answered,
            (Tier::Everything, Some(reason)) => {
                let typed = self.password().cloned().unwrap_or_default();
                How::Alone { typed, reason: reason.into() }
            }
            (Tier::Irreversible | Tier::Everything, _) => How::Typed(self.typed.as_str().into()),
        }
    }

    /// The reason of whoever has no second person: `NAME alone REASON`.
    fn alone(&self) -> Option<&str> {
        let rest = self.typed.strip_prefix(self.password()?.as_str())?.strip_prefix(" alone ")?;
        (self.plan.tier == Tier::Everything && !rest.trim().is_empty()).then_some(rest)
    }

    /// What the responder is asked.
    pub fn question(&self) -> Clean {
        match self.plan.tier {
            Tier::Reads | Tier::Undone => "enter or y runs it; anything else leaves everything as it is".into(),
            Tier::MayHurt => "y runs it; anything else leaves everything as it is".into(),
            Tier::Everything => match self.password() {
                Some(name) => format!(
                    "a second person runs `podmortem case approve --case ID HASH`, then type {name} and enter; or {name} alone REASON; esc leaves everything as it is"
                )
                .into(),
                None => "there is nothing to act on; esc closes".into(),
            },
            Tier::Irreversible => match self.password() {
                Some(name) => format!("type {name} and enter to run it; esc leaves everything as it is").into(),
                None => "there is nothing to act on; esc closes".into(),
            },
        }
    }

    /// Takes a key. The default is to leave everything as it is.
    pub fn key(&mut self, key: KeyEvent) -> Answer {
        if let Some(name) = self.password() {
            let name = name.to_string();
            return self.type_in(key, &name);
        }
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let light = self.plan.tier <= Tier::Undone;
        match key.code {
            KeyCode::Char('y') if plain => Answer::Yes,
            KeyCode::Enter if plain && light => Answer::Yes,
            KeyCode::Down | KeyCode::Char('j') => self.scroll(1),
            KeyCode::Up | KeyCode::Char('k') => self.scroll(-1),
            KeyCode::PageDown => self.scroll(10),
            KeyCode::PageUp => self.scroll(-10),
            _ => Answer::No,
        }
    }

    fn type_in(&mut self, key: KeyEvent, name: &str) -> Answer {
        match key.code {
            KeyCode::Esc => Answer::No,
            KeyCode::Enter if self.typed == name || self.alone().is_some() => Answer::Yes,
            KeyCode::Backspace => {
                self.typed.pop();
                Answer::Open
            }
            KeyCode::Down => self.scroll(1),
            KeyCode::Up => self.scroll(-1),
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Answer::No,
            KeyCode::Char(letter) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                self.typed.push(letter);
                Answer::Open
            }
            _ => Answer::Open,
        }
    }

    fn scroll(&mut self, rows: isize) -> Answer {
        self.text.scroll.step(rows, self.text.lines.len());
        Answer::Open
    }
}

fn lines(plan: &Plan) -> Vec<Clean> {
    let mut lines: Vec<Clean> = Vec::new();
    let mut say = |line: String| lines.push(line.into());
    if let Some(job) = &plan.undoes {
        say(format!("puts back {job}"));
    }
    say(format!("{} on {} object{}:", plan.action, plan.targets.len(), if plan.targets.len() == 1 { "" } else { "s" }));
    for target in &plan.targets {
        say(format!("  {target}  uid {}", target.uid));
    }
    for (title, pick) in [
        ("The server's dry run refuses:", (|note| matches!(note, PlanNote::WouldFail(_))) as fn(&PlanNote) -> bool),
        ("Read this first:", |note| matches!(note, PlanNote::Limit(_))),
        ("Others who are hit:", |note| matches!(note, PlanNote::AlsoHit(_))),
        ("Cannot be undone:", |note| matches!(note, PlanNote::CannotUndo(_))),
        ("Changed by others, and left so:", |note| matches!(note, PlanNote::Theirs(_))),
        ("Already so:", |note| matches!(note, PlanNote::Already(_))),
    ] {
        let notes: Vec<_> = plan.notes.iter().filter(|note| pick(note)).collect();
        if !notes.is_empty() {
            say(String::new());
            say(title.to_owned());
        }
        for note in notes {
            say(format!("  {}", note.text()));
        }
    }
    say(String::new());
    say(format!("{} call{} would be sent:", plan.calls.len(), if plan.calls.len() == 1 { "" } else { "s" }));
    for call in &plan.calls {
        say(format!("  {} {}", call.method, call.path));
        if !call.body.is_null() {
            let body = serde_yaml::to_string(&call.body).unwrap_or_else(|_| call.body.to_string());
            body.lines().for_each(|line| say(format!("      {line}")));
        }
    }
    say(String::new());
    say(format!("plan {}", plan.hash()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClusterId, Kind, Target, Uid};

    fn confirm(tier: Tier) -> Confirm {
        let target = Target {
            cluster: ClusterId(Uid::default()),
            kind: Kind::Pod,
            namespace: Some("shop".into()),
            name: "web".into(),
            uid: Uid::default(),
        };
        Confirm::new(Plan {
            action: "isolate-pod".into(),
            tier,
            cluster: ClusterId(Uid::default()),
            case: None,
            options: Default::default(),
            targets: vec![target],
            calls: Vec::new(),
            notes: Vec::new(),
            facts: Vec::new(),
            rests: vec![],
            undoes: None,
        })
    }

    fn press(confirm: &mut Confirm, code: KeyCode) -> Answer {
        confirm.key(KeyEvent::new(code, KeyModifiers::NONE))
    }

    #[test]
    fn enter_alone_never_runs_what_may_hurt() {
        assert_eq!(press(&mut confirm(Tier::MayHurt), KeyCode::Enter), Answer::No);
        assert_eq!(press(&mut confirm(Tier::MayHurt), KeyCode::Char('y')), Answer::Yes);
        assert_eq!(press(&mut confirm(Tier::Undone), KeyCode::Enter), Answer::Yes);
        for tier in [Tier::Undone, Tier::MayHurt, Tier::Irreversible] {
            assert_eq!(press(&mut confirm(tier), KeyCode::Esc), Answer::No);
        }
    }

    #[test]
    fn what_cannot_be_undone_is_typed() {
        let mut confirm = confirm(Tier::Irreversible);
        assert_eq!(press(&mut confirm, KeyCode::Char('y')), Answer::Open);
        assert_eq!(press(&mut confirm, KeyCode::Enter), Answer::Open);
        press(&mut confirm, KeyCode::Backspace);
        for letter in "web".chars() {
            press(&mut confirm, KeyCode::Char(letter));
        }
        assert_eq!(press(&mut confirm, KeyCode::Enter), Answer::Yes);
    }
}
