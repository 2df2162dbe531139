//! An object's metadata.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};

use super::Broken;
use super::text::{Text, nullable};
use crate::model::facts::{Meta, Owner};
use crate::model::{Clean, Uid};

/// `metav1.ObjectMeta`, as far as it is kept.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetaWire<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub namespace: Text<'a>,
    #[serde(borrow)]
    pub uid: Text<'a>,
    #[serde(borrow)]
    pub resource_version: Text<'a>,
    pub creation_timestamp: Seconds,
    pub deletion_timestamp: Seconds,
    #[serde(borrow)]
    pub labels: Pairs<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub owner_references: Vec<OwnerWire<'a>>,
}

/// `metav1.OwnerReference`
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct OwnerWire<'a> {
    #[serde(borrow)]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub uid: Text<'a>,
    #[serde(deserialize_with = "nullable")]
    pub controller: bool,
}

/// A time in seconds since 1970; `None` where there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seconds(pub Option<i64>);

/// A map of strings, in the order in which it was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs<'a>(pub Vec<(Text<'a>, Text<'a>)>);

impl MetaWire<'_> {
    /// What is kept of it.
    pub fn meta(&self) -> Result<Meta, Broken> {
        let uid: Uid = self.uid.parse().map_err(|_| Broken::Nameless)?;
        if self.name.is_empty() {
            return Err(Broken::Nameless);
        }
        let mut labels = self.labels.clean();
        labels.shrink_to_fit();
        let owner = self.owner_references.iter().find(|owner| owner.controller).and_then(|owner| {
            let uid = owner.uid.parse().ok()?;
            Some(Owner { kind: Clean::from(&*owner.kind), name: Clean::from(&*owner.name), uid })
        });
        let (name, namespace) = (Clean::from(&*self.name), Clean::from(&*self.namespace));
        let hid = |text: &Clean| text.hid_something();
        let hid_something = hid(&name)
            || hid(&namespace)
            || labels.iter().any(|(key, value)| hid(key) || hid(value))
            || owner.as_ref().is_some_and(|owner| hid(&owner.name) || hid(&owner.kind));
        Ok(Meta {
            uid,
            namespace,
            name,
            created: self.creation_timestamp.0.unwrap_or_default(),
            deleting: self.deletion_timestamp.0.is_some(),
            labels,
            owner,
            hid_something,
        })
    }
}

impl Pairs<'_> {
    /// The pairs, clean and sorted by key.
    pub fn clean(&self) -> Vec<(Clean, Clean)> {
        let mut pairs: Vec<_> =
            self.0.iter().map(|(key, value)| (Clean::from(&**key), Clean::from(&**value))).collect();
        pairs.sort();
        pairs
    }

    /// The value of a key, empty where it is not there.
    pub fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(name, _)| &**name == key).map(|(_, value)| &**value).unwrap_or_default()
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Text::deserialize(deserializer)?;
        if text.is_empty() {
            return Ok(Self(None));
        }
        // A time that cannot be read is still there: an object that is being deleted stays so.
        Ok(Self(Some(text.parse::<jiff::Timestamp>().map_or(0, jiff::Timestamp::as_second))))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsReader)
    }
}

struct PairsReader;

impl<'de> Visitor<'de> for PairsReader {
    type Value = Pairs<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of strings or null")
    }

    fn visit_unit<E>(self) -> Result<Pairs<'de>, E> {
        Ok(Pairs::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'de>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
