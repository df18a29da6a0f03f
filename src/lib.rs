//! htop for the sessions of a MariaDB `MaxScale` proxy.

pub mod app;
pub(crate) mod cli;
pub mod client;
pub(crate) mod clock;
pub mod commands;
pub(crate) mod config;
#[cfg(feature = "demo")]
pub mod demo;
pub mod diagnosis;
#[cfg(test)]
mod docs;
#[cfg(feature = "export")]
pub(crate) mod export;
pub mod filter;
#[cfg(any(test, fuzzing))]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "only tests and fuzzing use it, and they may panic"
)]
pub mod fuzzing;
pub mod kill;
pub mod model;
pub mod poller;
pub mod recording;
pub(crate) mod report;
pub(crate) mod runtime;
pub mod ui;
pub mod wire;
