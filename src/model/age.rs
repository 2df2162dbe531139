//! Ages as people read them.

use std::fmt;
use std::time::Duration;

/// A length of time in the coarse steps of `kubectl`: seconds below two
/// minutes, then minutes, hours, days, years. Coarse steps also keep a screen
/// from changing every second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(Duration);

impl Age {
    /// The age of something that happened so long ago.
    pub const fn new(elapsed: Duration) -> Self {
        Self(elapsed)
    }

    /// The age, at `now`, of something that happened at `then`, both in seconds
    /// since 1970. A clock that runs ahead gives zero.
    pub const fn between(then: i64, now: i64) -> Self {
        let seconds = now.saturating_sub(then);
        Self(Duration::from_secs(if seconds > 0 { seconds as u64 } else { 0 }))
    }

    /// Time until the text of this age changes.
    pub fn until_next_step(self) -> Duration {
        let seconds = self.0.as_secs();
        let step = match seconds {
            0..120 => 1,
            120..10_800 => 60,
            10_800..172_800 => 3_600,
            _ => 86_400,
        };
        Duration::from_secs(step) - Duration::from_secs(seconds % step)
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.as_secs();
        let text = match seconds {
            0..120 => format!("{seconds}s"),
            120..10_800 => format!("{}m", seconds / 60),
            10_800..172_800 => format!("{}h", seconds / 3_600),
            172_800..63_072_000 => format!("{}d", seconds / 86_400),
            _ => format!("{}y", seconds / 31_536_000),
        };
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_coarse() {
        let text = |seconds| Age::new(Duration::from_secs(seconds)).to_string();
        assert_eq!(
            [text(0), text(119), text(120), text(10_799), text(10_800), text(172_800), text(63_072_000)],
            ["0s", "119s", "2m", "179m", "3h", "2d", "2y"]
        );
    }

    #[test]
    fn a_clock_ahead_gives_no_negative_age() {
        assert_eq!(Age::between(100, 50).to_string(), "0s");
    }

    #[test]
    fn the_next_step_changes_the_text() {
        for seconds in [0, 5, 119, 120, 179, 10_799, 10_800, 90_000, 172_799, 172_800] {
            let age = Age::new(Duration::from_secs(seconds));
            let next = Age::new(Duration::from_secs(seconds) + age.until_next_step());
            assert_ne!(age.to_string(), next.to_string(), "{seconds}");
        }
    }
}
