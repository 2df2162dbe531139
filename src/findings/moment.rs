//! Times, in every form in which reporters write them.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::member::at;

/// The moment at a path of member names.
pub fn moment(value: &Value, path: &str) -> Option<Timestamp> {
    match at(value, path)? {
        Value::Number(number) => of_number(number.as_f64()?),
        Value::String(text) => of_text(text.trim()),
        _ => None,
    }
}

/// RFC 3339 with any offset, the same without one (then it is UTC) or with a space, or a number as text.
fn of_text(text: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(civil) = text.parse::<DateTime>() {
        return civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
    }
    of_number(text.parse().ok()?)
}

/// Seconds since 1970, or thousandths, millionths or billionths of them: what lies between 1973 and
/// 5138 as one of these lies elsewhere as the others.
fn of_number(number: f64) -> Option<Timestamp> {
    let millis = match number {
        seconds if (0.0..1e11).contains(&seconds) => seconds * 1e3,
        millis if (1e11..1e14).contains(&millis) => millis,
        micros if (1e14..1e17).contains(&micros) => micros / 1e3,
        nanos if (1e17..1e20).contains(&nanos) => nanos / 1e6,
        _ => return None,
    };
    Timestamp::from_millisecond(millis.round() as i64).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn one_moment_in_every_form() {
        let wanted: Timestamp = "2024-05-28T00:04:16.938Z".parse().unwrap();
        for written in [
            json!(1.716_854_656_938E9),
            json!("1.716854656938E9"),
            json!(1_716_854_656_938_i64),
            json!(1_716_854_656_938_000_i64),
            json!("2024-05-28T00:04:16.938Z"),
            json!("2024-05-27T19:04:16.938-05:00"),
            json!("2024-05-28T00:04:16.938000+00:00"),
            json!("2024-05-28 00:04:16.938000000"),
            json!("2024-05-28T00:04:16.938"),
        ] {
            assert_eq!(moment(&json!({"t": written}), "t"), Some(wanted), "{written}");
        }
    }

    #[test]
    fn what_is_no_moment_is_none() {
        for written in [json!("yesterday"), json!(""), json!(-5), json!(1e300), json!([]), json!(null), json!("NaN")] {
            assert_eq!(moment(&json!({"t": written}), "t"), None, "{written}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in ".{0,30}", number: f64) {
            moment(&json!({"t": text}), "t");
            moment(&json!({"t": number}), "t");
        }
    }
}
