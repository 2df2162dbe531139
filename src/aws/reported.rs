//! A finding as its detector holds it now.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::account::Account;
use super::guardduty::Kept;
use super::told::Unsaid;
use crate::model::Clean;

const LIST: &str = "guardduty:ListDetectors";
const GET: &str = "guardduty:GetFindings";

/// Findings by their ids, as the calls that put them away take them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Named {
    /// The detector.
    pub detector_id: String,
    /// The findings; 50 at most.
    pub finding_ids: Vec<String>,
}

/// What putting findings away needs to know of one. Texts are the reporter's, who may have them from an attacker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reported {
    /// Its id.
    pub id: Clean,
    /// The detector that holds it. The administrator's own for findings of a member account.
    pub detector: String,
    /// `PrivilegeEscalation:Kubernetes/PrivilegedContainer`
    pub kind: Clean,
    /// Whether somebody has put it away.
    pub archived: bool,
    /// Name of the EKS cluster, empty where it is about none.
    pub cluster: Clean,
    /// Namespace of the workload, empty where it names none.
    pub namespace: Clean,
    /// Name of the workload, empty where it names none.
    pub workload: Clean,
    /// Name of the Kubernetes user, empty where it names none.
    pub user: Clean,
}

impl Reported {
    fn read(detector: &str, finding: &Value) -> Self {
        let text = |place: &str| Clean::from(finding.pointer(place).and_then(Value::as_str).unwrap_or_default());
        Self {
            id: text("/id"),
            detector: detector.to_owned(),
            kind: text("/type"),
            archived: finding.pointer("/service/archived").and_then(Value::as_bool).unwrap_or_default(),
            cluster: text("/resource/eksClusterDetails/name"),
            namespace: text("/resource/kubernetesDetails/kubernetesWorkloadDetails/namespace"),
            workload: text("/resource/kubernetesDetails/kubernetesWorkloadDetails/name"),
            user: text("/resource/kubernetesDetails/kubernetesUserDetails/username"),
        }
    }
}

impl Account {
    /// A finding of any detector of the Region; `None` where none of them has it.
    ///
    /// # Errors
    /// GuardDuty is off there, or cannot be asked.
    pub async fn reported(&self, id: &str) -> Result<Option<Reported>, Unsaid> {
        let mut pages = self.clients.guardduty().list_detectors().into_paginator().send();
        let mut detectors = Vec::new();
        while let Some(page) = pages.next().await {
            detectors.extend(page.map_err(|error| self.unsaid(LIST, &error))?.detector_ids.unwrap_or_default());
        }
        if detectors.is_empty() {
            return Err(self.absent(LIST, "GuardDuty is off: there is no detector"));
        }
        for detector in detectors {
            let ids = vec![id.to_owned()];
            let found = self.named(&Named { detector_id: detector, finding_ids: ids }).await?;
            if let Some(found) = found.into_iter().find(|one| one.id == *id) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// The ARN of a detector that these credentials reach: policies name it as the resource of what is done there.
    ///
    /// # Errors
    /// STS does not say whose they are.
    pub async fn arn_of_detector(&self, detector: &str) -> Result<String, Unsaid> {
        let (partition, account) = self.partition_and_account().await?;
        Ok(format!("arn:{partition}:guardduty:{}:{account}:detector/{detector}", self.region()))
    }

    /// Findings by their ids; those that the detector does not have are left out.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn named(&self, named: &Named) -> Result<Vec<Reported>, Unsaid> {
        let kept = Kept::default();
        let asked = self.clients.guardduty().get_findings().detector_id(&named.detector_id);
        let asked = asked.set_finding_ids(Some(named.finding_ids.clone()));
        let answer = asked.customize().interceptor(kept.clone()).send().await;
        // What this SDK cannot take apart may still be read.
        if let Err(error) = answer
            && !error.raw_response().is_some_and(|raw| raw.status().is_success())
        {
            return Err(self.unsaid(GET, &error));
        }
        let body: Value = serde_json::from_slice(&kept.take()).unwrap_or_default();
        let findings = body.get("findings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(findings.iter().map(|finding| Reported::read(&named.detector_id, finding)).collect())
    }

    /// Whether all of them are put away; `None` where the detector does not have all of them.
    pub(super) async fn all_archived(&self, named: &Named) -> Result<Option<bool>, Unsaid> {
        let found = self.named(named).await?;
        let complete = found.len() == named.finding_ids.len();
        Ok(complete.then(|| found.iter().all(|one| one.archived)))
    }

    /// Whether none of them is put away; `None` where the detector does not have all of them.
    pub(super) async fn none_archived(&self, named: &Named) -> Result<Option<bool>, Unsaid> {
        let found = self.named(named).await?;
        let complete = found.len() == named.finding_ids.len();
        Ok(complete.then(|| found.iter().all(|one| !one.archived)))
    }
}
