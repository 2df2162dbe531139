use std::io::Write as _;

use proptest::prelude::*;

use super::*;
use crate::kubernetes::tests::proto::{number, pods};

fn list(names: &[String]) -> Vec<u8> {
    pods(names, "4711", "more")
}

const UID: &str = "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11";

fn decode(bytes: &[u8], cut: usize) -> io::Result<(Vec<String>, usize, bool, String)> {
    let (mut names, mut unreadable) = (Vec::new(), 0);
    let mut decoder = ListDecoder::new(|item: Result<Facts, Broken>| {
        match item {
            Ok(facts) => names.push(facts.meta().name.to_string()),
            Err(_) => unreadable += 1,
        }
        Ok(())
    });
    for chunk in bytes.chunks(cut) {
        decoder.write_all(chunk)?;
    }
    let (complete, version) = (decoder.is_complete(), decoder.version.clone());
    drop(decoder);
    Ok((names, unreadable, complete, version))
}

proptest! {
    #[test]
    fn chunks_may_end_anywhere(names in proptest::collection::vec("[a-z]{1,30}", 0..10), cut in 1usize..70) {
        let (seen, unreadable, complete, version) = decode(&list(&names), cut).unwrap();
        prop_assert_eq!((seen, unreadable, complete, version.as_str()), (names, 0, true, "4711"));
    }

    #[test]
    fn a_list_that_is_cut_off_is_never_complete(names in proptest::collection::vec("[a-z]{1,30}", 1..5), keep in 0.0f64..0.95) {
        let whole = list(&names);
        // The last two fields of the envelope are empty; what is missing before them is missing from the list.
        let end = ((whole.len() - 4) as f64 * keep) as usize;
        if let Ok((_, _, complete, _)) = decode(&whole[..end], 64) {
            prop_assert!(!complete);
        }
    }

    #[test]
    fn garbage_is_an_error_or_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..60) {
        let _ = decode(&bytes, 32);
        let mut list = list(&["web".to_owned(), "api".to_owned()]);
        let end = (at + bytes.len()).min(list.len());
        let start = at.min(end);
        list.splice(start..end, bytes);
        let _ = decode(&list, 32);
    }
}

#[test]
fn an_item_without_a_name_is_counted() {
    let (names, unreadable, complete, _) = decode(&list(&[String::new(), "web".to_owned()]), 1000).unwrap();
    assert_eq!((names, unreadable, complete), (vec!["web".to_owned()], 1, true));
}

#[test]
fn huge_lengths_are_refused_at_once() {
    let huge = [&MAGIC[..], &number(2 << 3 | 2), &number(u64::MAX), &number(2 << 3 | 2), &number(1 << 40)].concat();
    assert!(decode(&huge, 1000).is_err());
    assert!(decode(b"{\"kind\":\"PodList\"}", 1000).is_err());
}

#[test]
fn a_page_of_json_survives_its_worst_item() {
    let json = format!(
        r#"{{"metadata":{{"resourceVersion":"7","continue":null}},"items":[
            {{"metadata":{{"name":"web","uid":"{UID}"}}}}, {{"metadata":{{"name":"no-uid"}}}}, 3, null,
            {{"metadata":{{"name":"odd","uid":"{UID}"}},"status":"text"}}]}}"#
    );
    let page = page(Kind::Pod, json.as_bytes()).unwrap();
    assert_eq!((page.version.as_str(), page.next.as_str(), page.facts.len()), ("7", "", 1), "{page:?}");
    assert_eq!(page.unreadable, 4);
    assert!(super::page(Kind::Pod, b"{}").is_err());
    assert_eq!(super::page(Kind::Pod, br#"{"metadata":{},"items":null}"#).unwrap().facts.len(), 0);
}
