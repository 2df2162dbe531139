//! A plan on the screen, waiting for its answer.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::model::{Clean, Plan, Tier, brief};
use crate::response::How;

use super::super::panes::TextPane;
use super::plan::lines;

/// A plan that is shown and not yet answered.
#[derive(Debug)]
pub struct Confirm {
    /// The plan.
    pub plan: Plan,
    /// The plan in words.
    pub text: TextPane,
    /// What was typed so far, for the tiers that are typed.
    pub typed: String,
    /// Whether scripts are shown whole.
    whole: bool,
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
        let text = TextPane::prose(lines(&plan, false));
        Self { plan, text, typed: String::new(), whole: false }
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

    /// Whether anything is shown by its first line alone.
    pub fn has_scripts(&self) -> bool {
        self.plan.calls.iter().any(|call| brief(&call.body) != call.body)
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
        if key.code == KeyCode::Tab && self.has_scripts() {
            self.whole = !self.whole;
            let scroll = self.text.scroll;
            self.text = TextPane::prose(lines(&self.plan, self.whole));
            self.text.scroll = scroll;
            return self.scroll(0);
        }
        if let Some(name) = self.password() {
            let name = name.to_string();
            return self.type_in(key, &name);
        }
        let plain = key.modifiers.difference(KeyModifiers::SHIFT).is_empty();
        let light = self.plan.tier <= Tier::Undone;
        match key.code {
            KeyCode::Char('y') if plain => Answer::Yes,
            KeyCode::Enter if plain && light => Answer::Yes,
            KeyCode::Char('j') => self.scroll(1),
            KeyCode::Char('k') => self.scroll(-1),
            KeyCode::Char('g') => self.scroll(isize::MIN),
            KeyCode::Char('G') => self.scroll(isize::MAX),
            code => moves(code).map_or(Answer::No, |rows| self.scroll(rows)),
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
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Answer::No,
            KeyCode::Char(letter) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                self.typed.push(letter);
                Answer::Open
            }
            code => moves(code).map_or(Answer::Open, |rows| self.scroll(rows)),
        }
    }

    fn scroll(&mut self, rows: isize) -> Answer {
        self.text.scroll.step(rows, self.text.lines.len());
        Answer::Open
    }
}

/// Rows by which a key moves that is no letter: letters are typed where something is typed.
const fn moves(code: KeyCode) -> Option<isize> {
    Some(match code {
        KeyCode::Down => 1,
        KeyCode::Up => -1,
        KeyCode::PageDown => 10,
        KeyCode::PageUp => -10,
        KeyCode::Home => isize::MIN,
        KeyCode::End => isize::MAX,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Call, ClusterId, Kind, Target, Uid};

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
    fn a_plan_is_read_to_its_end_and_stays_open() {
        let mut confirm = confirm(Tier::MayHurt);
        confirm.text = TextPane::new((0..100).map(|line| Clean::from(format!("{line}"))).collect());
        confirm.text.scroll.height = 10;
        for (code, top) in [(KeyCode::Char('G'), 90), (KeyCode::Home, 0), (KeyCode::End, 90), (KeyCode::Char('g'), 0)] {
            assert_eq!((press(&mut confirm, code), confirm.text.scroll.top), (Answer::Open, top));
        }
    }

    #[test]
    fn a_script_is_shown_whole_by_a_key() {
        let mut confirm = confirm(Tier::MayHurt);
        assert_eq!(press(&mut confirm, KeyCode::Tab), Answer::No, "there is nothing more to show");
        let body = serde_json::json!({"Parameters": {"commands": ["# Looks.\nls /tmp"]}});
        confirm.plan.calls.push(Call { target: 0, method: "ssm:SendCommand".into(), path: "i-0".into(), body });
        let mut confirm = Confirm::new(confirm.plan);
        let shows = |confirm: &Confirm, text: &str| confirm.text.lines.iter().any(|line| line.contains(text));
        assert!(shows(&confirm, "# Looks. [2 lines, SHA-256 ") && !shows(&confirm, "ls /tmp"));
        assert_eq!(press(&mut confirm, KeyCode::Tab), Answer::Open);
        assert!(shows(&confirm, "ls /tmp"));
        assert_eq!(press(&mut confirm, KeyCode::Tab), Answer::Open);
        assert!(!shows(&confirm, "ls /tmp"));
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
