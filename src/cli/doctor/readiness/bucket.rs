//! Whether the bucket for evidence is there, in its Region, locked, and encrypted by the key that is meant.

use crate::aws::bucket::{Bucket, Encryption, Key, Lock};
use crate::aws::{Account, Unsaid};
use crate::config::settings::EvidencePlace;

use super::super::check::Checks;

const LATER: &str = "ask for the right to look at it";

/// Looks at the bucket and the key of a place.
pub async fn check(checks: &mut Checks, account: &Account, place: &EvidencePlace) {
    if let Some(bucket) = &place.bucket {
        let found = account.bucket(bucket).await;
        let here = found.as_ref().is_ok_and(|found| found.region == *place.region || found.region.is_empty());
        self::place(checks, bucket, found, &place.region);
        // What another Region's endpoint would say of it is no fact about it.
        if here {
            let (lock, encryption) = tokio::join!(account.lock_of(bucket), account.encryption_of(bucket));
            locked(checks, bucket, lock);
            encrypted(checks, bucket, place.key.as_deref(), encryption);
        }
    }
    if let Some(key) = &place.key {
        usable(checks, key, &place.region, account.key(key).await);
    }
}

fn place(checks: &mut Checks, bucket: &str, found: Result<Bucket, Unsaid>, region: &str) {
    match found {
        Ok(found) if found.region.is_empty() => {
            checks.poor("bucket", format!("{bucket} is there, but does not say in which Region"), "look at it in S3");
        }
        Ok(found) if found.region == *region => checks.good("bucket", format!("{bucket} is in {region}")),
        Ok(found) => checks.bad(
            "bucket",
            format!("{bucket} is in {}, and the evidence would be of {region}: it would have to leave", found.region),
            "name a bucket of the same Region under evidence in settings.yaml",
        ),
        Err(Unsaid::Absent { .. }) => {
            checks.bad(
                "bucket",
                format!("there is no bucket {bucket}"),
                "make it with Object Lock, or correct settings.yaml",
            );
        }
        Err(why) => checks.poor("bucket", format!("{bucket}: unknown: {why}"), LATER),
    }
}

/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html>
fn locked(checks: &mut Checks, bucket: &str, lock: Result<Lock, Unsaid>) {
    match lock {
        Ok(lock) if !lock.enabled => checks.bad(
            "object lock",
            format!("{bucket} has none: whoever may write there can delete evidence"),
            format!(
                "`aws s3api put-object-lock-configuration --bucket {bucket} …`, with versioning on; or another bucket"
            ),
        ),
        Ok(lock) if lock.mode.is_empty() => checks.poor(
            "object lock",
            format!("{bucket} can lock, but keeps nothing by itself"),
            "set a default retention, so that nothing depends on who uploads",
        ),
        Ok(lock) if lock.mode == "GOVERNANCE" => checks.poor(
            "object lock",
            format!("{bucket} keeps what comes for {}, but who may bypass governance can delete it", lock.kept),
            "COMPLIANCE lets nobody; or make sure that no responder has s3:BypassGovernanceRetention",
        ),
        Ok(lock) => checks.good("object lock", format!("{bucket} keeps what comes for {} ({})", lock.kept, lock.mode)),
        Err(why) => checks.poor("object lock", format!("{bucket}: unknown: {why}"), LATER),
    }
}

fn encrypted(checks: &mut Checks, bucket: &str, key: Option<&str>, encryption: Result<Option<Encryption>, Unsaid>) {
    match encryption {
        Ok(Some(found)) if found.algorithm.starts_with("aws:kms") => {
            let own = if found.key.is_empty() { "AWS's own key" } else { found.key.as_str() };
            match key {
                // A key is named by its ARN, its id or an alias; only equal texts are surely equal.
                Some(key) if !same(key, &found.key) => checks.poor(
                    "encryption",
                    format!("{bucket} encrypts by {own}, and settings.yaml names {key}"),
                    "they may be one key by two names; otherwise correct one of them",
                ),
                _ => checks.good("encryption", format!("{bucket} encrypts by {own}")),
            }
        }
        Ok(found) => {
            let by = found.map_or_else(|| "nothing that it tells of".to_owned(), |found| found.algorithm.to_string());
            let seen = format!("{bucket} encrypts by {by}: who may read the bucket reads the evidence");
            checks.poor("encryption", seen, "set a key of KMS as the bucket's default");
        }
        Err(why) => checks.poor("encryption", format!("{bucket}: unknown: {why}"), LATER),
    }
}

