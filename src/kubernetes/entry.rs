//! Configured ways into clusters.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::config::{Kubeconfig, KubeconfigError};

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

/// A kubeconfig that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// A file is missing or cannot be read.
    #[error(
        "kubeconfig {}: {why}; name another with --kubeconfig or KUBECONFIG, or write one with `aws eks update-kubeconfig --name CLUSTER`",
        file.display()
    )]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// What the system says.
        why: Clean,
    },
    /// A file is no kubeconfig.
    #[error("kubeconfig {}: {why}; `kubectl config view --kubeconfig FILE` shows what kubectl makes of it", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: Clean,
    },
    /// There is nowhere to look.
    #[error("no kubeconfig: neither --kubeconfig nor KUBECONFIG is set and the home directory is unknown")]
    Nowhere,
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

    fn context(files: &[PathBuf], config: &Arc<Kubeconfig>, name: &str) -> Self {
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

/// The contexts of a kubeconfig, in its order. Without a path, the files of
/// `KUBECONFIG` are merged as `kubectl` merges them (files that are not there are
/// passed over, the first to name something wins), or `~/.kube/config` is read.
///
/// # Errors
/// No file is there, or one cannot be read or understood; the error names it.
pub fn contexts(kubeconfig: Option<&Path>) -> Result<Vec<Entry>, EntryError> {
    let files = match kubeconfig {
        Some(file) => vec![file.to_owned()],
        None => default_files()?,
    };
    let listed = files.len() > 1;
    let mut merged = Kubeconfig::default();
    let mut read = Vec::new();
    let mut missing = None;
    for file in files {
        if listed && !file.exists() {
            missing.get_or_insert(file);
            continue;
        }
        merged = Kubeconfig::read_from(&file)
            .and_then(|next| merged.merge(next))
            .map_err(|error| EntryError::of(file.clone(), &error))?;
        read.push(file);
    }
    if let (true, Some(file)) = (read.is_empty(), missing) {
        return Err(EntryError::Unreadable { file, why: Clean::from("no file of KUBECONFIG is there") });
    }
    let config = Arc::new(merged);
    Ok(config.contexts.iter().map(|named| Entry::context(&read, &config, &named.name)).collect())
}

fn default_files() -> Result<Vec<PathBuf>, EntryError> {
    let listed: Vec<PathBuf> = std::env::var_os("KUBECONFIG")
        .map(|value| std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty()).collect())
        .unwrap_or_default();
    if !listed.is_empty() {
        return Ok(listed);
    }
    let home = directories::BaseDirs::new().ok_or(EntryError::Nowhere)?;
    Ok(vec![home.home_dir().join(".kube").join("config")])
}

impl EntryError {
    fn of(file: PathBuf, error: &KubeconfigError) -> Self {
        match error {
            KubeconfigError::ReadConfig(source, _) => Self::Unreadable { file, why: Clean::from(source.to_string()) },
            other => Self::Malformed { file, why: Clean::capped(&other.to_string(), 400) },
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
apiVersion: v1
kind: Config
current-context: prod
clusters:
- {name: "arn:aws:eks:eu-west-1:111122223333:cluster/shop", cluster: {server: "https://127.0.0.1:6443"}}
- {name: plain, cluster: {server: "https://ABC.gr7.us-west-2.eks.amazonaws.com"}}
users:
- {name: someone, user: {token: not-a-token}}
- {name: viewer, user: {token: not-a-token, as: viewer, as-groups: [observers]}}
contexts:
- {name: prod, context: {cluster: "arn:aws:eks:eu-west-1:111122223333:cluster/shop", user: someone}}
- {name: "evil\e[31m", context: {cluster: plain, user: viewer}}
"#;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn account_and_region_come_from_the_arn_or_the_server() {
        let file = file(TWO);
        let entries = contexts(Some(file.path())).unwrap();
        assert_eq!(entries.len(), 2);
        assert!(entries[0].current && !entries[1].current);
        assert_eq!(entries[0].account().unwrap(), "111122223333");
        assert_eq!(entries[0].region().unwrap(), "eu-west-1");
        assert_eq!((entries[0].eks_name(), entries[1].eks_name()), (Some("shop"), None));
        assert_eq!(entries[1].account(), None);
        assert_eq!(entries[1].region().unwrap(), "us-west-2");
        assert!(entries[1].name.hid_something());
        assert_eq!(entries[0].impersonation, None);
        assert_eq!(entries[1].impersonation.as_ref().unwrap().user, "viewer");
    }

    #[test]
    fn a_missing_or_broken_file_is_named() {
        let missing = contexts(Some(Path::new("/nowhere/kubeconfig"))).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/kubeconfig") && missing.contains("--kubeconfig"), "{missing}");
        let file = file("clusters: [unclosed");
        let broken = contexts(Some(file.path())).unwrap_err().to_string();
        assert!(broken.contains(&*file.path().to_string_lossy()), "{broken}");
    }
}
