//! What must be true of a cluster, whether it is a real one or the embedded one.
//! Each root gives a `cluster` module that says where the cluster comes from.

mod blast;
mod doctor;
mod findings;
pub mod ground;
mod impersonation;
mod nodes;
mod objects;
mod plain;
mod pods;
mod reading;
mod rules;
mod several;
