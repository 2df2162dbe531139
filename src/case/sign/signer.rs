//! The key of one person on one machine.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};

use super::super::CaseError;
use super::super::access::Access;
use super::super::error::At;
use super::sshsig::{PublicKey, Signature, signed};

/// Signs the heads of this person's journals. The key lies in the state
/// directory, readable by its owner only, and never in a case.
pub struct Signer {
    pair: Ed25519KeyPair,
    key: PublicKey,
}

/// The folder of the state directory that holds the key.
const FOLDER: &str = "signing";
/// The private key: PKCS#8, DER.
const PRIVATE: &str = "ed25519.pk8";
/// The public key, as `ssh-keygen` reads it.
const PUBLIC: &str = "ed25519.pub";

impl Signer {
    /// The key below a state directory; one is made where there is none.
    ///
    /// # Errors
    /// It cannot be read or made, or what is there is no key.
    pub fn of(state: &Path) -> Result<Self, CaseError> {
        let folder = state.join(FOLDER);
        let path = folder.join(PRIVATE);
        for attempt in 0..20 {
            match fs::read(&path) {
                Ok(bytes) => match Self::read(&bytes) {
                    Some(signer) => return signer.published(&folder),
                    None if attempt == 19 => return Err(CaseError::NotAKey { path }),
                    // Somebody else is about to write it.
                    None => std::thread::sleep(Duration::from_millis(20)),
                },
                Err(error) if error.kind() == ErrorKind::NotFound => make(&folder, &path)?,
                Err(error) => return Err(error).at("read", &path),
            }
        }
        Err(CaseError::NotAKey { path })
    }

    /// The public half of the key below a state directory, where there is one.
    pub fn public_in(state: &Path) -> Option<PublicKey> {
        let bytes = fs::read(state.join(FOLDER).join(PRIVATE)).ok()?;
        Some(Self::read(&bytes)?.key)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(bytes).ok()?;
        let key = PublicKey::new(pair.public_key().as_ref())?;
        Some(Self { pair, key })
    }

    /// Writes the public half beside the private one, for whoever verifies elsewhere.
    fn published(self, folder: &Path) -> Result<Self, CaseError> {
        let path = folder.join(PUBLIC);
        let line = self.key.line() + "\n";
        if fs::read_to_string(&path).ok().as_deref() != Some(&line) {
            Access::Private.replace(&path, line.as_bytes())?;
        }
        Ok(self)
    }

    /// The public half.
    pub const fn key(&self) -> PublicKey {
        self.key
    }

    /// The signature over a message.
    pub fn sign(&self, message: &[u8]) -> Option<Signature> {
        Signature::new(self.key, self.pair.sign(&signed(message)).as_ref())
    }
}

fn make(folder: &Path, path: &Path) -> Result<(), CaseError> {
    Access::Private.create_dir(folder)?;
    let no_key = |_| CaseError::NotAKey { path: path.to_owned() };
    let bytes = Ed25519KeyPair::generate_pkcs8(&aws_lc_rs::rand::SystemRandom::new()).map_err(no_key)?;
    match Access::Private.create_new(path) {
        // Whoever was faster has made it.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        created => created
            .and_then(|mut file| {
                std::io::Write::write_all(&mut file, bytes.as_ref())?;
                file.sync_all()
            })
            .at("write", path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn everybody_who_starts_at_once_gets_the_same_key() {
        let state = tempfile::tempdir().unwrap();
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| Signer::of(state.path()).unwrap().key())).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
        let folder = state.path().join(FOLDER);
        assert_eq!(fs::metadata(folder.join(PRIVATE)).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(PublicKey::find(&fs::read_to_string(folder.join(PUBLIC)).unwrap()), Some(keys[0]));
    }

    #[test]
    fn a_key_that_was_spoilt_is_named_and_not_replaced() {
        let state = tempfile::tempdir().unwrap();
        Signer::of(state.path()).unwrap();
        let path = state.path().join(FOLDER).join(PRIVATE);
        fs::write(&path, "no key").unwrap();
        assert!(Signer::of(state.path()).err().unwrap().to_string().contains(PRIVATE));
        assert_eq!(fs::read(&path).unwrap(), b"no key");
    }
}
