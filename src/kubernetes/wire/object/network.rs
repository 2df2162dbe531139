//! Network policies.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::Broken;
use super::super::meta::Pairs;
use super::super::text::{Text, nullable};
use super::parse;
use crate::model::Clean;
use crate::model::facts::Shape;

#[derive(Default, Deserialize)]
#[serde(default)]
struct PolicyWire<'a> {
    #[serde(borrow)]
    spec: SpecWire<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SpecWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pod_selector: SelectorWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    policy_types: Vec<Text<'a>>,
    #[serde(deserialize_with = "nullable")]
    egress: Vec<IgnoredAny>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct SelectorWire<'a> {
    #[serde(borrow)]
    match_labels: Pairs<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    match_expressions: Vec<ExpressionWire<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ExpressionWire<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    operator: Text<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    values: Vec<Text<'a>>,
}

/// A network policy. Where it does not say what it governs, it governs what comes
/// in, and what goes out if it has rules for that.
pub fn policy(json: &str) -> Result<Shape, Broken> {
    let PolicyWire { spec } = parse(json)?;
    let says = |word: &str| spec.policy_types.iter().any(|one| &**one == word);
    let silent = spec.policy_types.is_empty();
    Ok(Shape::NetworkPolicy {
        selector: Clean::from(spec.pod_selector.text()),
        ingress: silent || says("Ingress"),
        egress: says("Egress") || (silent && !spec.egress.is_empty()),
    })
}

impl SelectorWire<'_> {
    fn text(&self) -> String {
        let mut labels: Vec<_> =
            self.match_labels.0.iter().map(|(key, value)| format!("{}={}", &**key, &**value)).collect();
        labels.sort();
        let expressions = self.match_expressions.iter().map(ExpressionWire::text);
        let parts: Vec<_> = labels.into_iter().chain(expressions).collect();
        if parts.is_empty() { "<all>".to_owned() } else { parts.join(",") }
    }
}

impl ExpressionWire<'_> {
    fn text(&self) -> String {
        let (key, values) = (&*self.key, || self.values.iter().map(|value| &**value).collect::<Vec<_>>().join(","));
        match &*self.operator {
            "Exists" => key.to_owned(),
            "DoesNotExist" => format!("!{key}"),
            "In" => format!("{key} in ({})", values()),
            "NotIn" => format!("{key} notin ({})", values()),
            other => format!("{key} {other} ({})", values()),
        }
    }
}
