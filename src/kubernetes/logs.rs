//! Logs of containers, as raw bytes while they arrive.

use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;

use super::error::Error;
use super::read::{Read, escaped, get, segment};
use super::request::{FIRST_BYTE, chunks, open};
use crate::model::Clean;

/// A log as it arrives. Chunks end anywhere, also inside a line or a character.
pub type LogStream = BoxStream<'static, Result<Bytes, Error>>;

/// Longest silence of a log that is not followed.
const IDLE: Duration = Duration::from_secs(30);

/// Which part of a log is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// Of the container's previous run.
    pub previous: bool,
    /// Goes on as long as the container runs.
    pub follow: bool,
    /// At most so many lines from the end.
    pub tail: Option<u64>,
    /// Each line begins with the time of the kubelet.
    pub timestamps: bool,
    /// Not older than so long.
    pub since: Option<Duration>,
}

impl Read {
    /// The log of one container of a pod.
    ///
    /// # Errors
    /// The server does not open it: no such pod, no previous run, a container that waits for its image.
    pub async fn logs(
        &self,
        namespace: &str,
        pod: &str,
        container: &str,
        options: LogOptions,
    ) -> Result<LogStream, Error> {
        let (namespace, pod) = (segment(namespace)?, segment(pod)?);
        let mut path = format!("/api/v1/namespaces/{namespace}/pods/{pod}/log?container={}", escaped(container));
        for (name, set) in
            [("previous", options.previous), ("follow", options.follow), ("timestamps", options.timestamps)]
        {
            if set {
                let _ = write!(path, "&{name}=true");
            }
        }
        if let Some(lines) = options.tail {
            let _ = write!(path, "&tailLines={lines}");
        }
        if let Some(since) = options.since {
            let _ = write!(path, "&sinceSeconds={}", since.as_secs().max(1));
        }
        let what = Clean::from(format!("logs of {namespace}/{pod} {container}"));
        let response = open(&self.cluster, get(&path, "*/*")?, FIRST_BYTE).await?;
        let idle = (!options.follow).then_some(IDLE);
        Ok(Box::pin(chunks(what, response, idle)))
    }
}
