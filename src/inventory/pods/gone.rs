//! Pods that vanished stay findable for a day.

use std::collections::VecDeque;

/// Most pods that are kept after they vanished.
const MOST: usize = 20_000;
/// How long they are kept, in seconds.
const KEPT: i64 = 24 * 3_600;

/// The places of pods that are gone, the longest gone first.
#[derive(Debug, Default)]
pub struct Gone {
    queue: VecDeque<(u32, i64)>,
    dropped: u64,
}

impl Gone {
    /// Takes a place in. Returns the place that has to go for it.
    pub fn add(&mut self, place: u32, now: i64) -> Option<u32> {
        self.queue.push_back((place, now));
        if self.queue.len() <= MOST {
            return None;
        }
        self.dropped += 1;
        self.queue.pop_front().map(|(place, _)| place)
    }

    /// A pod that was thought gone is there.
    pub fn returned(&mut self, place: u32) {
        self.queue.retain(|(held, _)| *held != place);
    }

    /// The places whose time is over.
    pub fn expired(&mut self, now: i64) -> Vec<u32> {
        let over = self.queue.iter().take_while(|(_, since)| now.saturating_sub(*since) > KEPT).count();
        self.dropped += over as u64;
        self.queue.drain(..over).map(|(place, _)| place).collect()
    }

    /// Pods kept.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Pods dropped so far.
    pub const fn dropped(&self) -> u64 {
        self.dropped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first_and_is_counted() {
        let mut gone = Gone::default();
        for place in 0..MOST as u32 {
            assert_eq!(gone.add(place, 0), None);
        }
        assert_eq!(gone.add(99_999, 1), Some(0));
        assert_eq!((gone.len(), gone.dropped()), (MOST, 1));
    }

    #[test]
    fn a_day_later_it_is_forgotten() {
        let mut gone = Gone::default();
        gone.add(1, 0);
        gone.add(2, 100);
        assert_eq!(gone.expired(KEPT + 1), vec![1]);
        assert_eq!((gone.len(), gone.dropped()), (1, 1));
    }
}
