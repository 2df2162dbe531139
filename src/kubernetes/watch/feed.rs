//! One kind's line to the inventory.

use tokio::sync::mpsc;

use super::super::error::Error;
use super::super::wire::Broken;
use crate::model::facts::Facts;
use crate::model::{Health, Kind, News, SessionId, Uid, Update};

/// Objects handed over at a time.
const BATCH: usize = 256;

/// A listing is reported after so many more objects.
const REPORT: usize = 1_024;

/// Why a watch stops what it is doing.
#[derive(Debug)]
pub enum Stop {
    /// Nobody listens any more.
    Closed,
    /// It failed; it may be tried again.
    Failed(Error),
    /// The server does not offer this way; the next one is taken.
    NotOffered,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// Sends one kind's news.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The kind.
    pub kind: Kind,
    session: SessionId,
    news: mpsc::Sender<Update>,
}

impl Feed {
    /// A line for one kind of one session.
    pub const fn new(session: SessionId, kind: Kind, news: mpsc::Sender<Update>) -> Self {
        Self { kind, session, news }
    }

    /// Sends news; waits while the inventory is busy.
    pub async fn send(&self, news: News) -> Result<(), Stop> {
        self.news.send(Update { session: self.session, news }).await.map_err(|_| Stop::Closed)
    }

    /// The state of this kind's watch.
    pub async fn health(&self, health: Health) -> Result<(), Stop> {
        self.send(News::Watch(self.kind, health)).await
    }

    fn send_blocking(&self, news: News) -> Result<(), Stop> {
        self.news.blocking_send(Update { session: self.session, news }).map_err(|_| Stop::Closed)
    }
}

/// What is collected before it is handed over, in order.
#[derive(Debug)]
pub struct Batch<'a> {
    feed: &'a Feed,
    facts: Vec<Facts>,
    gone: Vec<Uid>,
    unreadable: usize,
    listed: Option<usize>,
    reported: usize,
}

impl<'a> Batch<'a> {
    /// An empty batch of a list; its progress is reported.
    pub fn of_list(feed: &'a Feed) -> Self {
        Self { listed: Some(0), ..Self::of_changes(feed) }
    }

    /// An empty batch of changes.
    pub const fn of_changes(feed: &'a Feed) -> Self {
        Self { feed, facts: Vec::new(), gone: Vec::new(), unreadable: 0, listed: None, reported: 0 }
    }

    /// Takes an object that is there, or counts one that cannot be read. Says
    /// whether the batch is full.
    pub fn take(&mut self, item: Result<Facts, Broken>) -> bool {
        match item {
            Ok(facts) => self.facts.push(facts),
            Err(_) => self.unreadable += 1,
        }
        self.listed = self.listed.map(|listed| listed + 1);
        self.facts.len() >= BATCH
    }

    /// Takes an object that is gone.
    pub fn take_gone(&mut self, uid: Uid) {
        self.gone.push(uid);
    }

    /// Whether an object that is there waits for one that is gone, or the reverse:
    /// then their order matters, and what is collected goes first.
    pub const fn turns(&self, gone: bool) -> bool {
        if gone { !self.facts.is_empty() } else { !self.gone.is_empty() }
    }

    /// Hands over what was collected.
    pub async fn flush(&mut self) -> Result<(), Stop> {
        for news in self.drain() {
            self.feed.send(news).await?;
        }
        Ok(())
    }

    /// Hands over what was collected, from a thread that may wait.
    pub fn flush_blocking(&mut self) -> Result<(), Stop> {
        self.drain().into_iter().try_for_each(|news| self.feed.send_blocking(news))
    }

    /// How many objects arrived, where that is worth a line on the screen.
    fn progress(&mut self) -> Option<News> {
        let listed = self.listed.filter(|listed| *listed >= self.reported + REPORT)?;
        self.reported = listed;
        Some(News::Watch(self.feed.kind, Health::Listing(listed)))
    }

    fn drain(&mut self) -> Vec<News> {
        let kind = self.feed.kind;
        let mut news = Vec::new();
        if !self.facts.is_empty() {
            news.push(News::Facts(kind, std::mem::take(&mut self.facts)));
        }
        if !self.gone.is_empty() {
            news.push(News::Gone(kind, std::mem::take(&mut self.gone)));
        }
        if self.unreadable > 0 {
            news.push(News::Unreadable(kind, std::mem::take(&mut self.unreadable)));
        }
        news.extend(self.progress());
        news
    }
}
