//! `keymap.yaml`: the name of an action, then its key or a list of its keys.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde_yaml::{Mapping, Value};

use super::{Binding, Bound, Key, Keymap, clash};
use crate::config::Trouble;
use crate::config::trouble::line_of;

pub(super) fn load(file: &Path, bindings: &[Binding]) -> (Keymap, Vec<Trouble>) {
    match fs::read_to_string(file) {
        Ok(text) => read(file, &text, bindings),
        Err(error) if error.kind() == ErrorKind::NotFound => (Keymap::built_in(bindings), Vec::new()),
        Err(error) => {
            let what = format!("cannot be read: {error}; the built-in keys are used");
            (Keymap::built_in(bindings), vec![Trouble::at(file, None, what)])
        }
    }
}

fn read(file: &Path, text: &str, bindings: &[Binding]) -> (Keymap, Vec<Trouble>) {
    let written: Option<Mapping> = match serde_yaml::from_str(text) {
        Ok(written) => written,
        Err(error) => {
            return (Keymap::built_in(bindings), vec![Trouble::yaml(file, &error, "the built-in keys are used")]);
        }
    };
    let mut troubles = Vec::new();
    let mut actions = Keymap::built_in(bindings).actions;
    let mut changed = Vec::new();
    for (name, value) in &written.unwrap_or_default() {
        let name = name.as_str().unwrap_or_default();
        let line = line_of(text, name);
        let Some(bound) = actions.iter_mut().find(|bound| bound.action == name) else {
            troubles.push(Trouble::at(file, line, format!("unknown action {name:?}; it is left out")));
            continue;
        };
        match keys(value) {
            Ok(keys) => {
                let clashes = keys.iter().filter_map(|key| clash(*key).map(|why| format!("{name}: {key} {why}")));
                troubles.extend(clashes.map(|what| Trouble::at(file, line, what)));
                bound.keys = keys;
                changed.push(bound.action);
            }
            Err(what) => {
                troubles.push(Trouble::at(file, line, format!("{name}: {what}; its built-in keys are used")));
            }
        }
    }
    // What the person chose wins over what is built in.
    let mut order: Vec<&Bound> = actions.iter().collect();
    order.sort_by_key(|bound| !changed.contains(&bound.action));
    let keymap = Keymap::bind(order.into_iter().cloned());
    for bound in &actions {
        for key in &bound.keys {
            match keymap.keys.get(&(bound.place, *key)) {
                Some(winner) if *winner != bound.action => {
                    let what = format!("{key} does {winner}, so it no longer does {}", bound.action);
                    troubles.push(Trouble::at(file, line_of(text, winner), what));
                }
                _ => {}
            }
        }
    }
    (Keymap { actions, keys: keymap.keys }, troubles)
}

fn keys(value: &Value) -> Result<Vec<Key>, String> {
    let one = |value: &Value| match value {
        Value::String(text) => text.parse::<Key>().map_err(|error| error.to_string()),
        Value::Number(digit) => digit.to_string().parse::<Key>().map_err(|error| error.to_string()),
        _ => Err("expected a key such as ctrl-d, or a list of keys".to_owned()),
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Sequence(list) => list.iter().map(one).collect(),
        value => one(value).map(|key| vec![key]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BINDINGS: [Binding; 3] = [
        Binding { place: "", action: "quit", keys: &["q"] },
        Binding { place: "", action: "mark", keys: &["space"] },
        Binding { place: "", action: "top", keys: &["g", "home"] },
    ];

    fn loaded(text: &str) -> (Keymap, Vec<String>) {
        let (map, troubles) = read(Path::new("keymap.yaml"), text, &BINDINGS);
        (map, troubles.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn keys_are_replaced_and_taken_away() {
        let (map, troubles) = loaded("quit: [Q, 0]\nmark:\n");
        assert!(troubles.is_empty(), "{troubles:?}");
        assert_eq!(map.action("", "Q".parse().unwrap()), Some("quit"));
        assert_eq!(map.action("", "0".parse().unwrap()), Some("quit"));
        assert_eq!(map.action("", "q".parse().unwrap()), None);
        assert_eq!(map.action("", "space".parse().unwrap()), None);
        assert_eq!(map.action("", "g".parse().unwrap()), Some("top"));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let (map, troubles) = loaded("quit: Q\nmrak: m\ntop: meta-g\nmark: ctrl-b\n");
        assert_eq!(map.action("", "g".parse().unwrap()), Some("top"));
        let starts = ["keymap.yaml:2: unknown action", "keymap.yaml:3: top: ", "keymap.yaml:4: mark: ctrl-b"];
        assert_eq!(troubles.len(), starts.len(), "{troubles:?}");
        for (trouble, start) in troubles.iter().zip(starts) {
            assert!(trouble.starts_with(start), "{trouble}");
        }
    }

    #[test]
    fn a_conflict_is_won_by_the_person_and_reported() {
        let (map, troubles) = loaded("mark: q\n");
        assert_eq!(map.action("", "q".parse().unwrap()), Some("mark"));
        assert_eq!(troubles, ["keymap.yaml:1: q does mark, so it no longer does quit"]);
    }

    #[test]
    fn a_torn_file_leaves_the_built_in_keys() {
        let (map, troubles) = loaded("quit: [q\nmark: x");
        assert_eq!(map.action("", "q".parse().unwrap()), Some("quit"));
        assert_eq!(troubles.len(), 1);
        assert!(loaded("").1.is_empty());
    }
}
