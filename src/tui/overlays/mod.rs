//! What lies over the panes: prompts, menus, the help, an object in full, a
//! plan to be confirmed. The topmost one has the keys.

mod help;
mod input;
mod menu;
mod walk;

pub use help::help;
pub use input::{Ask, Input, Typed};
pub use menu::{Item, Menu, Pick};
pub use walk::Walk;

use super::alerts::Look;
use super::detail::Detail;
use super::panes::TextPane;
use super::respond::{Confirm, Notes};
use super::triage::{Answering, Paging, Triage};
use crate::model::Clean;

/// Something that lies over the panes.
#[derive(Debug)]
pub enum Overlay {
    /// Every key.
    Help(TextPane),
    /// A line to type.
    Input(Box<Input>),
    /// Something to choose from.
    Menu(Box<Menu>),
    /// One object in full.
    Detail(Box<Detail>),
    /// One finding in full.
    Finding(Box<Look>),
    /// A playbook.
    Walk(Box<Walk>),
    /// A plan.
    Confirm(Box<Confirm>),
    /// A text.
    Page(Box<Page>),
    /// The notes of the case.
    Notes(Box<Notes>),
    /// The questions of the incident.
    Triage(Box<Triage>),
    /// One of them, being answered.
    Answering(Box<Answering>),
    /// A call of people.
    Paging(Box<Paging>),
}

/// A text with a title.
#[derive(Debug)]
pub struct Page {
    /// What it is.
    pub title: Clean,
    /// The text.
    pub text: TextPane,
}
