//! Who wrote a field last, as the API server keeps it.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::MANAGER;
use crate::model::Clean;

/// Who has written a field since podmortem did: a manager that owns it while
/// podmortem does not. `None` where it is still ours, or where the object does
/// not say. The path is one of keys: `["spec", "unschedulable"]`.
///
/// The server keeps owners in `metadata.managedFields`, keys as `f:KEY`
/// (<https://kubernetes.io/docs/reference/using-api/server-side-apply/>).
pub fn taken_over(meta: &ObjectMeta, path: &[&str]) -> Option<Clean> {
    let mut other = None;
    for entry in meta.managed_fields.iter().flatten() {
        let Some(fields) = &entry.fields_v1 else { continue };
        let mut at = Some(&fields.0);
        for key in path {
            at = at.and_then(|fields| fields.get(format!("f:{key}")));
        }
        if at.is_none() {
            continue;
        }
        match entry.manager.as_deref() {
            Some(MANAGER) => return None,
            manager => other = Some(manager.unwrap_or("somebody").into()),
        }
    }
    other
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn meta(managers: &[&str]) -> ObjectMeta {
        let fields = |manager: &&str| {
            json!({"manager": manager, "operation": "Update", "fieldsType": "FieldsV1",
                   "fieldsV1": {"f:spec": {"f:unschedulable": {}}}})
        };
        let managers: Vec<_> = managers.iter().map(fields).collect();
        serde_json::from_value(json!({"managedFields": managers})).unwrap()
    }

    #[test]
    fn a_field_is_ours_until_somebody_else_has_written_it() {
        let path = ["spec", "unschedulable"];
        assert_eq!(taken_over(&meta(&[]), &path), None);
        assert_eq!(taken_over(&meta(&["podmortem"]), &path), None);
        assert_eq!(taken_over(&meta(&["kubectl-cordon", "podmortem"]), &path), None);
        assert_eq!(taken_over(&meta(&["kubectl-cordon"]), &path), Some("kubectl-cordon".into()));
        assert_eq!(taken_over(&meta(&["kubectl-cordon"]), &["spec", "taints"]), None);
    }
}
