//! The one cluster and the one case of a command that acts.

use std::sync::Arc;

use color_eyre::eyre::Result;

use super::exit::Ended;
use super::fleet::{Which, find};
use super::{Startup, USER_AGENT};
use crate::case::Case;
use crate::kubernetes::entry::Way;
use crate::kubernetes::{Cluster, Entry, ReadOnly};
use crate::model::SessionId;
use crate::response::Site;

/// Where a command acts.
pub struct Place {
    /// The cluster.
    pub site: Site,
    /// The namespace of names without `-n`: the context's own.
    pub namespace: String,
}

impl Place {
    /// Connects to the one cluster that is meant.
    pub async fn of(startup: &Startup, case: Option<&Case>) -> Result<Self> {
        let latch = if startup.read_only() { ReadOnly::closed() } else { ReadOnly::open() };
        let mut ways = find(startup, Which::Asked, &latch).await?;
        let entry = match (ways.found.pop(), ways.found.len()) {
            (Some(entry), 0) => entry,
            (Some(_), _) => return Err(Ended::usage("one cluster is acted on at a time: choose it with --context")),
            (None, _) => {
                let why = ways.failed.first().map(|(place, why)| format!("{place}: {why}")).unwrap_or_default();
                return Err(Ended::failed(why));
            }
        };
        let namespace = namespace_of(&entry);
        let agent = match case {
            Some(case) => format!("{USER_AGENT} case/{}", case.id().slug()),
            None => USER_AGENT.to_owned(),
        };
        let cluster = Cluster::new(SessionId(0), entry, latch, &agent)?;
        let site = Site::of(cluster).await?;
        if let Some(case) = case {
            let known = case.summary()?.clusters;
            if !known.is_empty() && !known.contains(&site.identity.cluster) && startup.options.context.is_empty() {
                return Err(Ended::refused(format!(
                    "case {} is about other clusters than {}; to act on this one too, name it with --context",
                    case.id(),
                    site.cluster.entry().name
                )));
            }
        }
        Ok(Self { site, namespace })
    }
}

/// The case that was named with `--case`.
pub fn case(startup: &Startup) -> Result<Option<Arc<Case>>> {
    let Some(named) = &startup.options.case else { return Ok(None) };
    Ok(Some(Arc::new(Case::open(&startup.directories, named)?)))
}

/// The same, where nothing is done without one.
pub fn case_needed(startup: &Startup) -> Result<Arc<Case>> {
    case(startup)?.ok_or_else(|| {
        Ended::usage(
            "nothing is done outside a case: name one with --case ID; \
             `podmortem case new --id ID --responder WHO` opens one",
        )
    })
}

/// The namespace of names without `-n`: the context's own.
pub fn namespace_of(entry: &Entry) -> String {
    let own = match &entry.way {
        Way::Kubeconfig { context, config, .. } => config
            .contexts
            .iter()
            .find(|named| named.name == *context)
            .and_then(|named| named.context.as_ref()?.namespace.clone()),
        Way::Eks(_) | Way::Account => None,
    };
    own.filter(|namespace| !namespace.is_empty()).unwrap_or_else(|| "default".to_owned())
}
