//! What our own rules see, and from there to the objects.

use std::collections::BTreeMap;

use crate::findings::rules::{Observation, World, observe};
use crate::model::{Clean, Kind, SessionId};
use crate::rbac::Rights;

use super::super::effect::Effect;
use super::super::overlays::{Item, Menu, Overlay, Pick};
use super::super::reply::Tone;
use super::App;

/// Objects of one sighting that are selected by name; more of a workload are found from these.
const SELECTED: usize = 200;

impl App {
    /// Asks for bindings and roles of every cluster; the rules look once they are there.
    pub(super) fn look_by_rules(&mut self) {
        let sessions: Vec<SessionId> = self.inventory.clusters().iter().map(|cluster| cluster.session).collect();
        self.tell(Tone::Note, "reading bindings and roles");
        self.effects.push(Effect::Rights(sessions));
    }

    /// Lists what the rules see, the gravest first. Beside the alerts they look at these rights, too, from here on.
    pub(super) fn open_rules(&mut self, rights: BTreeMap<SessionId, Rights>) {
        let seen = observe(&World::whole(&self.inventory, &rights, self.alerts.rounds.execs()));
        let unread = rights.values().flat_map(|rights| &rights.unread).next().cloned();
        self.alerts.take_rights(rights);
        match unread {
            Some((what, why)) => self.tell(Tone::Bad, format!("{what}: {why}; the rules over rights saw less")),
            None if seen.is_empty() => self.tell(Tone::Good, "the rules see nothing"),
            None => self.tell(Tone::Note, format!("the rules see {} things; enter goes to the objects", seen.len())),
        }
        if !seen.is_empty() {
            let items = seen.iter().map(|one| self.rule_item(one)).collect();
            self.overlays.push(Overlay::Menu(Box::new(Menu::new(
                "rules: type to find, enter goes there",
                items,
                true,
            ))));
        }
    }

    fn rule_item(&self, one: &Observation) -> Item {
        let several = self.inventory.clusters().len() > 1;
        let cluster =
            self.inventory.cluster(one.session).filter(|_| several).map(|cluster| format!("{}: ", cluster.label));
        let selection = self.selection_of(one);
        Item {
            key: one.severity.to_string(),
            label: format!("{} {}{}", one.rule.id, cluster.unwrap_or_default(), one.about).into(),
            about: one.saw.clone(),
            disabled: selection.is_none().then(|| format!("there is nothing to go to. {}", one.rule.why).into()),
            pick: Pick::Seen(selection.unwrap_or((Kind::Pod, String::new())), one.rule.why),
        }
    }

    /// The objects of a sighting as a list and a query that somebody could have typed.
    fn selection_of(&self, one: &Observation) -> Option<(Kind, String)> {
        let first = one.on.first()?;
        let different = |texts: Vec<&Clean>| {
            let mut texts: Vec<&str> = texts.into_iter().map(Clean::as_str).filter(|text| !text.is_empty()).collect();
            texts.sort_unstable();
            texts.dedup();
            texts.join(",")
        };
        let (on, mut query) = (one.on.iter().take(SELECTED), String::new());
        if self.inventory.clusters().len() > 1 {
            let label = self.inventory.cluster(one.session).map(|cluster| cluster.label.clone()).unwrap_or_default();
            query.push_str(&format!("cluster:\"{label}\" "));
        }
        let namespaces = different(on.clone().map(|object| &object.namespace).collect());
        if !namespaces.is_empty() {
            query.push_str(&format!("ns:{namespaces} "));
        }
        query.push_str(&format!("name:{}", different(on.map(|object| &object.name).collect())));
        Some((first.id.kind, query))
    }

    /// Goes to the objects of a sighting, and says why they matter.
    pub(super) fn go_to_seen(&mut self, (kind, query): (Kind, String), why: &'static str) {
        self.overlays.clear();
        if kind == Kind::Node {
            self.focus = super::super::keys::Pane::Nodes;
            self.select_typed(&query);
        } else {
            self.list_kind(kind, &query);
        }
        self.tell(Tone::Note, why);
    }
}
