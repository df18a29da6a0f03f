//! htop for the sessions of a MariaDB `MaxScale` proxy.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod demo;
#[cfg(test)]
mod docs;
pub mod kill;
pub mod model;
pub mod query;
pub mod shell;
pub mod triage;
pub mod ui;
pub mod wire;
