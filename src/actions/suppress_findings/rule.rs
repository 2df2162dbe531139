//! Which findings are picked: those that share with the one that is looked at what the responder chose.

use std::fmt;

use serde_json::{Value, json};

use super::super::frame::{ActionError, CASE, Spec, wrong};
use crate::aws::filter::{Criteria, Filter};
use crate::aws::reported::Reported;
use crate::case::CaseId;
use crate::model::{Clean, Target};

/// A filter that archives, as it is made.
#[derive(Debug)]
pub struct Rule {
    /// Its name: 3 to 64 letters, digits, dots, hyphens and underscores.
    pub name: String,
    /// What it picks.
    pub criteria: Criteria,
    /// The case's slug, where it is made for one.
    case: Option<String>,
}

/// Letters of a case's slug in a name.
const SLUG: usize = 48;

const CLUSTER: &str = "resource.eksClusterDetails.name";
const NAMESPACE: &str = "resource.kubernetesDetails.kubernetesWorkloadDetails.namespace";
const WORKLOAD: &str = "resource.kubernetesDetails.kubernetesWorkloadDetails.name";
const USER: &str = "resource.kubernetesDetails.kubernetesUserDetails.username";

impl Rule {
    /// The rule that a finding makes, as wide as was chosen.
    pub fn of(
        spec: &Spec,
        within: &str,
        case: Option<&CaseId>,
        (target, finding): (&Target, &Reported),
    ) -> Result<Self, ActionError> {
        let lacks = |what: &str, else_: &str| wrong(spec, format!("{target} names no {what}; {else_}"));
        if finding.cluster.is_empty() {
            let why = format!("{target} is about no EKS cluster, so nothing here says what else would be hidden");
            return Err(ActionError::InTheWay(why.into()));
        }
        let mut criteria = Criteria::default().and("type", &finding.kind).and(CLUSTER, &finding.cluster);
        let (workload, user) = match within {
            "workload" => (true, false),
            "user" => (false, true),
            "both" => (true, true),
            "cluster" => (false, false),
            other => {
                let other = Clean::from(other);
                return Err(wrong(spec, format!("within is workload, user, both or cluster, and not {other}")));
            }
        };
        if workload {
            if finding.workload.is_empty() {
                return Err(lacks("workload", "within=user narrows it to its user"));
            }
            criteria = criteria.and(WORKLOAD, &finding.workload);
            if !finding.namespace.is_empty() {
                criteria = criteria.and(NAMESPACE, &finding.namespace);
            }
        }
        if user {
            if finding.user.is_empty() {
                return Err(lacks("Kubernetes user", "within=workload narrows it to its workload"));
            }
            criteria = criteria.and(USER, &finding.user);
        }
        let case = case.map(CaseId::slug);
        let slug = case.as_deref().map(|slug| slug.chars().take(SLUG).collect::<String>() + "-").unwrap_or_default();
        Ok(Self { name: format!("ir-{slug}{}", target.uid.short()), criteria, case })
    }

    /// The rule of a call that makes it.
    pub fn read(body: &Value) -> Option<Self> {
        let criteria = serde_json::from_value(body.get("FindingCriteria")?.clone()).ok()?;
        Some(Self { name: body.get("Name")?.as_str()?.to_owned(), criteria, case: None })
    }

    /// What `CreateFilter` is asked for.
    pub fn body(&self, detector: &str) -> Value {
        let mut body = json!({
            "DetectorId": detector, "Name": self.name, "Action": "ARCHIVE", "FindingCriteria": self.criteria,
            "Description": "made by podmortem: what it archives is expected",
        });
        if let (Some(case), Some(fields)) = (&self.case, body.as_object_mut()) {
            fields.insert("Tags".to_owned(), json!({CASE: case}));
        }
        body
    }

    /// Whether a filter is this one.
    pub fn is(&self, there: &Filter) -> bool {
        there.action == "ARCHIVE" && there.criteria == self.criteria
    }
}

impl fmt::Display for Rule {
    /// `of type T in cluster shop-prod, workload shop/web`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = |attribute: &str| {
            self.criteria
                .criterion
                .get(attribute)
                .and_then(|values| values.equals.first())
                .map(|text| Clean::from(&**text))
        };
        write!(f, "of type {} in cluster {}", value("type").unwrap_or_default(), value(CLUSTER).unwrap_or_default())?;
        if let Some(workload) = value(WORKLOAD) {
            write!(f, ", workload {}/{workload}", value(NAMESPACE).unwrap_or_default())?;
        }
        value(USER).iter().try_for_each(|user| write!(f, ", user {user}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::find;
    use crate::model::ClusterId;

    fn finding() -> Reported {
        Reported {
            kind: "Execution:Kubernetes/ExecInKubeSystemPod".into(),
            cluster: "shop-prod".into(),
            namespace: "shop".into(),
            workload: "web".into(),
            user: "alice".into(),
            ..Reported::default()
        }
    }

    fn rule(within: &str, finding: &Reported) -> Result<Rule, String> {
        let target = Target::finding(ClusterId::default(), "us-east-1", "f");
        let (spec, case) = (find("suppress-findings").unwrap().spec(), CaseId::new("INC-42"));
        Rule::of(spec, within, case.as_ref(), (&target, finding)).map_err(|error| error.to_string())
    }

    #[test]
    fn it_is_never_wider_than_what_was_chosen() {
        let keys = |within: &str| rule(within, &finding()).unwrap().criteria.criterion.into_keys().collect::<Vec<_>>();
        assert_eq!(keys("workload"), [CLUSTER, WORKLOAD, NAMESPACE, "type"]);
        assert_eq!(keys("user"), [CLUSTER, USER, "type"]);
        assert_eq!(keys("both"), [CLUSTER, USER, WORKLOAD, NAMESPACE, "type"]);
        assert_eq!(keys("cluster"), [CLUSTER, "type"]);
    }
    #[test]
    fn what_the_finding_does_not_name_narrows_nothing_and_is_said() {
        let said = |within: &str, finding: Reported| rule(within, &finding).unwrap_err();
        assert!(said("workload", Reported { workload: "".into(), ..finding() }).contains("within=user"));
        assert!(said("both", Reported { user: "".into(), ..finding() }).contains("names no Kubernetes user"));
        assert!(said("cluster", Reported { cluster: "".into(), ..finding() }).contains("about no EKS cluster"));
        assert!(said("everything", finding()).contains("within is workload, user, both or cluster"));
    }

    #[test]
    fn it_is_read_back_from_its_call() {
        let made = rule("both", &finding()).unwrap();
        assert!(made.name.starts_with("ir-inc-42") && (3..=64).contains(&made.name.len()), "{}", made.name);
        let read = Rule::read(&made.body("d")).unwrap();
        assert_eq!((&read.name, &read.criteria), (&made.name, &made.criteria));
        let words =
            "of type Execution:Kubernetes/ExecInKubeSystemPod in cluster shop-prod, workload shop/web, user alice";
        assert_eq!(made.to_string(), words);
    }
}
