//! Whether a playbook can be walked by this program.

use std::path::Path;

use super::file::line_of;
use super::{How, Playbook};
use crate::actions;
use crate::config::Trouble;

/// What stands in the way of walking a playbook: actions that do not exist. `text` is what it was read from.
pub fn check(file: &Path, playbook: &Playbook, text: &str) -> Vec<Trouble> {
    let mut troubles = Vec::new();
    for step in &playbook.steps {
        if let How::Action(id) = &step.how
            && actions::find(id).is_none()
        {
            let what = format!(
                "step {}: there is no action {id}; `podmortem actions` lists those that there are, and by_hand says what a person does without one",
                step.id
            );
            troubles.push(Trouble::at(file, line_of(text, &step.id), what));
        }
    }
    troubles
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playbook::read;

    #[test]
    fn an_action_that_does_not_exist_is_named_with_its_line() {
        let text = "title: T\nabout: a\nsteps:\n- {id: a, title: t, what: w, why: y, action: cordon}\n-\n  id: b\n  title: t\n  what: w\n  why: y\n  action: detonate\n";
        let file = Path::new("p.yaml");
        let troubles = check(file, &read(file, "p", false, text).unwrap(), text);
        assert_eq!(troubles.len(), 1);
        assert!(
            troubles[0].to_string().starts_with("p.yaml:6: step b: there is no action detonate"),
            "{}",
            troubles[0]
        );
    }
}
