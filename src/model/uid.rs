//! Object identities that outlive names.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The UID of a Kubernetes object: an RFC 4122 UUID, kept in 16 bytes.
///
/// The API server gives every stored object a version 4 UUID
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#uids>).
/// A text of any other form is no identity and is refused by `parse`.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uid([u8; 16]);

/// A text that is not a UUID stood where a UID belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a UID: expected a UUID such as 0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11")]
pub struct NotAUid;

impl Uid {
    /// The identity whose sixteen bytes are given.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The identity of something outside Kubernetes, made of the id or ARN that decides there:
    /// a name-based UUID of version 8 with SHA-256
    /// (<https://www.rfc-editor.org/rfc/rfc9562#name-example-of-a-uuidv8-value-na>).
    pub fn of_id(id: &str) -> Self {
        let mut bytes = [0u8; 16];
        bytes.iter_mut().zip(Sha256::digest(id.as_bytes())).for_each(|(byte, hashed)| *byte = hashed);
        let [.., version, _, variant, _, _, _, _, _, _, _] = &mut bytes;
        *version = (*version & 0x0f) | 0x80;
        *variant = (*variant & 0x3f) | 0x80;
        Self(bytes)
    }

    /// The sixteen bytes, in the order of the text.
    pub const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The first eight hexadecimal digits: enough to tell rows apart on screen and in names.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl FromStr for Uid {
    type Err = NotAUid;

    fn from_str(text: &str) -> Result<Self, NotAUid> {
        let text = text.as_bytes();
        if text.len() != 36 {
            return Err(NotAUid);
        }
        let mut bytes = [0u8; 16];
        let mut nibbles = 0usize;
        for (place, &byte) in text.iter().enumerate() {
            if matches!(place, 8 | 13 | 18 | 23) {
                if byte != b'-' {
                    return Err(NotAUid);
                }
                continue;
            }
            let digit = (byte as char).to_digit(16).ok_or(NotAUid)? as u8;
            let slot = bytes.get_mut(nibbles / 2).ok_or(NotAUid)?;
            *slot = (*slot << 4) | digit;
            nibbles += 1;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, byte) in self.0.iter().enumerate() {
            if matches!(place, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl TryFrom<String> for Uid {
    type Error = NotAUid;

    fn try_from(text: String) -> Result<Self, NotAUid> {
        text.parse()
    }
}

impl From<Uid> for String {
    fn from(uid: Uid) -> Self {
        uid.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_bytes_agree(bytes: [u8; 16]) {
            let uid = Uid::from_bytes(bytes);
            prop_assert_eq!(uid.to_string().parse::<Uid>(), Ok(uid));
        }

        #[test]
        fn no_text_is_read_that_would_be_written_otherwise(text in ".{0,40}") {
            if let Ok(uid) = text.parse::<Uid>() {
                prop_assert_eq!(uid.to_string(), text.to_ascii_lowercase());
            }
        }
    }

    #[test]
    fn an_id_of_an_account_has_one_identity() {
        let uid = Uid::of_id("arn:aws:eks:us-east-1:111122223333:cluster/shop-prod");
        let text = uid.to_string();
        assert_eq!((text.as_bytes()[14], text.parse()), (b'8', Ok(uid)));
        assert!(matches!(text.as_bytes()[19], b'8' | b'9' | b'a' | b'b'), "{text}");
        assert_ne!(uid, Uid::of_id("arn:aws:eks:us-east-1:111122223333:cluster/shop-stage"));
    }

    #[test]
    fn a_name_is_no_uid() {
        for text in ["", "web-7d9f", "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d1", "0b5e8f8e+4a3c-4c86-9d3e-2f3b1c0a9d11"] {
            assert_eq!(text.parse::<Uid>(), Err(NotAUid), "{text}");
        }
    }
}
