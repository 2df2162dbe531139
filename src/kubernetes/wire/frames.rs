//! A watch's stream, cut into its frames.

use super::Broken;

/// Largest frame: etcd holds objects of 1.5 MiB, and JSON may double one.
const LONGEST: usize = 16 << 20;

/// How the frames of a stream are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// JSON: one line each.
    Lines,
    /// Protobuf: a length in four bytes, most significant first.
    Lengths,
}

/// Collects chunks and hands out whole frames.
#[derive(Debug)]
pub struct Frames {
    framing: Framing,
    buffer: Vec<u8>,
    read: usize,
}

impl Frames {
    /// An empty stream.
    pub const fn new(framing: Framing) -> Self {
        Self { framing, buffer: Vec::new(), read: 0 }
    }

    /// Takes the next chunk of the stream.
    pub fn push(&mut self, chunk: &[u8]) {
        self.buffer.drain(..self.read.min(self.buffer.len()));
        self.read = 0;
        if self.buffer.is_empty() && self.buffer.capacity() > (1 << 20) {
            self.buffer = Vec::new();
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// The next whole frame, if it is there.
    ///
    /// # Errors
    /// A frame is larger than any object.
    pub fn next(&mut self) -> Result<Option<&[u8]>, Broken> {
        let rest = self.buffer.get(self.read..).unwrap_or_default();
        let (skip, length, ends) = match self.framing {
            Framing::Lines => match memchr::memchr(b'\n', rest) {
                Some(end) => (0, end, end + 1),
                None if rest.len() > LONGEST => return Err(Broken::TooLong),
                None => return Ok(None),
            },
            Framing::Lengths => {
                let Some(prefix) = rest.first_chunk::<4>() else { return Ok(None) };
                let length = usize::try_from(u32::from_be_bytes(*prefix)).map_err(|_| Broken::TooLong)?;
                if length > LONGEST {
                    return Err(Broken::TooLong);
                }
                (4, length, 4 + length)
            }
        };
        if rest.len() < ends {
            return Ok(None);
        }
        let start = self.read + skip;
        self.read += ends;
        Ok(self.buffer.get(start..start + length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(frames: &mut Frames) -> Vec<Vec<u8>> {
        std::iter::from_fn(|| frames.next().unwrap().map(<[u8]>::to_vec)).collect()
    }

    proptest! {
        #[test]
        fn chunks_may_end_anywhere(bodies in proptest::collection::vec("[a-z]{0,20}", 0..8), cut in 1usize..7) {
            let lines: Vec<u8> = bodies.iter().flat_map(|body| format!("{body}\n").into_bytes()).collect();
            let lengths: Vec<u8> =
                bodies.iter().flat_map(|body| [&(body.len() as u32).to_be_bytes()[..], body.as_bytes()].concat()).collect();
            for (framing, stream) in [(Framing::Lines, lines), (Framing::Lengths, lengths)] {
                let mut frames = Frames::new(framing);
                let mut seen = Vec::new();
                for chunk in stream.chunks(cut) {
                    frames.push(chunk);
                    seen.extend(all(&mut frames));
                }
                prop_assert_eq!(&seen, &bodies.iter().map(|body| body.clone().into_bytes()).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn a_huge_length_is_refused_before_it_is_waited_for() {
        let mut frames = Frames::new(Framing::Lengths);
        frames.push(&[0xff, 0xff, 0xff, 0xff, 1]);
        assert_eq!(frames.next(), Err(Broken::TooLong));
    }
}
