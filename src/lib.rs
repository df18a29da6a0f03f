//! htop for the sessions of a MariaDB `MaxScale` proxy.

pub mod demo;
