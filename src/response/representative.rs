//! The calls that stand for others.

use std::collections::HashMap;

use crate::model::{Call, Plan};

/// Of calls that are alike, so many stand for all: a server has nothing else to say of the hundredth.
const OF_EACH: usize = 2;

/// What differs between pods of one owner, and is no reason for another answer.
const OWN: [&str; 2] = ["uid", "node"];

/// Some of these calls of a plan: all, but no more than two of those that are alike. Calls are alike where they are
/// the same but for the name and the UID of their target, and all else that the plan knows of their targets is the
/// same, their owner included: pods of one owner were made from one template. What has no owner is like nothing else.
pub fn representative<'a>(plan: &Plan, calls: Vec<&'a Call>) -> Vec<&'a Call> {
    let owned = owned(plan);
    let mut seen: HashMap<String, usize> = HashMap::new();
    let stands = |call: &&Call| {
        let Some(known) = owned.get(&call.target) else { return true };
        let what = nameless(plan, call.target, &format!("{} {} {}", call.method, call.path, call.body));
        let alike = seen.entry(format!("{what} {known}")).or_default();
        *alike += 1;
        *alike <= OF_EACH
    };
    calls.into_iter().filter(stands).collect()
}

/// What is known of each target that has an owner, without what is its own.
fn owned(plan: &Plan) -> HashMap<usize, String> {
    let owners = plan.facts.iter().filter(|fact| &*fact.what == "owner" && !fact.value.is_null());
    let mut known: HashMap<usize, String> = owners.map(|fact| (fact.target, String::new())).collect();
    for fact in plan.facts.iter().filter(|fact| !OWN.contains(&&*fact.what)) {
        if let Some(text) = known.get_mut(&fact.target) {
            text.push_str(&nameless(plan, fact.target, &format!("{}: {}\n", fact.what, fact.value)));
        }
    }
    known
}

/// A text about a target as it would be of any other.
fn nameless(plan: &Plan, place: usize, text: &str) -> String {
    let Some(target) = plan.targets.get(place) else { return text.to_owned() };
    text.replace(&target.uid.to_string(), "{uid}")
        .replace(&target.uid.short(), "{uid}")
        .replace(&*target.name, "{name}")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::model::{ClusterId, Fact, Kind, Target, Tier};

    fn target(number: usize) -> Target {
        Target {
            cluster: ClusterId::default(),
            kind: Kind::Pod,
            namespace: Some("shop".into()),
            name: format!("web-{number}").into(),
            uid: format!("{number:08}-4a3c-4c86-9d3e-2f3b1c0a9d11").parse().unwrap(),
        }
    }

    /// A plan to label pods, of which that much is known.
    fn plan(facts: impl Fn(usize) -> Value, pods: usize) -> Plan {
        let targets: Vec<Target> = (0..pods).map(target).collect();
        let call = |(place, target): (usize, &Target)| Call {
            target: place,
            method: "PATCH".into(),
            path: format!("/api/v1/namespaces/shop/pods/{}", target.name).into(),
            body: json!({"metadata": {"uid": target.uid, "labels": {"case": target.uid.short()}}}),
        };
        let fact =
            |place: usize, what: &str, value: &Value| Fact { target: place, what: what.into(), value: value.clone() };
        Plan {
            action: "test".into(),
            tier: Tier::Undone,
            cluster: ClusterId::default(),
            case: None,
            options: Default::default(),
            calls: targets.iter().enumerate().map(call).collect(),
            targets,
            notes: vec![],
            facts: (0..pods)
                .flat_map(|place| {
                    let known = facts(place);
                    known.as_object().unwrap().iter().map(|(what, value)| fact(place, what, value)).collect::<Vec<_>>()
                })
                .collect(),
            rests: vec![],
            undoes: None,
        }
    }

    fn standing(plan: &Plan) -> Vec<usize> {
        representative(plan, plan.calls.iter().collect()).into_iter().map(|call| call.target).collect()
    }

    #[test]
    fn two_of_each_owner_stand_for_its_pods() {
        let owned =
            plan(|pod| json!({"uid": pod, "node": pod, "owner": pod % 2, "labels": {"pod": format!("web-{pod}")}}), 9);
        assert_eq!(standing(&owned), [0, 1, 2, 3]);
    }

    #[test]
    fn what_is_otherwise_or_has_no_owner_stands_for_itself() {
        let labelled = plan(|pod| json!({"owner": 1, "labels": {"index": pod}}), 4);
        assert_eq!(standing(&labelled), [0, 1, 2, 3]);
        assert_eq!(standing(&plan(|_| json!({"owner": null}), 4)), [0, 1, 2, 3]);
        assert_eq!(standing(&plan(|_| json!({}), 4)), [0, 1, 2, 3]);
        let mut other = plan(|_| json!({"owner": 1}), 4);
        other.calls[3].body["metadata"]["labels"]["case"] = json!("another");
        assert_eq!(standing(&other), [0, 1, 3]);
    }
}
