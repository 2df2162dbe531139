//! Signatures in the form of `ssh-keygen -Y`: PROTOCOL.sshsig of OpenSSH, for ed25519.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest as _, Sha256, Sha512};

/// What a signature is for: one that was made for something else is none here.
pub const NAMESPACE: &str = "podmortem-head";

const MAGIC: &[u8] = b"SSHSIG";
const ALGORITHM: &str = "ssh-ed25519";
const HASH: &str = "sha512";
const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";
/// Characters of Base64 in a line, as ssh-keygen breaks them.
const WIDTH: usize = 70;

/// An ed25519 public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

/// A signature, and the key that it claims to be of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// The key.
    pub key: PublicKey,
    bytes: [u8; 64],
}

impl PublicKey {
    /// The key of those bytes, if they are as many as a key has.
    pub fn new(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The key of `ssh-ed25519 AAAA…`, the way that it stands in a `.pub` file or among allowed signers.
    pub fn find(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        words.find(|word| *word == ALGORITHM)?;
        let blob = STANDARD.decode(words.next()?).ok()?;
        let mut reader = Reader(&blob);
        (reader.string()? == ALGORITHM.as_bytes()).then_some(())?;
        let key = Self::new(reader.string()?)?;
        reader.0.is_empty().then_some(key)
    }

    /// `ssh-ed25519 AAAA…`.
    pub fn line(&self) -> String {
        format!("{ALGORITHM} {}", STANDARD.encode(self.blob()))
    }

    /// `SHA256:…`, as `ssh-keygen -l` tells keys apart.
    pub fn fingerprint(&self) -> String {
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(self.blob())))
    }

    fn blob(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        string(&mut blob, ALGORITHM.as_bytes());
        string(&mut blob, &self.0);
        blob
    }
}

impl Signature {
    /// The signature of a key over [`signed`] data.
    pub fn new(key: PublicKey, bytes: &[u8]) -> Option<Self> {
        Some(Self { key, bytes: bytes.try_into().ok()? })
    }

    /// Whether the key has signed this message.
    pub fn holds(&self, message: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key.0).verify(&signed(message), &self.bytes).is_ok()
    }

    /// The lines that `ssh-keygen -Y verify -s` reads.
    pub fn armored(&self) -> String {
        let mut blob = MAGIC.to_vec();
        blob.extend(1u32.to_be_bytes());
        string(&mut blob, &self.key.blob());
        for part in [NAMESPACE, "", HASH] {
            string(&mut blob, part.as_bytes());
        }
        let mut signature = Vec::new();
        string(&mut signature, ALGORITHM.as_bytes());
        string(&mut signature, &self.bytes);
        string(&mut blob, &signature);
        let mut text = BEGIN.to_owned();
        for (place, letter) in (1usize..).zip(STANDARD.encode(blob).chars()) {
            text.push(letter);
            if place.is_multiple_of(WIDTH) {
                text.push('\n');
            }
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
        text.push_str(END);
        text
    }

    /// Reads what `armored` writes, byte for byte, and gives what follows it.
    pub fn read(text: &str) -> Option<(Self, &str)> {
        let (lines, rest) = text.strip_prefix(BEGIN)?.split_once(END)?;
        let blob = STANDARD.decode(lines.replace('\n', "")).ok()?;
        let mut reader = Reader(blob.strip_prefix(MAGIC)?.strip_prefix(&1u32.to_be_bytes())?);
        let mut key = Reader(reader.string()?);
        key.string()?;
        let key = PublicKey::new(key.string()?)?;
        for _ in 0..3 {
            reader.string()?;
        }
        let mut signature = Reader(reader.string()?);
        signature.string()?;
        let read = Self::new(key, signature.string()?)?;
        (read.armored() == text.strip_suffix(rest)?).then_some((read, rest))
    }
}

/// What is signed in place of the message.
pub fn signed(message: &[u8]) -> Vec<u8> {
    let mut data = MAGIC.to_vec();
    for part in [NAMESPACE.as_bytes(), b"", HASH.as_bytes(), &Sha512::digest(message)] {
        string(&mut data, part);
    }
    data
}

/// A string of RFC 4251: its length, then its bytes.
fn string(into: &mut Vec<u8>, bytes: &[u8]) {
    into.extend(u32::try_from(bytes.len()).unwrap_or_default().to_be_bytes());
    into.extend(bytes);
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn string(&mut self) -> Option<&'a [u8]> {
        let (length, rest) = self.0.split_first_chunk()?;
        let (string, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        self.0 = rest;
        Some(string)
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use proptest::prelude::*;

    use super::*;

    fn made(message: &[u8]) -> Signature {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = PublicKey::new(pair.public_key().as_ref()).unwrap();
        Signature::new(key, pair.sign(&signed(message)).as_ref()).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_no_byte_of_it_is_another() {
        let signature = made(b"the head\n");
        assert!(signature.holds(b"the head\n"));
        assert!(!signature.holds(b"the tail\n"));
        let text = signature.armored() + "rest";
        assert_eq!(Signature::read(&text), Some((signature.clone(), "rest")));
        for place in 0..text.len() - 4 {
            let mut bytes = text.clone().into_bytes();
            bytes[place] ^= 1;
            let read = String::from_utf8(bytes).ok();
            let read = read.as_deref().and_then(Signature::read).map(|(signature, _)| signature);
            assert!(read.is_none_or(|read| !read.holds(b"the head\n")), "byte {place}");
        }
        assert_eq!(PublicKey::find(&format!("alice@bastion {} x", signature.key.line())), Some(signature.key));
    }

    proptest! {
        #[test]
        fn anything_can_be_read_as_a_signature(text in "\\PC{0,200}", bytes: Vec<u8>) {
            let _ = Signature::read(&text);
            let _ = Signature::read(&format!("{BEGIN}{}\n{END}", STANDARD.encode(&bytes)));
            let _ = PublicKey::find(&format!("{ALGORITHM} {}", STANDARD.encode(bytes)));
        }
    }
}
