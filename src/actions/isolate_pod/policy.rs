//! The policy and the label that isolate one pod.

use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicySpec};
use serde_json::{Value, json};

use super::super::frame::{ActionError, Look, MANAGER, decode};
use crate::case::CaseId;
use crate::kubernetes;
use crate::model::{Clean, Kind, Plan, Target};

/// The label that ties a policy to one pod: nobody's selector knows this key.
pub const TARGET: &str = "ir.podmortem/case-target";

/// The label with the case's slug on everything that is created.
const CASE: &str = "ir.podmortem/case";

/// What isolates one pod in one case.
pub struct Isolation {
    name: String,
    namespace: String,
    uid: String,
    case: Option<String>,
}

impl Isolation {
    /// Names the policy after the case and the pod, so that making it twice is making it once.
    pub fn new(target: &Target, case: Option<&CaseId>) -> Self {
        let case = case.map(CaseId::slug);
        let name = match &case {
            Some(slug) => format!("ir-{slug}-{}", target.uid.short()),
            None => format!("ir-{}", target.uid.short()),
        };
        let namespace = target.namespace.as_deref().unwrap_or_default().to_owned();
        Self { name, namespace, uid: target.uid.to_string(), case }
    }

    /// The same, as a plan has it.
    pub fn of_plan(plan: &Plan, target: &Target) -> Self {
        Self::new(target, plan.case.as_deref().and_then(CaseId::new).as_ref())
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is created.
    pub fn create_path(&self) -> String {
        format!("{}?fieldManager={MANAGER}", Kind::NetworkPolicy.path_in(&self.namespace))
    }

    /// The policy's own path.
    pub fn delete_path(&self) -> String {
        format!("{}/{}", Kind::NetworkPolicy.path_in(&self.namespace), self.name)
    }

    /// The policy to create.
    pub fn manifest(&self) -> Value {
        json!({
            "apiVersion": Kind::NetworkPolicy.api_version(),
            "kind": Kind::NetworkPolicy.name(),
            "metadata": {"name": self.name, "namespace": self.namespace, "labels": self.labels()},
            "spec": self.spec(),
        })
    }

    /// The labels of what is created.
    pub fn labels(&self) -> Value {
        let mut labels = json!({"app.kubernetes.io/managed-by": MANAGER, TARGET: self.uid});
        if let (Some(case), Some(labels)) = (&self.case, labels.as_object_mut()) {
            labels.insert(CASE.to_owned(), json!(case));
        }
        labels
    }

    /// The patch that puts the label on the pod, on this very pod and no namesake.
    pub fn label_patch(&self) -> Value {
        json!({"metadata": {"uid": self.uid, "labels": {TARGET: self.uid}}})
    }

    /// The policy of that name, as it stands in the cluster.
    pub async fn found(&self, look: &dyn Look) -> Result<Option<NetworkPolicy>, ActionError> {
        let path = format!("{}/{}", Kind::NetworkPolicy.path_in(&self.namespace), self.name);
        match look.get(&path).await {
            Err(kubernetes::Error::NotFound { .. }) => Ok(None),
            read => decode(&path, &read?).map(Some),
        }
    }

    /// Whether a policy denies exactly what ours denies.
    pub fn is(&self, policy: &NetworkPolicy) -> bool {
        let Ok(ours) = serde_json::from_value::<NetworkPolicySpec>(self.spec()) else { return false };
        let Some(mut theirs) = policy.spec.clone() else { return false };
        // No rules and an empty list of rules are the same to the API, and come back as either.
        theirs.ingress = theirs.ingress.filter(|rules| !rules.is_empty());
        theirs.egress = theirs.egress.filter(|rules| !rules.is_empty());
        theirs.policy_types.iter_mut().for_each(|types| types.sort_unstable_by(|one, other| other.cmp(one)));
        theirs == ours
    }

    /// What to say where the policy's name is taken by another one.
    pub fn differs(&self) -> Clean {
        let Self { name, namespace, .. } = self;
        format!("the policy {namespace}/{name} is there and is not ours any more: somebody changed it; look at it, delete it, and plan again").into()
    }

    fn spec(&self) -> Value {
        json!({
            "podSelector": {"matchLabels": {TARGET: self.uid}},
            "policyTypes": ["Ingress", "Egress"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ClusterId;

    fn target() -> Target {
        Target {
            cluster: ClusterId::default(),
            kind: Kind::Pod,
            namespace: Some("shop".into()),
            name: "web-1".into(),
            uid: "0b5e8f8e-4a3c-4c86-9d3e-2f3b1c0a9d11".parse().unwrap(),
        }
    }

    #[test]
    fn a_policy_is_known_again_and_one_with_a_rule_is_another() {
        let isolation = Isolation::new(&target(), CaseId::new("SEC-1").as_ref());
        let back = |value: Value| serde_json::from_value::<NetworkPolicy>(value).unwrap();
        assert!(isolation.is(&back(isolation.manifest())));
        let mut reordered = isolation.manifest();
        reordered["spec"]["policyTypes"] = json!(["Egress", "Ingress"]);
        reordered["spec"]["ingress"] = json!([]);
        assert!(isolation.is(&back(reordered)));
        for (field, value) in [
            ("egress", json!([{}])),
            ("policyTypes", json!(["Ingress"])),
            ("podSelector", json!({"matchLabels": {"app": "web"}})),
        ] {
            let mut changed = isolation.manifest();
            changed["spec"][field] = value;
            assert!(!isolation.is(&back(changed)), "{field}");
        }
    }

    #[test]
    fn names_fit_whatever_the_case_is_called() {
        let long = CaseId::new(&"Ünïcode and very long ".repeat(9)).unwrap();
        let isolation = Isolation::new(&target(), Some(&long));
        assert!(isolation.name().len() <= 63, "{}", isolation.name());
        assert!(isolation.name().ends_with("-0b5e8f8e"));
        assert!(isolation.manifest()["metadata"]["labels"][CASE].as_str().unwrap().len() <= 63);
    }
}
