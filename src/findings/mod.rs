//! What points to trouble.

pub mod rules;
