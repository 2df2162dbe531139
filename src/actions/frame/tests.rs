use std::collections::HashSet;

use super::super::all;
use super::{Right, SEND_COMMAND};
use crate::model::Tier;

#[test]
fn every_action_says_what_it_is() {
    let (mut ids, mut keys) = (HashSet::new(), HashSet::new());
    for action in all() {
        let spec = action.spec();
        assert!(ids.insert(spec.id), "{} is there twice", spec.id);
        assert!(keys.insert(spec.key), "{}: the key {} is taken", spec.id, spec.key);
        assert!(spec.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", spec.id);
        assert!(spec.key.is_ascii_graphic(), "{}", spec.id);
        for text in [spec.title, spec.undo.text(), spec.doc] {
            assert!(!text.trim().is_empty(), "{}", spec.id);
        }
        assert!(!spec.kinds.is_empty(), "{}", spec.id);
        assert!(!spec.rights.is_empty(), "{}", spec.id);
        // What a script does on a node is the script's affair: one that only reads is sent all the same.
        let writes = spec.rights.iter().any(|right| !right.only_reads() && *right != Right::Iam(SEND_COMMAND));
        assert_eq!(writes, spec.tier > Tier::Reads, "{}: its rights and its tier disagree", spec.id);
    }
    assert!(ids.is_superset(&HashSet::from(["cordon", "isolate-pod", "capture-pod"])));
}
