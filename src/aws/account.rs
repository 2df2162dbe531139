//! The account around a cluster, as one identity may look at it.

use aws_sdk_sts::error::{ProvideErrorMetadata, SdkError};
use jiff::Timestamp;

use super::clients::{self, Clients};
use super::eks::Place;
use super::told::Unsaid;
use crate::model::{Clean, ReadOnly, WriteRight};

/// An account and Region, asked with the credentials of a place. Nothing here changes anything but
/// [operations](super::operations), and those need an account that is [acted on](Account::acting).
#[derive(Clone, Debug)]
pub struct Account {
    pub(super) clients: Clients,
    place: Clean,
    renewal: String,
}

impl Account {
    /// The account that a place's credentials reach.
    ///
    /// # Errors
    /// No Region is configured, or there are no credentials.
    pub async fn at(place: &Place, latch: ReadOnly) -> Result<Self, Unsaid> {
        let clients = Clients::at(place, latch).await;
        if clients.region().is_none() {
            return Err(Unsaid::NoRegion { place: place.to_string().into() });
        }
        if let Err(none) = clients.credible(place).await {
            return Err(Unsaid::NoCredentials { why: none.why, renewal: none.renewal });
        }
        let named = Place { region: clients.region(), ..place.clone() };
        Ok(Self { clients, place: named.to_string().into(), renewal: clients::renewal(place) })
    }

    /// The same account, in whose trail we are called so.
    #[must_use]
    pub fn called(self, user_agent: &str) -> Self {
        Self { clients: self.clients.called(user_agent), ..self }
    }

    /// The same account for who may change something there.
    #[must_use]
    pub fn acting(&self, right: &WriteRight) -> Self {
        Self { clients: self.clients.acting(right), ..self.clone() }
    }

    /// Who asks, and where.
    pub const fn place(&self) -> &Clean {
        &self.place
    }

    /// The Region.
    pub fn region(&self) -> String {
        self.clients.region().unwrap_or_default()
    }

    /// What an error of a call means.
    pub(super) fn unsaid<E>(&self, call: &'static str, error: &SdkError<E>) -> Unsaid
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        Unsaid::of(call, &self.place, &self.renewal, error)
    }

    /// Says that an answer lacks what was asked for.
    pub(super) fn absent(&self, call: &'static str, why: impl Into<Clean>) -> Unsaid {
        Unsaid::Absent { call, place: self.place.clone(), why: why.into() }
    }
}

/// A text that a service may leave out.
pub(super) fn clean(text: Option<impl AsRef<str>>) -> Clean {
    text.map(|text| Clean::from(text.as_ref())).unwrap_or_default()
}

/// A time of a service.
pub(super) fn time(time: Option<&aws_sdk_ec2::primitives::DateTime>) -> Option<Timestamp> {
    time.and_then(|time| Timestamp::from_second(time.secs()).ok())
}
