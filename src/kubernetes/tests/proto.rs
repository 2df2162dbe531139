//! Protobuf written by hand, for tests.

/// A varint.
pub fn number(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A length-prefixed field.
pub fn field(field: u64, body: &[u8]) -> Vec<u8> {
    [number(field << 3 | 2), number(body.len() as u64), body.to_vec()].concat()
}

/// A pod whose UID ends in `place`, with a field that nobody reads.
pub fn pod(name: &str, place: usize) -> Vec<u8> {
    let uid = format!("0b5e8f8e-4a3c-4c86-9d3e-{place:012x}");
    let skipped = field(17, &[0xff; 40]);
    field(1, &[field(1, name.as_bytes()), field(5, uid.as_bytes()), field(6, b"4712"), skipped].concat())
}

/// An answer: the magic, and a message in its envelope.
pub fn answer(message: &[u8]) -> Vec<u8> {
    let envelope = [field(1, &field(1, b"v1")), field(2, message), field(3, b""), field(4, b"")].concat();
    [&b"k8s\0"[..], &envelope].concat()
}

/// A list of pods, with its resource version and the token of the next page.
pub fn pods(names: &[String], version: &str, next: &str) -> Vec<u8> {
    let head = field(1, &[field(2, version.as_bytes()), field(3, next.as_bytes())].concat());
    let items = names.iter().enumerate().flat_map(|(place, name)| field(2, &pod(name, place)));
    answer(&head.into_iter().chain(items).collect::<Vec<_>>())
}

/// One frame of a watch.
pub fn event(what: &str, message: &[u8]) -> Vec<u8> {
    let event = [field(1, what.as_bytes()), field(2, &field(1, &answer(message)))].concat();
    [&(event.len() as u32).to_be_bytes()[..], &event].concat()
}
