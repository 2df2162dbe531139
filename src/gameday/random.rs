//! Numbers that look thrown and are the same for the same seed (SplitMix64).

use std::fmt::Write;

/// The letters that Kubernetes makes names of: no vowels, nothing that reads as another.
const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

/// A seeded generator. Never for secrets.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A generator that always says the same after this seed.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// One that depends on the seed and on a name, so that neighbours differ.
    pub(super) fn named(seed: u64, name: &str) -> Self {
        let mixed = name.bytes().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        Self(mixed)
    }

    /// The next 64 bits.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 where `end` is 0.
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// One of these.
    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        let place = self.below(from.len() as u64);
        from.get(usize::try_from(place).unwrap_or(0))
    }

    /// As many hexadecimal digits.
    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits);
        while text.len() < digits {
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }

    /// A version 4 UUID.
    pub(super) fn uuid(&mut self) -> String {
        let (high, low) = (self.next(), self.next());
        let variant = 0x8000 | (low >> 48 & 0x3fff);
        format!(
            "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xfff,
            variant,
            low & 0xffff_ffff_ffff
        )
    }

    /// The end of a generated name, as of a pod.
    pub(super) fn suffix(&mut self, letters: usize) -> String {
        (0..letters).filter_map(|_| self.pick(LETTERS).map(|letter| char::from(*letter))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_says_the_same() {
        let (mut one, mut other) = (Random::named(7, "shop"), Random::named(7, "shop"));
        assert_eq!(one.uuid(), other.uuid());
        assert_ne!(Random::named(7, "shop").uuid(), Random::named(8, "shop").uuid());
        assert_ne!(Random::named(7, "shop").uuid(), Random::named(7, "till").uuid());
    }

    #[test]
    fn a_uuid_is_of_version_four() {
        let uuid = Random::new(1).uuid();
        let parts: Vec<_> = uuid.split('-').map(str::len).collect();
        assert_eq!(parts, [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(b"89ab".contains(&uuid.as_bytes()[19]));
    }
}
