//! The built binary in a pseudo-terminal, with the embedded endpoint: the screen, and the state of the
//! terminal afterwards.
//!
//! No test sleeps: each waits for a condition. Absence is asserted after a later event that had to come
//! first, such as further polls in the endpoint's own log.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod bytes;
mod endpoint;
mod harmless;
#[path = "../support/json_schema.rs"]
mod json_schema;
mod pty;
mod reader;
mod screen;
mod start;
mod svg;
#[path = "../support/tls_front.rs"]
mod tls_front;

mod audit;
mod bell;
mod blockers;
mod bulk;
mod columns;
mod configuration;
mod details;
mod filter;
mod grace;
mod groups;
mod help;
mod hostile;
mod idle;
mod input;
mod kill;
mod kill_statements;
mod leaving;
mod many;
mod marks;
mod mouse;
mod names;
mod outage;
mod password;
mod past;
mod paste;
mod paste_end;
mod pictures;
mod plain;
mod readme;
mod recording;
mod refusal;
mod resize;
mod screen_file;
mod server_view;
mod services;
mod signals;
mod table;
mod themes;
mod tour;
mod trouble;
mod versions;
