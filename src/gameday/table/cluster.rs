//! Events, namespaces and the rest as `kubectl get` prints them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::super::json::{is_true, items, number, text};
use super::age::{age, at};
use super::{Column, NAME, Table, count, wide, word};

/// Kinds without columns of their own.
pub(super) const PLAIN: Table =
    Table { columns: &[NAME, word("Age")], cells: |object, now| vec![name(object), age(object, now)] };

/// Namespaces.
pub(super) const NAMESPACE: Table = Table {
    columns: &[NAME, word("Status"), word("Age")],
    cells: |object, now| vec![name(object), text(object, "/status/phase").into(), age(object, now)],
};

const EVENT_NAME: Column = ("Name", "string", "name", 1);

/// Events.
pub(super) const EVENT: Table = Table {
    columns: &[
        word("Last Seen"),
        word("Type"),
        word("Reason"),
        word("Object"),
        wide("Subobject"),
        wide("Source"),
        word("Message"),
        wide("First Seen"),
        wide("Count"),
        EVENT_NAME,
    ],
    cells: |object, now| {
        let subject =
            format!("{}/{}", text(object, "/involvedObject/kind").to_lowercase(), text(object, "/involvedObject/name"));
        vec![
            seen(object, "/lastTimestamp", now),
            text(object, "/type").into(),
            text(object, "/reason").into(),
            subject.into(),
            text(object, "/involvedObject/fieldPath").into(),
            source(object).into(),
            text(object, "/message").trim().into(),
            seen(object, "/firstTimestamp", now),
            number(object, "/count").max(1).into(),
            name(object),
        ]
    },
};

/// Secrets.
pub(super) const SECRET: Table = Table {
    columns: &[NAME, word("Type"), word("Data"), word("Age")],
    cells: |object, now| vec![name(object), text(object, "/type").into(), entries(object).into(), age(object, now)],
};

/// ConfigMaps.
pub(super) const CONFIG_MAP: Table = Table {
    columns: &[NAME, word("Data"), word("Age")],
    cells: |object, now| vec![name(object), entries(object).into(), age(object, now)],
};

/// Leases.
pub(super) const LEASE: Table = Table {
    columns: &[NAME, word("Holder"), word("Age")],
    cells: |object, now| vec![name(object), text(object, "/spec/holderIdentity").into(), age(object, now)],
};

/// StorageClasses.
pub(super) const STORAGE_CLASS: Table = Table {
    columns: &[
        NAME,
        word("Provisioner"),
        word("ReclaimPolicy"),
        word("VolumeBindingMode"),
        word("AllowVolumeExpansion"),
        word("Age"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            text(object, "/provisioner").into(),
            text(object, "/reclaimPolicy").into(),
            text(object, "/volumeBindingMode").into(),
            is_true(object, "/allowVolumeExpansion").into(),
            age(object, now),
        ]
    },
};

/// PriorityClasses.
pub(super) const PRIORITY_CLASS: Table = Table {
    columns: &[NAME, count("Value"), word("Global-Default"), word("Age"), word("PreemptionPolicy")],
    cells: |object, now| {
        vec![
            name(object),
            number(object, "/value").into(),
            is_true(object, "/globalDefault").into(),
            age(object, now),
            text(object, "/preemptionPolicy").into(),
        ]
    },
};

/// PersistentVolumes.
pub(super) const VOLUME: Table = Table {
    columns: &[
        NAME,
        word("Capacity"),
        word("Access Modes"),
        word("Reclaim Policy"),
        word("Status"),
        word("Claim"),
        word("StorageClass"),
        word("VolumeAttributesClass"),
        word("Reason"),
        word("Age"),
        wide("VolumeMode"),
    ],
    cells: |object, now| {
        let claim = format!("{}/{}", text(object, "/spec/claimRef/namespace"), text(object, "/spec/claimRef/name"));
        vec![
            name(object),
            text(object, "/spec/capacity/storage").into(),
            modes(object).into(),
            text(object, "/spec/persistentVolumeReclaimPolicy").into(),
            text(object, "/status/phase").into(),
            claim.trim_matches('/').into(),
            text(object, "/spec/storageClassName").into(),
            json!("<unset>"),
            json!(""),
            age(object, now),
            json!("Filesystem"),
        ]
    },
};

/// PersistentVolumeClaims.
pub(super) const CLAIM: Table = Table {
    columns: &[
        NAME,
        word("Status"),
        word("Volume"),
        word("Capacity"),
        word("Access Modes"),
        word("StorageClass"),
        word("VolumeAttributesClass"),
        word("Age"),
        wide("VolumeMode"),
    ],
    cells: |object, now| {
        vec![
            name(object),
            text(object, "/status/phase").into(),
            text(object, "/spec/volumeName").into(),
            text(object, "/status/capacity/storage").into(),
            modes(object).into(),
            text(object, "/spec/storageClassName").into(),
            json!("<unset>"),
            age(object, now),
            json!("Filesystem"),
        ]
    },
};

fn name(object: &Value) -> Value {
    text(object, "/metadata/name").into()
}

fn modes(object: &Value) -> &'static str {
    match items(object, "/spec/accessModes").first().and_then(Value::as_str) {
        Some("ReadWriteMany") => "RWX",
        Some("ReadOnlyMany") => "ROX",
        _ => "RWO",
    }
}

fn entries(object: &Value) -> usize {
    object.pointer("/data").and_then(Value::as_object).map_or(0, Map::len)
}

/// Events of the new API have no such moments, but one when they happened.
fn seen(event: &Value, pointer: &str, now: Timestamp) -> Value {
    let pointer = if text(event, pointer).is_empty() { "/eventTime" } else { pointer };
    at(event, pointer, now).into()
}

fn source(event: &Value) -> String {
    let (component, host) = (text(event, "/source/component"), text(event, "/source/host"));
    match (component, host) {
        ("", _) => text(event, "/reportingComponent").to_owned(),
        (component, "") => component.to_owned(),
        (component, host) => format!("{component}, {host}"),
    }
}
