//! `podmortem --plain`: the cockpit's queries at a prompt, line by line. No
//! colours, no cursor movement: for screen readers, slow lines and scripts.

mod ages;
mod answer;
mod command;
mod object;
mod plan;
mod prompt;
mod scope;

pub use prompt::run;
