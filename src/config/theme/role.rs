//! What a piece of text is, as far as its looks go.

use std::fmt;

macro_rules! roles {
    ($($(#[doc = $doc:literal])+ $role:ident $name:literal,)+) => {
        /// The meaning of a piece of text or of a line on the screen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[doc = $doc])+ $role,)+
        }

        impl Role {
            /// Every role.
            pub const ALL: &'static [Self] = &[$(Self::$role,)+];

            /// How many there are.
            pub const COUNT: usize = Self::ALL.len();

            /// The role's name in theme files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)+
                }
            }
        }
    };
}

roles! {
    /// Ordinary text.
    Text "text",
    /// Text of less weight: namespaces, units, separators.
    Dim "dim",
    /// Titles of panes and overlays, column heads.
    Title "title",
    /// Frames and rules.
    Border "border",
    /// The frame and title of the pane that has the keys.
    Focus "focus",
    /// The row under the cursor.
    Selection "selection",
    /// A row that is marked.
    Mark "mark",
    /// A row or count that belongs to the scope.
    Scope "scope",
    /// What matches the filter inside a text.
    Match "match",
    /// All is well.
    Ok "ok",
    /// News that needs no hurry.
    Info "info",
    /// Something needs a look.
    Warn "warn",
    /// Something is wrong.
    Critical "critical",
    /// Something is being done.
    Progress "progress",
    /// Data that is no longer kept up to date.
    Stale "stale",
    /// An object that is gone.
    Gone "gone",
    /// Text that hid something in its raw form.
    Hidden "hidden",
    /// What cannot be done now.
    Disabled "disabled",
    /// The badge of read-only.
    ReadOnly "read-only",
    /// The badge of a session that can write.
    Armed "armed",
    /// The badge of the game day.
    GameDay "game-day",
    /// The bar at the top: cluster, account, identity.
    Header "header",
    /// The key in a hint: `?`.
    KeyHint "key-hint",
    /// What the key of a hint does.
    Hint "hint",
    /// What a person types.
    Prompt "prompt",
    /// Names of a YAML mapping.
    YamlKey "yaml-key",
    /// Values of a YAML mapping.
    YamlValue "yaml-value",
}

impl Role {
    /// The role of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.name() == name)
    }

    /// Whether people read its letters. Frames are seen, not read.
    pub const fn is_text(self) -> bool {
        !matches!(self, Self::Border)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
