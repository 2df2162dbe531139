//! Whether evidence may be kept where the case stands.

use std::path::PathBuf;

use super::directory::records;
use super::error::CaseError;
use super::{CaseId, Entry};
use crate::model::Clean;

/// Where the case and its machine stand, and what the case allows. Evidence does not
/// leave its Region unless a record says that it may.
#[derive(Clone, Debug)]
pub(super) struct Jurisdiction {
    /// The case.
    pub id: CaseId,
    /// Its directory.
    pub case: PathBuf,
    /// The Region that it stands in; `None` where the settings do not say.
    pub here: Option<Clean>,
}

/// Why evidence of a Region may be kept here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stay {
    /// It does not leave its Region.
    Inside,
    /// It leaves, and the case allows that.
    Allowed {
        /// Where it is kept.
        to: Clean,
        /// Why, in the words of whoever allowed it.
        reason: Clean,
    },
    /// Whether it leaves cannot be told.
    Unknown {
        /// What is not known.
        why: &'static str,
    },
}

impl Jurisdiction {
    /// Whether evidence of a Region may be kept here.
    ///
    /// # Errors
    /// It would leave its Region, and nobody has allowed that; or the journal cannot be read.
    pub fn may_keep(&self, of: Option<&Clean>) -> Result<Stay, CaseError> {
        match (of, &self.here) {
            (_, None) => Ok(Stay::Unknown { why: "settings.yaml does not say where this machine stands (here:)" }),
            (None, Some(_)) => Ok(Stay::Unknown { why: "nothing says in which Region the cluster is" }),
            (Some(of), Some(here)) if of == here => Ok(Stay::Inside),
            (Some(of), Some(here)) => {
                let records = records(&self.case)?;
                let allowed = records.iter().rev().find_map(|record| match &record.entry {
                    Entry::CopyAllowed { from, to, reason } if from == of && to == here => Some(reason.clone()),
                    _ => None,
                });
                let allowed = allowed.map(|reason| Stay::Allowed { to: here.clone(), reason });
                allowed.ok_or_else(|| CaseError::Elsewhere { from: of.clone(), to: here.clone(), id: self.id.clone() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Case, NewCase, Source};
    use crate::config::Directories;

    fn case(here: Option<&str>) -> (tempfile::TempDir, Case) {
        let home = tempfile::tempdir().unwrap();
        let directories = Directories::under(home.path()).standing_in(here.map(str::to_owned));
        let new = NewCase { id: "INC-42".into(), title: String::new(), responder: "a".into(), clusters: vec![] };
        let case = Case::create(&directories, new).unwrap();
        (home, case)
    }

    fn source(region: Option<&str>) -> Source {
        Source { region: region.map(Clean::from), ..Source::sample("pod") }
    }

    fn allow(case: &Case, from: &str, to: &str) {
        let entry = Entry::CopyAllowed { from: from.into(), to: to.into(), reason: "legal agreed".into() };
        case.journal().append(entry).unwrap();
    }

    #[test]
    fn evidence_stays_in_its_region_unless_the_case_lets_it_go() {
        let (_home, case) = case(Some("eu-central-1"));
        let store = case.evidence();
        assert!(store.begin(source(Some("eu-central-1"))).is_ok());
        let refused = store.begin(source(Some("us-east-1"))).err().unwrap().to_string();
        assert!(refused.contains("allow-copy --from us-east-1 --to eu-central-1"), "{refused}");
        allow(&case, "us-east-1", "us-west-2");
        allow(&case, "eu-central-1", "us-east-1");
        assert!(store.begin(source(Some("us-east-1"))).is_err(), "another way was allowed");
        allow(&case, "us-east-1", "eu-central-1");
        assert!(store.begin(source(Some("us-east-1"))).is_ok());
        let stay = case.may_keep(Some(&"us-east-1".into())).unwrap();
        assert_eq!(stay, Stay::Allowed { to: "eu-central-1".into(), reason: "legal agreed".into() });
    }

    #[test]
    fn what_is_not_known_is_said_and_goes_on() {
        let (_home, nowhere) = case(None);
        assert!(
            matches!(nowhere.may_keep(Some(&"us-east-1".into())), Ok(Stay::Unknown { why }) if why.contains("here:"))
        );
        let (_home, here) = case(Some("eu-central-1"));
        assert!(matches!(here.may_keep(None), Ok(Stay::Unknown { why }) if why.contains("cluster")));
        assert!(here.evidence().begin(source(None)).is_ok());
    }
}
