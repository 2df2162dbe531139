//! What a pod's specification gives it beyond an ordinary pod.

use super::pod::{ContainerWire, SpecWire, UserWire};
use crate::model::Security;

/// Reads the security facts off a specification.
pub fn security(spec: &SpecWire<'_>) -> Security {
    let mut facts = Security::default();
    let mut note = |holds: bool, fact: Security| {
        if holds {
            facts.add(fact);
        }
    };
    note(spec.host_pid, Security::HOST_PID);
    note(spec.host_ipc, Security::HOST_IPC);
    note(spec.host_network, Security::HOST_NETWORK);
    note(spec.volumes.iter().any(|volume| !volume.host_path.path.is_empty()), Security::HOST_PATH);
    for container in containers(spec) {
        let context = &container.security_context;
        note(context.privileged, Security::PRIVILEGED);
        note(context.allow_privilege_escalation, Security::ESCALATION);
        note(!context.capabilities.add.is_empty(), Security::CAPABILITIES);
        note(may_be_root(context.user, spec.security_context), Security::MAY_RUN_AS_ROOT);
    }
    facts
}

/// Every container of a specification: any of them can be the way in.
fn containers<'a, 'b>(spec: &'b SpecWire<'a>) -> impl Iterator<Item = &'b ContainerWire<'a>> {
    spec.init_containers.iter().chain(&spec.containers).chain(&spec.ephemeral_containers)
}

/// What a container says of its user outweighs what its pod says.
fn may_be_root(container: UserWire, pod: UserWire) -> bool {
    match container.run_as_user.or(pod.run_as_user) {
        Some(user) => user == 0,
        None => container.run_as_non_root.or(pod.run_as_non_root) != Some(true),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pod;
    use super::*;
    use serde_json::{Value, json};

    fn names(spec: Value) -> Vec<&'static str> {
        let text = json!({ "spec": spec }).to_string();
        security(&pod::from_json(&text).unwrap().spec).names().collect()
    }

    #[test]
    fn each_fact_is_read_from_any_container() {
        let bounded = json!({"runAsNonRoot": true});
        assert_eq!(names(json!({"securityContext": bounded, "containers": [{"name": "x"}]})), Vec::<&str>::new());
        for (container, name) in [
            (json!({"privileged": true}), "privileged"),
            (json!({"capabilities": {"add": ["SYS_ADMIN"]}}), "capabilities"),
            (json!({"allowPrivilegeEscalation": true}), "escalation"),
            (json!({"runAsUser": 0}), "root"),
            (json!({"runAsNonRoot": false}), "root"),
        ] {
            for list in ["containers", "initContainers", "ephemeralContainers"] {
                let spec = json!({"securityContext": bounded, list: [{"name": "x", "securityContext": container}]});
                assert_eq!(names(spec.clone()), [name], "{spec}");
            }
        }
        assert_eq!(
            names(
                json!({"hostPID": true, "hostIPC": true, "hostNetwork": true, "volumes": [{"hostPath": {"path": "/"}}]})
            ),
            ["hostPID", "hostIPC", "hostNetwork", "hostPath"]
        );
    }

    #[test]
    fn dropping_capabilities_adds_none() {
        let spec = json!({"containers": [{"securityContext": {"runAsUser": 5, "capabilities": {"drop": ["ALL"]}}}]});
        assert_eq!(names(spec), Vec::<&str>::new());
    }
}
