//! Everything that the cockpit can be told to do by a key or by name.

use crate::inventory::Shared;

/// A pane of the cockpit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each variant is the pane of its name")]
pub enum Pane {
    Clusters,
    Pods,
    Nodes,
    Findings,
    Scope,
    Jobs,
    Journal,
}

impl Pane {
    /// Every pane, in the order of their digits.
    pub const ALL: [Self; 7] =
        [Self::Clusters, Self::Pods, Self::Nodes, Self::Findings, Self::Scope, Self::Jobs, Self::Journal];

    /// The pane's title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Pods => "pods",
            Self::Nodes => "nodes",
            Self::Findings => "findings",
            Self::Scope => "scope",
            Self::Jobs => "jobs",
            Self::Journal => "journal",
        }
    }

    /// The digit that leads to it.
    pub const fn digit(self) -> char {
        match self {
            Self::Clusters => '1',
            Self::Pods => '2',
            Self::Nodes => '3',
            Self::Findings => '4',
            Self::Scope => '5',
            Self::Jobs => '6',
            Self::Journal => '7',
        }
    }
}

/// What a key or a word does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table of entries says what each does")]
pub enum Command {
    Help,
    Palette,
    Prompt,
    Filter,
    Back,
    Quit,
    NextPane,
    PreviousPane,
    Go(Pane),
    Zoom,
    Down,
    Up,
    HalfDown,
    HalfUp,
    PageDown,
    PageUp,
    Top,
    Bottom,
    Left,
    Right,
    Open,
    Yaml,
    Relations,
    Reach,
    Events,
    Logs,
    ToNode,
    Reread,
    Same(Shared),
    Mark,
    MarkRange,
    Unmark,
    UnmarkAll,
    AddToScope,
    TakeFromScope,
    ClearFilter,
    Namespaces,
    Gone,
    Wide,
    Columns,
    Sort,
    CopyCell,
    CopyRow,
    HistoryBack,
    HistoryForward,
    HistoryLast,
    Actions,
    Undo,
    Release,
    Resume,
    Playbook,
    Rules,
    Triage,
    Page,
    AllowCopy,
    Evidence,
    /// Verify the case.
    Verify,
    Notes,
    CloseToWrites,
    Record,
    Redraw,
    NextTab,
    Follow,
    Previous,
    NextContainer,
    ManagedFields,
    SearchNext,
    SearchPrevious,
    Answer,
}

/// Where the help shows a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is the heading of its name")]
pub enum Group {
    Moving,
    Looking,
    Selecting,
    Responding,
    Screen,
}

impl Group {
    /// The headings, in the order of the help.
    pub const ALL: [Self; 5] = [Self::Moving, Self::Looking, Self::Selecting, Self::Responding, Self::Screen];

    /// The heading.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving",
            Self::Looking => "Looking",
            Self::Selecting => "Selecting",
            Self::Responding => "Responding",
            Self::Screen => "Screen",
        }
    }
}
