//! What goes on without anybody asking: controllers, kubelets, trouble.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;

use super::cluster::Cluster;

/// What life remembers from step to step.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// Steps so far.
    pub(super) steps: u64,
}

/// Goes a step on at every tick until it is aborted.
pub(super) fn keep_going(cluster: Arc<Cluster>, pace: Duration) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(pace);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            step(&cluster);
        }
    })
}

/// One step.
pub(super) fn step(cluster: &Cluster) {
    let mut life = cluster.life();
    life.steps += 1;
}
