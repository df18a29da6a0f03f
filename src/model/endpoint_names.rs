//! URL and other names of an endpoint, for filters.

use std::sync::Arc;

/// URL and other names of an endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EndpointNames {
    /// The URL, which keys of sessions depend on.
    pub url: Option<Arc<str>>,
    /// Names of further endpoints that are the same proxy.
    pub aliases: Vec<Arc<str>>,
}
