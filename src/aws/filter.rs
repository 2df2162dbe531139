//! Filters of GuardDuty: what they pick, and whether what they pick is put away as it comes.

use std::collections::BTreeMap;

use aws_sdk_guardduty::error::ProvideErrorMetadata as _;
use aws_sdk_guardduty::types::{Condition, FindingCriteria};
use serde::{Deserialize, Serialize};

use super::account::{Account, clean};
use super::told::Unsaid;
use crate::model::Clean;

const GET: &str = "guardduty:GetFilter";
const LIST: &str = "guardduty:ListFindings";

/// Findings that are counted at most.
const COUNTED: usize = 1_000;

/// Which findings are picked: those of which every attribute has one of its values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Criteria {
    /// Conditions by attribute, as `CreateFilter` lists them: `type`, `resource.eksClusterDetails.name`.
    pub criterion: BTreeMap<String, Values>,
}

/// The values that an attribute may have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Values {
    /// One of these.
    pub equals: Vec<String>,
}

/// A filter as the detector has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// `ARCHIVE` puts away what it picks, `NOOP` does nothing.
    pub action: Clean,
    /// What it picks; a condition of another form than ours has no values here.
    pub criteria: Criteria,
}

impl Criteria {
    /// The same with one attribute more, or narrowed.
    #[must_use]
    pub fn and(mut self, attribute: &str, value: &str) -> Self {
        self.criterion.insert(attribute.to_owned(), Values { equals: vec![value.to_owned()] });
        self
    }

    /// As the service takes it.
    pub(super) fn asked(&self) -> FindingCriteria {
        let condition = |values: &Values| Condition::builder().set_equals(Some(values.equals.clone())).build();
        let all = self.criterion.iter().map(|(attribute, values)| (attribute.clone(), condition(values)));
        FindingCriteria::builder().set_criterion(Some(all.collect())).build()
    }

    fn read(criteria: Option<&FindingCriteria>) -> Self {
        let all = criteria.and_then(|criteria| criteria.criterion()).into_iter().flatten();
        let criterion = all.map(|(attribute, condition)| {
            let equals = if condition.equals().is_empty() { old(condition) } else { condition.equals() };
            (attribute.clone(), Values { equals: equals.to_vec() })
        });
        Self { criterion: criterion.collect() }
    }
}

/// The values under the name that `equals` had before.
#[allow(deprecated, reason = "filters that were made with it are still answered with it")]
fn old(condition: &Condition) -> &[String] {
    condition.eq()
}

impl Account {
    /// A filter by its name; `None` where the detector has none of that name.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn filter(&self, detector: &str, name: &str) -> Result<Option<Filter>, Unsaid> {
        let asked = self.clients.guardduty().get_filter().detector_id(detector).filter_name(name).send().await;
        match asked {
            Ok(found) => Ok(Some(Filter {
                action: clean(found.action().map(|action| action.as_str())),
                criteria: Criteria::read(found.finding_criteria()),
            })),
            // GuardDuty has no code of its own for what is not there.
            Err(error) if error.code() == Some("BadRequestException") && is_absent(error.message()) => Ok(None),
            Err(error) => Err(self.unsaid(GET, &error)),
        }
    }

    /// Ids of the findings that are picked and put away, or not, the first 1,000 of them.
    ///
    /// # Errors
    /// The service cannot be asked.
    pub async fn picked(&self, detector: &str, criteria: &Criteria, archived: bool) -> Result<Vec<Clean>, Unsaid> {
        let all = criteria.clone().and("service.archived", if archived { "true" } else { "false" });
        let asked = self.clients.guardduty().list_findings().detector_id(detector).finding_criteria(all.asked());
        let mut pages = asked.into_paginator().send();
        let mut ids: Vec<Clean> = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.unsaid(LIST, &error))?;
            ids.extend(page.finding_ids().iter().map(|id| Clean::from(id.as_str())));
            if ids.len() >= COUNTED {
                ids.truncate(COUNTED);
                break;
            }
        }
        ids.sort();
        Ok(ids)
    }
}

/// "The request is rejected because no such filter found", "…since no such resource found."
fn is_absent(message: Option<&str>) -> bool {
    message.is_some_and(|message| message.contains("no such"))
}
