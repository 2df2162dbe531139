//! The answer to any GET, while it arrives.

use std::time::Duration;

use super::error::Error;
use super::logs::LogStream;
use super::read::{Read, get};
use super::request::{FIRST_BYTE, chunks, open};
use crate::model::Clean;

/// Longest silence within an answer.
const IDLE: Duration = Duration::from_secs(30);

impl Read {
    /// The raw bytes of the answer to a GET, for evidence.
    ///
    /// # Errors
    /// The server refused or did not begin to answer. What breaks off later is an
    /// error of the stream.
    pub async fn stream(&self, path: &str) -> Result<LogStream, Error> {
        let response = open(&self.cluster, get(path, "application/json, */*")?, FIRST_BYTE).await?;
        Ok(Box::pin(chunks(Clean::capped(path, 300), response, Some(IDLE))))
    }
}
