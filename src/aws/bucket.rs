//! A bucket for evidence: whether it is there, where it is, and whether what lies in it can be changed.

use serde::Serialize;

use super::account::Account;
use super::signed::{Answer, Question};
use super::told::Unsaid;
use crate::model::Clean;

/// A bucket, as far as it tells about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bucket {
    /// The Region that it is in.
    pub region: Clean,
}

/// What of a bucket cannot be deleted or changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Lock {
    /// Whether objects can be locked at all.
    pub enabled: bool,
    /// `GOVERNANCE` or `COMPLIANCE` where objects are locked as they come; empty where each must say so itself.
    pub mode: Clean,
    /// How long, where objects are locked as they come: `30 days`.
    pub kept: Clean,
}

/// How a bucket encrypts what does not say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Encryption {
    /// `AES256`, `aws:kms`, `aws:kms:dsse`
    pub algorithm: Clean,
    /// ARN or id of the key, empty for AWS's own.
    pub key: Clean,
}

/// A key of KMS.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Key {
    /// `Enabled`, `Disabled`, `PendingDeletion`…
    pub state: Clean,
    /// `CUSTOMER` or `AWS`.
    pub manager: Clean,
}

impl Account {
    /// A bucket of this partition. One of another Region tells where it is.
    ///
    /// # Errors
    /// There is none of that name, it is somebody else's, or S3 cannot be asked.
    pub async fn bucket(&self, name: &str) -> Result<Bucket, Unsaid> {
        const CALL: &str = "s3:ListBucket";
        let answer = self.ask(s3("HeadBucket", CALL, "HEAD", name, "")?).await?;
        let region = Clean::from(answer.region.as_deref().unwrap_or_default());
        match answer.status {
            // Only for a bucket of another Region is one redirected.
            200 | 301 | 307 => Ok(Bucket { region }),
            404 => Err(self.absent(CALL, format!("there is no bucket {}", Clean::from(name)))),
            _ => Err(self.refused(CALL, &answer)),
        }
    }

    /// What of a bucket is locked.
    ///
    /// # Errors
    /// S3 cannot be asked.
    pub async fn lock_of(&self, bucket: &str) -> Result<Lock, Unsaid> {
        const CALL: &str = "s3:GetBucketObjectLockConfiguration";
        let answer = self.ask(s3("GetObjectLockConfiguration", CALL, "GET", bucket, "?object-lock=")?).await?;
        let text = |name: &str| element(&answer.body, name).map(Clean::from).unwrap_or_default();
        match answer.status {
            200 => {
                let (days, years) = (text("Days"), text("Years"));
                let kept = if days.is_empty() { (years, "years") } else { (days, "days") };
                let kept = if kept.0.is_empty() { String::new() } else { format!("{} {}", kept.0, kept.1) };
                Ok(Lock { enabled: text("ObjectLockEnabled") == "Enabled", mode: text("Mode"), kept: kept.into() })
            }
            404 if text("Code") == "ObjectLockConfigurationNotFoundError" => Ok(Lock::default()),
            _ => Err(self.refused(CALL, &answer)),
        }
    }

    /// How a bucket encrypts; `None` where it does not say.
    ///
    /// # Errors
    /// S3 cannot be asked.
    pub async fn encryption_of(&self, bucket: &str) -> Result<Option<Encryption>, Unsaid> {
        const CALL: &str = "s3:GetEncryptionConfiguration";
        let answer = self.ask(s3("GetBucketEncryption", CALL, "GET", bucket, "?encryption=")?).await?;
        let text = |name: &str| element(&answer.body, name).map(Clean::from).unwrap_or_default();
        match answer.status {
            200 => Ok(Some(Encryption { algorithm: text("SSEAlgorithm"), key: text("KMSMasterKeyID") })),
            404 if text("Code") == "ServerSideEncryptionConfigurationNotFoundError" => Ok(None),
            _ => Err(self.refused(CALL, &answer)),
        }
    }

