//! From bytes to text: gzip, byte order marks, bytes that are no text.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

/// Most bytes of text that are read from one source: ten thousand findings have some thirty millions.
pub const MOST: u64 = 1 << 30;

/// Text, and what was wrong on the way to it.
#[derive(Debug)]
pub struct Unpacked<'a> {
    /// The text.
    pub text: Cow<'a, str>,
    /// What was wrong; the text is what could be had nevertheless.
    pub wrong: Vec<String>,
}

/// Unpacks what may be gzip (several members one after the other too, as log shippers write them).
pub fn unpack(bytes: &[u8]) -> Unpacked<'_> {
    let mut wrong = Vec::new();
    let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        match MultiGzDecoder::new(bytes).take(MOST).read_to_end(&mut plain) {
            Ok(_) if plain.len() as u64 == MOST => {
                wrong.push(format!("it unpacks to more than {MOST} bytes; the rest was not read"))
            }
            Ok(_) => {}
            Err(error) => wrong.push(format!(
                "the gzip stream breaks off after {} bytes ({error}); what came before is read",
                plain.len()
            )),
        }
        Cow::Owned(plain)
    } else {
        Cow::Borrowed(bytes)
    };
    let text = match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Cow::Owned(text),
            Err(error) => Cow::Owned(String::from_utf8_lossy(error.as_bytes()).into_owned()),
        },
    };
    if text.contains('\u{fffd}') {
        wrong.push("some bytes are no UTF-8; they are shown as U+FFFD".to_owned());
    }
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_start_matches('\u{feff}')),
        Cow::Owned(text) => Cow::Owned(text.trim_start_matches('\u{feff}').to_owned()),
    };
    Unpacked { text, wrong }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(text: &str) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text.as_bytes()).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn members_one_after_the_other_are_one_text() {
        let both = [gzip("one\n"), gzip("two\n")].concat();
        let unpacked = unpack(&both);
        assert_eq!((&*unpacked.text, unpacked.wrong.len()), ("one\ntwo\n", 0));
    }

    #[test]
    fn a_stream_that_breaks_off_gives_what_came_before() {
        let whole = gzip(&(0..9_000).map(|number| format!("{number}\n")).collect::<String>());
        let unpacked = unpack(&whole[..whole.len() / 2]);
        assert!(unpacked.text.starts_with("0\n1\n2\n"));
        assert!(unpacked.wrong[0].contains("breaks off"), "{:?}", unpacked.wrong);
    }

    #[test]
    fn marks_and_odd_bytes_are_no_end() {
        assert_eq!(unpack(b"\xef\xbb\xbf{}").text, "{}");
        let odd = unpack(b"{\"a\":\"\xff\"}");
        assert_eq!((&*odd.text, odd.wrong.len()), ("{\"a\":\"\u{fffd}\"}", 1));
    }
}
