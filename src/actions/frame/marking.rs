//! The labels and annotations that an object is marked with.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::fields::{escaped, field};
use super::{ActionError, Ask, CASE, Choice, MANAGER, Sketch, Spec, is_yes, path_of, put_back, wrong};
use crate::case::CaseId;
use crate::model::{Clean, PlanNote, Target};

/// What an object is marked with.
pub struct Marking {
    /// Labels.
    pub labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    replace: bool,
}

/// The option that names the labels.
pub const fn label_choice(default: &'static str) -> Choice {
    Choice { name: "label", doc: "KEY=VALUE to put on it, several with commas between", default, asked: true }
}

/// The option that names an annotation.
pub const ANNOTATION: Choice =
    Choice { name: "annotation", doc: "KEY=VALUE to annotate it with", default: "", asked: false };

/// The option that allows a key that is there to be changed.
pub const REPLACE: Choice =
    Choice { name: "replace", doc: "yes changes keys that are there already", default: "no", asked: false };

impl Marking {
    /// What the options say, and the case's own label.
    pub fn of(spec: &Spec, ask: &Ask<'_>) -> Result<Self, ActionError> {
        let mut labels = BTreeMap::new();
        for pair in ask.options.get("label").split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
            labels.extend([split(spec, pair)?]);
        }
        let annotation = ask.options.get("annotation").trim();
        let annotations: BTreeMap<_, _> =
            if annotation.is_empty() { BTreeMap::new() } else { [split(spec, annotation)?].into() };
        if labels.is_empty() && annotations.is_empty() {
            return Err(wrong(spec, "there is nothing to put on it: set label or annotation"));
        }
        labels.extend(ask.case.map(|case| (CASE.to_owned(), CaseId::slug(case))));
        Ok(Self { labels, annotations, replace: is_yes(spec, ask.options, "replace")? })
    }

    /// Adds the call that marks one object; what is there already is left as it is.
    ///
    /// # Errors
    /// A key has another value, and may not be changed.
    pub fn plan(&self, plan: &mut Sketch, place: usize, target: &Target, object: &Value) -> Result<(), ActionError> {
        let (mut changed, mut whole) = (Map::new(), Map::new());
        for (kind, wanted) in [("labels", &self.labels), ("annotations", &self.annotations)] {
            for (key, value) in wanted {
                let is = field(object, &format!("/metadata/{kind}/{}", escaped(key)));
                insert(&mut whole, kind, key, value);
                match is.as_str() {
                    Some(same) if same == value => {}
                    Some(other) if key == CASE => {
                        let text = format!("{target} is marked for the case {other}, and stays so");
                        plan.note(PlanNote::Limit(text.into()));
                    }
                    Some(other) if !self.replace => {
                        let why = format!(
                            "{target} has {key}={other} already: choose another key, or set replace=yes to change it"
                        );
                        return Err(ActionError::InTheWay(why.into()));
                    }
                    _ => insert(&mut changed, kind, key, value),
                }
            }
        }
        let path = format!("{}?fieldManager={MANAGER}", path_of(target));
        let body = |mut fields: Map<String, Value>| {
            fields.insert("uid".to_owned(), json!(target.uid.to_string()));
            json!({ "metadata": fields })
        };
        if changed.is_empty() {
            plan.note(PlanNote::Already(format!("{target} is marked so already; nothing is sent for it").into()));
            plan.already(place, "PATCH", path, body(whole));
        } else {
            let body = body(changed);
            put_back::remember(plan, place, &body, object);
            plan.call(place, "PATCH", path, body);
        }
        Ok(())
    }

    /// An object's labels once it is marked.
    pub fn after(&self, labels: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        labels.iter().chain(&self.labels).map(|(key, value)| (key.clone(), value.clone())).collect()
    }
}

fn insert(fields: &mut Map<String, Value>, kind: &str, key: &str, value: &str) {
    let entry = fields.entry(kind).or_insert_with(|| json!({}));
    if let Some(map) = entry.as_object_mut() {
        map.insert(key.to_owned(), json!(value));
    }
}

fn split(spec: &Spec, pair: &str) -> Result<(String, String), ActionError> {
    match pair.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.trim().to_owned())),
        _ => Err(wrong(spec, format!("{} is not KEY=VALUE", Clean::from(pair)))),
    }
}