/// Whether two names mean the same key: an ARN ends with the id.
fn same(one: &str, other: &str) -> bool {
    one == other || one.ends_with(&format!("/{other}")) || other.ends_with(&format!("/{one}"))
}

fn usable(checks: &mut Checks, key: &str, region: &str, found: Result<Key, Unsaid>) {
    let elsewhere = key.starts_with("arn:") && key.split(':').nth(3) != Some(region);
    match found {
        _ if elsewhere => {
            checks.bad(
                "key",
                format!("{key} is not a key of {region}"),
                "name a key of the same Region in settings.yaml",
            );
        }
        Ok(found) if found.state == "Enabled" => {
            checks.good("key", format!("{key} is enabled, managed by {}", found.manager.to_lowercase()));
        }
        Ok(found) => {
            checks.bad("key", format!("{key} is {}", found.state), "enable it, or name another in settings.yaml")
        }
        Err(Unsaid::Absent { .. }) => {
            checks.bad("key", format!("there is no key {key} here"), "make it, or correct settings.yaml");
        }
        Err(why) => checks.poor("key", format!("{key}: unknown: {why}"), LATER),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::check::State;
    use super::*;

    fn seen(check: impl FnOnce(&mut Checks)) -> (State, String) {
        let mut checks = Checks::default();
        check(&mut checks);
        (checks.worst(), checks.all[0].seen.to_string())
    }

    #[test]
    fn a_bucket_elsewhere_is_no_place_for_evidence() {
        let bucket = |region: &str| Ok(Bucket { region: region.into() });
        assert_eq!(seen(|checks| place(checks, "ir", bucket("eu-west-1"), "eu-west-1")).0, State::Good);
        let (state, said) = seen(|checks| place(checks, "ir", bucket("us-east-1"), "eu-west-1"));
        assert!(state == State::Bad && said.contains("would have to leave"), "{said}");
    }

    #[test]
    fn a_lock_that_somebody_may_lift_is_named_so() {
        let lock = |enabled, mode: &str| Ok(Lock { enabled, mode: mode.into(), kept: "30 days".into() });
        let state = |lock| seen(|checks| locked(checks, "ir", lock)).0;
        assert_eq!(state(lock(true, "COMPLIANCE")), State::Good);
        assert_eq!(state(lock(true, "GOVERNANCE")), State::Poor);
        assert_eq!(state(lock(true, "")), State::Poor);
        assert_eq!(state(lock(false, "")), State::Bad);
    }

    #[test]
    fn a_key_is_known_by_arn_and_by_id() {
        let arn = "arn:aws:kms:eu-west-1:1:key/a-b";
        let by = |key: &str| Ok(Some(Encryption { algorithm: "aws:kms".into(), key: key.into() }));
        let state = |named: Option<&str>, held: &str| seen(|checks| encrypted(checks, "ir", named, by(held))).0;
        assert_eq!(state(Some(arn), "a-b"), State::Good);
        assert_eq!(state(Some(arn), "c-d"), State::Poor);
        assert_eq!(seen(|checks| encrypted(checks, "ir", None, Ok(None))).0, State::Poor);
        let key = || Ok(Key { state: "Enabled".into(), manager: "CUSTOMER".into() });
        assert_eq!(seen(|checks| usable(checks, arn, "eu-west-1", key())).0, State::Good);
        assert_eq!(seen(|checks| usable(checks, arn, "us-east-1", key())).0, State::Bad);
        let off = Ok(Key { state: "PendingDeletion".into(), ..Key::default() });
        assert_eq!(seen(|checks| usable(checks, arn, "eu-west-1", off)).0, State::Bad);
    }
}
