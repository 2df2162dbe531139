use serde_json::json;

use super::*;

fn pod(name: &str, phase: &str) -> Value {
    json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": "shop"}, "spec": {}, "status": {"phase": phase}})
}

fn store() -> Store {
    Store::new(Random::new(1))
}

fn names(objects: &[(Key, Arc<Value>)]) -> Vec<&str> {
    objects.iter().map(|(key, _)| key.name.as_str()).collect()
}

#[test]
fn a_list_of_the_past_is_what_it_was() {
    let (mut store, now) = (store(), Timestamp::UNIX_EPOCH);
    store.put(pod("a", "Pending"), now);
    store.put(pod("b", "Pending"), now);
    let then = store.revision();
    store.put(pod("c", "Pending"), now);
    store.put(pod("a", "Running"), now);
    store.remove("Pod", "shop", "b");
    let past = store.list_at("Pod", None, then).unwrap();
    assert_eq!(names(&past), ["a", "b"]);
    assert_eq!(text(&past[0].1, "/status/phase"), "Pending");
    assert_eq!(names(&store.list_at("Pod", Some("shop"), store.revision()).unwrap()), ["a", "c"]);
}

#[test]
fn what_says_nothing_new_makes_no_revision() {
    let (mut store, now) = (store(), Timestamp::UNIX_EPOCH);
    store.put(pod("a", "Pending"), now);
    let before = store.revision();
    store.put(pod("a", "Pending"), now);
    assert_eq!(store.revision(), before);
    assert_eq!(store.changes_after(before).unwrap().len(), 0);
}

#[test]
fn a_changed_spec_is_a_new_generation_and_keeps_its_uid() {
    let (mut store, now) = (store(), Timestamp::UNIX_EPOCH);
    let first = store.put(pod("a", "Pending"), now);
    let mut next = pod("a", "Pending");
    set(&mut next, "/spec/nodeName", "n");
    let second = store.put(next, now);
    assert_eq!(first.pointer("/metadata/uid"), second.pointer("/metadata/uid"));
    assert_eq!(second.pointer("/metadata/generation"), Some(&json!(2)));
}

#[test]
fn history_that_is_gone_is_said_to_be() {
    let (mut store, now) = (store(), Timestamp::UNIX_EPOCH);
    let start = store.revision();
    store.put(pod("a", "Pending"), now);
    assert_eq!(store.changes_after(start).unwrap().len(), 1);
    store.compact();
    let gone = store.changes_after(start).unwrap_err();
    assert_eq!(gone, Gone { asked: start, oldest: store.revision() });
    assert!(store.changes_after(store.revision()).unwrap().is_empty());
}

#[test]
fn the_history_is_bounded() {
    let (mut store, now) = (store(), Timestamp::UNIX_EPOCH);
    let start = store.revision();
    for round in 0..=HISTORY {
        store.put(pod("a", &round.to_string()), now);
    }
    assert!(store.changes_after(start).is_err());
    assert_eq!(store.changes_after(start + 1).unwrap().len(), HISTORY);
}
