//! How the simulated proxy is set up, where that differs from an ordinary installation.
//!
//! Who may enter: whoever fills in a [`ServeSpec`](super::ServeSpec), and the JSON:API dialect.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// So many statements each session keeps unless told otherwise.
const DEFAULT_RETAINED: u64 = 10;
const RETAIN: &str = "retain_last_statements";

/// Settings by their names in the configuration; what is not named is as usual.
#[derive(Debug, Clone, Default)]
pub struct ProxyOverrides {
    /// Those of the proxy.
    pub proxy: Map<String, Value>,
    /// Those of each service, by its name.
    pub services: BTreeMap<String, Map<String, Value>>,
}

impl ProxyOverrides {
    /// Sets one of the proxy's.
    #[must_use]
    pub fn proxy(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.proxy.insert(name.to_owned(), value.into());
        self
    }

    /// Sets one of a service.
    #[must_use]
    pub fn service(mut self, service: &str, name: &str, value: impl Into<Value>) -> Self {
        let settings = self.services.entry(service.to_owned()).or_default();
        settings.insert(name.to_owned(), value.into());
        self
    }

    /// Lays the proxy's over the usual ones.
    pub(super) fn lay_over_proxy(&self, usual: &mut Value) {
        lay_over(usual, &self.proxy);
    }

    /// Lays those of a service over the usual ones.
    pub(super) fn lay_over_service(&self, service: &str, usual: &mut Value) {
        if let Some(settings) = self.services.get(service) {
            lay_over(usual, settings);
        }
    }

    /// So many statements the sessions of a service keep; below 0 it is as the proxy says.
    pub(super) fn retained(&self, service: &str) -> u64 {
        let own = self.services.get(service).and_then(|own| own.get(RETAIN));
        let own = own.and_then(Value::as_u64);
        let proxy = || self.proxy.get(RETAIN).and_then(Value::as_u64);
        own.or_else(proxy).unwrap_or(DEFAULT_RETAINED)
    }
}

fn lay_over(usual: &mut Value, settings: &Map<String, Value>) {
    if let Some(usual) = usual.as_object_mut() {
        usual.extend(settings.clone());
    }
}
