//! The end of a chain, and the signature under it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Digest;
use super::sign::{Signature, Signer};

/// The last record of a writer: how many there are, and the last one's hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Number of the record, counted from 1.
    pub seq: u64,
    /// SHA-256 of its line.
    pub hash: Digest,
}

impl Head {
    /// Before the first record.
    pub const NONE: Self = Self { seq: 0, hash: Digest::NONE };

    /// The line that is signed: JSON, with a newline at its end.
    pub(super) fn line(self) -> String {
        serde_json::to_string(&self).unwrap_or_default() + "\n"
    }
}

/// A head as its writer signed it: the content of a `.head` file, where the
/// signature stands first and the signed line last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignedHead {
    pub head: Head,
    pub signature: Signature,
}

/// What a `.head` file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HeadFile {
    /// There is none.
    Absent,
    /// Nothing, or nothing but zeros: the power went before it reached the disk.
    Lost,
    /// Something that no writer wrote.
    Odd,
    /// A head. Whether the signature under it holds is not looked at.
    Is(SignedHead),
}

impl SignedHead {
    /// Signs a head.
    pub fn new(head: Head, signer: &Signer) -> Option<Self> {
        Some(Self { head, signature: signer.sign(head.line().as_bytes())? })
    }

    /// The bytes of a `.head` file.
    pub fn to_bytes(&self) -> Vec<u8> {
        (self.signature.armored() + &self.head.line()).into_bytes()
    }

    /// Whether the signature is one over this head.
    pub fn holds(&self) -> bool {
        self.signature.holds(self.head.line().as_bytes())
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (signature, line) = Signature::read(std::str::from_utf8(bytes).ok()?)?;
        let head: Head = serde_json::from_str(line).ok()?;
        (head.line() == line).then_some(Self { head, signature })
    }
}

impl HeadFile {
    /// Reads a `.head` file.
    pub fn read(path: &Path) -> Self {
        match fs::read(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => Self::Absent,
            Err(_) => Self::Odd,
            Ok(bytes) if bytes.iter().all(|byte| *byte == 0) => Self::Lost,
            Ok(bytes) => SignedHead::parse(&bytes).map_or(Self::Odd, Self::Is),
        }
    }

    /// The head, where it is one.
    pub fn head(&self) -> Option<Head> {
        match self {
            Self::Is(signed) => Some(signed.head),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_as_it_was_signed_and_zeros_are_a_lost_one() {
        let state = tempfile::tempdir().unwrap();
        let signer = Signer::of(state.path()).unwrap();
        let signed = SignedHead::new(Head { seq: 12, hash: Digest::of(b"x") }, &signer).unwrap();
        let path = state.path().join("head");
        assert_eq!(HeadFile::read(&path), HeadFile::Absent);
        fs::write(&path, signed.to_bytes()).unwrap();
        assert_eq!(HeadFile::read(&path), HeadFile::Is(signed.clone()));
        assert!(signed.holds());
        let other = SignedHead { head: Head { seq: 11, ..signed.head }, ..signed.clone() };
        assert!(!other.holds());
        for (content, read) in [(&[][..], HeadFile::Lost), (&[0; 300], HeadFile::Lost), (b"0", HeadFile::Odd)] {
            fs::write(&path, content).unwrap();
            assert_eq!(HeadFile::read(&path), read);
        }
        fs::write(&path, [&signed.to_bytes()[..], b" "].concat()).unwrap();
        assert_eq!(HeadFile::read(&path), HeadFile::Odd);
    }
}
