//! The first page of pods goes first: people wait for it, and for nothing else yet.

use std::time::Duration;

use tokio::sync::watch;

/// How long everything else waits at most: a server that is slow with pods may be quick with the rest.
const LONGEST: Duration = Duration::from_millis(250);

/// Holds back what is less urgent while the first pods are on their way.
#[derive(Clone, Debug)]
pub struct HeadStart(watch::Sender<bool>);

impl HeadStart {
    /// One that is given, or one that is over already because no pods are asked for.
    pub fn new(given: bool) -> Self {
        Self(watch::Sender::new(!given))
    }

    /// The first pods are here, or will not come.
    pub fn over(&self) {
        self.0.send_if_modified(|over| !std::mem::replace(over, true));
    }

    /// Waits until it is over, and not for long.
    pub async fn wait(&self) {
        let mut told = self.0.subscribe();
        let _ = tokio::time::timeout(LONGEST, told.wait_for(|over| *over)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Instant;

    #[tokio::test]
    async fn it_ends_when_it_is_over_and_after_a_while() {
        let began = Instant::now();
        let given = HeadStart::new(true);
        given.wait().await;
        assert!(began.elapsed() >= LONGEST);
        given.over();
        for waits in [given, HeadStart::new(false)] {
            tokio::select! {
                biased;
                () = waits.wait() => {}
                () = std::future::ready(()) => panic!("it waits for nothing"),
            }
        }
    }
}
