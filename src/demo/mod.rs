//! Simulated MaxScale, served over HTTP on loopback in both dialects.
//!
//! Shares no code with the client, so tests cannot pass by sharing a mistake: `draft` and `jsonapi` build the
//! replies from their own structs. `world` is pure: it has no clock, no I/O, and no randomness except its
//! seed. `server` gives it a clock and a socket. This room uses no other room.

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
mod sql;
mod world;

pub use accounts::{Permission, RoleAccount};
pub use endpoint::RequestLine;
pub use faults::{FaultTarget, Faults, InjectedFault};
pub use profile::VersionProfile;
pub use profile::table::PROFILES;
pub use server::{SimServer, serve};
pub use settings::ProxyOverrides;
pub use spec::{DemoError, ServeSpec, ServedDialects};
pub use sql::SqlSettings;
pub use world::{
    Library, ServerTrouble, Service, SimConnection, SimSessionAt, State, Statement, TroubledServer, World,
    WorldSpec,
};

#[cfg(test)]
mod tests;
