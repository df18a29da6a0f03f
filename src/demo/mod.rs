//! The embedded endpoint: a simulated fleet of sessions, served over HTTP on loopback in both dialects.
//!
//! `world` is pure: it has no clock, no I/O and no randomness but its seed. `server` gives it a clock and a
//! socket; `draft` and `jsonapi` write its replies from their own structs, so that a client is never tested
//! against its own idea of the format. The room imports nothing from the others. Who may enter: `commands`
//! (`maxtop demo`), through [`serve`], and tests.

mod accounts;
mod connection;
mod dates;
mod draft;
mod endpoint;
mod faults;
mod http;
mod jsonapi;
mod profile;
mod routing;
mod server;
mod settings;
mod spec;
mod world;

pub use endpoint::RequestLine;
pub use faults::{FaultTarget, Faults, InjectedFault};
pub use profile::VersionProfile;
pub use profile::table::PROFILES;
pub use server::{SimServer, serve};
pub use settings::ProxyOverrides;
pub use spec::{DemoError, ServeSpec, ServedDialects};
pub use world::{
    Library, ServerTrouble, Service, SimConnection, SimSessionAt, State, Statement, TroubledServer, World,
    WorldSpec,
};

#[cfg(test)]
mod tests;
