//! A pod from protobuf: what is not wanted is skipped by its length.
//!
//! Field numbers: `generated.proto` of k8s.io/api/core/v1 and of
//! k8s.io/apimachinery/pkg/apis/meta/v1. They never change: the encoding is what
//! clusters store.

use serde::de::IgnoredAny;

use super::Broken;
use super::given_proto::{named, variable, variables, volume};
use super::meta::{MetaWire, OwnerWire, Seconds};
use super::pod::{
    ConditionWire, ContainerStatusWire, ContainerWire, IpWire, PodWire, SecurityWire, SpecWire, StateWire, StatusWire,
    TerminatedWire, UserWire, WaitingWire,
};
use super::proto::{Fields, Value};

pub type Read<T> = Result<T, Broken>;

/// Folds the fields of a message into a structure; fields that are not named are skipped.
pub fn fold<'a, T: Default>(message: &'a [u8], mut take: impl FnMut(&mut T, u32, Value<'a>) -> Read<()>) -> Read<T> {
    let mut into = T::default();
    for field in Fields::of(message) {
        let (number, value) = field?;
        take(&mut into, number, value)?;
    }
    Ok(into)
}

/// `v1.Pod`
pub fn pod(message: &[u8]) -> Read<PodWire<'_>> {
    fold(message, |pod: &mut PodWire<'_>, field, value| {
        match field {
            1 => pod.metadata = meta(value.bytes()?)?,
            2 => pod.spec = spec(value.bytes()?)?,
            3 => pod.status = status(value.bytes()?)?,
            _ => {}
        }
        Ok(())
    })
}

/// `metav1.ObjectMeta`
pub fn meta(message: &[u8]) -> Read<MetaWire<'_>> {
    fold(message, |meta: &mut MetaWire<'_>, field, value| {
        match field {
            1 => meta.name = value.text()?,
            3 => meta.namespace = value.text()?,
            5 => meta.uid = value.text()?,
            6 => meta.resource_version = value.text()?,
            8 => meta.creation_timestamp = time(value.bytes()?)?,
            9 => meta.deletion_timestamp = time(value.bytes()?)?,
            11 => meta.labels.0.push(pair(value.bytes()?)?),
            13 => meta.owner_references.push(owner(value.bytes()?)?),
            _ => {}
        }
        Ok(())
    })
}

/// An entry of a `map<string, string>`.
pub fn pair(message: &[u8]) -> Read<(super::text::Text<'_>, super::text::Text<'_>)> {
    fold(message, |pair: &mut (_, _), field, value| {
        match field {
            1 => pair.0 = value.text()?,
            2 => pair.1 = value.text()?,
            _ => {}
        }
        Ok(())
    })
}

/// `metav1.Time`; its seconds are absent at the very beginning of 1970.
fn time(message: &[u8]) -> Read<Seconds> {
    let mut seconds = 0;
    for field in Fields::of(message) {
        if let (1, value) = field? {
            seconds = value.number()?.cast_signed();
        }
    }
    Ok(Seconds(Some(seconds)))
}

fn owner(message: &[u8]) -> Read<OwnerWire<'_>> {
    fold(message, |owner: &mut OwnerWire<'_>, field, value| {
        match field {
            1 => owner.kind = value.text()?,
            3 => owner.name = value.text()?,
            4 => owner.uid = value.text()?,
            6 => owner.controller = value.truth()?,
            _ => {}
        }
        Ok(())
    })
}

fn spec(message: &[u8]) -> Read<SpecWire<'_>> {
    fold(message, |spec: &mut SpecWire<'_>, field, value| {
        match field {
            1 => spec.volumes.push(volume(value.bytes()?)?),
            2 => spec.containers.push(container(value.bytes()?)?),
            8 => spec.service_account_name = value.text()?,
            10 => spec.node_name = value.text()?,
            11 => spec.host_network = value.truth()?,
            12 => spec.host_pid = value.truth()?,
            13 => spec.host_ipc = value.truth()?,
            14 => spec.security_context = pod_user(value.bytes()?)?,
            15 => spec.image_pull_secrets.push(named(value.bytes()?)?),
            20 => spec.init_containers.push(container(value.bytes()?)?),
            34 => spec.ephemeral_containers.push(ephemeral(value.bytes()?)?),
            _ => {}
        }
        Ok(())
    })
}

fn ephemeral(message: &[u8]) -> Read<ContainerWire<'_>> {
    fold(message, |common: &mut ContainerWire<'_>, field, value| {
        if field == 1 {
            *common = container(value.bytes()?)?;
        }
        Ok(())
    })
}

