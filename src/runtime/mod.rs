//! Runs the program: event loop, terminal, signals and audit log. Executes the effects of the core.

pub mod audit;
pub mod json;
pub(crate) mod process;
pub mod run;
pub(crate) mod signals;

mod frame_backend;
mod input;
mod pollers;
mod terminal;
