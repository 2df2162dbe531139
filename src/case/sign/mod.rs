//! Who vouches for a journal: a key of their own, in the form of OpenSSH's signatures.

mod signer;
mod sshsig;

pub use signer::Signer;
pub use sshsig::{PublicKey, Signature};
