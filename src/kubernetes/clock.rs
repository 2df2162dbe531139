//! How far this machine's clock is from the server's.

use jiff::{SignedDuration, Timestamp};

use super::error::Error;
use super::read::{Read, get};
use super::request::{FIRST_BYTE, open};
use crate::model::Clean;

impl Read {
    /// How far the server's clock is ahead of this machine's, by the Date header
    /// of an answer and the middle of the time that it took. Good to about a
    /// second: the header has no fractions.
    ///
    /// # Errors
    /// The server does not answer, or tells no time.
    pub async fn clock_ahead(&self) -> Result<SignedDuration, Error> {
        let asked = Timestamp::now();
        let response = open(&self.cluster, get("/version", "application/json")?, FIRST_BYTE).await?;
        let answered = Timestamp::now();
        let date = response.headers().get(http::header::DATE).and_then(|date| date.to_str().ok());
        let server = date.and_then(|date| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok());
        let server = server.ok_or_else(|| Error::Malformed {
            what: "GET /version".into(),
            why: Clean::from(format!("the Date header is {:?}", date.unwrap_or("absent"))),
        })?;
        let middle = asked.as_millisecond().midpoint(answered.as_millisecond());
        // The header names the second that has begun: on average half a second ago.
        Ok(SignedDuration::from_millis(server.as_millisecond() + 500 - middle))
    }
}
