//! Amazon S3 and AWS KMS as far as readiness asks: a bucket for evidence in each Region, and its key.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::super::json::text;
use super::super::random::Random;
use super::request::{Answer, Request};
use super::{ACCOUNT, Account, Fault};

/// A bucket for evidence.
struct Bucket {
    region: &'static str,
    /// The cluster with the trouble has people who prepared; its sister has a bucket without a lock.
    locked: bool,
}

/// Does what is asked of a bucket.
pub(super) fn operate(account: &Account, request: &Request) -> Result<Answer, Fault> {
    let [name] = request.path.as_slice() else {
        return Err(Fault::new(
            "NotImplemented",
            "A header or query you provided implies functionality that is not implemented",
        ));
    };
    let bucket = buckets(account).into_iter().find(|bucket| name_of(bucket.region) == *name);
    let bucket = bucket.ok_or_else(|| Fault::new("NoSuchBucket", "The specified bucket does not exist"))?;
    let answer = |status, root, body| Answer::Bucket { status, root, body, region: bucket.region };
    if bucket.region != request.region {
        return Ok(answer(StatusCode::MOVED_PERMANENTLY, "Error", json!({"Code": "PermanentRedirect"})));
    }
    match request.method {
        Method::HEAD => Ok(answer(StatusCode::OK, "", Value::Null)),
        Method::GET if request.has("object-lock") && bucket.locked => {
            let retention = json!({"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}});
            let body = json!({"ObjectLockEnabled": "Enabled", "Rule": retention});
            Ok(answer(StatusCode::OK, "ObjectLockConfiguration", body))
        }
        Method::GET if request.has("object-lock") => Err(Fault::new(
            "ObjectLockConfigurationNotFoundError",
            "Object Lock configuration does not exist for this bucket",
        )),
        Method::GET if request.has("encryption") => {
            let by = json!({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_of(bucket.region)});
            let body = json!({"Rule": {"ApplyServerSideEncryptionByDefault": by, "BucketKeyEnabled": true}});
            Ok(answer(StatusCode::OK, "ServerSideEncryptionConfiguration", body))
        }
        _ => Err(Fault::new("NotImplemented", "This is not implemented")),
    }
}

/// Does what is asked of a key.
pub(super) fn key(account: &Account, request: &Request) -> Result<Answer, Fault> {
    if request.operation != "DescribeKey" {
        return Err(Fault::new("UnknownOperationException", format!("kms {}", request.operation)));
    }
    let asked = text(&request.body, "/KeyId");
    let here = buckets(account).into_iter().map(|bucket| (bucket.region, key_of(bucket.region)));
    let mut here = here.filter(|(region, _)| *region == request.region);
    let found = here.find(|(_, arn)| arn == asked || arn.rsplit('/').next() == Some(asked));
    let (_, arn) = found.ok_or_else(|| Fault::new("NotFoundException", format!("Key '{asked}' does not exist")))?;
    Ok(Answer::Json(json!({"KeyMetadata": {
        "AWSAccountId": ACCOUNT, "KeyId": arn.rsplit('/').next(), "Arn": arn, "Enabled": true, "KeyState": "Enabled",
        "KeyManager": "CUSTOMER", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS",
    }})))
}

fn buckets(account: &Account) -> Vec<Bucket> {
    let all = account.clusters.iter().map(|cluster| cluster.region);
    all.map(|region| Bucket { region, locked: region == "us-east-1" }).collect()
}

fn name_of(region: &str) -> String {
    format!("{ACCOUNT}-evidence-{region}")
}

fn key_of(region: &str) -> String {
    format!("arn:aws:kms:{region}:{ACCOUNT}:key/{}", Random::named(0x4b, region).uuid())
}
