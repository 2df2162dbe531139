//! The `podmortem` program.

fn main() {}
