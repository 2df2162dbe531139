//! The cluster as one plan sees it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde_json::Value;
use tokio::sync::OnceCell;

use super::pages::Pages;
use crate::actions::Look;
use crate::aws::{Account, ControlPlane, NodeLost, Unsaid};
use crate::kubernetes::{Error, Read};

type Once<T> = Arc<OnceCell<T>>;

/// Reads everything once, however many targets ask for it and however many at the
/// same time, so that all of them are planned against the same state. It lives as
/// long as one plan is made; what is looked at again is read through another.
pub struct View {
    read: Read,
    pages: Pages,
    answers: Mutex<HashMap<String, Once<Result<Bytes, Error>>>>,
    agents: Mutex<HashMap<String, Once<Result<(), NodeLost>>>>,
    plane: OnceCell<Result<ControlPlane, Unsaid>>,
}

impl View {
    /// A view of the objects at some paths, in which nothing was read yet.
    pub fn of(read: Read, paths: impl IntoIterator<Item = String>) -> Self {
        let pages = Pages::of(paths);
        Self { read, pages, answers: Mutex::default(), agents: Mutex::default(), plane: OnceCell::new() }
    }
}

/// Where the answer to a question is, or will be.
fn once<T>(all: &Mutex<HashMap<String, Once<T>>>, question: String) -> Once<T> {
    Arc::clone(all.lock().unwrap_or_else(PoisonError::into_inner).entry(question).or_default())
}

#[async_trait]
impl Look for View {
    async fn get(&self, path: &str) -> Result<Bytes, Error> {
        let answer = once(&self.answers, path.to_owned());
        let asked = || async {
            match self.pages.get(&self.read, path).await {
                Some(object) => Ok(object),
                None => self.read.get_path(path).await,
            }
        };
        answer.get_or_init(asked).await.clone()
    }

    async fn review(&self, path: &str, body: &Value) -> Result<Bytes, Error> {
        let answer = once(&self.answers, format!("{path} {body}"));
        answer.get_or_init(|| Read::review(&self.read, path, body)).await.clone()
    }

    async fn stream(&self, path: &str) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        Look::stream(&self.read, path).await
    }

    async fn agent(&self, instance: &str) -> Result<(), NodeLost> {
        once(&self.agents, instance.to_owned()).get_or_init(|| Look::agent(&self.read, instance)).await.clone()
    }

    async fn account(&self, region: &str) -> Result<Account, Unsaid> {
        Look::account(&self.read, region).await
    }

    async fn control_plane(&self) -> Result<ControlPlane, Unsaid> {
        self.plane.get_or_init(|| Look::control_plane(&self.read)).await.clone()
    }
}
