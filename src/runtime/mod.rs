//! Runs the program: event loop, terminal, signals, audit log, program log and recordings. Executes the effects of the core.

pub(crate) mod audit;
pub(crate) mod history;
pub(crate) mod json;
pub(crate) mod pollers;
pub(crate) mod process;
pub(crate) mod program_log;
pub(crate) mod recorder;
pub(crate) mod replay;
pub(crate) mod run;
mod screen_writer;
pub(crate) mod signals;
pub(crate) mod title;

mod append_file;
mod calculator;
mod cell_writer;
mod frame_backend;
mod input;
mod job_queue;
mod read_ahead;
mod saver;
mod terminal;
mod view_builder;
