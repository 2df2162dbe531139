//! Which key does what.

mod clash;
mod file;
mod key;

use std::collections::HashMap;

pub use clash::clash;
pub use key::{Key, NotAKey};

use super::{Directories, Trouble};

/// What can be bound to keys, with the keys it has unless a person says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds: the name of a pane or overlay, or `""` for everywhere. What
    /// holds in one place stands before what holds everywhere.
    pub place: &'static str,
    /// The action's name in `keymap.yaml`, unique over all places: `mark-range`.
    pub action: &'static str,
    /// The keys, in the notation of [`Key`].
    pub keys: &'static [&'static str],
}

/// The keys of every action.
#[derive(Clone, Debug, Default)]
pub struct Keymap {
    actions: Vec<Bound>,
    keys: HashMap<(&'static str, Key), &'static str>,
}

#[derive(Clone, Debug)]
struct Bound {
    place: &'static str,
    action: &'static str,
    keys: Vec<Key>,
}

impl Keymap {
    /// The keys as they are built in. A key that two actions of one place share goes to the first.
    pub fn built_in(bindings: &[Binding]) -> Self {
        Self::bind(bindings.iter().map(|binding| Bound {
            place: binding.place,
            action: binding.action,
            keys: binding.keys.iter().filter_map(|key| key.parse().ok()).collect(),
        }))
    }

    /// The keys with the changes of `keymap.yaml`, and what is wrong there:
    /// unknown actions, texts that are no keys, keys bound twice, keys that
    /// terminals or multiplexers keep for themselves.
    pub fn load(directories: &Directories, bindings: &[Binding]) -> (Self, Vec<Trouble>) {
        file::load(&directories.config().join("keymap.yaml"), bindings)
    }

    /// What a key does in a place, or everywhere.
    pub fn action(&self, place: &str, key: Key) -> Option<&'static str> {
        self.keys.get(&(place, key)).or_else(|| self.keys.get(&("", key))).copied()
    }

    /// The keys of an action, those of the person first.
    pub fn keys(&self, action: &str) -> &[Key] {
        self.actions.iter().find(|bound| bound.action == action).map_or(&[], |bound| &bound.keys)
    }

    /// Every action with its place and keys, in the order of the bindings.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &'static str, &[Key])> {
        self.actions.iter().map(|bound| (bound.place, bound.action, bound.keys.as_slice()))
    }

    fn bind(actions: impl Iterator<Item = Bound>) -> Self {
        let mut map = Self { actions: actions.collect(), keys: HashMap::new() };
        for bound in &map.actions {
            for key in &bound.keys {
                map.keys.entry((bound.place, *key)).or_insert(bound.action);
            }
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDINGS: [Binding; 3] = [
        Binding { place: "", action: "quit", keys: &["q"] },
        Binding { place: "logs", action: "previous", keys: &["p"] },
        Binding { place: "pods", action: "pick", keys: &["q", "space"] },
    ];

    #[test]
    fn a_place_stands_before_everywhere() {
        let map = Keymap::built_in(&BINDINGS);
        let key = |text: &str| text.parse().unwrap();
        assert_eq!(map.action("logs", key("q")), Some("quit"));
        assert_eq!(map.action("pods", key("q")), Some("pick"));
        assert_eq!(map.action("pods", key("p")), None);
        assert_eq!(map.keys("pick"), [key("q"), key("space")]);
    }
}
