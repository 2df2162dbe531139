//! The GuardDuty detector of a Region: whether it is on, and what it watches.

use serde::Serialize;

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const LIST: &str = "guardduty:ListDetectors";
const GET: &str = "guardduty:GetDetector";

/// A detector: a Region has one, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detector {
    /// Its id.
    pub id: Clean,
    /// Whether it is on.
    pub enabled: bool,
    /// Features that are on: `EKS_AUDIT_LOGS`, `RUNTIME_MONITORING`, `EKS_ADDON_MANAGEMENT`…
    pub features: Vec<Clean>,
}

impl Detector {
    /// Whether a feature is on, and the detector with it.
    pub fn has(&self, feature: &str) -> bool {
        self.enabled && self.features.iter().any(|one| one == feature)
    }
}

impl Account {
    /// The detector of the Region; `None` where there is none.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn detector(&self) -> Result<Option<Detector>, Unsaid> {
        let guardduty = self.clients.guardduty();
        let listed = guardduty.list_detectors().send().await.map_err(|error| self.unsaid(LIST, &error))?;
        let Some(id) = listed.detector_ids().first() else { return Ok(None) };
        let asked = guardduty.get_detector().detector_id(id).send().await;
        let detector = asked.map_err(|error| self.unsaid(GET, &error))?;
        let mut features = Vec::new();
        for feature in detector.features() {
            let on = |status: Option<&str>| status == Some("ENABLED");
            if on(feature.status().map(|status| status.as_str())) {
                features.push(clean(feature.name().map(|name| name.as_str())));
                let more = feature.additional_configuration().iter();
                let more = more.filter(|more| on(more.status().map(|status| status.as_str())));
                features.extend(more.map(|more| clean(more.name().map(|name| name.as_str()))));
            }
        }
        Ok(Some(Detector {
            id: id.as_str().into(),
            enabled: detector.status().is_some_and(|status| status.as_str() == "ENABLED"),
            features,
        }))
    }
}
