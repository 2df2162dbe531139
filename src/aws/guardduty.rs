//! Amazon GuardDuty: the findings of a place's detectors, as the service wrote them.
//!
//! What is handed on is the raw JSON of the answers: members that this SDK does not
//! know yet are kept, and a finding from the service is read as one from a file.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_guardduty::Client;
use aws_sdk_guardduty::config::interceptors::AfterDeserializationInterceptorContextRef;
use aws_sdk_guardduty::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_guardduty::types::{Condition, FindingCriteria, OrderBy, SortCriteria};
use aws_smithy_runtime_api::box_error::BoxError;

use super::clients::{self, Clients};
use super::eks::Place;
use crate::model::{Clean, ReadOnly};

/// Findings that one call gives at most (the service's limit).
const PAGE: usize = 50;

/// Findings of one detector that are read at most, the newest first.
const MOST: usize = 5_000;

/// Which findings are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Only what was written at this moment or later, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Those that were put away, too.
    pub archived: bool,
}

/// What came of asking one place.
#[derive(Debug, Default)]
pub struct Answered {
    /// The answers of `GetFindings`, as they came.
    pub pages: Vec<Vec<u8>>,
    /// Detectors that were asked.
    pub detectors: usize,
    /// What failed, or was left out, in words; the rest is there.
    pub wrong: Vec<Clean>,
}

/// Asks every detector of a place. A detector that fails, fails alone.
pub async fn findings(place: &Place, latch: &ReadOnly, asked: Asked) -> Answered {
    let mut answered = Answered::default();
    let Some((guardduty, detectors)) = detectors(place, latch, &mut answered).await else { return answered };
    for detector in detectors {
        answered.detectors += 1;
        of_detector(&guardduty, &detector, place, asked, &mut answered).await;
    }
    answered
}

/// Asks every detector of a place for one finding, put away or not. One that no detector has is in no page.
pub async fn again(place: &Place, latch: &ReadOnly, id: &str) -> Answered {
    let mut answered = Answered::default();
    let Some((guardduty, detectors)) = detectors(place, latch, &mut answered).await else { return answered };
    for detector in detectors {
        answered.detectors += 1;
        get(&guardduty, &detector, place, &[id.to_owned()], &mut answered).await;
    }
    answered
}

/// The service of a place and its detectors; what stands in the way is said.
async fn detectors(place: &Place, latch: &ReadOnly, answered: &mut Answered) -> Option<(Client, Vec<String>)> {
    let clients = Clients::at(place, latch.clone()).await;
    if clients.region().is_none() {
        answered.wrong.push("no Region is configured; name one in the profile or with AWS_REGION".into());
        return None;
    }
    if let Err(none) = clients.credible(place).await {
        answered.wrong.push(none.to_string().into());
        return None;
    }
    let guardduty = clients.guardduty();
    let mut pages = guardduty.list_detectors().into_paginator().send();
    let mut detectors = Vec::new();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => detectors.extend(page.detector_ids.unwrap_or_default()),
            Err(error) => {
                answered.wrong.push(said("guardduty:ListDetectors", place, &error));
                return None;
            }
        }
    }
    if detectors.is_empty() {
        answered.wrong.push("GuardDuty is off here: there is no detector".into());
    }
    Some((guardduty, detectors))
}

async fn of_detector(guardduty: &Client, detector: &str, place: &Place, asked: Asked, answered: &mut Answered) {
    let mut ids = Vec::new();
    let sort = SortCriteria::builder().attribute_name("updatedAt").order_by(OrderBy::Desc).build();
    let listed = guardduty.list_findings().detector_id(detector).finding_criteria(criteria(asked)).sort_criteria(sort);
    let mut pages = listed.into_paginator().send();
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => ids.extend(page.finding_ids.unwrap_or_default()),
            Err(error) => {
                answered.wrong.push(said("guardduty:ListFindings", place, &error));
                break;
            }
        }
        if ids.len() > MOST {
            answered.wrong.push(
                format!(
                    "detector {} has more than {MOST} findings; the older ones were not read (--since asks for fewer)",
                    Clean::from(detector)
                )
                .into(),
            );
            ids.truncate(MOST);
            break;
        }
    }
    for some in ids.chunks(PAGE) {
        get(guardduty, detector, place, some, answered).await;
    }
}

/// Findings of a detector by their ids, as they came.
async fn get(guardduty: &Client, detector: &str, place: &Place, ids: &[String], answered: &mut Answered) {
    let kept = Kept::default();
    let call = guardduty.get_findings().detector_id(detector).set_finding_ids(Some(ids.to_vec()));
    let answer = call.customize().interceptor(kept.clone()).send().await;
    let body = kept.take();
    match answer {
        Ok(_) => answered.pages.push(body),
        // What this SDK cannot take apart may still be read.
        Err(error) if error.raw_response().is_some_and(|raw| raw.status().is_success()) && !body.is_empty() => {
            answered.pages.push(body);
        }
        Err(error) => answered.wrong.push(said("guardduty:GetFindings", place, &error)),
    }
}

fn criteria(asked: Asked) -> FindingCriteria {
    let mut criteria = FindingCriteria::builder();
    if !asked.archived {
        criteria = criteria.criterion("service.archived", Condition::builder().equals("false").build());
    }
    if let Some(since) = asked.since {
        criteria = criteria.criterion("updatedAt", Condition::builder().greater_than_or_equal(since).build());
    }
    criteria.build()
}

fn said(call: &str, place: &Place, error: &(dyn std::error::Error + 'static)) -> Clean {
    let why = clients::chain(error);
    let next = if why.contains("AccessDenied") || why.contains("not authorized") {
        format!("a policy that allows {call} is needed")
    } else {
        clients::renewal(place)
    };
    Clean::capped(&format!("{call} failed: {why}; {next}"), 600)
}

/// Keeps the body of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Intercept for Kept {
    fn name(&self) -> &'static str {
        "podmortem keeps the answer"
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.response().body().bytes().unwrap_or_default();
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = body.to_vec();
        Ok(())
    }
}
