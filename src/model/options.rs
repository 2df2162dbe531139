//! What an action is told beside its targets.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Clean;

/// Options by their names: `label` is `status=quarantine`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Options(BTreeMap<Clean, Clean>);

impl Options {
    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An option's value, empty where it is not set.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| **known == *name).map_or("", |(_, value)| value.as_str())
    }

    /// Whether an option is set.
    pub fn has(&self, name: &str) -> bool {
        self.0.keys().any(|known| *known == *name)
    }

    /// Sets an option.
    pub fn set(&mut self, name: impl Into<Clean>, value: impl Into<Clean>) {
        self.0.insert(name.into(), value.into());
    }

    /// The options, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&Clean, &Clean)> {
        self.0.iter()
    }
}

/// `NAME=VALUE`, as `--set` and the prompt take it; the value may hold `=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option's name.
    pub name: Clean,
    /// Its value.
    pub value: Clean,
}

impl FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => Ok(Self { name: name.into(), value: value.into() }),
            _ => Err("write NAME=VALUE".to_owned()),
        }
    }
}

impl FromIterator<Setting> for Options {
    fn from_iter<T: IntoIterator<Item = Setting>>(settings: T) -> Self {
        Self(settings.into_iter().map(|Setting { name, value }| (name, value)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_an_equals_sign() {
        let options: Options =
            ["label=status=quarantine", "replace="].map(|text| text.parse().unwrap()).into_iter().collect();
        assert_eq!((options.get("label"), options.get("replace")), ("status=quarantine", ""));
        assert!(options.has("replace") && !options.has("other"));
        assert!("label".parse::<Setting>().is_err() && "=x".parse::<Setting>().is_err());
    }
}
