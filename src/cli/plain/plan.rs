//! `plan ACTION`: what it would send, for the rows of the last list or for the scope.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::actions;
use crate::case::Plans;
use crate::cli::Startup;
use crate::cli::actions::risk;
use crate::cli::fleet::Fleet;
use crate::cli::place;
use crate::cli::plan::told;
use crate::model::{ClusterId, Target};
use crate::response::{self, Engine, Site};

use super::answer::clean_lines;

/// The actions in a line each.
pub fn actions() -> String {
    let all = actions::all();
    let mut text = format!("{} actions\n", all.len());
    for spec in all.iter().map(|action| action.spec()) {
        let kinds: Vec<_> = spec.kinds.iter().map(|kind| kind.plural()).collect();
        text.push_str(&format!("{}: {}; acts on {}; {}\n", spec.id, spec.title, kinds.join(", "), risk(spec.tier)));
    }
    text
}

/// Plans an action, for each cluster that its targets are in. Nothing that changes anything is sent.
pub async fn plan(action: &str, targets: Vec<Target>, fleet: &Fleet, startup: &Startup) -> Result<String, String> {
    let found = actions::find(action).ok_or_else(|| format!("there is no action {action}; actions lists them"))?;
    let kinds = found.spec().kinds;
    let all = targets.len();
    let mut by_cluster: BTreeMap<ClusterId, Vec<Target>> = BTreeMap::new();
    for target in targets.into_iter().filter(|target| kinds.contains(&target.kind)) {
        by_cluster.entry(target.cluster).or_default().push(target);
    }
    let meant: usize = by_cluster.values().map(Vec::len).sum();
    if meant == 0 {
        let kinds: Vec<_> = kinds.iter().map(|kind| kind.plural()).collect();
        return Err(format!("{action} acts on {}; name rows of those, or add them to the scope", kinds.join(", ")));
    }
    let case = place::case(startup).map_err(|error| format!("{error:#}"))?;
    let mut text = match all - meant {
        0 => format!("{meant} targets\n"),
        others => format!("{meant} targets; {others} others are of kinds that {action} does not act on\n"),
    };
    for (id, targets) in by_cluster {
        let session = fleet.inventory.session_of(id).ok_or_else(|| format!("the cluster {id} is not open"))?;
        let cluster = fleet.cluster(session).ok_or_else(|| format!("the cluster {id} is not open"))?;
        let site = Site::of(cluster.clone()).await.map_err(|error| error.to_string())?;
        let case_id = case.as_ref().map(|case| case.id());
        let plan = response::plan(action, &site, &targets, case_id).await.map_err(|error| error.to_string())?;
        let kept = match &case {
            Some(case) if !startup.read_only() => match Engine::new(Arc::clone(case)) {
                Ok(engine) => engine.keep(&site, &plan).await,
                Err(error) => Err(error),
            },
            _ => Plans::outside(startup.directories.state()).keep(&plan).map(drop),
        };
        kept.map_err(|error| error.to_string())?;
        let hash = plan.hash();
        text.push_str(&clean_lines(&told(&plan)));
        let name = case_id.map_or_else(|| "ID".to_owned(), ToString::to_string);
        text.push_str(&format!(
            "to run it: podmortem --context {} act --plan {hash} --case {name}\n",
            cluster.entry().name
        ));
    }
    Ok(text)
}
