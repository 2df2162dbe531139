//! Watching over a case while it is followed.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::task::JoinSet;

use crate::case::Case;
use crate::cli::Startup;
use crate::cli::place::Place;
use crate::kubernetes::facts_of_list;
use crate::model::facts::{Facts, PodFacts};
use crate::model::{Kind, Target, Tier};
use crate::response::{Engine, Lookout, Seen, Site, Watch};

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(5);

/// Watches until the result is dropped. What is seen becomes a record, and so is
/// printed by whoever follows; a read-only process tells it on standard error.
pub async fn begin(startup: &Startup, case: Arc<Case>) -> Result<JoinSet<()>> {
    let place = Place::of(startup, Some(&case)).await?;
    let engine = Engine::new(case)?;
    let may_write = !startup.read_only();
    let mut tasks = JoinSet::new();
    let follower = engine.clone();
    tasks.spawn(async move {
        if let Err(error) = follower.follow().await {
            eprintln!("the case is not followed any more: {error}");
        }
    });
    tasks.spawn(async move {
        let mut watch = Watch::new(engine.clone(), place.site.clone());
        let mut lookout = Lookout::default();
        loop {
            for change in watch.round().await {
                if !may_write {
                    eprintln!("{change}");
                }
            }
            look_out(&engine, &place.site, &mut lookout, may_write).await;
            tokio::time::sleep(EVERY).await;
        }
    });
    Ok(tasks)
}

/// Looks at every pod of the cluster, where pods are contained.
async fn look_out(engine: &Engine, site: &Site, lookout: &mut Lookout, may_write: bool) {
    let jobs = engine.jobs().borrow().clone();
    let contained: Vec<_> = jobs
        .iter()
        .filter(|job| job.tier >= Tier::MayHurt && job.undoes.is_none())
        .flat_map(|job| job.targets.iter().map(move |state| (job, state)))
        .filter(|(_, state)| state.target.kind == Kind::Pod && state.undone.is_none() && state.verdict.is_some())
        .collect();
    jobs.iter().flat_map(|job| &job.alike).for_each(|sighting| lookout.told(sighting.pod.uid));
    lookout.keep(|id, uid| contained.iter().any(|(job, state)| job.id == *id && state.target.uid == uid));
    if contained.is_empty() {
        return;
    }
    let Ok(body) = site.cluster.read().list(Kind::Pod, "", "", "").await else { return };
    let Ok((pods, _)) = facts_of_list(Kind::Pod, &body) else { return };
    let pods: Vec<PodFacts> = pods.into_iter().filter_map(pod).collect();
    for (job, state) in contained {
        let target: &Target = &state.target;
        if let Some(pod) = pods.iter().find(|pod| pod.meta.uid == target.uid) {
            lookout.contain(&job.id, job.started.as_second(), target, Seen::from(pod));
        }
    }
    for pod in &pods {
        if let Some(sighting) = lookout.see(site.identity.cluster, Seen::from(pod)) {
            if !may_write {
                eprintln!("{} came up like {}: same {}", sighting.pod, sighting.like, sighting.shares);
            }
            engine.saw(sighting, may_write).await;
        }
    }
}

fn pod(facts: Facts) -> Option<PodFacts> {
    match facts {
        Facts::Pod(pod) => Some(*pod),
        _ => None,
    }
}
