//! The shapes that findings have: each is recognised by what only it has.

mod asff;
mod audit;
mod falco;
mod guardduty;
mod ocsf;
mod other;
mod sequence;

pub(super) use audit::is_public;

use serde_json::Value;

use super::envelope::Around;
use crate::model::Finding;

/// What a JSON value turned out to be.
#[derive(Debug)]
pub enum Shaped {
    /// A finding.
    Finding(Box<Finding>),
    /// An event or a check that is no alert.
    Unremarkable,
    /// Something else, in words that go on "this is no finding but …".
    Other(String),
}

impl From<Finding> for Shaped {
    fn from(finding: Finding) -> Self {
        Self::Finding(Box::new(finding))
    }
}

/// Reads a value as what it is.
pub fn shaped(value: &Value, around: &Around) -> Shaped {
    if guardduty::is_one(value) {
        return guardduty::finding(value, around).into();
    }
    if asff::is_one(value) {
        return asff::shaped(value, around);
    }
    if ocsf::is_one(value) {
        return ocsf::shaped(value);
    }
    if audit::is_one(value) {
        return audit::shaped(value, around);
    }
    if falco::is_one(value) {
        return falco::finding(value, around).into();
    }
    Shaped::Other(other::name(value))
}
