//! Taking a subject out of a binding, and putting it back.

use serde_json::{Value, json};

use super::super::{ActionError, Ask, Done, Look, MANAGER, Sketch, Spec, Work, decode, field};
use super::{Binding, Subject};
use crate::kubernetes;
use crate::model::{Clean, Plan, PlanNote, Verdict};

/// The call that takes subjects out of a binding, as long as it is the binding that
/// was read and they stand where they stood; whoever else is bound stays. `None`
/// where none of them is in it.
pub fn take_out(binding: &Binding, gone: impl Fn(&Subject) -> bool) -> Option<(String, Value)> {
    let mut operations = vec![json!({"op": "test", "path": "/metadata/uid", "value": binding.uid})];
    let listed = field(&binding.object, "/subjects").as_array().map_or(&[][..], Vec::as_slice);
    // From the last one on, so that those before keep their places.
    for (at, _) in binding.subjects.iter().enumerate().rev().filter(|(_, subject)| gone(subject)) {
        let path = format!("/subjects/{at}");
        operations.push(json!({"op": "test", "path": path, "value": listed.get(at)}));
        operations.push(json!({"op": "remove", "path": path}));
    }
    let path = format!("{}?fieldManager={MANAGER}", binding.path());
    (operations.len() > 1).then_some((path, Value::Array(operations)))
}

/// The subjects that a call took out.
fn taken(body: &Value) -> Vec<Value> {
    let tests = body.as_array().into_iter().flatten();
    let of_subject = |operation: &&Value| {
        operation.get("op").and_then(Value::as_str) == Some("test")
            && operation.get("path").and_then(Value::as_str).is_some_and(|path| path.starts_with("/subjects/"))
    };
    tests.filter(of_subject).filter_map(|operation| operation.get("value").cloned()).collect()
}

fn uid_of(body: &Value) -> &str {
    body.pointer("/0/value").or_else(|| body.pointer("/metadata/uid")).and_then(Value::as_str).unwrap_or_default()
}

/// The binding at a call's path, if it still is the one that was meant.
async fn there(look: &dyn Look, path: &str, uid: &str) -> Result<Option<Value>, ActionError> {
    let path = path.split('?').next().unwrap_or_default();
    match look.get(path).await {
        Err(kubernetes::Error::NotFound { .. }) => Ok(None),
        read => {
            let object: Value = decode(path, &read?)?;
            let is = field(&object, "/metadata/uid").as_str() == Some(uid);
            Ok(is.then_some(object))
        }
    }
}

fn has(object: &Value, subject: &Value) -> bool {
    field(object, "/subjects").as_array().is_some_and(|all| all.contains(subject))
}

/// The bindings of a target in which what was taken out stands again.
pub async fn read_back(work: &Work) -> Result<Vec<String>, ActionError> {
    let mut back = Vec::new();
    for (_, call) in work.calls() {
        let Some(object) = there(work.look.as_ref(), &call.path, uid_of(&call.body)).await? else { continue };
        if taken(&call.body).iter().any(|subject| has(&object, subject)) {
            back.push(call.path.split('?').next().unwrap_or_default().to_owned());
        }
    }
    Ok(back)
}

/// Plans to put back what was taken out of bindings, where it is not there again.
pub async fn plan_undo(spec: &Spec, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
    let mut plan = Sketch::undo(spec, ask, done);
    plan.each(ask.targets, |place, target, mut plan| {
        Box::pin(async move {
            for effect in done.effects(target) {
                let path = effect.call.path.split('?').next().unwrap_or_default();
                let Some(object) = there(ask.look, path, uid_of(&effect.call.body)).await? else {
                    plan.note(PlanNote::Theirs(format!("{path} is gone, or another one of its name is there").into()));
                    continue;
                };
                let mut subjects = field(&object, "/subjects").as_array().cloned().unwrap_or_default();
                plan.fact(place, path, Value::Array(subjects.clone()));
                let before = subjects.len();
                for subject in taken(&effect.call.body).into_iter().rev() {
                    if subjects.contains(&subject) {
                        plan.note(PlanNote::Theirs(
                            format!("somebody has put the subject back into {path} since").into(),
                        ));
                    } else {
                        subjects.push(subject);
                    }
                }
                if subjects.len() > before {
                    // A list is replaced whole, and only as long as the binding is the very version that was read.
                    let body = json!({
                        "metadata": {
                            "uid": field(&object, "/metadata/uid"),
                            "resourceVersion": field(&object, "/metadata/resourceVersion"),
                        },
                        "subjects": subjects,
                    });
                    plan.call(place, "PATCH", format!("{path}?fieldManager={MANAGER}"), body);
                }
            }
            Ok((plan, ()))
        })
    })
    .await?;
    Ok(plan.done())
}

