//! The whole program against the worst: every fault of an endpoint, and hostile text in every field. Each test
//! prints its table with `--nocapture`.

// A test fails by panicking.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout
)]

#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/bytes.rs"]
mod bytes;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/endpoint.rs"]
mod endpoint;
#[path = "../support/exchange.rs"]
mod exchange;
#[path = "../support/fault_proxy.rs"]
mod fault_proxy;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/harmless.rs"]
mod harmless;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/pty.rs"]
mod pty;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/reader.rs"]
mod reader;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/screen.rs"]
mod screen;
#[allow(dead_code, reason = "tests/terminal uses the rest")]
#[path = "../terminal/start.rs"]
mod start;
#[path = "../support/tls_front.rs"]
mod tls_front;

mod fault_run;
mod fault_table;
mod faults;
mod hostile_outputs;
mod hostile_world;
mod one_shot;
mod printed_table;
mod proven;
mod soak;
