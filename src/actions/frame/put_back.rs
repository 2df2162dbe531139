//! Putting back what a job's merge patches changed: each field for itself, to what
//! it was, and only while it is as the job left it.

use serde_json::{Value, json};

use super::fields::{field, fields_of, meta_of, same, unmet, words};
use super::{ActionError, Ask, Done, Look, MANAGER, Sketch, Spec, Work, decode, raw, taken_over};
use crate::kubernetes;
use crate::model::{Plan, PlanNote, Target, Verdict};

/// The plan that puts back what a job's merge patches changed. What a field was
/// before is the fact of its JSON pointer in the job's plan.
pub async fn plan(spec: &Spec, ask: &Ask<'_>, done: &Done) -> Result<Plan, ActionError> {
    let mut plan = Sketch::undo(spec, ask, done);
    plan.each(ask.targets, |place, target, mut plan| {
        Box::pin(async move {
            let mut fields: Vec<(String, String, Value)> = Vec::new();
            for effect in done.effects(target).filter(|effect| &*effect.call.method == "PATCH") {
                let path = effect.call.path.split('?').next().unwrap_or_default().to_owned();
                fields.extend(
                    fields_of(&effect.call.body).into_iter().map(|(pointer, value)| (path.clone(), pointer, value)),
                );
            }
            if fields.is_empty() {
                plan.note(PlanNote::Already(format!("nothing of {target} was changed").into()));
                return Ok((plan, ()));
            }
            let mut paths: Vec<String> = fields.iter().map(|(path, ..)| path.clone()).collect();
            paths.dedup();
            for path in paths {
                let Some(now) = there(ask.look, target, &path).await? else {
                    plan.note(PlanNote::Already(format!("{target} is gone: nothing of it is left to put back").into()));
                    break;
                };
                let changed = fields.iter().filter(|(of, ..)| *of == path);
                let mut operations =
                    vec![json!({"op": "test", "path": "/metadata/uid", "value": target.uid.to_string()})];
                for (_, pointer, ours) in changed {
                    let before = done.before(target, pointer).unwrap_or(&Value::Null);
                    plan.fact(place, pointer, field(&now, pointer).clone());
                    match back(&now, pointer, ours, before) {
                        Ok(steps) => operations.extend(steps),
                        Err(why) => plan.note(PlanNote::Theirs(format!("{target}: {} {why}", words(pointer)).into())),
                    }
                }
                if operations.len() > 1 {
                    plan.call(place, "PATCH", format!("{path}?fieldManager={MANAGER}"), Value::Array(operations));
                }
            }
            Ok((plan, ()))
        })
    })
    .await?;
    Ok(plan.done())
}

