//! What a write asks for beside the object: a dry run, a manager's name, strictness.

use super::failure::{Cause, Failure};
use super::query::Query;

/// What is done about fields that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strictness {
    /// Nothing.
    Ignore,
    /// They are named in a warning.
    Warn,
    /// The write is refused.
    Strict,
}

/// The options of a write.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// Everything as if, and nothing kept.
    pub(super) dry_run: bool,
    /// Who writes, as the managers of fields are called.
    pub(super) manager: String,
    /// What is done about fields that nobody knows.
    pub(super) strictness: Strictness,
    /// Whether an apply takes fields from others.
    pub(super) force: bool,
}

impl Options {
    /// Reads them.
    ///
    /// # Errors
    /// An option that is none, as the real server refuses it.
    pub(super) fn read(query: &Query, verb: &str, agent: &str, applies: bool) -> Result<Self, Failure> {
        let kind = match verb {
            "create" => "CreateOptions",
            "update" => "UpdateOptions",
            "patch" => "PatchOptions",
            _ => "DeleteOptions",
        };
        let mut causes = Vec::new();
        let dry_run = query.has("dryRun");
        if dry_run && query.get("dryRun") != "All" {
            causes.push(Cause::unsupported("dryRun", query.get("dryRun"), &["All"]));
        }
        let named = query.get("fieldManager");
        if applies && named.is_empty() {
            causes.push(Cause::required("fieldManager", "is required for apply patch"));
        }
        if !applies && verb == "patch" && query.has("force") {
            causes.push(Cause::forbidden("force", "may not be specified for non-apply patch"));
        }
        if named.chars().count() > 128 {
            causes.push(Cause::invalid("fieldManager", &named.into(), "may not be longer than 128"));
        }
        let strictness = match query.get("fieldValidation") {
            "" | "Warn" => Strictness::Warn,
            "Ignore" => Strictness::Ignore,
            "Strict" => Strictness::Strict,
            other => {
                causes.push(Cause::unsupported("fieldValidation", other, &["", "Ignore", "Strict", "Warn"]));
                Strictness::Warn
            }
        };
        if !causes.is_empty() {
            return Err(Failure::invalid_options(kind, causes));
        }
        let by_agent: String = agent.split('/').next().unwrap_or_default().chars().take(128).collect();
        let name = if named.is_empty() { by_agent } else { named.to_owned() };
        let manager = if name.is_empty() { "unknown".to_owned() } else { name };
        Ok(Self { dry_run, manager, strictness, force: query.is("force") })
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::json::text;
    use super::*;

    fn said(query: &str, applies: bool) -> Option<String> {
        let refused = Options::read(&Query::parse(query), "patch", "kubectl/v1.36.0 (linux)", applies).err()?;
        Some(text(&refused.status(), "/message").to_owned())
    }

    #[test]
    fn options_that_are_none_are_refused() {
        assert_eq!(said("dryRun=All&fieldValidation=Strict", false), None);
        let words =
            "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch";
        assert_eq!(said("", true).as_deref(), Some(words));
        assert!(
            said("dryRun=Some", false)
                .unwrap()
                .contains("dryRun: Unsupported value: \"Some\": supported values: \"All\"")
        );
        assert!(said("force=true", false).unwrap().contains("force: Forbidden"));
    }

    #[test]
    fn a_writer_without_a_name_is_called_by_its_program() {
        let read = |query: &str| {
            Options::read(&Query::parse(query), "patch", "kubectl/v1.36.0 (linux)", false).unwrap().manager
        };
        assert_eq!(read(""), "kubectl");
        assert_eq!(read("fieldManager=podmortem"), "podmortem");
    }
}
