//! A cluster's pulse: whether it answers, and who it is.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use crate::kubernetes::connect::Cluster;
use crate::kubernetes::error::Error;
use crate::model::{Clean, Health, News, Update};

/// Time between two beats.
const EVERY: Duration = Duration::from_secs(5);

/// Asks the server how it is, for ever. The first answer leads to its identity;
/// an answer after a silence wakes the watches that wait.
pub async fn run(cluster: Cluster, news: mpsc::Sender<Update>, awake: Arc<Notify>) {
    let session = cluster.session();
    let read = cluster.read();
    let mut identified = false;
    let mut silent = false;
    loop {
        let mut health = beat(read.livez().await);
        if health == Health::Live && !identified {
            match read.identify().await {
                Ok(identity) => {
                    identified = true;
                    if news.send(Update { session, news: News::Identified(identity) }).await.is_err() {
                        return;
                    }
                }
                Err(error) => health = beat(Err(error)),
            }
        }
        if health == Health::Live && silent {
            awake.notify_waiters();
        }
        silent = matches!(health, Health::Failing { .. });
        if news.send(Update { session, news: News::Cluster(health) }).await.is_err() {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// What the server's answer says of the connection. Whoever may not ask for
/// `/livez`, or asks a server that has none, got an answer all the same.
fn beat(answer: Result<(), Error>) -> Health {
    match answer {
        Ok(()) => Health::Live,
        Err(Error::Forbidden { what, .. } | Error::NotFound { what, .. }) if what.contains("/livez") => Health::Live,
        Err(Error::Forbidden { what, said }) => Health::Forbidden(Clean::from(format!("{what}: {said}"))),
        Err(Error::Throttled { wait, .. }) => Health::Throttled(wait),
        Err(error) => Health::Failing { why: Clean::from(error.to_string()), retry_in: EVERY },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_pulse_even_if_it_is_no() {
        let (what, said) = (Clean::from("GET /livez"), Clean::from("no"));
        assert_eq!(beat(Err(Error::Forbidden { what, said: said.clone() })), Health::Live);
        let what = Clean::from("GET /api/v1/namespaces/kube-system");
        assert!(matches!(beat(Err(Error::Forbidden { what, said })), Health::Forbidden(_)));
    }
}
