//! Protobuf's encoding, as far as reading needs it: <https://protobuf.dev/programming-guides/encoding/>.

use super::Broken;
use super::text::Text;

/// The fields of a message, in the order in which they were sent.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a>(&'a [u8]);

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A varint: integers and booleans.
    Number(u64),
    /// A length-prefixed value: text, bytes or a message.
    Bytes(&'a [u8]),
    /// A fixed-width number; nothing that podmortem reads is one.
    Fixed,
}

impl<'a> Fields<'a> {
    /// The fields of a message.
    pub const fn of(message: &'a [u8]) -> Self {
        Self(message)
    }

    fn read(&mut self) -> Result<(u32, Value<'a>), Broken> {
        let (tag, rest) = varint(self.0)?.ok_or(Broken::Short)?;
        let field = u32::try_from(tag >> 3).map_err(|_| Broken::Form)?;
        let (value, rest) = match tag & 7 {
            0 => varint(rest)?.map(|(number, rest)| (Value::Number(number), rest)).ok_or(Broken::Short)?,
            1 => (Value::Fixed, rest.get(8..).ok_or(Broken::Short)?),
            2 => {
                let (length, rest) = varint(rest)?.ok_or(Broken::Short)?;
                let length = usize::try_from(length).map_err(|_| Broken::TooLong)?;
                let (bytes, rest) = rest.split_at_checked(length).ok_or(Broken::Short)?;
                (Value::Bytes(bytes), rest)
            }
            5 => (Value::Fixed, rest.get(4..).ok_or(Broken::Short)?),
            _ => return Err(Broken::Form),
        };
        self.0 = rest;
        Ok((field, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Value<'a>), Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.0 = &[];
        }
        Some(read)
    }
}

impl<'a> Value<'a> {
    /// The value as a message or text; an error where it is a number.
    pub const fn bytes(self) -> Result<&'a [u8], Broken> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Broken::Form),
        }
    }

    /// The value as text.
    pub fn text(self) -> Result<Text<'a>, Broken> {
        self.bytes().map(Text::from)
    }

    /// The value as a number; an error where it is text.
    pub const fn number(self) -> Result<u64, Broken> {
        match self {
            Self::Number(number) => Ok(number),
            _ => Err(Broken::Form),
        }
    }

    /// The value as a truth.
    pub fn truth(self) -> Result<bool, Broken> {
        self.number().map(|number| number != 0)
    }

    /// The value as an `int32`, as protobuf writes negative ones: in ten bytes.
    pub fn int(self) -> Result<i32, Broken> {
        self.number().map(|number| number as i32)
    }
}

/// Reads a varint; `None` where the bytes end before it does.
pub fn varint(bytes: &[u8]) -> Result<Option<(u64, &[u8])>, Broken> {
    let mut number = 0u64;
    for (place, byte) in bytes.iter().enumerate() {
        if place > 9 {
            return Err(Broken::Form);
        }
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(Some((number, bytes.get(place + 1..).unwrap_or_default())));
        }
    }
    if bytes.len() > 9 { Err(Broken::Form) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_is_taken_apart() {
        let message = [0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0, 0];
        let fields: Result<Vec<_>, _> = Fields::of(&message).collect();
        assert_eq!(fields, Ok(vec![(1, Value::Number(150)), (2, Value::Bytes(b"hi")), (3, Value::Fixed)]));
    }

    #[test]
    fn huge_lengths_and_endless_numbers_are_errors() {
        for message in [&[0x12, 0xff, 0xff, 0xff, 0xff, 0x7f][..], &[0xff; 12], &[0x0b], &[0x12], &[0x80]] {
            assert!(Fields::of(message).any(|field| field.is_err()), "{message:?}");
        }
    }

    proptest! {
        #[test]
        fn garbage_ends(message in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Fields::of(&message).count() <= message.len());
        }
    }
}
