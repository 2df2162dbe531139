//! How people say since when.

use jiff::{SignedDuration, Timestamp};

/// `90m`, `24h`, `7d`, or a moment.
///
/// # Errors
/// It is neither; how they are written, in words.
pub fn since(text: &str) -> Result<Timestamp, String> {
    let wrong = || format!("{text} is no time; write 90m, 24h, 7d or 2026-11-28T09:00:00Z");
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let unit = text.chars().last().filter(char::is_ascii).ok_or_else(wrong)?;
    let number: i64 = text
        .strip_suffix(unit)
        .and_then(|number| number.parse().ok())
        .filter(|number| *number >= 0)
        .ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return Err(wrong()),
    };
    let ago = SignedDuration::from_secs(number.checked_mul(seconds).ok_or_else(wrong)?);
    Timestamp::now().checked_sub(ago).map_err(|_| wrong())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_lengths_or_moments() {
        let now = Timestamp::now().as_second();
        for (text, ago) in [("90m", 5_400), ("24h", 86_400), ("7d", 604_800), ("0s", 0)] {
            assert!((since(text).unwrap().as_second() - (now - ago)).abs() < 3, "{text}");
        }
        assert!(since("2026-11-28T09:00:00Z").is_ok());
        for text in ["", "yesterday", "-5m", "5y", "9999999999999999d", "é"] {
            assert!(since(text).unwrap_err().contains("24h"), "{text}");
        }
    }
}
