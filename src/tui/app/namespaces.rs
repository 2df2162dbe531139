//! Going to a namespace: `n`, then a digit for a favourite, `0` for all, or a few letters of its name.

use std::collections::BTreeMap;

use crate::model::{Clean, Kind, count};

use super::super::keys::Pane;
use super::super::overlays::{Item, Menu, Overlay, Pick};
use super::App;

/// Favourites that have a digit.
const DIGITS: usize = 9;

impl App {
    /// The menu of namespaces, favourites first.
    pub(super) fn open_namespaces(&mut self) {
        let mut counted: BTreeMap<Clean, usize> = BTreeMap::new();
        for (_, row) in self.inventory.objects(Kind::Namespace).iter() {
            counted.entry(row.facts.meta.name.clone()).or_default();
        }
        for (_, pod) in self.inventory.pods().iter().filter(|(_, pod)| pod.gone().is_none()) {
            *counted.entry(pod.namespace().clone()).or_default() += 1;
        }
        let item = |key: String, namespace: Clean, about: String| Item {
            pick: Pick::Namespace(namespace.clone()),
            key,
            label: namespace,
            about: about.into(),
            disabled: None,
        };
        let pods = |number: usize| count(number, "pod");
        let mut items = vec![Item {
            pick: Pick::Namespace(Clean::default()),
            key: "0".to_owned(),
            label: "all namespaces".into(),
            about: pods(counted.values().sum()).into(),
            disabled: None,
        }];
        for (digit, favourite) in (1..=DIGITS).zip(&self.habits.favourites) {
            let name = Clean::from(favourite.as_str());
            let about = counted.remove(&name).map_or_else(|| "not seen on these clusters".to_owned(), pods);
            items.push(item(digit.to_string(), name, about));
        }
        items.extend(counted.into_iter().map(|(name, count)| item(String::new(), name, pods(count))));
        self.overlays.push(Overlay::Menu(Box::new(Menu::new("namespaces", items, true).with_digits())));
    }

    /// Lists what is listed now in one namespace, or in all; the rest of the query stays.
    pub(super) fn go_to_namespace(&mut self, namespace: &Clean) {
        if self.focus == Pane::Nodes || !self.main.kind().namespaced() {
            self.focus = Pane::Pods;
            let word = if namespace.is_empty() { String::new() } else { format!("ns:{namespace}") };
            return self.list_kind(Kind::Pod, &word);
        }
        let kept = self.main.typed.split(' ').filter(|word| !word.is_empty() && !word.starts_with("ns:"));
        let mut words: Vec<String> = kept.map(str::to_owned).collect();
        if !namespace.is_empty() {
            words.insert(0, format!("ns:{namespace}"));
        }
        self.list_kind(self.main.kind(), &words.join(" "));
    }
}
