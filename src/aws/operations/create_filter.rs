//! `guardduty:CreateFilter`

use std::collections::HashMap;

use async_trait::async_trait;
use aws_sdk_guardduty::types::FilterAction;
use serde::Deserialize;
use serde_json::json;

use super::{Accepted, CallError, Operation, call};
use crate::aws::Account;
use crate::aws::filter::Criteria;
use crate::model::Call;

pub const OPERATION: &dyn Operation = &CreateFilter;

struct CreateFilter;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Body {
    detector_id: String,
    name: String,
    description: Option<String>,
    action: String,
    finding_criteria: Criteria,
    client_token: Option<String>,
    #[serde(default)]
    tags: HashMap<String, String>,
}

#[async_trait]
impl Operation for CreateFilter {
    fn name(&self) -> &'static str {
        "guardduty:CreateFilter"
    }

    async fn send(&self, account: &Account, call: &Call) -> Result<Accepted, CallError> {
        let body: Body = call::body(call)?;
        let asked = account.clients.guardduty().create_filter().detector_id(body.detector_id).name(body.name);
        let asked = asked
            .set_description(body.description)
            .action(FilterAction::from(body.action.as_str()))
            .finding_criteria(body.finding_criteria.asked())
            .set_client_token(body.client_token)
            .set_tags(Some(body.tags).filter(|tags| !tags.is_empty()));
        call::ended(call, asked.send().await, |made| json!({"Name": made.name()}))
    }

    async fn is_done(&self, account: &Account, call: &Call) -> Result<Option<bool>, CallError> {
        let body: Body = call::body(call)?;
        let there = account.filter(&body.detector_id, &body.name).await?;
        Ok(Some(there.is_some_and(|there| *there.action == *body.action && there.criteria == body.finding_criteria)))
    }
}
