//! A report in words, the same for every front.

use std::fmt;

use super::{Report, Standing};
use crate::model::count;

impl fmt::Display for Report {
    /// Every problem, every remark, every key, and at the end whether the case holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.problems {
            writeln!(f, "{problem}")?;
        }
        for remark in &self.remarks {
            writeln!(f, "remark: {remark}")?;
        }
        for key in &self.keys {
            let of = key.of.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            let known = match key.known {
                Standing::Own => "the key of this person on this machine".to_owned(),
                Standing::Named => "a key that --signers names".to_owned(),
                Standing::Unknown => format!(
                    "not known here: whoever could write to the case could have made it. Ask {of} for the \
                     fingerprint (ed25519.pub in their state directory), or name the signers with --signers"
                ),
            };
            let journals = count(key.writers, "journal");
            writeln!(f, "signed by {} ({journals} of {of}): {known}", key.fingerprint)?;
        }
        writeln!(
            f,
            "{}: {} of {}, {} of them held against heads that this machine keeps, {} of {} bytes, {}",
            if self.holds() { "holds" } else { "DOES NOT VERIFY" },
            count(self.records, "record"),
            count(self.writers, "writer"),
            self.remembered,
            count(self.artefacts, "artefact"),
            self.bytes,
            count(self.problems.len(), "problem")
        )
    }
}
