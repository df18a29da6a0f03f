//! The one-shot commands as scripts use them: the built binary against the embedded endpoint, in both
//! dialects, and against servers that are not MaxScale.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod audit;
mod columns;
mod config;
mod doctor;
mod faults;
mod hostile;
mod kill;
mod kill_asks;
mod kill_grace;
mod kill_many;
mod list;
mod many;
mod names;
mod page;
mod process;
mod program;
mod several;
mod show;
mod terminal;
#[path = "../support/two_proxies.rs"]
mod two_proxies;
mod versions;
