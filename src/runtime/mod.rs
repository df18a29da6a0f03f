//! Runs the program: event loop, terminal, signals and audit log. Executes the effects of the core.

pub(crate) mod audit;
pub(crate) mod json;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod signals;

mod cell_writer;
mod frame_backend;
mod input;
mod pollers;
mod saver;
mod terminal;
