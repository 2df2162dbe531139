//! Why a command does nothing now, in words.

use crate::model::{Clean, Kind};

use super::super::detail::Tab;
use super::super::keys::{Command, Pane};
use super::super::overlays::Overlay;
use super::App;

impl App {
    /// The reason why a command cannot be run now, if there is one.
    pub fn disabled(&self, command: Command) -> Option<Clean> {
        let why = match command {
            Command::Undo
            | Command::Release
            | Command::Resume
            | Command::Triage
            | Command::Page
            | Command::AllowCopy
            | Command::Evidence
            | Command::Verify
            | Command::Notes
                if self.case.id.is_empty() =>
            {
                "no case is open"
            }
            Command::Undo => {
                return match self.job() {
                    Some(job) => self.undo_disabled(job),
                    None => Some("no job is under the cursor; the jobs pane (6) shows them".into()),
                };
            }
            Command::Release | Command::Resume | Command::Page | Command::AllowCopy if self.mode.read_only => {
                "this session is read-only"
            }
            Command::Same(shared) => {
                let row = self.under_cursor().and_then(|id| self.inventory.row(id))?;
                if shared.query(&row, &self.inventory).is_some() {
                    return None;
                }
                return Some(format!("this {} has no such thing in common with others", row.id().kind).into());
            }
            Command::Logs if self.kind_under_cursor() != Some(Kind::Pod) => "only pods have logs",
            Command::Reach if self.among_findings() => {
                return self.row_of_finding().is_none().then(|| {
                    "a blast radius begins at a pod, a node or a service account, and this finding leads to none".into()
                });
            }
            Command::Reach
                if !matches!(self.kind_under_cursor(), None | Some(Kind::Pod | Kind::Node | Kind::ServiceAccount)) =>
            {
                "a blast radius begins at a pod, a node or a service account"
            }
            Command::ToNode if self.kind_under_cursor() != Some(Kind::Pod) => "only pods stand on a node",
            Command::Follow | Command::Previous | Command::NextContainer if self.tab() != Some(Tab::Logs) => {
                "no logs are open"
            }
            Command::ManagedFields if self.tab() != Some(Tab::Yaml) => "no YAML is open",
            Command::Reread if !self.among_findings() => "only findings have a source that can be asked again; pane 4",
            Command::Open | Command::Yaml | Command::AddToScope | Command::Reread if self.among_findings() => {
                return (!self.has_finding()).then(|| "there is no finding under the cursor".into());
            }
            Command::NextTab | Command::SearchNext | Command::SearchPrevious if self.finding_is_open() => return None,
            Command::Relations | Command::Events if self.among_findings() => {
                "a finding is opened with enter, its raw JSON with y"
            }
            Command::SearchNext | Command::SearchPrevious if self.tab().is_none() => "no text is open",
            Command::NextTab if self.tab().is_none() => "no object is open",
            Command::Gone if self.main.kind() != Kind::Pod => "only pods are kept when they are gone",
            Command::Mark | Command::AddToScope | Command::TakeFromScope if self.unidentified() => {
                "the cluster has not said yet which one it is; marks need its identity"
            }
            Command::MarkRange | Command::Columns | Command::Sort | Command::Wide
                if !matches!(self.focus, Pane::Pods | Pane::Nodes) =>
            {
                "this pane is no table of objects"
            }
            Command::CloseToWrites if self.mode.read_only => "this session is read-only already",
            Command::Record if self.case.id.is_empty() => "no case is open to record into; :case ID opens one",
            Command::Record if self.mode.read_only => {
                "this session is read-only, and the recording would go into the case"
            }
            Command::HistoryBack | Command::HistoryLast if self.history.trail().len() < 2 => {
                "this is the first selection"
            }
            Command::ClearFilter if self.list_typed().is_empty() => "nothing is filtered",
            Command::Open if self.nothing_under_cursor() => "there is nothing under the cursor",
            Command::Yaml | Command::Relations | Command::Reach | Command::Events if self.no_object_under_cursor() => {
                "there is no object under the cursor"
            }
            _ => return None,
        };
        Some(why.into())
    }

    fn kind_under_cursor(&self) -> Option<Kind> {
        self.under_cursor().map(|id| id.kind)
    }

    /// Whether opening would open nothing.
    fn nothing_under_cursor(&self) -> bool {
        if !self.overlays.is_empty() {
            return self.no_object_under_cursor();
        }
        match self.focus {
            Pane::Clusters => false,
            Pane::Jobs => self.job().is_none(),
            Pane::Journal => self.case.records.is_empty(),
            _ => self.no_object_under_cursor(),
        }
    }

    fn no_object_under_cursor(&self) -> bool {
        !matches!(self.overlays.last(), Some(Overlay::Detail(_))) && self.under_cursor().is_none()
    }

    fn finding_is_open(&self) -> bool {
        matches!(self.overlays.last(), Some(Overlay::Finding(_)))
    }

    fn unidentified(&self) -> bool {
        self.under_cursor().is_some_and(|id| self.inventory.target(id).is_none())
    }

    fn tab(&self) -> Option<Tab> {
        match self.overlays.last() {
            Some(Overlay::Detail(detail)) => Some(detail.tab),
            _ => None,
        }
    }

    fn list_typed(&self) -> &str {
        match self.focus {
            Pane::Nodes => &self.nodes.typed,
            Pane::Findings => &self.alerts.typed,
            _ => &self.main.typed,
        }
    }
}
