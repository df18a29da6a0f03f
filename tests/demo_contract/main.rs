//! The embedded endpoint over real HTTP: both dialects against their contracts, the world against itself.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod accounts;
mod changes;
mod client;
mod draft;
mod faults;
mod jsonapi;
mod permissions;
mod recordings;
mod replies;
mod server;
mod settings;
mod shape;
mod sql;
mod sql_locks;
mod sql_recordings;
mod versions;
mod world;
