//! JSON documents of a text: one, several, one a line, or what is left of a torn one.

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A value that is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document<'a> {
    /// Where it begins, in bytes.
    pub start: usize,
    /// Its text.
    pub text: &'a str,
}

/// A place from which on something could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Torn {
    /// Where, in bytes.
    pub start: usize,
    /// Why.
    pub why: String,
}

/// Every whole value of a text. Where one is broken, reading goes on at the next
/// line that begins another; of one that breaks off, the whole objects in its
/// lists are taken.
pub fn documents(text: &str) -> (Vec<Document<'_>>, Vec<Torn>) {
    let (mut found, mut torn) = (Vec::new(), Vec::new());
    let mut start = 0;
    let mut resumed = false;
    while let Some(rest) = text.get(start..) {
        let blank = |letter: char| letter.is_ascii_whitespace() || resumed && matches!(letter, ',' | ']');
        let skipped = rest.len() - rest.trim_start_matches(blank).len();
        start += skipped;
        let rest = rest.get(skipped..).unwrap_or_default();
        if rest.is_empty() {
            break;
        }
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
        match values.next() {
            Some(Ok(value)) => {
                found.push(Document { start, text: value.get() });
                start += values.byte_offset().max(1);
            }
            Some(Err(error)) => {
                torn.push(Torn { start, why: said(&error) });
                resumed = true;
                start = match next_line(rest) {
                    Some(next) => start + next,
                    None => {
                        found.extend(whole_parts(rest).map(|part| Document { start: start + part.start, ..part }));
                        break;
                    }
                };
            }
            None => break,
        }
    }
    (found, torn)
}

/// What is wrong, without the place, which is counted from where reading began.
fn said(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((what, _)) => what.to_owned(),
        None => text,
    }
}

/// Where the next line begins that looks like the beginning of another value, as in JSON lines.
fn next_line(text: &str) -> Option<usize> {
    let mut at = 0;
    while let Some(line) = text.get(at..).and_then(|rest| rest.find('\n')) {
        at += line + 1;
        if text.get(at..).is_some_and(|rest| rest.starts_with(['{', '['])) {
            return Some(at);
        }
    }
    None
}

/// The whole objects in the outermost list of a value that is not whole itself.
fn whole_parts(text: &str) -> impl Iterator<Item = Document<'_>> {
    let mut open: Vec<(u8, usize)> = Vec::new();
    let mut parts: Vec<(usize, usize, usize)> = Vec::new();
    let (mut quoted, mut escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => open.push((byte, at)),
            b'}' | b']' => {
                let Some((kind, start)) = open.pop() else { break };
                let listed = open.last().is_some_and(|(around, _)| *around == b'[');
                if kind == b'{' && listed {
                    let depth = open.len();
                    parts.retain(|(_, _, other)| *other <= depth);
                    parts.push((start, at + 1, depth));
                }
            }
            _ => {}
        }
    }
    let outermost = parts.iter().map(|(_, _, depth)| *depth).min();
    let parts = parts.into_iter().filter(move |(_, _, depth)| Some(*depth) == outermost);
    parts.filter_map(move |(start, end, _)| {
        let text = text.get(start..end)?;
        serde_json::from_str::<IgnoredAny>(text).is_ok().then_some(Document { start, text })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(text: &str) -> (Vec<&str>, usize) {
        let (found, torn) = documents(text);
        (found.into_iter().map(|document| document.text).collect(), torn.len())
    }

    #[test]
    fn values_stand_in_any_order_of_lines() {
        assert_eq!(texts("{\"a\":1}\n{\"a\":2}\n"), (vec!["{\"a\":1}", "{\"a\":2}"], 0));
        assert_eq!(texts(" {\n \"a\": 1\n}\n{\"a\":2}"), (vec!["{\n \"a\": 1\n}", "{\"a\":2}"], 0));
        assert_eq!(texts(""), (vec![], 0));
        assert_eq!(texts("  \n"), (vec![], 0));
    }

    #[test]
    fn a_broken_line_costs_itself() {
        assert_eq!(texts("{\"a\":1}\n{\"a\":\n{\"a\":3}"), (vec!["{\"a\":1}", "{\"a\":3}"], 1));
        assert_eq!(texts("nonsense\n{\"a\":3}\nmore\n"), (vec!["{\"a\":3}"], 2));
    }

    #[test]
    fn what_is_whole_in_a_torn_list_is_taken() {
        let torn = r#"{"Findings": [ {"id": "1", "more": [{"x": 1}]}, {"id": "]}\""}, {"id": "3", "list": [{"y": 2}, "#;
        assert_eq!(texts(torn), (vec![r#"{"id": "1", "more": [{"x": 1}]}"#, r#"{"id": "]}\""}"#], 1));
        assert_eq!(texts("[\n{\"a\":1},\n{\"a\":2},\n{\"a\":"), (vec!["{\"a\":1}", "{\"a\":2}"], 2));
    }

    proptest! {
        #[test]
        fn every_prefix_is_read_without_panic(cut in 0usize..200) {
            let whole = r#"{"Findings":[{"id":"ä","s":{"k":[1,{"z":null}]}},{"id":"b"}]}{"x":1}"#;
            let cut = (0..=cut.min(whole.len())).rev().find(|at| whole.is_char_boundary(*at)).unwrap();
            let (found, torn) = documents(&whole[..cut]);
            prop_assert!(cut == 0 || !found.is_empty() || !torn.is_empty());
            for document in found {
                prop_assert_eq!(&whole[document.start..document.start + document.text.len()], document.text);
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text in "[\\[\\]{}\",:a\\\\\n ]{0,60}|.{0,60}") {
            documents(&text);
        }
    }
}
