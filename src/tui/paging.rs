//! People who are called: announced before, and what came of it recorded.

use crate::case::{Entry, PageEnd};
use crate::model::WriteRight;
use crate::response::Engine;
use crate::triage::PageCall;

use super::reply::Tone;

/// Runs the command between its two records.
///
/// # Errors
/// Why nobody was called, in words.
pub async fn paged(engine: &Engine, call: &PageCall, right: &WriteRight) -> Result<(Tone, String), String> {
    let announced = Entry::Paging(Box::new(call.announced()));
    engine.record(announced).await.map_err(|error| error.to_string())?;
    let paged = call.run(right).await.map_err(|error| error.to_string())?;
    let tone = if paged.end == (PageEnd::Exited { code: 0 }) { Tone::Good } else { Tone::Bad };
    let said = paged.said.first().map(|line| format!("; it says: {line}")).unwrap_or_default();
    let told = format!("{}: {}{said}", paged.program, paged.end);
    match engine.record(Entry::Paged(Box::new(paged))).await {
        Ok(()) => Ok((tone, told)),
        Err(error) => Ok((Tone::Bad, format!("{told}; that was not recorded: {error}"))),
    }
}
