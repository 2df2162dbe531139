//! A call that changes something in an account: sent once, and what it means when it fails.

use async_trait::async_trait;
use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::RequestId;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::account::Account;
use super::clients::chain;
use super::told::Unsaid;
use crate::model::{Call, Clean, Refused};

/// An operation of a service that a plan may call. What is sent is the body of the call and nothing
/// besides: a member that is not known here is refused, and never left out.
#[async_trait]
pub trait Operation: Sync {
    /// As policies name it: `guardduty:ArchiveFindings`.
    fn name(&self) -> &'static str;

    /// Sends it, once.
    ///
    /// # Errors
    /// It was refused, or no answer came.
    async fn send(&self, account: &Account, call: &Call) -> Result<Accepted, CallError>;

    /// Reads whether things are as the call would make them; `None` where reading does not tell.
    ///
    /// # Errors
    /// It cannot be read.
    async fn is_done(&self, account: &Account, call: &Call) -> Result<Option<bool>, CallError>;
}

/// What a service answered to a call that it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Accepted {
    /// The id of the request, as CloudTrail has it.
    pub request: Clean,
    /// What of the answer somebody needs later, under the service's own names; null where nothing.
    pub answer: Value,
}

/// Why a call to the account did nothing, or is not known to have done anything. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    /// The account cannot be reached or looked at.
    #[error(transparent)]
    Account(#[from] Unsaid),
    /// Read-only was switched on.
    #[error(transparent)]
    ReadOnly(#[from] Refused),
    /// The credentials do not allow it.
    #[error("not allowed, nothing was changed: a policy that allows {call} on {resource} is needed ({why})")]
    Denied {
        /// The operation.
        call: Clean,
        /// The ARN that the policy names.
        resource: Clean,
        /// What the service said.
        why: Clean,
    },
    /// The service did not take it.
    #[error("{call} on {resource} was refused, nothing was changed: {why}")]
    Refused {
        /// The operation.
        call: Clean,
        /// What it was about.
        resource: Clean,
        /// What the service said.
        why: Clean,
    },
    /// Nobody knows what became of it.
    #[error("{call} on {resource} was not answered ({why}): it may have been done; look at it, then plan again")]
    Unanswered {
        /// The operation.
        call: Clean,
        /// What it was about.
        resource: Clean,
        /// What went wrong.
        why: Clean,
    },
    /// The call is none that could be sent.
    #[error("the plan's call {call} cannot be sent: {why}")]
    Malformed {
        /// The operation.
        call: Clean,
        /// What is wrong with it.
        why: Clean,
    },
}

impl CallError {
    /// Whether it leaves open what became of the call.
    pub const fn is_silence(&self) -> bool {
        matches!(self, Self::Unanswered { .. })
    }

    /// What an error of the SDK means for a call that changes something.
    fn of<E>(call: &Call, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        let why = match (error.code(), error.message()) {
            (Some(code), Some(message)) => Clean::capped(&format!("{code}: {message}"), 400),
            _ => Clean::capped(&chain(error), 400),
        };
        let (operation, resource) = (call.method.clone(), call.path.clone());
        let status = error.raw_response().map(|response| response.status().as_u16());
        match (error.code().unwrap_or_default(), error) {
            ("AccessDenied" | "AccessDeniedException" | "UnauthorizedOperation" | "AuthorizationError", _) => {
                Self::Denied { call: operation, resource, why }
            }
            (_, SdkError::ServiceError(_)) if status.is_some_and(|status| status < 500) => {
                Self::Refused { call: operation, resource, why }
            }
            (_, SdkError::ConstructionFailure(_)) => Self::Refused { call: operation, resource, why },
            _ => Self::Unanswered { call: operation, resource, why },
        }
    }
}

/// The body of a call in the form of its operation.
///
/// # Errors
/// It has another form, or a member that is not known here.
pub fn body<T: DeserializeOwned>(call: &Call) -> Result<T, CallError> {
    let malformed = |error: serde_json::Error| CallError::Malformed {
        call: call.method.clone(),
        why: Clean::capped(&error.to_string(), 400),
    };
    serde_json::from_value(call.body.clone()).map_err(malformed)
}

/// What the SDK gave, as a call's end. `answer` picks what somebody needs later.
///
/// # Errors
/// As the SDK says.
pub fn ended<T, E>(
    call: &Call,
    sent: Result<T, SdkError<E>>,
    answer: impl FnOnce(&T) -> Value,
) -> Result<Accepted, CallError>
where
    T: RequestId,
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match sent {
        Ok(given) => {
            Ok(Accepted { request: given.request_id().map(Clean::from).unwrap_or_default(), answer: answer(&given) })
        }
        Err(error) => Err(CallError::of(call, &error)),
    }
}
