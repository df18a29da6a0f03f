//! Runs the program: event loop, terminal, signals and audit log. Executes the effects of the core.

pub(crate) mod audit;
pub(crate) mod json;
pub(crate) mod pollers;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod signals;

mod frame_backend;
mod input;
mod saver;
mod terminal;
