//! A pod as the API server sends it. The same structure is filled from JSON and
//! from protobuf, so that both mean the same.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Broken;
use super::given::{NamedWire, VariableWire, VariablesWire, VolumeWire};
use super::meta::MetaWire;
use super::text::{Text, nullable};

/// `v1.Pod`, as far as it is kept.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct PodWire<'a> {
    #[serde(borrow)]
    pub metadata: MetaWire<'a>,
    #[serde(borrow)]
    pub spec: SpecWire<'a>,
    #[serde(borrow)]
    pub status: StatusWire<'a>,
}

/// `v1.PodSpec`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SpecWire<'a> {
    #[serde(borrow)]
    pub service_account_name: Text<'a>,
    #[serde(borrow)]
    pub node_name: Text<'a>,
    #[serde(rename = "hostPID", deserialize_with = "nullable")]
    pub host_pid: bool,
    #[serde(rename = "hostIPC", deserialize_with = "nullable")]
    pub host_ipc: bool,
    #[serde(deserialize_with = "nullable")]
    pub host_network: bool,
    #[serde(deserialize_with = "nullable")]
    pub security_context: UserWire,
    #[serde(borrow, deserialize_with = "nullable")]
    pub containers: Vec<ContainerWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub init_containers: Vec<ContainerWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub ephemeral_containers: Vec<ContainerWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub volumes: Vec<VolumeWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub image_pull_secrets: Vec<NamedWire<'a>>,
}

/// `v1.Container`, and what an ephemeral container has in common with it.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerWire<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(borrow)]
    pub image: Text<'a>,
    #[serde(borrow)]
    pub restart_policy: Text<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub security_context: SecurityWire<'a>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub env: Vec<VariableWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub env_from: Vec<VariablesWire<'a>>,
}

/// `v1.SecurityContext`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SecurityWire<'a> {
    #[serde(deserialize_with = "nullable")]
    pub privileged: bool,
    #[serde(deserialize_with = "nullable")]
    pub allow_privilege_escalation: bool,
    #[serde(borrow, deserialize_with = "nullable")]
    pub capabilities: CapabilitiesWire<'a>,
    #[serde(flatten)]
    pub user: UserWire,
}

/// `v1.Capabilities`: only what is added matters.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct CapabilitiesWire<'a> {
    #[serde(borrow, deserialize_with = "nullable")]
    pub add: Vec<Text<'a>>,
}

/// The user that a security context asks for.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UserWire {
    pub run_as_user: Option<i64>,
    pub run_as_non_root: Option<bool>,
}

/// `v1.PodStatus`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct StatusWire<'a> {
    #[serde(borrow)]
    pub phase: Text<'a>,
    #[serde(borrow)]
    pub reason: Text<'a>,
    #[serde(rename = "hostIP", borrow)]
    pub host_ip: Text<'a>,
    #[serde(rename = "podIP", borrow)]
    pub pod_ip: Text<'a>,
    #[serde(rename = "podIPs", borrow, deserialize_with = "nullable")]
    pub pod_ips: Vec<IpWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub conditions: Vec<ConditionWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub container_statuses: Vec<ContainerStatusWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub init_container_statuses: Vec<ContainerStatusWire<'a>>,
    #[serde(borrow, deserialize_with = "nullable")]
    pub ephemeral_container_statuses: Vec<ContainerStatusWire<'a>>,
}

/// `v1.PodIP`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct IpWire<'a> {
    #[serde(borrow)]
    pub ip: Text<'a>,
}

/// `v1.PodCondition`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConditionWire<'a> {
    #[serde(rename = "type", borrow)]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub status: Text<'a>,
    #[serde(borrow)]
    pub reason: Text<'a>,
}

/// `v1.ContainerStatus`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerStatusWire<'a> {
    #[serde(borrow)]
    pub name: Text<'a>,
    #[serde(rename = "imageID", borrow)]
    pub image_id: Text<'a>,
    #[serde(deserialize_with = "nullable")]
    pub ready: bool,
    #[serde(deserialize_with = "nullable")]
    pub started: bool,
    #[serde(deserialize_with = "nullable")]
    pub restart_count: i32,
    #[serde(borrow, deserialize_with = "nullable")]
    pub state: StateWire<'a>,
}

/// `v1.ContainerState`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct StateWire<'a> {
    #[serde(borrow)]
    pub waiting: Option<WaitingWire<'a>>,
    pub running: Option<IgnoredAny>,
    #[serde(borrow)]
    pub terminated: Option<TerminatedWire<'a>>,
}

/// `v1.ContainerStateWaiting`
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct WaitingWire<'a> {
    #[serde(borrow)]
    pub reason: Text<'a>,
}

/// `v1.ContainerStateTerminated`
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TerminatedWire<'a> {
    #[serde(borrow)]
    pub reason: Text<'a>,
    #[serde(deserialize_with = "nullable")]
    pub exit_code: i32,
    #[serde(deserialize_with = "nullable")]
    pub signal: i32,
}

/// Reads a pod from JSON.
pub fn from_json(json: &str) -> Result<PodWire<'_>, Broken> {
    serde_json::from_str(json).map_err(|_| Broken::Form)
}
