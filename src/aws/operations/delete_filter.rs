//! `guardduty:DeleteFilter`

use async_trait::async_trait;
use serde::Deserialize;
use serde_json::Value;

use super::{Accepted, CallError, Operation, call};
use crate::aws::Account;
use crate::model::Call;

pub const OPERATION: &dyn Operation = &DeleteFilter;

struct DeleteFilter;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    detector_id: String,
    filter_name: String,
}

#[async_trait]
impl Operation for DeleteFilter {
    fn name(&self) -> &'static str {
        "guardduty:DeleteFilter"
    }

    async fn send(&self, account: &Account, call: &Call) -> Result<Accepted, CallError> {
        let Body { detector_id, filter_name } = call::body(call)?;
        let asked = account.clients.guardduty().delete_filter().detector_id(detector_id).filter_name(filter_name);
        call::ended(call, asked.send().await, |_| Value::Null)
    }

    async fn is_done(&self, account: &Account, call: &Call) -> Result<Option<bool>, CallError> {
        let Body { detector_id, filter_name } = call::body(call)?;
        Ok(Some(account.filter(&detector_id, &filter_name).await?.is_none()))
    }
}
