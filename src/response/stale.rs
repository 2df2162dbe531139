//! Whether the world is still the one that a plan was made for.

use std::collections::HashMap;

use serde_json::Value;

use crate::model::{Clean, Fact, Plan};

/// What has changed of the facts that a plan rests on, against the same plan made now.
pub fn changes(plan: &Plan, now: &Plan) -> Vec<Clean> {
    let (before, after) = (by_what(plan), by_what(now));
    let name = |fact: &Fact| plan.targets.get(fact.target).map(ToString::to_string).unwrap_or_default();
    let mut changes: Vec<Clean> = Vec::new();
    for fact in &plan.facts {
        match after.get(&key(fact)) {
            Some(value) if **value == fact.value => {}
            Some(value) => {
                changes.push(format!("{} of {} was {}, is {value}", fact.what, name(fact), fact.value).into())
            }
            None => changes
                .push(format!("{} of {} was {}, is not known any more", fact.what, name(fact), fact.value).into()),
        }
    }
    for fact in &now.facts {
        if !before.contains_key(&key(fact)) {
            changes.push(format!("{} of {} is {}, and was not known", fact.what, name(fact), fact.value).into());
        }
    }
    changes
}

fn key(fact: &Fact) -> (usize, &str) {
    (fact.target, &fact.what)
}

fn by_what(plan: &Plan) -> HashMap<(usize, &str), &Value> {
    plan.facts.iter().map(|fact| (key(fact), &fact.value)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{ClusterId, Tier};

    fn plan(facts: &[(&str, serde_json::Value)]) -> Plan {
        let facts = facts.iter().map(|(what, value)| Fact { target: 0, what: (*what).into(), value: value.clone() });
        Plan {
            action: "test".into(),
            tier: Tier::Undone,
            cluster: ClusterId::default(),
            case: None,
            options: Default::default(),
            targets: vec![],
            calls: vec![],
            notes: vec![],
            facts: facts.collect(),
            rests: vec![],
            undoes: None,
        }
    }

    #[test]
    fn only_facts_make_a_plan_stale() {
        let old = plan(&[("labels", json!({"app": "web"})), ("node", json!("a"))]);
        let mut same = old.clone();
        same.notes.push(crate::model::PlanNote::Limit("somebody else is there".into()));
        assert_eq!(changes(&old, &same), [] as [Clean; 0]);
        assert_eq!(changes(&old, &plan(&[("labels", json!({})), ("node", json!("a"))])).len(), 1);
        assert_eq!(changes(&old, &plan(&[("node", json!("a"))])).len(), 1);
        assert_eq!(changes(&plan(&[]), &old).len(), 2);
    }
}
