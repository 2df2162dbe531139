//! What only somebody finds who knows the case from elsewhere.

use super::*;

/// Changes the first note of a chain, makes every hash after it anew, and signs
/// the new end with the key below `state`, which the first record is made to name.
fn rewrite(path: &Path, state: &Path) {
    let signer = Signer::of(state).unwrap();
    let (mut prev, mut chain) = (Digest::NONE, String::new());
    for line in fs::read_to_string(path).unwrap().lines() {
        let mut record: Record = serde_json::from_str(line).unwrap();
        record.prev = prev;
        if let Some(start) = &mut record.start {
            start.key = signer.key().line().into();
        }
        if matches!(record.entry, Entry::Note { .. } | Entry::Planned { .. }) {
            record.entry = Entry::Note { text: "nothing was seen".into() };
        }
        let line = serde_json::to_string(&record).unwrap() + "\n";
        prev = Digest::of(line.as_bytes());
        chain.push_str(&line);
    }
    overwrite(path, chain.as_bytes());
    let head = crate::case::read::Lines::parse(chain.as_bytes()).head();
    let signed = SignedHead::new(head, &signer).unwrap();
    overwrite(&path.with_extension("head"), &signed.to_bytes());
}

fn trust(root: &Path) -> Trust {
    Trust { state: Some(home(root).state().to_owned()), signers: None }
}

#[test]
fn a_chain_that_was_rewritten_with_a_key_of_ones_own_is_found_by_what_is_known_elsewhere() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    assert!(verify_by(&case, &trust(root.path())).unwrap().holds());
    let stranger = tempfile::tempdir().unwrap();
    let seen_by_nobody = journals(&case).into_iter().find(|path| {
        let text = fs::read_to_string(path).unwrap();
        text.contains("cordon-1f0c9a3b")
    });
    let path = seen_by_nobody.unwrap();
    let before = (fs::read(&path).unwrap(), fs::read(path.with_extension("head")).unwrap());
    let own = Signer::public_in(home(root.path()).state()).unwrap();
    for state in [stranger.path(), home(root.path()).state()] {
        rewrite(&path, state);
        let found = verify_by(&case, &trust(root.path())).unwrap();
        assert!(found.problems.iter().any(|problem| problem.damage == Damage::Changed), "{found:?}");
        assert!(found.problems.iter().any(|problem| problem.says.contains("this machine wrote it")), "{found:?}");
    }
    rewrite(&path, stranger.path());
    let named = Trust { state: None, signers: Some(vec![own]) };
    let found = verify_by(&case, &named).unwrap();
    assert!(found.problems.iter().any(|problem| problem.says.contains("no key of the signers")), "{found:?}");
    // Without any knowledge it is at least said whose key is not known.
    let alone = verify_by(&case, &Trust { state: Some(stranger.path().join("none")), signers: None }).unwrap();
    assert!(alone.keys.iter().all(|key| key.known == Standing::Unknown) && alone.remembered == 0);
    overwrite(&path, &before.0);
    overwrite(&path.with_extension("head"), &before.1);
    assert!(verify_by(&case, &named).unwrap().holds());
}

#[test]
fn a_chain_that_lost_its_end_or_its_file_is_missed_wherever_the_case_lies() {
    let root = tempfile::tempdir().unwrap();
    let case = case(root.path());
    let moved = root.path().join("moved");
    fs::rename(&case, &moved).unwrap();
    assert_eq!(verify_by(&moved, &trust(root.path())).unwrap().remembered, 2);
    for path in journals(&moved) {
        let (content, head) = (fs::read(&path).unwrap(), fs::read(path.with_extension("head")).unwrap());
        let last = content.split_inclusive(|byte| *byte == b'\n').next_back().unwrap().len();
        overwrite(&path, &content[..content.len() - last]);
        sign_anew(root.path(), &path);
        let found = verify_by(&moved, &trust(root.path())).unwrap();
        let missing = found.problems.iter().filter(|problem| problem.damage == Damage::Missing);
        assert!(missing.clone().any(|problem| problem.says.contains("this machine wrote")), "{found:?}");
        fs::remove_file(&path).unwrap();
        fs::remove_file(path.with_extension("head")).unwrap();
        let found = verify_by(&moved, &trust(root.path())).unwrap();
        assert!(found.problems.iter().any(|problem| problem.says.contains("it is not there")), "{found:?}");
        fs::write(&path, &content).unwrap();
        fs::write(path.with_extension("head"), &head).unwrap();
    }
    assert!(verify_by(&moved, &trust(root.path())).unwrap().holds());
}
