//! Ages as `kubectl` writes them.

use jiff::Timestamp;
use serde_json::Value;

/// A length of time in seconds, as short as `kubectl` has it: `45s`, `3m5s`, `12m`, `5h30m`, `2d3h`, `40d`, `2y4d`.
pub(super) fn duration(seconds: i64) -> String {
    let pair = |large: i64, unit: &str, small: i64, part: &str| {
        if small == 0 { format!("{large}{unit}") } else { format!("{large}{unit}{small}{part}") }
    };
    let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86_400);
    match seconds {
        ..=-2 => "<invalid>".to_owned(),
        -1..=0 => "0s".to_owned(),
        1..120 => format!("{seconds}s"),
        120..600 => pair(minutes, "m", seconds % 60, "s"),
        600..10_800 => format!("{minutes}m"),
        10_800..28_800 => pair(hours, "h", minutes % 60, "m"),
        28_800..172_800 => format!("{hours}h"),
        172_800..691_200 => pair(days, "d", hours % 24, "h"),
        691_200..63_072_000 => format!("{days}d"),
        63_072_000..252_288_000 => pair(days / 365, "y", days % 365, "d"),
        _ => format!("{}y", days / 365),
    }
}

/// The seconds between a moment in an object and now; `None` where it names none.
pub(super) fn since(object: &Value, pointer: &str, now: Timestamp) -> Option<i64> {
    let then: Timestamp = object.pointer(pointer)?.as_str()?.parse().ok()?;
    Some(now.as_second() - then.as_second())
}

/// The age of a moment in an object; `<unknown>` where it names none.
pub(super) fn at(object: &Value, pointer: &str, now: Timestamp) -> String {
    since(object, pointer, now).map_or_else(|| "<unknown>".to_owned(), duration)
}

/// An object's age.
pub(super) fn age(object: &Value, now: Timestamp) -> Value {
    at(object, "/metadata/creationTimestamp", now).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_read_as_kubectl_writes_them() {
        let written = [(0, "0s"), (119, "119s"), (120, "2m"), (185, "3m5s"), (600, "10m"), (10_799, "179m")];
        let longer =
            [(10_800, "3h"), (12_600, "3h30m"), (28_800, "8h"), (172_800, "2d"), (180_000, "2d2h"), (700_000, "8d")];
        for (seconds, text) in written.into_iter().chain(longer).chain([(63_072_000, "2y"), (-5, "<invalid>")]) {
            assert_eq!(duration(seconds), text, "{seconds}");
        }
    }
}
