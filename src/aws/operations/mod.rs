//! What plans may call in an account: one file per operation.
//!
//! Every file of this folder is an operation that exports itself as `OPERATION`; the build finds it
//! there. It is named as policies name it, and its body is what `aws … --cli-input-json` takes.

use super::call::{self, Accepted, CallError, Operation};

include!(concat!(env!("OUT_DIR"), "/operations.rs"));

/// Every operation, sorted by the names of their files.
pub fn all() -> &'static [&'static dyn Operation] {
    REGISTRY
}

/// The operation of that name.
pub fn find(name: &str) -> Option<&'static dyn Operation> {
    REGISTRY.iter().copied().find(|operation| operation.name() == name)
}

#[cfg(test)]
mod tests;
