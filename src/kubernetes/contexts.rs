//! The contexts of kubeconfigs, merged as `kubectl` merges them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use kube::config::{Kubeconfig, KubeconfigError};

use super::entry::Entry;
use crate::model::Clean;

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
