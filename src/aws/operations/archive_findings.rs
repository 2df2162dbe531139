//! `guardduty:ArchiveFindings`

use async_trait::async_trait;
use serde_json::Value;

use super::{Accepted, CallError, Operation, call};
use crate::aws::Account;
use crate::aws::reported::Named;
use crate::model::Call;

pub const OPERATION: &dyn Operation = &ArchiveFindings;

struct ArchiveFindings;

#[async_trait]
impl Operation for ArchiveFindings {
    fn name(&self) -> &'static str {
        "guardduty:ArchiveFindings"
    }

    async fn send(&self, account: &Account, call: &Call) -> Result<Accepted, CallError> {
        let Named { detector_id, finding_ids } = call::body(call)?;
        let asked = account.clients.guardduty().archive_findings().detector_id(detector_id);
        call::ended(call, asked.set_finding_ids(Some(finding_ids)).send().await, |_| Value::Null)
    }

    async fn is_done(&self, account: &Account, call: &Call) -> Result<Option<bool>, CallError> {
        Ok(account.all_archived(&call::body(call)?).await?)
    }
}
