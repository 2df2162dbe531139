//! Label selectors, written (`app=web,tier in (front,back),!old`) and as objects with `matchLabels`.

use serde_json::Value;

use super::super::json::{items, label, pairs, text};

/// What one label must be.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Missing(String),
}

/// A conjunction of requirements; the empty one is met by everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in super::super) struct LabelSelector(Vec<Requirement>);

impl LabelSelector {
    /// Reads one as it stands in a query.
    ///
    /// # Errors
    /// What cannot be read, in the server's words.
    pub(in super::super) fn parse(written: &str) -> Result<Self, String> {
        let mut requirements = Vec::new();
        for part in parts(written) {
            requirements.push(requirement(part.trim()).ok_or_else(|| {
                format!("unable to parse requirement: found '{part}', expected: key, !key, key=value, key in (values)")
            })?);
        }
        Ok(Self(requirements))
    }

    /// Takes one from a workload, a policy or a budget; `None` where there is none, which selects nothing.
    pub(in super::super) fn of(selector: Option<&Value>) -> Option<Self> {
        let selector = selector?;
        let mut requirements: Vec<_> = pairs(selector, "/matchLabels")
            .map(|(key, value)| Requirement::In(key.to_owned(), vec![value.to_owned()]))
            .collect();
        for expression in items(selector, "/matchExpressions") {
            let key = text(expression, "/key").to_owned();
            let values: Vec<String> =
                items(expression, "/values").iter().filter_map(|value| Some(value.as_str()?.to_owned())).collect();
            requirements.push(match text(expression, "/operator") {
                "In" => Requirement::In(key, values),
                "NotIn" => Requirement::NotIn(key, values),
                "Exists" => Requirement::Exists(key),
                _ => Requirement::Missing(key),
            });
        }
        Some(Self(requirements))
    }

    /// Whether it is met by everything.
    pub(in super::super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an object's labels meet it.
    pub(in super::super) fn matches(&self, object: &Value) -> bool {
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => {
                label(object, key).is_some_and(|has| values.iter().any(|value| value == has))
            }
            Requirement::NotIn(key, values) => {
                label(object, key).is_none_or(|has| values.iter().all(|value| value != has))
            }
            Requirement::Exists(key) => label(object, key).is_some(),
            Requirement::Missing(key) => label(object, key).is_none(),
        })
    }
}

/// The parts between commas that stand outside parentheses.
fn parts(written: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    written
        .split(|letter: char| {
            depth += i32::from(letter == '(') - i32::from(letter == ')');
            letter == ',' && depth == 0
        })
        .filter(|part| !part.trim().is_empty())
        .collect()
}

fn requirement(part: &str) -> Option<Requirement> {
    let owned = |text: &str| text.trim().to_owned();
    if let Some(key) = part.strip_prefix('!') {
        return is_key(key).then(|| Requirement::Missing(owned(key)));
    }
    if let Some((key, value)) = part.split_once("!=") {
        return is_key(key).then(|| Requirement::NotIn(owned(key), vec![owned(value)]));
    }
    if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        return is_key(key).then(|| Requirement::In(owned(key), vec![owned(value)]));
    }
    if let Some((before, values)) = part.split_once('(') {
        let values: Vec<String> = values.strip_suffix(')')?.split(',').map(owned).collect();
        let (key, operator) = before.trim_end().rsplit_once(' ')?;
        return match operator {
            "in" if is_key(key) => Some(Requirement::In(owned(key), values)),
            "notin" if is_key(key) => Some(Requirement::NotIn(owned(key), values)),
            _ => None,
        };
    }
    is_key(part).then(|| Requirement::Exists(owned(part)))
}

fn is_key(key: &str) -> bool {
    let key = key.trim();
    !key.is_empty() && key.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_./".contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn meets(selector: &str) -> bool {
        let object = json!({"metadata": {"labels": {"app": "web", "tier": "front", "a.io/b": ""}}});
        LabelSelector::parse(selector).unwrap().matches(&object)
    }

    #[test]
    fn written_selectors_select() {
        for selector in
            ["", "app=web", "app==web,tier!=back", "app in (api, web),a.io/b", "!old", "x notin (y)", "a.io/b=", "x!=y"]
        {
            assert!(meets(selector), "{selector}");
        }
        for selector in ["app=api", "app=web,old", "tier notin (front)", "app in (api)", "!app"] {
            assert!(!meets(selector), "{selector}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for selector in ["=web", "app in web)", "app within (a)", "a b", "app in (a"] {
            assert!(LabelSelector::parse(selector).is_err(), "{selector}");
        }
    }

    #[test]
    fn a_selector_of_an_object_means_the_same() {
        let selector = json!({"matchLabels": {"app": "web"}, "matchExpressions": [{"key": "tier", "operator": "In", "values": ["front"]}]});
        assert_eq!(LabelSelector::of(Some(&selector)), LabelSelector::parse("app=web,tier in (front)").ok());
        assert_eq!(LabelSelector::of(None), None);
        assert!(LabelSelector::of(Some(&json!({}))).is_some_and(|selector| selector.is_empty()));
    }
}
