//! CloudWatch Logs: the groups that a cluster's logs go to.

use jiff::Timestamp;
use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const CALL: &str = "logs:DescribeLogGroups";

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

impl Account {
    /// The log groups whose names begin so, by name.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn log_groups(&self, prefix: &str) -> Result<Vec<LogGroup>, Unsaid> {
        let call = self.clients.logs().describe_log_groups().log_group_name_prefix(prefix);
        let mut pages = call.into_paginator().items().send();
        let mut groups = Vec::new();
        while let Some(group) = pages.next().await {
            let group = group.map_err(|error| self.unsaid(CALL, &error))?;
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
