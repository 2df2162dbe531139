//! What can be listed.

use crate::inventory::Query;
use crate::model::Kind;

/// A noun of the command line and of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// Objects of one kind.
    Kind(Kind),
    /// Everything that owns pods and is owned by nothing that is listed.
    Workloads,
}

impl Noun {
    /// The noun that a word means, as `kubectl` reads it.
    pub fn parse(word: &str) -> Option<Self> {
        if ["workloads", "workload", "wl"].iter().any(|name| word.eq_ignore_ascii_case(name)) {
            return Some(Self::Workloads);
        }
        Kind::parse(word).map(Self::Kind)
    }

    /// The kinds that are listed, in this order.
    pub const fn kinds(&self) -> &[Kind] {
        match self {
            Self::Kind(kind) => std::slice::from_ref(kind),
            Self::Workloads => {
                &[Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet, Kind::ReplicaSet, Kind::CronJob, Kind::Job]
            }
        }
    }

    /// The kinds that must be known before the list is right: what rows show of
    /// other kinds, and what the query asks of them.
    pub fn needs(&self, query: &Query) -> Vec<Kind> {
        let mut kinds = self.kinds().to_vec();
        let of_pods = !query.is_empty() || matches!(self, Self::Kind(Kind::Node));
        if of_pods {
            kinds.push(Kind::Pod);
        }
        if kinds.contains(&Kind::Pod) && !query.is_empty() {
            kinds.push(Kind::Node);
        }
        if matches!(self, Self::Kind(Kind::Service)) && !query.is_empty() {
            kinds.push(Kind::EndpointSlice);
        }
        kinds.extend(query.needs());
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns_are_those_of_kubectl() {
        assert_eq!(Noun::parse("po"), Some(Noun::Kind(Kind::Pod)));
        assert_eq!(Noun::parse("Workloads"), Some(Noun::Workloads));
        assert_eq!(Noun::parse("gizmos"), None);
    }

    #[test]
    fn only_what_is_needed_is_asked_for() {
        let query = |text: &str| text.parse::<Query>().unwrap();
        assert_eq!(Noun::Kind(Kind::Pod).needs(&query("")), [Kind::Pod]);
        assert_eq!(Noun::Kind(Kind::Node).needs(&query("")), [Kind::Pod, Kind::Node]);
        assert_eq!(Noun::Kind(Kind::ServiceAccount).needs(&query("")), [Kind::ServiceAccount]);
        assert!(Noun::Kind(Kind::Pod).needs(&query("svc:web")).contains(&Kind::EndpointSlice));
        assert!(Noun::Kind(Kind::Namespace).needs(&query("image:x")).contains(&Kind::Pod));
    }
}