/// Reads back whether everybody is bound again.
pub async fn prove_undo(work: &Work) -> Result<Verdict, ActionError> {
    let mut missing: Vec<Clean> = Vec::new();
    let mut count = 0;
    for (_, call) in work.calls() {
        count += 1;
        let path = call.path.split('?').next().unwrap_or_default();
        let object = there(work.look.as_ref(), path, uid_of(&call.body)).await?;
        let wanted = field(&call.body, "/subjects").as_array().cloned().unwrap_or_default();
        if !object.is_some_and(|object| wanted.iter().all(|subject| has(&object, subject))) {
            missing.push(path.into());
        }
    }
    let target = &work.target;
    Ok(if missing.is_empty() {
        let rests_on = match count {
            0 => format!("{target}: nothing of ours was left to put back"),
            _ => format!("{count} bindings were read back, and bind {target} as before"),
        };
        Verdict::Proven { rests_on: rests_on.into() }
    } else {
        let names = missing.iter().map(Clean::as_str).collect::<Vec<_>>().join(", ");
        Verdict::NotEnforced { rests_on: format!("read back without what was put back: {names}").into() }
    })
}

impl Binding {
    /// What the plan rests on of a binding.
    pub fn subjects_fact(&self) -> Value {
        field(&self.object, "/subjects").clone()
    }

    /// Whether the API server restores it when it starts.
    /// <https://kubernetes.io/docs/reference/access-authn-authz/rbac/#auto-reconciliation>
    pub fn comes_back(&self) -> bool {
        field(&self.object, "/metadata/annotations")
            .get("rbac.authorization.kubernetes.io/autoupdate")
            .is_some_and(|value| value == "true")
    }

    /// What to read before a subject is taken out of it.
    pub fn notes(&self, gone: impl Fn(&Subject) -> bool) -> Vec<PlanNote> {
        let mut notes = super::super::keepers(&self.object);
        if self.comes_back() {
            let text = format!("{} comes back whenever an API server starts: watch for it", self.title());
            notes.push(PlanNote::Limit(text.into()));
        }
        let staying: Vec<String> =
            self.subjects.iter().filter(|subject| !gone(subject)).map(ToString::to_string).collect();
        if !staying.is_empty() {
            let text = format!("{} goes on binding {}", self.title(), staying.join(", "));
            notes.push(PlanNote::Limit(text.into()));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    #[test]
    fn subjects_are_taken_out_from_the_last_on_and_only_as_they_were_read() {
        let object = json!({
            "metadata": {"name": "b", "uid": "u"}, "roleRef": {"kind": "ClusterRole", "name": "view"},
            "subjects": [{"kind": "User", "name": "a"}, {"kind": "User", "name": "b"}, {"kind": "User", "name": "a"}],
        });
        let binding = Binding::read(Kind::ClusterRoleBinding, object.clone()).unwrap();
        let (path, body) = take_out(&binding, |subject| subject.name == "a").unwrap();
        assert!(path.starts_with("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings/b?"));
        let patch: json_patch::Patch = serde_json::from_value(body.clone()).unwrap();
        let mut left = object;
        json_patch::patch(&mut left, &patch).unwrap();
        assert_eq!(left["subjects"], json!([{"kind": "User", "name": "b"}]));
        assert_eq!(taken(&body).len(), 2);
        assert_eq!(uid_of(&body), "u");
        assert!(json_patch::patch(&mut left, &patch).is_err());
        assert!(take_out(&binding, |_| false).is_none());
    }
}
