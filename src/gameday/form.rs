//! Queries and forms, as URLs and requests carry them (`application/x-www-form-urlencoded`).

/// The pairs of a query or a form, in their order.
pub(super) fn pairs(written: &str) -> Vec<(String, String)> {
    let pairs = written.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key), decoded(value))
    });
    pairs.collect()
}

/// A key or value as it was meant.
pub(super) fn decoded(text: &str) -> String {
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let digits = [bytes.next(), bytes.next()].map(|digit| digit.and_then(|d| char::from(d).to_digit(16)));
                let [Some(high), Some(low)] = digits else { continue };
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
            }
            other => out.push(other),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
