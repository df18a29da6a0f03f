//! The shell: moves bytes and time between the world and the core.

pub mod client;
pub mod poller;
