//! Who may act for a job.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use super::JobId;
use super::access::{Access, sync_dir};
use super::error::{At, CaseError};

/// The epochs of a case's jobs: an empty file for each epoch after a job's first.
///
/// An epoch is taken by creating its file exclusively, which needs no lock of the
/// file system's: of two who try, one gets it. A job's owner looks for the file
/// of the next epoch before every call, and stops when it is there.
#[derive(Clone, Debug)]
pub struct Epochs {
    dir: PathBuf,
    access: Access,
}

/// Longest file name that any file system takes, less the epoch's number.
const LONGEST: usize = 200;

impl Epochs {
    pub(super) const fn new(dir: PathBuf, access: Access) -> Self {
        Self { dir, access }
    }

    /// Takes an epoch of a job. Says whether it is ours: nobody else gets it then.
    ///
    /// # Errors
    /// The directory cannot be written, or the job's id is no file name.
    pub fn take(&self, job: &JobId, epoch: u32) -> Result<bool, CaseError> {
        let path = self.path(job, epoch)?;
        self.access.create_dir(&self.dir)?;
        match self.access.create_new(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
            created => {
                created.at("create", &path)?;
                sync_dir(&self.dir)?;
                Ok(true)
            }
        }
    }

    /// Whether somebody has taken that epoch.
    ///
    /// # Errors
    /// It cannot be told; nothing may be done for the job then.
    pub fn is_taken(&self, job: &JobId, epoch: u32) -> Result<bool, CaseError> {
        let path = self.path(job, epoch)?;
        match fs::symlink_metadata(&path) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error).at("look for", &path),
        }
    }

    /// The newest epoch of a job that was taken, not before `known`.
    ///
    /// # Errors
    /// It cannot be told.
    pub fn newest(&self, job: &JobId, known: u32) -> Result<u32, CaseError> {
        let mut newest = known;
        while let Some(next) = newest.checked_add(1).filter(|_| newest < u32::MAX) {
            if !self.is_taken(job, next)? {
                break;
            }
            newest = next;
        }
        Ok(newest)
    }

    fn path(&self, job: &JobId, epoch: u32) -> Result<PathBuf, CaseError> {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if job.0.is_empty() || job.0.len() > LONGEST || !job.0.bytes().all(plain) {
            return Err(io::Error::from(ErrorKind::InvalidInput)).at("name the epochs of a job in", &self.dir);
        }
        Ok(self.dir.join(file_name(job, epoch)))
    }
}

/// The file of an epoch.
pub(super) fn file_name(job: &JobId, epoch: u32) -> String {
    format!("{job}.{epoch}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_is_taken_once() {
        let root = tempfile::tempdir().unwrap();
        let epochs = Epochs::new(root.path().join("epochs"), Access::Private);
        let job = JobId("cordon-1f0c9a3b".into());
        assert_eq!(epochs.newest(&job, 1).unwrap(), 1);
        let taken: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| epochs.take(&job, 2).unwrap())).collect();
            threads.into_iter().map(|thread| usize::from(thread.join().unwrap())).sum()
        });
        assert_eq!(taken, 1);
        assert_eq!(epochs.newest(&job, 1).unwrap(), 2);
        assert!(epochs.is_taken(&job, 2).unwrap() && !epochs.is_taken(&job, 3).unwrap());
    }

    #[test]
    fn a_job_that_is_no_file_name_is_nobodys() {
        let root = tempfile::tempdir().unwrap();
        let epochs = Epochs::new(root.path().join("epochs"), Access::Private);
        for id in ["", "../../etc/passwd", "a/b", &"a".repeat(300)] {
            assert!(epochs.take(&JobId(id.into()), 2).is_err(), "{id}");
        }
    }
}
