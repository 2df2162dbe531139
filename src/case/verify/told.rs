//! A report in words, the same for every front.

use std::fmt;

use super::{Report, Standing};

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
            writeln!(f, "signed by {} ({} journals of {of}): {known}", key.fingerprint, key.writers)?;
        }
        writeln!(
            f,
            "{}: {} records of {} writers, {} of them held against heads that this machine keeps, \
             {} artefacts of {} bytes, {} problems",
            if self.holds() { "holds" } else { "DOES NOT VERIFY" },
            self.records,
            self.writers,
            self.remembered,
            self.artefacts,
            self.bytes,
            self.problems.len()
        )
    }
}
