//! htop for the sessions of a MariaDB `MaxScale` proxy.

pub mod app;
pub mod demo;
pub mod model;
pub mod shell;
pub mod wire;
