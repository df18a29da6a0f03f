//! The client and the poller against a server that plays one fault each, over real HTTP on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that panics fails, as it should"
)]

mod access;
mod dialects;
mod faults;
mod given_tokens;
mod lanes;
mod permissions;
mod polling;
mod requests;
mod rows;
mod sampling;
mod secrets;
mod server;
mod servers;
mod several;
mod sql;
mod tls;
#[path = "../support/tls_front.rs"]
mod tls_front;
mod tokens;
#[path = "../support/two_proxies.rs"]
mod two_proxies;
mod versions;
