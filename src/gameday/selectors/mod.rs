//! Which objects a request or a controller means.

mod field;
mod label;

pub(super) use self::field::FieldSelector;
pub(super) use self::label::LabelSelector;
