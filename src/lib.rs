//! htop for the sessions of a MariaDB `MaxScale` proxy.

pub mod app;
pub mod cli;
pub mod client;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod diagnosis;
#[cfg(test)]
mod docs;
pub mod filter;
pub mod kill;
pub mod model;
pub mod poller;
pub mod runtime;
pub mod ui;
pub mod wire;
