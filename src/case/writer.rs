//! Who writes.

use std::borrow::Borrow;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Digest;
use crate::model::Clean;

/// One running program that writes to a case: `alice-bastion-20261123t131952z-4f2a09c1`.
///
/// Every start is a writer of its own, so that no two programs ever append to one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WriterId(String);

/// The person and the machine behind a record, as the operating system names them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct By {
    /// Name of the Unix user, or its number where the machine knows no name.
    pub user: Clean,
    /// Number of the Unix user: names are shared, numbers decide who is a second person.
    pub uid: u32,
    /// The machine's name.
    pub host: Clean,
}

impl By {
    /// Whoever runs this program.
    pub fn current() -> Self {
        let uid = rustix::process::getuid().as_raw();
        let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let host = if host.trim().is_empty() { "unknown-host" } else { host.trim() };
        Self { user: user_name(uid).unwrap_or_else(|| uid.to_string()).into(), uid, host: host.into() }
    }
}

/// The name of a user in the machine's own list.
fn user_name(uid: u32) -> Option<String> {
    let list = std::fs::read_to_string("/etc/passwd").ok()?;
    list.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

impl WriterId {
    /// A writer that starts now; `attempt` tells apart those of one process.
    pub(super) fn start(by: &By, now: Timestamp, attempt: u32) -> Self {
        let word = |text: &str| -> String {
            let kept = text.chars().filter(char::is_ascii_alphanumeric).take(16).collect::<String>();
            if kept.is_empty() { "x".to_owned() } else { kept.to_ascii_lowercase() }
        };
        let seed = format!("{} {} {attempt}", now.as_nanosecond(), std::process::id());
        let time = now.strftime("%Y%m%dt%H%M%Sz");
        Self(format!("{}-{}-{time}-{}", word(&by.user), word(&by.host), Digest::of(seed.as_bytes()).short()))
    }

    /// The writer that a file name says, if it is one that a writer may have.
    pub(super) fn of_file(stem: &str) -> Option<Self> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        (!stem.is_empty() && stem.len() <= 80 && stem.bytes().all(plain)).then(|| Self(stem.to_owned()))
    }

    /// The text, as file names carry it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for WriterId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for WriterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&Clean::from(self.0.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_is_a_file_name() {
        let by = By { user: "DOMAIN\\al ice".into(), uid: 1000, host: "bastion.example".into() };
        let writer = WriterId::start(&by, Timestamp::UNIX_EPOCH, 0);
        assert!(writer.as_str().starts_with("domainalice-bastionexample-19700101t000000z-"), "{writer}");
        assert_eq!(WriterId::of_file(writer.as_str()), Some(writer));
        assert_eq!(WriterId::of_file("../up"), None);
    }
}
