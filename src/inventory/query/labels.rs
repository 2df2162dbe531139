//! Label selectors in kubectl's notation.

use crate::model::Clean;

/// Requirements on labels, all of which must hold: `app=web,tier!=back,release,!canary,env in (prod,stage)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    Has(String),
    HasNot(String),
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
}

impl LabelSelector {
    /// Reads a selector as the API server does (apimachinery's `labels.Parse`).
    pub fn parse(text: &str) -> Option<Self> {
        split(text).into_iter().map(requirement).collect::<Option<Vec<_>>>().filter(|all| !all.is_empty()).map(Self)
    }

    /// Whether an object's labels meet it.
    pub fn matches(&self, labels: &[(Clean, Clean)]) -> bool {
        let value = |key: &str| labels.iter().find(|(held, _)| *held == key).map(|(_, value)| value);
        self.0.iter().all(|requirement| match requirement {
            Requirement::Has(key) => value(key).is_some(),
            Requirement::HasNot(key) => value(key).is_none(),
            Requirement::In(key, any) => value(key).is_some_and(|held| any.iter().any(|one| *held == **one)),
            Requirement::NotIn(key, none) => value(key).is_none_or(|held| none.iter().all(|one| *held != **one)),
        })
    }
}

/// Splits at the commas that are not in parentheses.
fn split(text: &str) -> Vec<&str> {
    let mut depth = 0;
    text.split(|letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    })
    .map(str::trim)
    .collect()
}

fn requirement(text: &str) -> Option<Requirement> {
    if let Some(key) = text.strip_prefix('!') {
        return key_of(key).map(Requirement::HasNot);
    }
    if let Some((key, value)) = text.split_once("!=") {
        return Some(Requirement::NotIn(key_of(key)?, vec![value.trim().to_owned()]));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Some(Requirement::In(key_of(key)?, vec![value.trim().to_owned()]));
    }
    let set = |rest: &str| -> Option<Vec<String>> {
        let inner = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.split(',').map(|value| value.trim().to_owned()).collect())
    };
    if let Some((key, rest)) = text.split_once(" notin ") {
        return Some(Requirement::NotIn(key_of(key)?, set(rest)?));
    }
    if let Some((key, rest)) = text.split_once(" in ") {
        return Some(Requirement::In(key_of(key)?, set(rest)?));
    }
    key_of(text).map(Requirement::Has)
}

fn key_of(text: &str) -> Option<String> {
    let key = text.trim();
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_./".contains(letter);
    (!key.is_empty() && key.chars().all(allowed)).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(selector: &str) -> bool {
        let labels = [("app".into(), "web".into()), ("env".into(), "prod".into())];
        LabelSelector::parse(selector).unwrap().matches(&labels)
    }

    #[test]
    fn selectors_mean_what_kubectl_means() {
        for yes in [
            "app",
            "app=web",
            "app==web",
            "app!=api",
            "tier!=back",
            "!tier",
            "env in (prod, stage)",
            "app notin (api)",
            "app=web,env=prod",
        ] {
            assert!(matches(yes), "{yes}");
        }
        for no in ["tier", "app=api", "app!=web", "!app", "env in (stage)", "env notin (prod)", "app=web,env=stage"] {
            assert!(!matches(no), "{no}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in ["", ",", "a b", "app in web", "app in (", "=web"] {
            assert_eq!(LabelSelector::parse(text), None, "{text}");
        }
    }
}
