//! Configured ways into clusters.

use std::path::PathBuf;
use std::sync::Arc;

use kube::config::Kubeconfig;

use super::impersonation::Impersonation;
use super::stanza;
use crate::aws::{EksCluster, Place};
use crate::model::Clean;

/// One configured way into one cluster. Several may lead to the same cluster.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the configuration calls it: a label, never a path or an identity.
    pub name: Clean,
    /// How it leads there.
    pub way: Way,
    /// Whether it is the kubeconfig's `current-context`.
    pub current: bool,
    /// Whom requests are made as, where not as oneself.
    pub impersonation: Option<Impersonation>,
    server: Clean,
    account: Option<Clean>,
    region: Option<Clean>,
    place: Option<Place>,
    eks: Option<String>,
}

/// How an entry leads to its cluster.
#[derive(Clone, Debug)]
pub enum Way {
    /// A context of a kubeconfig.
    Kubeconfig {
        /// The files that were read, in the order of their precedence.
        files: Vec<PathBuf>,
        /// The context's name.
        context: String,
        /// What the files say, merged.
        config: Arc<Kubeconfig>,
    },
    /// An EKS cluster that was discovered; no kubeconfig is read.
    Eks(Box<EksCluster>),
    /// No cluster: an AWS account alone, for what is done in accounts of which no cluster is here.
    Account,
}

impl Entry {
    /// The way into a discovered EKS cluster.
    pub fn eks(cluster: EksCluster) -> Self {
        Self {
            name: cluster.name.clone(),
            current: false,
            impersonation: None,
            server: Clean::from(cluster.endpoint.as_str()),
            account: Some(cluster.account.clone()),
            region: Some(cluster.region.clone()),
            place: Some(cluster.place.clone()),
            eks: Some(cluster.name.to_string()),
            way: Way::Eks(Box::new(cluster)),
        }
    }

    /// The way into an account alone; there is no API server.
    pub fn alone(name: Clean, place: Place) -> Self {
        Self {
            name,
            way: Way::Account,
            current: false,
            impersonation: None,
            server: Clean::default(),
            account: None,
            region: place.region.as_deref().map(Clean::from),
            place: Some(place),
            eks: None,
        }
    }

    /// The same way, asking as somebody where somebody is named, whatever the configuration says.
    #[must_use]
    pub fn asking_as(self, who: Option<&Impersonation>) -> Self {
        Self { impersonation: who.cloned().or(self.impersonation), ..self }
    }

    /// The AWS account number, where the configuration tells.
    pub fn account(&self) -> Option<&Clean> {
        self.account.as_ref()
    }

    /// The AWS Region, where the configuration tells.
    pub fn region(&self) -> Option<&Clean> {
        self.region.as_ref()
    }

    /// Where the account of its nodes is asked: the exec stanza's profile, Region and role,
    /// or the default credential chain. `None` for a cluster that has no account.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// The name of the EKS cluster, where the configuration tells.
    pub fn eks_name(&self) -> Option<&str> {
        self.eks.as_deref()
    }

    /// URL of the API server; empty where the configuration names none.
    pub fn server(&self) -> &Clean {
        &self.server
    }

    pub(super) fn context(files: &[PathBuf], config: &Arc<Kubeconfig>, name: &str) -> Self {
        let context = config.contexts.iter().find(|named| named.name == name).and_then(|named| named.context.as_ref());
        let cluster_name = context.map(|context| context.cluster.as_str()).unwrap_or_default();
        let cluster =
            config.clusters.iter().find(|named| named.name == cluster_name).and_then(|named| named.cluster.as_ref());
        let server = cluster.and_then(|cluster| cluster.server.as_deref()).unwrap_or_default();
        let arn = Arn::parse(cluster_name).or_else(|| Arn::parse(name));
        let region = arn
            .as_ref()
            .map(|arn| arn.region)
            .or_else(|| region_of_server(server))
            .map(str::to_owned)
            .or_else(|| stanza::of(config, name).and_then(stanza::region));
        let request = stanza::of(config, name).and_then(stanza::read);
        let eks = arn.as_ref().map(|arn| arn.cluster.to_owned());
        let eks = eks.or_else(|| request.as_ref().map(|request| request.cluster.clone()));
        let place = match cluster.and_then(embedded) {
            Some(endpoint) => endpoint.map(|endpoint| {
                let (region, embedded) = (region.clone(), Some(endpoint));
                Place { region, embedded, ..Place::default() }
            }),
            None => {
                let place = request.map(|request| request.place).unwrap_or_default();
                Some(Place { region: place.region.or_else(|| region.clone()), ..place })
            }
        };
        Self {
            name: Clean::from(name),
            way: Way::Kubeconfig { files: files.to_vec(), context: name.to_owned(), config: Arc::clone(config) },
            current: config.current_context.as_deref() == Some(name),
            impersonation: Impersonation::configured(config, name),
            server: Clean::from(server),
            account: arn.as_ref().map(|arn| Clean::from(arn.account)),
            region: region.map(Clean::from),
            place,
            eks,
        }
    }
}

/// The cluster extension by which an embedded cluster says that no account of the user's
/// is behind it, and where its own is, if it has one: `{"account": "http://127.0.0.1:…"}`.
pub const EMBEDDED: &str = "gameday.podmortem";

fn embedded(cluster: &kube::config::Cluster) -> Option<Option<String>> {
    let extension = cluster.extensions.iter().flatten().find(|extension| extension.name == EMBEDDED)?;
    Some(extension.extension.get("account").and_then(|account| account.as_str()).map(str::to_owned))
}

/// `arn:PARTITION:eks:REGION:ACCOUNT:cluster/NAME`, as `aws eks update-kubeconfig` names clusters.
struct Arn<'a> {
    region: &'a str,
    account: &'a str,
    cluster: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let (arn, _partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, resource) = (parts.next()?, parts.next()?, parts.next()?);
        let cluster = resource.strip_prefix("cluster/")?;
        let known = arn == "arn" && service == "eks";
        (known && !region.is_empty() && !account.is_empty()).then_some(Self { region, account, cluster })
    }
}

/// The Region in `https://ID.gr7.REGION.eks.amazonaws.com` (`.com.cn` in China).
fn region_of_server(server: &str) -> Option<&str> {
    let host = server.strip_prefix("https://")?.split(['/', ':']).next()?;
    let (before, after) = host.split_once(".eks.")?;
    after.starts_with("amazonaws.com").then(|| before.rsplit('.').next()).flatten()
}
