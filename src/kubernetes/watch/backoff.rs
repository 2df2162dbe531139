//! How long to wait before trying again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// Waits that double from half a second to thirty, each between half and all of
/// its length, so that many watches that lost one server do not return at once.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait after one more failure.
    pub fn step(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.failures.min(8)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        jittered(whole)
    }

    /// Begins anew after a success.
    pub const fn reset(&mut self) {
        self.failures = 0;
    }
}

/// Between half and all of a wait, at random.
pub fn jittered(whole: Duration) -> Duration {
    // `RandomState` is the standard library's only source of randomness; spreading needs no better one.
    let dice = RandomState::new().build_hasher().finish() % 512;
    whole.mul_f64(0.5 + dice as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_thirty_seconds_and_begin_anew() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..40).map(|_| backoff.step()).collect();
        assert!(waits[0] <= FIRST && waits[0] >= FIRST / 2);
        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert!(waits[20..].iter().all(|wait| *wait >= LONGEST / 2));
        backoff.reset();
        assert!(backoff.step() <= FIRST);
    }
}
