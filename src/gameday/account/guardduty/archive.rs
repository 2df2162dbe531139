//! What was put away, the filters that put away what comes, and samples that somebody asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::super::json::{items, set, text};
use super::super::super::random::Random;
use super::super::{ACCOUNT, Fault};
use super::criteria;

/// Filters that a Region has at most.
const FILTERS: usize = 100;

/// What was put away in every Region.
#[derive(Debug, Default)]
pub struct Archive(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// Findings whose place was chosen by hand, by id.
    archived: BTreeMap<String, bool>,
    /// By Region and name.
    filters: BTreeMap<(String, String), Filter>,
    /// By Region.
    samples: Vec<(String, Value)>,
}

#[derive(Clone, Debug)]
struct Filter {
    made: Timestamp,
    body: Value,
}

impl Archive {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The findings with the samples of the Region, each where it was put.
    pub fn sorted(&self, region: &str, mut findings: Vec<Value>) -> Vec<Value> {
        let state = self.state();
        findings.extend(state.samples.iter().filter(|(of, _)| of == region).map(|(_, sample)| sample.clone()));
        let filters: Vec<&Filter> =
            state.filters.iter().filter(|((of, _), _)| of == region).map(|(_, one)| one).collect();
        for finding in &mut findings {
            let by_hand = state.archived.get(text(finding, "/id")).copied();
            let hidden = || filters.iter().any(|filter| filter.hides(finding));
            if let Some(archived) = by_hand.or_else(|| hidden().then_some(true)) {
                set(finding, "/service/archived", archived);
            }
        }
        findings
    }

    /// Puts findings away, or brings them back.
    pub fn put(&self, body: &Value, archived: bool) -> Result<Value, Fault> {
        let ids = items(body, "/findingIds");
        if ids.is_empty() || ids.len() > super::PAGE {
            let message = "The request is rejected because the parameter findingIds has an invalid value.";
            return Err(Fault::new("BadRequestException", message));
        }
        let mut state = self.state();
        state.archived.extend(ids.iter().filter_map(Value::as_str).map(|id| (id.to_owned(), archived)));
        Ok(json!({}))
    }

    /// Makes a filter.
    pub fn create(&self, region: &str, body: &Value) -> Result<Value, Fault> {
        let bad = |message: &str| Fault::new("BadRequestException", message);
        let name = text(body, "/name");
        let letters = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '_' | '-');
        if !(3..=64).contains(&name.len()) || !name.chars().all(letters) {
            return Err(bad("The request is rejected because the parameter name has an invalid value."));
        }
        let mut state = self.state();
        let key = (region.to_owned(), name.to_owned());
        if state.filters.contains_key(&key) {
            return Err(bad("The request is rejected because a filter with the given name already exists."));
        }
        if state.filters.keys().filter(|(of, _)| of == region).count() >= FILTERS {
            return Err(bad("The request is rejected because the account has as many filters as it may."));
        }
        // A filter that nobody could list by is none.
        criteria::selected(Vec::new(), body)?;
        state.filters.insert(key, Filter { made: Timestamp::now(), body: body.clone() });
        Ok(json!({"name": name}))
    }

    /// A filter by its name.
    pub fn get(&self, region: &str, name: &str) -> Result<Value, Fault> {
        let state = self.state();
        let found = state.filters.get(&(region.to_owned(), name.to_owned())).ok_or_else(absent)?;
        let mut told = json!({"action": "NOOP", "rank": 1, "description": "", "tags": {}});
        for key in ["name", "action", "rank", "description", "findingCriteria", "tags"] {
            if let Some(value) = found.body.get(key) {
                set(&mut told, &format!("/{key}"), value.clone());
            }
        }
        Ok(told)
    }

    /// The names of a Region's filters.
    pub fn names(&self, region: &str) -> Value {
        let state = self.state();
        let names: Vec<&str> = state.filters.keys().filter(|(of, _)| of == region).map(|(_, name)| &**name).collect();
        json!({"filterNames": names, "nextToken": ""})
    }

    /// Deletes a filter. What it has put away stays so.
    pub fn delete(&self, region: &str, name: &str, findings: &[Value]) -> Result<Value, Fault> {
        let mut state = self.state();
        let gone = state.filters.remove(&(region.to_owned(), name.to_owned())).ok_or_else(absent)?;
        for finding in findings.iter().filter(|finding| gone.hides(finding)) {
            state.archived.entry(text(finding, "/id").to_owned()).or_insert(true);
        }
        Ok(json!({}))
    }

    /// Makes an example of each type, as `CreateSampleFindings` does: none of it has happened.
    pub fn sample(&self, region: &str, detector: &str, body: &Value) -> Value {
        let mut state = self.state();
        for kind in items(body, "/findingTypes").iter().filter_map(Value::as_str) {
            let sample = sample(region, detector, kind, state.samples.len());
            state.samples.push((region.to_owned(), sample));
        }
        json!({})
    }
}

impl Filter {
    /// Whether it puts a finding away: only what comes after it was made.
    fn hides(&self, finding: &Value) -> bool {
        let written: Option<Timestamp> = text(finding, "/updatedAt").parse().ok();
        let picks = || criteria::selected(vec![finding.clone()], &self.body).is_ok_and(|picked| !picked.is_empty());
        text(&self.body, "/action") == "ARCHIVE" && written.is_some_and(|at| at >= self.made) && picks()
    }
}

fn absent() -> Fault {
    Fault::new("BadRequestException", "The request is rejected since no such resource found.")
}

fn sample(region: &str, detector: &str, kind: &str, place: usize) -> Value {
    let id = Random::named(place as u64, &format!("{region} {kind}")).hex(32);
    let now = Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    json!({
        "schemaVersion": "2.0", "accountId": ACCOUNT, "region": region, "partition": "aws", "id": id, "type": kind,
        "arn": format!("arn:aws:guardduty:{region}:{ACCOUNT}:detector/{detector}/finding/{id}"), "severity": 5.0,
        "createdAt": now, "updatedAt": now, "title": format!("[SAMPLE] {kind}"), "description": "An example.",
        "resource": {
            "resourceType": "EKSCluster",
            "eksClusterDetails": {
                "name": "GeneratedFindingEKSClusterName", "status": "ACTIVE", "tags": [], "createdAt": 1_749_999_000.5,
                "arn": format!("arn:aws:eks:{region}:{ACCOUNT}:cluster/GeneratedFindingEKSClusterName"),
            },
            "kubernetesDetails": {
                "kubernetesUserDetails": {"username": "GeneratedFindingUserName", "uid": "GeneratedFindingUID", "groups": []},
                "kubernetesWorkloadDetails": {
                    "name": "GeneratedFindingWorkloadName", "type": "pods", "namespace": "GeneratedFindingNamespace",
                },
            },
        },
        "service": {
            "serviceName": "guardduty", "detectorId": detector, "resourceRole": "TARGET", "archived": false, "count": 1,
            "eventFirstSeen": now, "eventLastSeen": now,
            "additionalInfo": {"value": "{\"sample\":true}", "type": "default", "sample": true},
        },
    })
}