    /// A key, by ARN or id.
    ///
    /// # Errors
    /// There is none, or KMS cannot be asked.
    pub async fn key(&self, key: &str) -> Result<Key, Unsaid> {
        const CALL: &str = "kms:DescribeKey";
        let question = Question {
            service: ("KMS", "kms"),
            operation: "DescribeKey",
            call: CALL,
            method: "POST",
            path: "/".to_owned(),
            headers: vec![("content-type", "application/x-amz-json-1.1"), ("x-amz-target", "TrentService.DescribeKey")],
            body: serde_json::json!({"KeyId": key}).to_string(),
        };
        let answer = self.ask(question).await?;
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let text = |place: &str| Clean::from(told.pointer(place).and_then(|text| text.as_str()).unwrap_or_default());
        if answer.status == 200 {
            return Ok(Key { state: text("/KeyMetadata/KeyState"), manager: text("/KeyMetadata/KeyManager") });
        }
        if text("/__type").contains("NotFoundException") {
            return Err(self.absent(CALL, text("/message")));
        }
        Err(self.refused(CALL, &answer))
    }

    fn refused(&self, call: &'static str, answer: &Answer) -> Unsaid {
        let said = element(&answer.body, "Message").map_or_else(|| Clean::capped(answer.body.trim(), 200), Clean::from);
        let why = Clean::from(format!("HTTP {} {said}", answer.status).trim_end());
        let place = self.place().clone();
        let denied = answer.status == 403 || answer.body.contains("AccessDenied");
        if denied { Unsaid::Denied { call, place, why } } else { Unsaid::Failed { call, place, why } }
    }
}

/// A question to S3 about a bucket. The name is part of the path and not of the host: names with dots fit no certificate.
///
/// # Errors
/// No bucket can have that name.
fn s3(
    operation: &'static str,
    call: &'static str,
    method: &'static str,
    bucket: &str,
    query: &str,
) -> Result<Question, Unsaid> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    if bucket.is_empty() || !bucket.chars().all(fits) {
        return Err(Unsaid::NotAsked(format!("no bucket can be called {}", Clean::from(bucket)).into()));
    }
    Ok(Question {
        service: ("S3", "s3"),
        operation,
        call,
        method,
        path: format!("/{bucket}{query}"),
        headers: Vec::new(),
        body: String::new(),
    })
}

/// The text of the first element of that name. What is read here has each but once.
fn element<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.trim())
}

#[cfg(test)]
mod tests {
    use super::super::tests::scripted::Scripted;
    use super::*;

    #[tokio::test]
    async fn a_bucket_tells_where_it_is_and_what_is_locked() {
        let lock = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention>\
                    <Mode>COMPLIANCE</Mode><Days>30</Days></DefaultRetention></Rule></ObjectLockConfiguration>";
        let encrypted = "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms\
                         </SSEAlgorithm><KMSMasterKeyID>k</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule>\
                         </ServerSideEncryptionConfiguration>";
        let aws = Scripted::new(vec![
            ("HEAD /ir ", 200, "x-amz-bucket-region: eu-west-1\r\n", String::new()),
            ("HEAD /far ", 301, "x-amz-bucket-region: us-east-1\r\n", String::new()),
            ("HEAD /gone ", 404, "", String::new()),
            ("HEAD /theirs ", 403, "", String::new()),
            ("GET /ir?object-lock", 200, "", lock.to_owned()),
            ("GET /ir?encryption", 200, "", encrypted.to_owned()),
            (
                "DescribeKey",
                200,
                "",
                r#"{"KeyMetadata": {"KeyState": "Enabled", "KeyManager": "CUSTOMER"}}"#.to_owned(),
            ),
        ])
        .await;
        let account = aws.account().await;
        assert_eq!(account.bucket("ir").await.unwrap().region, "eu-west-1");
        assert_eq!(account.bucket("far").await.unwrap().region, "us-east-1");
        assert!(matches!(account.bucket("gone").await, Err(Unsaid::Absent { .. })));
        assert!(matches!(account.bucket("ir/../other").await, Err(Unsaid::NotAsked(_))));
        assert!(matches!(account.bucket("theirs").await, Err(Unsaid::Denied { call: "s3:ListBucket", .. })));
        let lock = account.lock_of("ir").await.unwrap();
        assert_eq!(lock, Lock { enabled: true, mode: "COMPLIANCE".into(), kept: "30 days".into() });
        let encryption = account.encryption_of("ir").await.unwrap().unwrap();
        assert_eq!((encryption.algorithm.as_str(), encryption.key.as_str()), ("aws:kms", "k"));
        assert_eq!(account.key("k").await.unwrap().state, "Enabled");
        assert_eq!(aws.saw("x-amz-content-sha256"), 7);
    }
}
