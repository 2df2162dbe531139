//! Who asks, and what they may do.

mod review;
mod rules;
mod token;

use serde_json::Value;

pub(super) use self::review::review;
pub(super) use self::rules::{Attempt, Subject, allows};
pub(super) use self::token::Tokens;

/// What a person may do; chosen by the bearer token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything (`system:masters`).
    Admin,
    /// What containment needs and no more.
    Responder,
    /// Listing and watching.
    Observer,
    /// Nothing.
    Stranger,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Admin, Self::Responder, Self::Observer, Self::Stranger];

    /// The user's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Responder => "responder",
            Self::Observer => "observer",
            Self::Stranger => "stranger",
        }
    }

    /// The bearer token; no secret, since it opens only what lives in this process.
    pub fn token(self) -> String {
        format!("gameday-{}", self.name())
    }

    /// The groups that the user is in.
    const fn groups(self) -> &'static [&'static str] {
        match self {
            Self::Admin => &["system:masters", "system:authenticated"],
            Self::Responder => &["responders", "system:authenticated"],
            Self::Observer => &["observers", "system:authenticated"],
            Self::Stranger => &["system:authenticated"],
        }
    }

    /// The user as bindings name it.
    pub(super) fn subject(self) -> Subject {
        let groups = self.groups().iter().map(|group| (*group).to_owned()).collect();
        Subject { user: self.name().to_owned(), uid: String::new(), groups, extra: Value::Null }
    }

    /// Whose token it is.
    pub(super) fn of_token(token: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.token() == token)
    }
}
