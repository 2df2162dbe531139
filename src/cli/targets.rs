//! What an action is asked to act on.

use std::time::Duration;

use color_eyre::eyre::Result;
use serde::Deserialize;

use super::exit::Ended;
use super::fleet::{Fleet, Which};
use super::list::{Noun, Selectors, rows};
use super::place::Place;
use super::{Exit, Startup};
use crate::actions::{self, Action, Spec};
use crate::kubernetes::Error;
use crate::model::{Clean, Kind, Options, Setting, Target, Uid};

/// Time that the cluster is given to list what is selected.
const PATIENCE: Duration = Duration::from_secs(20);

/// An action and its targets
#[derive(clap::Args, Debug)]
pub struct Aim {
    /// The action's id; `podmortem actions` lists them
    #[arg(value_name = "ACTION")]
    pub action: Option<String>,
    /// KIND/NAME, a NAME, a workload (all of its pods), or a kind with selectors: `pods -l app=web`
    #[arg(value_name = "TARGET")]
    pub targets: Vec<String>,
    /// Set an option of the action, as `podmortem actions ACTION` lists them
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<Setting>,
    #[command(flatten)]
    pub selectors: Selectors,
}

impl Aim {
    /// The action that is meant.
    pub fn action(&self) -> Result<&'static dyn Action> {
        let known = || actions::all().iter().map(|action| action.spec().id).collect::<Vec<_>>().join(", ");
        let asked = self.action.as_deref().ok_or_else(|| Ended::usage(format!("name an action: {}", known())))?;
        let no_such = || Ended::usage(format!("there is no action {}; there are {}", Clean::from(asked), known()));
        actions::find(asked).ok_or_else(no_such)
    }

    /// What was set with `--set`.
    pub fn options(&self) -> Options {
        self.set.iter().cloned().collect()
    }

    /// The objects that are meant, each known by its UID from here on.
    pub async fn resolve(&self, startup: &Startup, place: &Place) -> Result<Vec<Target>> {
        let spec = self.action()?.spec();
        let mut targets: Vec<Target> = Vec::new();
        for words in self.words(spec)? {
            let found = match words {
                Words::Named(Kind::Finding, name) => vec![finding(place, &name).await?],
                Words::Named(Kind::Cluster, name) => vec![cluster(place, &name).await?],
                Words::Named(kind, name) => vec![self.named(place, kind, &name).await?],
                Words::Selected(kind, selectors) => selected(startup, place, kind, &selectors).await?,
            };
            targets.extend(found.into_iter().filter(|target| !targets.contains(target)).collect::<Vec<_>>());
        }
        Ok(targets)
    }

    fn words(&self, spec: &Spec) -> Result<Vec<Words>> {
        let kinds = spec.kinds;
        let mut all = Vec::new();
        let mut words = self.targets.iter().peekable();
        while let Some(word) = words.next() {
            all.push(match word.split_once('/') {
                Some((kind, name)) => self.of_kind(kind, name, spec)?,
                None => match Kind::acted_on(word).filter(|kind| kinds.contains(kind)) {
                    // `pod web-1` is `pod/web-1`; `pods -l app=web` is a selection.
                    Some(kind) => match words.next_if(|next| !next.contains('/')) {
                        Some(name) => Words::Named(kind, name.clone()),
                        None => self.selection(kind)?,
                    },
                    None => match kinds {
                        [only] => Words::Named(*only, word.clone()),
                        _ => return Err(Ended::usage(format!("{}: write KIND/NAME", Clean::from(word.as_str())))),
                    },
                },
            });
        }
        if all.is_empty() {
            let Some(kind) = kinds.first() else { return Ok(all) };
            all.push(self.selection(*kind)?);
        }
        Ok(all)
    }

    fn of_kind(&self, kind: &str, name: &str, spec: &Spec) -> Result<Words> {
        let kinds = spec.kinds;
        let word = Clean::from(kind);
        let kind = Kind::acted_on(kind).ok_or_else(|| Ended::usage(format!("there is no kind {word} here")))?;
        if kinds.contains(&kind) {
            return Ok(Words::Named(kind, name.to_owned()));
        }
        let Some(acted_on) = kinds.first().filter(|_| Kind::WORKLOADS.contains(&kind) || kind == Kind::Pod) else {
            return Err(Ended::usage(format!("{} does not act on a {kind}", spec.id)));
        };
        if kind == Kind::Pod {
            return Err(Ended::usage(format!("{} acts on a {acted_on}, and {name} is a pod", spec.id)));
        }
        let workload = vec![format!("{}/{name}", kind.plural())];
        Ok(Words::Selected(*acted_on, Selectors { workload, ..self.selectors.clone() }))
    }

    /// A kind alone is not a selection: acting on everything is nobody's slip of the finger.
    fn selection(&self, kind: Kind) -> Result<Words> {
        match kind {
            Kind::Finding => return Err(Ended::usage("name the findings to act on: finding/ID, finding/REGION/ID")),
            // A command acts on one cluster, and the context names it.
            Kind::Cluster => return Ok(Words::Named(kind, String::new())),
            _ => {}
        }
        let bare = Selectors { namespace: vec![], all_namespaces: false, ..self.selectors.clone() };
        if bare.query()?.is_empty() {
            return Err(Ended::usage(format!(
                "name the {} to act on, or select them: -l app=web, --image REF, --workload deploy/web",
                kind.plural()
            )));
        }
        Ok(Words::Selected(kind, self.selectors.clone()))
    }

    async fn named(&self, place: &Place, kind: Kind, name: &str) -> Result<Target> {
        #[derive(Deserialize)]
        struct Object {
            metadata: Meta,
        }
        #[derive(Deserialize)]
        struct Meta {
            uid: Uid,
            name: Clean,
            namespace: Option<Clean>,
        }
        let namespace = match self.selectors.namespace.as_slice() {
            _ if !kind.namespaced() => String::new(),
            [] => place.namespace.clone(),
            [only] => only.clone(),
            _ => return Err(Ended::usage("a name is looked for in one namespace: give -n once")),
        };
        let read = place.site.cluster.read();
        let body = match read.get(kind, &namespace, name).await {
            Err(Error::NotFound { .. }) => {
                let place = if namespace.is_empty() { String::new() } else { format!(" in the namespace {namespace}") };
                return Err(Ended::failed(format!(
                    "there is no {kind} {}{place}; -n names another",
                    Clean::from(name)
                )));
            }
            read => read?,
        };
        let Object { metadata } = serde_json::from_slice(&body)?;
        let Meta { uid, name, namespace } = metadata;
        Ok(Target { cluster: place.site.identity.cluster, kind, namespace, name, uid })
    }
}

