//! Runs the program: event loop, terminal, signals, audit log and event log. Executes the effects of the core.

pub(crate) mod audit;
pub(crate) mod event_log;
pub(crate) mod json;
pub(crate) mod pollers;
pub(crate) mod process;
pub(crate) mod run;
pub(crate) mod signals;
pub(crate) mod title;

mod append_file;
mod calculator;
mod cell_writer;
mod frame_backend;
mod input;
mod saver;
mod terminal;