fn container(message: &[u8]) -> Read<ContainerWire<'_>> {
    fold(message, |container: &mut ContainerWire<'_>, field, value| {
        match field {
            1 => container.name = value.text()?,
            2 => container.image = value.text()?,
            7 => container.env.push(variable(value.bytes()?)?),
            15 => container.security_context = security(value.bytes()?)?,
            19 => container.env_from.push(variables(value.bytes()?)?),
            24 => container.restart_policy = value.text()?,
            _ => {}
        }
        Ok(())
    })
}

fn security(message: &[u8]) -> Read<SecurityWire<'_>> {
    fold(message, |security: &mut SecurityWire<'_>, field, value| {
        match field {
            1 => {
                for capability in Fields::of(value.bytes()?) {
                    if let (1, capability) = capability? {
                        security.capabilities.add.push(capability.text()?);
                    }
                }
            }
            2 => security.privileged = value.truth()?,
            4 => security.user.run_as_user = Some(value.number()?.cast_signed()),
            5 => security.user.run_as_non_root = Some(value.truth()?),
            7 => security.allow_privilege_escalation = value.truth()?,
            _ => {}
        }
        Ok(())
    })
}

/// `v1.PodSecurityContext`
fn pod_user(message: &[u8]) -> Read<UserWire> {
    fold(message, |user: &mut UserWire, field, value| {
        match field {
            2 => user.run_as_user = Some(value.number()?.cast_signed()),
            3 => user.run_as_non_root = Some(value.truth()?),
            _ => {}
        }
        Ok(())
    })
}

fn status(message: &[u8]) -> Read<StatusWire<'_>> {
    fold(message, |status: &mut StatusWire<'_>, field, value| {
        match field {
            1 => status.phase = value.text()?,
            2 => status.conditions.push(condition(value.bytes()?)?),
            4 => status.reason = value.text()?,
            5 => status.host_ip = value.text()?,
            6 => status.pod_ip = value.text()?,
            8 => status.container_statuses.push(container_status(value.bytes()?)?),
            10 => status.init_container_statuses.push(container_status(value.bytes()?)?),
            12 => status.pod_ips.push(ip(value.bytes()?)?),
            13 => status.ephemeral_container_statuses.push(container_status(value.bytes()?)?),
            _ => {}
        }
        Ok(())
    })
}

fn ip(message: &[u8]) -> Read<IpWire<'_>> {
    fold(message, |ip: &mut IpWire<'_>, field, value| {
        if field == 1 {
            ip.ip = value.text()?;
        }
        Ok(())
    })
}

fn condition(message: &[u8]) -> Read<ConditionWire<'_>> {
    fold(message, |condition: &mut ConditionWire<'_>, field, value| {
        match field {
            1 => condition.kind = value.text()?,
            2 => condition.status = value.text()?,
            5 => condition.reason = value.text()?,
            _ => {}
        }
        Ok(())
    })
}

fn container_status(message: &[u8]) -> Read<ContainerStatusWire<'_>> {
    fold(message, |status: &mut ContainerStatusWire<'_>, field, value| {
        match field {
            1 => status.name = value.text()?,
            2 => status.state = state(value.bytes()?)?,
            4 => status.ready = value.truth()?,
            5 => status.restart_count = value.int()?,
            7 => status.image_id = value.text()?,
            9 => status.started = value.truth()?,
            _ => {}
        }
        Ok(())
    })
}

fn state(message: &[u8]) -> Read<StateWire<'_>> {
    fold(message, |state: &mut StateWire<'_>, field, value| {
        match field {
            1 => state.waiting = Some(waiting(value.bytes()?)?),
            2 => state.running = Some(IgnoredAny),
            3 => state.terminated = Some(terminated(value.bytes()?)?),
            _ => {}
        }
        Ok(())
    })
}

fn waiting(message: &[u8]) -> Read<WaitingWire<'_>> {
    fold(message, |waiting: &mut WaitingWire<'_>, field, value| {
        if field == 1 {
            waiting.reason = value.text()?;
        }
        Ok(())
    })
}

fn terminated(message: &[u8]) -> Read<TerminatedWire<'_>> {
    fold(message, |terminated: &mut TerminatedWire<'_>, field, value| {
        match field {
            1 => terminated.exit_code = value.int()?,
            2 => terminated.signal = value.int()?,
            3 => terminated.reason = value.text()?,
            _ => {}
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn garbage_never_panics(message in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = pod(&message);
        }
    }
}