/// One target as it was written.
enum Words {
    Named(Kind, String),
    Selected(Kind, Selectors),
}

/// A finding by its id, or by Region and id where it is of another Region than the cluster.
async fn finding(place: &Place, name: &str) -> Result<Target> {
    let cluster = &place.site.cluster;
    let (region, id) = match name.rsplit_once('/') {
        Some((region, id)) => (region.to_owned(), id),
        None => {
            let account = cluster.account("").await;
            let account = account.map_err(|why| Ended::failed(format!("the finding cannot be looked for: {why}")))?;
            (account.region(), name)
        }
    };
    Ok(Target::finding(place.site.identity.cluster, &region, id))
}

/// The cluster that the context leads to; a name that is given must be its own, in EKS or in the kubeconfig.
async fn cluster(place: &Place, name: &str) -> Result<Target> {
    let entry = place.site.cluster.entry();
    let own = match entry.eks_name() {
        Some(own) => own.into(),
        // Only the account knows what EKS calls it.
        None => place.site.cluster.control_plane().await.map_or_else(|_| entry.name.clone(), |plane| plane.name),
    };
    if !name.is_empty() && *own != *name && *entry.name != *name {
        let name = Clean::from(name);
        return Err(Ended::usage(format!("the context leads to {own}, not to {name}; --context chooses another")));
    }
    Ok(Target::of_cluster(place.site.identity.cluster, own))
}

/// What the selectors select now, in the one cluster that is acted on.
async fn selected(startup: &Startup, place: &Place, kind: Kind, selectors: &Selectors) -> Result<Vec<Target>> {
    let noun = Noun::Kind(kind);
    let query = selectors.query()?;
    let mut fleet = Fleet::open(startup, Which::Asked).await?;
    let needs = noun.needs(&query);
    fleet.gather(&needs, PATIENCE).await;
    if fleet.tell_failures(&needs) != Exit::Done {
        return Err(Ended::failed("what is selected is not known for certain, so nothing is done"));
    }
    let found = rows(noun, kind, &query, &fleet.inventory);
    let targets = found.iter().filter_map(|row| fleet.inventory.target(row.id()));
    let targets: Vec<_> = targets.filter(|target| target.cluster == place.site.identity.cluster).collect();
    if targets.is_empty() { Err(Ended::failed("nothing is selected")) } else { Ok(targets) }
}
