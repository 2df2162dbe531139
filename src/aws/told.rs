//! A fact as an account told it: what was said, or why nothing was, and when.

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::clients::chain;
use crate::model::Clean;

/// What a call said, or why it said nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told<T> {
    /// When it was said.
    pub at: Timestamp,
    /// What was said.
    pub said: Result<T, Unsaid>,
}

/// Why an account did not tell a fact. Each names the call, where it was asked, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsaid {
    /// There are no credentials, or they have expired.
    #[error("no AWS credentials ({why}); {renewal}")]
    NoCredentials {
        /// What the credential chain or the service said.
        why: Clean,
        /// What renews them.
        renewal: Clean,
    },
    /// No Region is configured.
    #[error("no Region is configured for {place}; name one in the profile or with AWS_REGION")]
    NoRegion {
        /// The profile.
        place: Clean,
    },
    /// The credentials do not allow the call.
    #[error("{call} is not allowed to {place} ({why}); ask for that right, or look with another profile")]
    Denied {
        /// The call, as policies name it.
        call: &'static str,
        /// Who asked, and where.
        place: Clean,
        /// What the service said.
        why: Clean,
    },
    /// The service does not know what was asked for.
    #[error("{call}: {place} does not have it ({why}); is it of another account or Region, or already gone?")]
    Absent {
        /// The call.
        call: &'static str,
        /// Who asked, and where.
        place: Clean,
        /// What the service said.
        why: Clean,
    },
    /// The service is asked more than it takes.
    #[error("{call} is throttled ({why}); look again in a minute")]
    Throttled {
        /// The call.
        call: &'static str,
        /// What the service said.
        why: Clean,
    },
    /// It was not needed, or not possible, to ask.
    #[error("{0}")]
    NotAsked(Clean),
    /// The service cannot be reached, or failed for another reason.
    #[error("{call} in {place} failed: {why}")]
    Failed {
        /// The call.
        call: &'static str,
        /// Who asked, and where.
        place: Clean,
        /// What went wrong.
        why: Clean,
    },
}

impl<T> Told<T> {
    /// Something that was said, or not, just now.
    pub fn now(said: Result<T, Unsaid>) -> Self {
        Self { at: Timestamp::now(), said }
    }

    /// What was said, where anything was.
    pub fn known(&self) -> Option<&T> {
        self.said.as_ref().ok()
    }
}

impl Unsaid {
    /// What an error of a call means.
    pub(super) fn of<E>(call: &'static str, place: &Clean, renewal: &str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let text = chain(error);
        let code = error.code().unwrap_or_default();
        let why = match error.message() {
            Some(message) if !code.is_empty() => Clean::capped(&format!("{code}: {message}"), 400),
            _ => Clean::capped(&text, 400),
        };
        let place = place.clone();
        match code {
            "AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AuthorizationError" => {
                Self::Denied { call, place, why }
            }
            "ExpiredToken"
            | "ExpiredTokenException"
            | "RequestExpired"
            | "AuthFailure"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "MissingAuthenticationTokenException" => Self::NoCredentials { why, renewal: renewal.into() },
            "Throttling" | "ThrottlingException" | "RequestLimitExceeded" | "TooManyRequestsException" => {
                Self::Throttled { call, why }
            }
            "NoSuchEntity" | "ResourceNotFoundException" | "RepositoryNotFoundException" | "ImageNotFoundException" => {
                Self::Absent { call, place, why }
            }
            _ if code.ends_with(".NotFound") || code.ends_with(".Malformed") => Self::Absent { call, place, why },
            "" if text.contains("credentials") => Self::NoCredentials { why, renewal: renewal.into() },
            _ => Self::Failed { call, place, why },
        }
    }
}

/// `{"at": …, "value": …}`, or `{"at": …, "unknown": "why"}`.
impl<T: Serialize> Serialize for Told<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("at", &self.at.to_string())?;
        match &self.said {
            Ok(value) => map.serialize_entry("value", value)?,
            Err(why) => map.serialize_entry("unknown", &why.to_string())?,
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_said_stands_where_the_fact_would() {
        let at = Timestamp::UNIX_EPOCH;
        let known = Told { at, said: Ok("running") };
        assert_eq!(serde_json::to_string(&known).unwrap(), r#"{"at":"1970-01-01T00:00:00Z","value":"running"}"#);
        let denied = Unsaid::Denied { call: "ec2:DescribeVolumes", place: "ir".into(), why: "no".into() };
        let told = serde_json::to_string(&Told::<()> { at, said: Err(denied) }).unwrap();
        assert!(told.contains("unknown") && told.contains("ec2:DescribeVolumes is not allowed to ir"), "{told}");
    }
}