/// The steps that put one field back, or why it is left.
fn back(now: &Value, pointer: &str, ours: &Value, before: &Value) -> Result<Vec<Value>, String> {
    let is = field(now, pointer);
    if !same(is, ours) {
        return Err(if same(is, before) {
            "is as it was already".to_owned()
        } else {
            format!("was made {is} by somebody else since: it stays so")
        });
    }
    let keys: Vec<String> = pointer.split('/').skip(1).map(|key| key.replace("~1", "/").replace("~0", "~")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    if let Some(other) = taken_over(&meta_of(now), &keys) {
        return Err(format!("was set by {other} since, to the same: it stays so"));
    }
    let present = now.pointer(pointer).is_some();
    let mut steps = Vec::new();
    if present {
        steps.push(json!({"op": "test", "path": pointer, "value": is}));
    }
    match (present, before.is_null()) {
        (true, true) => steps.push(json!({"op": "remove", "path": pointer})),
        (true, false) => steps.push(json!({"op": "replace", "path": pointer, "value": before})),
        (false, true) => {}
        (false, false) => {
            // A map that was emptied is gone with its last entry.
            let above = pointer.rsplit_once('/').map_or("", |(above, _)| above);
            if !above.is_empty() && now.pointer(above).is_none() {
                steps.push(json!({"op": "add", "path": above, "value": {}}));
            }
            steps.push(json!({"op": "add", "path": pointer, "value": before}));
        }
    }
    Ok(steps)
}

/// The object at a path, if it still is the target.
async fn there(look: &dyn Look, target: &Target, path: &str) -> Result<Option<Value>, ActionError> {
    match look.get(path).await {
        Err(kubernetes::Error::NotFound { .. }) => Ok(None),
        read => {
            let object: Value = decode(path, &read?)?;
            let is = field(&object, "/metadata/uid").as_str() == Some(target.uid.to_string().as_str());
            Ok(is.then_some(object))
        }
    }
}

/// Reads back whether every field is as the plan of putting it back leaves it.
pub async fn prove(work: &Work) -> Result<Verdict, ActionError> {
    let after = work.hand.after().await;
    let mut left = Vec::new();
    let mut sent = 0;
    for (_, call) in work.calls() {
        let path = call.path.split('?').next().unwrap_or_default();
        let Some(object) = there(after.as_ref(), &work.target, path).await? else {
            return Ok(Verdict::Proven { rests_on: format!("{} is gone", work.target).into() });
        };
        sent += 1;
        left.extend(unmet(&call.body, &object).iter().map(|at| words(at)));
    }
    let target = &work.target;
    Ok(if sent == 0 {
        let rests_on = format!("{target}: nothing of ours was left to put back");
        Verdict::Proven { rests_on: rests_on.into() }
    } else if left.is_empty() {
        Verdict::Proven { rests_on: format!("{target} was read back, and every field is as it was before").into() }
    } else {
        Verdict::NotEnforced { rests_on: format!("{target} was read back; not as before: {}", left.join(", ")).into() }
    })
}

/// Reads back whether every field that a job's calls set is as they set it.
pub async fn is_set(work: &Work) -> Result<Verdict, ActionError> {
    let object: Value = raw(work.hand.after().await.as_ref(), &work.target).await?;
    let target = &work.target;
    let left: Vec<String> =
        work.calls().flat_map(|(_, call)| unmet(&call.body, &object)).map(|at| words(&at)).collect();
    Ok(if left.is_empty() {
        let set: Vec<String> =
            work.calls().flat_map(|(_, call)| fields_of(&call.body)).map(|(at, _)| words(&at)).collect();
        let set = if set.is_empty() { "it was so already".to_owned() } else { format!("with {}", set.join(", ")) };
        Verdict::Proven { rests_on: format!("{target} was read back, {set}").into() }
    } else {
        Verdict::NotEnforced { rests_on: format!("{target} was read back without {}", left.join(", ")).into() }
    })
}

/// Records what a merge patch would change as it is now: what undoing puts back.
pub fn remember(plan: &mut Sketch, place: usize, patch: &Value, object: &Value) {
    for (pointer, _) in fields_of(patch) {
        plan.fact(place, &pointer, field(object, &pointer).clone());
    }
}

/// A merge patch of some labels, on this very object and no namesake. `null` takes one away.
pub fn labels_patch(target: &Target, labels: impl IntoIterator<Item = (String, Value)>) -> Value {
    let labels: serde_json::Map<String, Value> = labels.into_iter().collect();
    json!({"metadata": {"uid": target.uid.to_string(), "labels": labels}})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_goes_back_only_while_it_is_as_the_job_left_it() {
        let now = json!({"metadata": {"labels": {"status": "quarantine"}}});
        let at = "/metadata/labels/status";
        let steps = back(&now, at, &json!("quarantine"), &Value::Null).unwrap();
        assert_eq!(steps.last().unwrap()["op"], "remove");
        let steps = back(&now, at, &json!("quarantine"), &json!("old")).unwrap();
        assert_eq!(steps.last().unwrap()["value"], "old");
        assert!(back(&now, at, &json!("other"), &Value::Null).unwrap_err().contains("somebody else"));
        assert!(back(&json!({}), at, &json!("other"), &Value::Null).unwrap_err().contains("already"));
    }

    #[test]
    fn what_was_taken_away_comes_back_even_into_a_map_that_is_gone() {
        let steps = back(&json!({"metadata": {}}), "/metadata/labels/app", &Value::Null, &json!("web")).unwrap();
        assert_eq!(steps.len(), 2);
        let steps = back(&json!({"spec": {}}), "/spec/replicas", &json!(0), &json!(3)).unwrap();
        assert_eq!(steps, [json!({"op": "add", "path": "/spec/replicas", "value": 3})]);
    }

    #[test]
    fn what_another_manager_set_to_the_same_stays() {
        let now = json!({"metadata": {"labels": {"a": "b"}, "managedFields": [
            {"manager": "kubectl", "fieldsV1": {"f:metadata": {"f:labels": {"f:a": {}}}}}]}});
        assert!(back(&now, "/metadata/labels/a", &json!("b"), &Value::Null).unwrap_err().contains("kubectl"));
    }
}
