//! Where evidence may be kept and investigated.

use serde::Deserialize;

/// A place for evidence, in one Region. Evidence does not leave the Region that it is of, unless a case allows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidencePlace {
    /// The Region.
    pub region: String,
    /// The bucket, with Object Lock.
    pub bucket: Option<String>,
    /// ARN of the key that evidence is encrypted by.
    pub key: Option<String>,
    /// The network that machines under investigation are put into.
    pub vpc: Option<String>,
    /// The security group that such machines get.
    pub security_group: Option<String>,
}
