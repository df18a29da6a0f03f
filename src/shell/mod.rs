//! The shell: moves bytes and time between the world and the core. The only room besides `demo`
//! and `commands` that does I/O; schedule and jitter are its own.

pub mod audit;
pub mod client;
pub(crate) mod clock;
pub mod json;
pub(crate) mod kill_request;
pub mod poller;
pub(crate) mod process;
pub mod run;
pub(crate) mod signals;

mod arranger;
mod canvas;
mod input;
mod pollers;
mod scrollback;
mod terminal;
mod writer;
