//! What containers are given: volumes and environment. Values are skipped; only names are read.

use serde::Deserialize;

use super::pod::{ContainerWire, SpecWire};
use super::text::{Text, nullable};
use crate::model::Clean;
use crate::model::facts::{Given, names_a_credential};

/// `v1.LocalObjectReference`, and every selector that has a name in it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct NamedWire<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
}

/// `v1.Volume`, as far as it brings in something of the node, a secret or a token.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VolumeWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub host_path: PathWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub secret: SecretWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub projected: ProjectedWire<'a>,
}

/// `v1.HostPathVolumeSource`; the server takes none without a path.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PathWire<'a> {
    #[serde(borrow)]
    pub path: Text<'a>,
}

/// `v1.SecretVolumeSource`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SecretWire<'a> {
    #[serde(borrow)]
    pub secret_name: Text<'a>,
}

/// `v1.ProjectedVolumeSource`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ProjectedWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub sources: Vec<SourceWire<'a>>,
}

/// `v1.VolumeProjection`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SourceWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub secret: NamedWire<'a>,
    #[serde(borrow)]
    pub service_account_token: Option<TokenWire<'a>>,
}

/// `v1.ServiceAccountTokenProjection`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct TokenWire<'a> {
    #[serde(borrow)]
    pub audience: Text<'a>,
}

/// `v1.EnvVar`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VariableWire<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub value: Text<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub value_from: FromWire<'a>,
}

/// `v1.EnvVarSource`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FromWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub secret_key_ref: NamedWire<'a>,
}

/// `v1.EnvFromSource`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct VariablesWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub secret_ref: NamedWire<'a>,
}

/// What a specification gives to its containers.
pub fn given(spec: &SpecWire<'_>) -> Given {
    let mut given = Given::default();
    for volume in &spec.volumes {
        take(&mut given.paths, &volume.host_path.path);
        take(&mut given.secret_files, &volume.secret.secret_name);
        for source in &volume.projected.sources {
            take(&mut given.secret_files, &source.secret.name);
            given.audiences.extend(source.service_account_token.iter().map(|token| Clean::from(&*token.audience)));
        }
    }
    spec.image_pull_secrets.iter().for_each(|secret| take(&mut given.pull_secrets, &secret.name));
    for container in spec.containers.iter().chain(&spec.init_containers).chain(&spec.ephemeral_containers) {
        of_container(&mut given, container);
    }
    given.audiences.sort_unstable();
    given.audiences.dedup();
    given
}

fn of_container(given: &mut Given, container: &ContainerWire<'_>) {
    let name = || Clean::from(&*container.name);
    let security = &container.security_context;
    given.privileged.extend(security.privileged.then(name));
    given.capabilities.extend(security.capabilities.add.iter().map(|one| (name(), Clean::from(&**one))));
    for variable in &container.env {
        let secret = &variable.value_from.secret_key_ref.name;
        if !secret.is_empty() {
            take_of(&mut given.secret_variables, name, secret);
        } else if !variable.value.is_empty() && names_a_credential(&variable.name) {
            take_of(&mut given.plain_credentials, name, &variable.name);
        }
    }
    for all in &container.env_from {
        if !all.secret_ref.name.is_empty() {
            take_of(&mut given.secret_variables, name, &all.secret_ref.name);
        }
    }
}

/// Takes a name that is there, once.
fn take(names: &mut Vec<Clean>, name: &str) {
    if !name.is_empty() && !names.iter().any(|known| *known == *name) {
        names.push(name.into());
    }
}

fn take_of(names: &mut Vec<(Clean, Clean)>, container: impl Fn() -> Clean, name: &str) {
    let pair = (container(), Clean::from(name));
    if !names.contains(&pair) {
        names.push(pair);
    }
}

#[cfg(test)]
mod tests {
    use super::super::pod;
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_read_and_values_are_not() {
        let text = json!({"spec": {
            "imagePullSecrets": [{"name": "registry"}],
            "volumes": [
                {"name": "host", "hostPath": {"path": "/var/run"}},
                {"name": "tls", "secret": {"secretName": "tls"}},
                {"name": "data", "persistentVolumeClaim": {"claimName": "data"}},
                {"name": "all", "projected": {"sources": [
                    {"secret": {"name": "more"}}, {"serviceAccountToken": {"path": "token"}},
                    {"serviceAccountToken": {"audience": "sts.amazonaws.com", "path": "token"}}, {"configMap": null},
                ]}},
            ],
            "containers": [{
                "name": "web", "securityContext": {"privileged": true, "capabilities": {"add": ["SYS_PTRACE"]}},
                "env": [
                    {"name": "DB_PASSWORD", "value": "hunter2"}, {"name": "LOG", "value": "info"},
                    {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "a"}}},
                    {"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
                ],
                "envFrom": [{"secretRef": {"name": "keys"}}, {"configMapRef": {"name": "settings"}}],
            }],
            "ephemeralContainers": [{"name": "debugger", "env": [{"name": "API_TOKEN", "value": "t"}]}],
        }})
        .to_string();
        let given = given(&pod::from_json(&text).unwrap().spec);
        let pair = |one: &str, two: &str| (Clean::from(one), Clean::from(two));
        assert_eq!(given.privileged, ["web"]);
        assert_eq!(given.capabilities, [pair("web", "SYS_PTRACE")]);
        assert_eq!(given.paths, ["/var/run"]);
        assert_eq!(given.secret_files, ["tls", "more"]);
        assert_eq!(given.secret_variables, [pair("web", "keys")]);
        assert_eq!(given.plain_credentials, [pair("web", "DB_PASSWORD"), pair("debugger", "API_TOKEN")]);
        assert_eq!(given.pull_secrets, ["registry"]);
        assert_eq!(given.audiences, ["", "sts.amazonaws.com"]);
        assert!(!format!("{given:?}").contains("hunter2"));
    }
}
