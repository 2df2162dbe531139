//! What a journal asks of the disk.

use std::fs::File;
use std::io::{self, Write as _};

/// Takes a journal's lines. A record counts as written when `sync` has returned.
pub trait Disk: Send + Sync {
    /// Puts a line at the end of the file.
    ///
    /// # Errors
    /// What the system says. Part of the line may be there.
    fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()>;

    /// Returns when everything that was appended outlives a loss of power.
    ///
    /// # Errors
    /// What the system says. Nothing is known of what was appended then.
    fn sync(&self, file: &File) -> io::Result<()>;
}

/// The disk of this machine.
#[derive(Clone, Copy, Debug)]
pub struct RealDisk;

impl Disk for RealDisk {
    fn append(&self, file: &mut File, line: &[u8]) -> io::Result<()> {
        file.write_all(line)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}
