//! The one-shot commands as scripts use them: the built binary against the embedded endpoint, in both
//! dialects, and against servers that are not MaxScale.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod addresses;
mod ascii;
mod audit;
mod choices;
mod columns;
mod config;
mod doctor;
mod evidence;
#[path = "../support/exchange.rs"]
mod exchange;
mod export;
mod faults;
#[path = "../support/front.rs"]
mod front;
mod frozen;
mod hostile;
#[path = "../support/json_schema.rs"]
mod json_schema;
mod kill;
mod kill_asks;
mod kill_grace;
mod kill_many;
mod kill_statements;
mod list;
mod list_watch;
mod locks;
mod man;
mod many;
mod names;
#[path = "../support/openmetrics.rs"]
mod openmetrics;
mod page;
mod process;
mod program;
mod program_log;
mod recordings;
mod reports;
mod schemas;
mod several;
mod show;
#[path = "../support/slow_link.rs"]
mod slow_link;
mod terminal;
#[path = "../support/tls_front.rs"]
mod tls_front;
#[path = "../support/two_proxies.rs"]
mod two_proxies;
mod unreadable;
mod versions;
