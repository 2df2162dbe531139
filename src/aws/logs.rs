//! CloudWatch Logs: the groups that a cluster's logs go to.

use jiff::Timestamp;
use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const GROUPS: &str = "logs:DescribeLogGroups";
const EVENTS: &str = "logs:FilterLogEvents";

/// How the streams of the audit log begin in the group of a cluster's logs
/// (<https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html>).
pub(super) const AUDIT_STREAMS: &str = "kube-apiserver-audit-";

/// Bytes of an audit log that are read at most: some hundred thousand events.
const MOST: usize = 256 << 20;

/// A log group.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LogGroup {
    /// Its name.
    pub name: Clean,
    /// Days that it keeps what it holds; `None` keeps it for good.
    pub keeps_days: Option<i32>,
    /// Bytes that it holds; the service is some hours behind.
    pub bytes: Option<i64>,
    /// When it was made.
    pub made: Option<Timestamp>,
}

/// Where the logs of an EKS cluster's control plane go.
pub fn log_group(cluster: &str) -> String {
    format!("/aws/eks/{cluster}/cluster")
}

impl Account {
    /// Hands on the events of a cluster's audit log since a moment, page by page as they come. Gives the
    /// moment of the last event that was read where the log goes on behind it: more is not read at once.
    ///
    /// # Errors
    /// The service cannot be asked; what came before stays handed on.
    pub async fn audit_log(
        &self,
        cluster: &str,
        since: Timestamp,
        mut page: impl FnMut(Vec<String>),
    ) -> Result<Option<Timestamp>, Unsaid> {
        let call = self.clients.logs().filter_log_events().log_group_name(log_group(cluster));
        let call = call.log_stream_name_prefix(AUDIT_STREAMS).start_time(since.as_millisecond());
        let mut pages = call.into_paginator().send();
        let (mut bytes, mut last) = (0, None);
        while let Some(answer) = pages.next().await {
            if bytes >= MOST {
                return Ok(last);
            }
            let events = answer.map_err(|error| self.unsaid(EVENTS, &error))?.events.unwrap_or_default();
            let newest = events.iter().filter_map(|event| event.timestamp()).max();
            last = newest.and_then(|at| Timestamp::from_millisecond(at).ok()).or(last);
            // Stand-ins of the service answer with every stream, whatever prefix was asked for.
            let of_audit = events
                .into_iter()
                .filter(|event| event.log_stream_name().is_none_or(|stream| stream.starts_with(AUDIT_STREAMS)));
            let messages: Vec<String> = of_audit.filter_map(|event| event.message).collect();
            bytes += messages.iter().map(String::len).sum::<usize>();
            page(messages);
        }
        Ok(None)
    }

    /// The log groups whose names begin so, by name.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn log_groups(&self, prefix: &str) -> Result<Vec<LogGroup>, Unsaid> {
        let call = self.clients.logs().describe_log_groups().log_group_name_prefix(prefix);
        let mut pages = call.into_paginator().items().send();
        let mut groups = Vec::new();
        while let Some(group) = pages.next().await {
            let group = group.map_err(|error| self.unsaid(GROUPS, &error))?;
            groups.push(LogGroup {
                name: clean(group.log_group_name()),
                keeps_days: group.retention_in_days(),
                bytes: group.stored_bytes(),
                made: group.creation_time().and_then(|at| Timestamp::from_millisecond(at).ok()),
            });
        }
        Ok(groups)
    }
}
