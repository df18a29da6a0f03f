//! Settings of the simulated proxy that differ from a default installation.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Default number of statements that each session keeps.
const DEFAULT_RETAINED: u64 = 10;
const RETAIN: &str = "retain_last_statements";

/// Settings by their names in MaxScale's configuration. The others have their defaults.
#[derive(Debug, Clone, Default)]
pub struct ProxyOverrides {
    /// Settings of the proxy.
    pub proxy: Map<String, Value>,
    /// Settings of each service, by its name.
    pub services: BTreeMap<String, Map<String, Value>>,
}

impl ProxyOverrides {
    /// Sets a setting of the proxy.
    #[must_use]
    pub fn proxy(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.proxy.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a setting of a service.
    #[must_use]
    pub fn service(mut self, service: &str, name: &str, value: impl Into<Value>) -> Self {
        let settings = self.services.entry(service.to_owned()).or_default();
        settings.insert(name.to_owned(), value.into());
        self
    }

    /// Replaces default settings of the proxy.
    pub(super) fn apply_to_proxy(&self, defaults: &mut Value) {
        apply(defaults, &self.proxy);
    }

    /// Replaces default settings of a service.
    pub(super) fn apply_to_service(&self, service: &str, defaults: &mut Value) {
        if let Some(settings) = self.services.get(service) {
            apply(defaults, settings);
        }
    }

    /// Returns the number of statements that sessions of a service keep. A negative value means the proxy's
    /// setting.
    pub(super) fn retained(&self, service: &str) -> u64 {
        let own = self.services.get(service).and_then(|own| own.get(RETAIN));
        let own = own.and_then(Value::as_u64);
        let proxy = || self.proxy.get(RETAIN).and_then(Value::as_u64);
        own.or_else(proxy).unwrap_or(DEFAULT_RETAINED)
    }
}

fn apply(defaults: &mut Value, settings: &Map<String, Value>) {
    if let Some(defaults) = defaults.as_object_mut() {
        defaults.extend(settings.clone());
    }
}
