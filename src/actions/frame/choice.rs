//! What an action can be told beside its targets.

use super::{ActionError, Spec};
use crate::model::{Clean, Options};

/// An option of an action.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in `--set NAME=VALUE`.
    pub name: &'static str,
    /// What it decides, in a few words: the cockpit asks with them.
    pub doc: &'static str,
    /// What it is where nobody says otherwise.
    pub default: &'static str,
    /// Whether the cockpit asks for it before it plans; otherwise it is set with `:ACTION NAME=VALUE`.
    pub asked: bool,
}

/// The options of an action, all of them: what was given, and the defaults of the rest.
///
/// # Errors
/// The action has no such option.
pub fn settled(spec: &Spec, given: &Options) -> Result<Options, ActionError> {
    let known = |name: &Clean| spec.options.iter().any(|choice| *name == *choice.name);
    if let Some((name, _)) = given.iter().find(|(name, _)| !known(name)) {
        let names: Vec<_> = spec.options.iter().map(|choice| choice.name).collect();
        let has = if names.is_empty() { "it has none".to_owned() } else { format!("it has {}", names.join(", ")) };
        return Err(wrong(spec, format!("there is no option {name}; {has}")));
    }
    let mut options = given.clone();
    for choice in spec.options.iter().filter(|choice| !given.has(choice.name)) {
        options.set(choice.name, choice.default);
    }
    Ok(options)
}

/// An option that cannot be what it was set to.
pub fn wrong(spec: &Spec, why: impl Into<Clean>) -> ActionError {
    ActionError::Option { action: spec.id, why: why.into() }
}

/// Whether an option is `yes`; anything but `yes` and `no` is an error.
pub fn is_yes(spec: &Spec, options: &Options, name: &str) -> Result<bool, ActionError> {
    match options.get(name) {
        "yes" => Ok(true),
        "no" | "" => Ok(false),
        other => Err(wrong(spec, format!("{name} is yes or no, and not {}", Clean::from(other)))),
    }
}
