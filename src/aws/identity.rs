//! Who AWS takes us for.

use super::clients::{self, Clients};
use super::eks::Place;
use crate::model::{Clean, ReadOnly};

/// The answer of `GetCallerIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// Account number.
    pub account: Clean,
    /// `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` or a user's.
    pub arn: Clean,
}

/// Asks AWS who the credentials of a place belong to.
///
/// # Errors
/// There are no credentials, or STS cannot be reached; says what to do.
pub async fn caller(place: &Place, latch: &ReadOnly) -> Result<Caller, clients::CredentialError> {
    let clients = Clients::at(place, latch.clone()).await;
    let answer = clients.sts().get_caller_identity().send().await.map_err(|error| clients::CredentialError {
        of: Clean::from(format!(" for {place}")),
        why: Clean::capped(&clients::chain(&error), 400),
        renewal: Clean::from(clients::renewal(place)),
    })?;
    Ok(Caller {
        account: Clean::from(answer.account.unwrap_or_default()),
        arn: Clean::from(answer.arn.unwrap_or_default()),
    })
}
