//! Sets of fields, as `FieldsV1` writes them: a tree whose branches are `f:NAME`, `k:{KEYS}` and `v:VALUE`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A set of fields of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Set {
    /// Whether the field at this place is in the set.
    pub(super) own: bool,
    /// What is in it below this place.
    pub(super) below: BTreeMap<String, Set>,
}

impl Set {
    /// The set of the place itself.
    pub(super) fn leaf() -> Self {
        Self { own: true, below: BTreeMap::new() }
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        !self.own && self.below.is_empty()
    }

    /// What is in either.
    pub(super) fn union(&self, other: &Self) -> Self {
        let mut below = self.below.clone();
        for (branch, set) in &other.below {
            let both = below.get(branch).map_or_else(|| set.clone(), |own| own.union(set));
            below.insert(branch.clone(), both);
        }
        Self { own: self.own || other.own, below }
    }

    /// What is in this one and not in the other.
    pub(super) fn difference(&self, other: &Self) -> Self {
        self.each(other, self.own && !other.own, |own, set| own.difference(set), true)
    }

    /// What is in both.
    pub(super) fn intersection(&self, other: &Self) -> Self {
        self.each(other, self.own && other.own, |own, set| own.intersection(set), false)
    }

    fn each(&self, other: &Self, own: bool, both: impl Fn(&Self, &Self) -> Self, alone: bool) -> Self {
        let below = self.below.iter().filter_map(|(branch, set)| {
            let left = match other.below.get(branch) {
                Some(other) => both(set, other),
                None if alone => set.clone(),
                None => return None,
            };
            (!left.is_empty()).then(|| (branch.clone(), left))
        });
        Self { own, below: below.collect() }
    }

    /// Adds a place below this one, unless nothing is in it.
    pub(super) fn add(&mut self, branch: String, set: Self) {
        if !set.is_empty() {
            self.below.insert(branch, set);
        }
    }

    /// Takes one place out of it, by the names of fields.
    pub(super) fn without(&mut self, path: &[&str]) {
        let Some((first, rest)) = path.split_first() else {
            self.own = false;
            return;
        };
        let branch = format!("f:{first}");
        if let Some(set) = self.below.get_mut(&branch) {
            set.without(rest);
            if set.is_empty() {
                self.below.remove(&branch);
            }
        }
    }

    /// Reads `fieldsV1`.
    pub(super) fn read(written: &Value) -> Self {
        let Some(map) = written.as_object() else { return Self::default() };
        if map.is_empty() {
            return Self::leaf();
        }
        let below = map.iter().filter(|(branch, _)| *branch != ".");
        Self {
            own: map.contains_key("."),
            below: below.map(|(branch, set)| (branch.clone(), Self::read(set))).collect(),
        }
    }

    /// Writes `fieldsV1`.
    pub(super) fn write(&self) -> Value {
        let mut map = Map::new();
        if self.own && !self.below.is_empty() {
            map.insert(".".to_owned(), Value::Object(Map::new()));
        }
        map.extend(self.below.iter().map(|(branch, set)| (branch.clone(), set.write())));
        Value::Object(map)
    }

    /// Every place in it as refusals write it: `.spec.containers[name="web"].image`.
    pub(super) fn paths(&self) -> Vec<String> {
        let own = self.own.then(String::new);
        let below = self.below.iter().flat_map(|(branch, set)| {
            let step = step(branch);
            set.paths().into_iter().map(move |rest| format!("{step}{rest}"))
        });
        own.into_iter().chain(below).collect()
    }
}

fn step(branch: &str) -> String {
    let Some((sort, rest)) = branch.split_once(':') else { return branch.to_owned() };
    match sort {
        "f" => format!(".{rest}"),
        "k" => {
            let keys: Map<String, Value> = serde_json::from_str(rest).unwrap_or_default();
            let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key}={value}")).collect();
            format!("[{}]", keys.join(","))
        }
        _ => format!("[={rest}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_set_is_written_as_it_was_read() {
        let written = json!({"f:spec": {"f:replicas": {}, "f:template": {"f:containers": {"k:{\"name\":\"web\"}": {".": {}, "f:image": {}}}}}});
        let set = Set::read(&written);
        assert_eq!(set.write(), written);
        let expected = [
            ".spec.replicas",
            ".spec.template.containers[name=\"web\"]",
            ".spec.template.containers[name=\"web\"].image",
        ];
        assert_eq!(set.paths(), expected);
        let image =
            Set::read(&json!({"f:spec": {"f:template": {"f:containers": {"k:{\"name\":\"web\"}": {"f:image": {}}}}}}));
        assert_eq!(set.intersection(&image), image);
        assert_eq!(set.difference(&image).union(&image), set);
        assert!(image.difference(&set).is_empty());
    }
}
