//! `eks:UpdateClusterConfig`, as far as it says what is logged: the service takes one kind of change a call.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use aws_sdk_eks::types::{LogSetup, LogType, Logging};
use serde::Deserialize;
use serde_json::json;

use super::{Accepted, CallError, Operation, call};
use crate::aws::Account;
use crate::model::Call;

pub const OPERATION: &dyn Operation = &UpdateClusterConfig;

struct UpdateClusterConfig;

/// How long an update may take; EKS needs some minutes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Time between two questions.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    name: String,
    logging: Logs,
    client_request_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Logs {
    cluster_logging: Vec<Setup>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Setup {
    types: Vec<String>,
    enabled: bool,
}

#[async_trait]
impl Operation for UpdateClusterConfig {
    fn name(&self) -> &'static str {
        "eks:UpdateClusterConfig"
    }

    async fn send(&self, account: &Account, call: &Call) -> Result<Accepted, CallError> {
        let body: Body = call::body(call)?;
        let setups = body.logging.cluster_logging.iter().map(|setup| {
            let types = setup.types.iter().map(|kind| LogType::from(kind.as_str())).collect();
            LogSetup::builder().set_types(Some(types)).enabled(setup.enabled).build()
        });
        let logging = Logging::builder().set_cluster_logging(Some(setups.collect())).build();
        let asked = account.clients.eks().update_cluster_config().name(body.name).logging(logging);
        let sent = asked.set_client_request_token(body.client_request_token).send().await;
        call::ended(call, sent, |given| json!({"update": {"id": given.update().and_then(|update| update.id())}}))
    }

    /// An update that is under way does not show in what is logged until it is through, so its end is waited for:
    /// EKS would refuse another one meanwhile.
    async fn is_done(&self, account: &Account, call: &Call) -> Result<Option<bool>, CallError> {
        let body: Body = call::body(call)?;
        let begun = Instant::now();
        loop {
            let plane = account.control_plane(Some(&body.name), "").await?;
            let is = |setup: &Setup| setup.types.iter().all(|kind| plane.logs(kind) == setup.enabled);
            if body.logging.cluster_logging.iter().all(is) {
                return Ok(Some(true));
            }
            if plane.status != "UPDATING" {
                return Ok(Some(false));
            }
            if begun.elapsed() > PATIENCE {
                return Ok(None);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
