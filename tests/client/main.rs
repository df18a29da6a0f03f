//! The client and the poller against a server that plays one fault each, over real HTTP on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics fails, as it should"
)]

mod dialects;
mod faults;
mod lanes;
mod polling;
mod requests;
mod server;
mod servers;
mod versions;
