//! The account as it was, made anew, and what proves it.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::super::frame::{ActionError, Look, Outcome, Work, decode, field, path_of, send};
use super::witness;
use crate::kubernetes;
use crate::model::{Target, Verdict};

/// Looks at the token, half a second apart: the API server remembers for ten seconds whom it took.
const LOOKS: u32 = 60;
const EVERY: Duration = Duration::from_millis(500);

/// Tries to make the account anew while the old one still goes.
const TRIES: u32 = 20;

/// What is kept of an account: all that people put there. Token Secrets that
/// belong to the old one go with it, and the list of them is not kept.
pub fn kept(account: &Value) -> Value {
    let mut metadata = Map::new();
    for part in ["name", "namespace", "labels", "annotations", "ownerReferences"] {
        let value = field(account, &format!("/metadata/{part}"));
        if !value.is_null() {
            metadata.insert(part.to_owned(), value.clone());
        }
    }
    let mut kept = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata});
    for part in ["imagePullSecrets", "automountServiceAccountToken"] {
        if let (Some(value), Some(fields)) = (account.get(part), kept.as_object_mut()) {
            fields.insert(part.to_owned(), value.clone());
        }
    }
    kept
}

/// Makes the account anew, once the old one is gone: until then it would only be changed.
pub async fn made_anew(work: &Work, place: usize) -> Result<(), ActionError> {
    for _ in 0..TRIES {
        match uid_now(work.look.as_ref(), &work.target).await? {
            Some(uid) if uid == work.target.uid.to_string() => tokio::time::sleep(EVERY).await,
            _ => break,
        }
    }
    send(work, place).await.map(drop).map_err(|error| {
        let why = format!(
            "{} was deleted and could not be made anew ({error}): pods that name it do not start; run it again, or \
             apply the account of the plan by hand",
            work.target
        );
        ActionError::InTheWay(why.into())
    })
}

/// What became of the token minted before, and of the account.
pub async fn proven(work: &Work, outcome: &Outcome) -> Result<Verdict, ActionError> {
    let target = &work.target;
    let path = path_of(target);
    let account: Value = match work.look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => {
            let rests_on =
                format!("{target} was deleted and is not there: pods that name it do not start; run it again");
            return Ok(Verdict::Incomplete { rests_on: rests_on.into() });
        }
        read => decode(&path, &read?)?,
    };
    let uid = field(&account, "/metadata/uid").as_str().unwrap_or_default();
    if uid == target.uid.to_string() {
        let rests_on = format!("{target} still has the UID {uid}: its tokens are as good as before");
        return Ok(Verdict::NotEnforced { rests_on: rests_on.into() });
    }
    let wanted = work.plan.fact(work.place, "account").cloned().unwrap_or_default();
    let different = differences(&wanted, &kept(&account));
    if !different.is_empty() {
        let rests_on = format!("{target} was made anew, but differs from what it was in {}", different.join(", "));
        return Ok(Verdict::Incomplete { rests_on: rests_on.into() });
    }
    let Some(token) = &outcome.witness else {
        let why = format!(
            "{target} was made anew with the UID {uid}, and tokens carry the UID; but no token that was accepted before \
             is at hand to show that it is refused now"
        );
        return Ok(Verdict::NotMeasured { why: why.into() });
    };
    for look in 0..LOOKS {
        if !witness::is_accepted(work.look.as_ref(), token).await? {
            let rests_on = format!(
                "a token of {target} that a TokenReview accepted before is refused now; the account is there again with \
                 the UID {uid}"
            );
            return Ok(Verdict::Proven { rests_on: rests_on.into() });
        }
        work.hand.step("the token of before".into(), u64::from(look), u64::from(LOOKS));
        tokio::time::sleep(EVERY).await;
    }
    let rests_on =
        format!("{target} has the UID {uid} now, but a token minted before is still accepted after half a minute");
    Ok(Verdict::StillLeaking { rests_on: rests_on.into() })
}

/// The parts of the account that are not as they were. What others have added since is theirs.
fn differences(wanted: &Value, is: &Value) -> Vec<String> {
    let mut different = Vec::new();
    for part in ["labels", "annotations"] {
        let pointer = format!("/metadata/{part}");
        for (key, value) in field(wanted, &pointer).as_object().into_iter().flatten() {
            if field(is, &pointer).get(key) != Some(value) {
                different.push(format!("{part} {key}"));
            }
        }
    }
    for part in ["imagePullSecrets", "automountServiceAccountToken"] {
        if !wanted.get(part).unwrap_or(&Value::Null).is_null() && wanted.get(part) != is.get(part) {
            different.push(part.to_owned());
        }
    }
    different
}

async fn uid_now(look: &dyn Look, target: &Target) -> Result<Option<String>, ActionError> {
    let path = path_of(target);
    match look.get(&path).await {
        Err(kubernetes::Error::NotFound { .. }) => Ok(None),
        read => {
            let object: Value = decode(&path, &read?)?;
            Ok(field(&object, "/metadata/uid").as_str().map(str::to_owned))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_put_there_is_kept_and_what_the_server_put_there_is_not() {
        let account = json!({
            "metadata": {"name": "web", "namespace": "shop", "uid": "u", "resourceVersion": "1",
                "labels": {"app": "web"}, "managedFields": [{}]},
            "secrets": [{"name": "web-token-x"}], "imagePullSecrets": [{"name": "registry"}],
        });
        let kept = kept(&account);
        assert_eq!(kept["metadata"], json!({"name": "web", "namespace": "shop", "labels": {"app": "web"}}));
        assert_eq!(kept["imagePullSecrets"], account["imagePullSecrets"]);
        assert!(kept.get("secrets").is_none());
        assert_eq!(differences(&kept, &account), [] as [String; 0]);
        assert_eq!(differences(&kept, &json!({"metadata": {}})), ["labels app", "imagePullSecrets"]);
    }
}
