//! Reads the tables of the configuration file. Every key must be known and every value valid.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::ConfigError;
use super::environment::Environment;
use super::layer::{EndpointEntry, Layer};
use super::origin::{Origin, SourceFile, SourceValue};
use super::setting::Form;
use super::settings::SettingId;
use super::tables::{ConfigTable, ENDPOINT_LIST, FILTER_TABLE, KEY_TABLE, PROFILE_TABLE, URL, unknown};
use super::value::shown;
use crate::filter::{Filter, SavedFilters};

/// Reads the tables of a file.
pub(super) struct Reader<'a> {
    /// Text of the whole file.
    pub(super) text: &'a str,
    pub(super) file: &'a Arc<SourceFile>,
    pub(super) environment: Environment<'a>,
}

/// A value with its position in the file.
pub(super) type TomlValue<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    /// Reads the whole file: top-level settings and profiles.
    pub(super) fn file(&self, table: &DeTable<'_>) -> Result<(Layer, BTreeMap<String, Layer>), ConfigError> {
        let mut profiles = BTreeMap::new();
        if let Some(value) = table.get(PROFILE_TABLE) {
            for (name, profile) in self.table(PROFILE_TABLE, value)? {
                let name: Arc<str> = name.get_ref().as_ref().into();
                let table = self.table(&format!("{PROFILE_TABLE}.{name}"), profile)?;
                let layer = self.layer(table, ConfigTable::Profile, Some(&name))?;
                profiles.insert(name.to_string(), layer);
            }
        }
        Ok((self.layer(table, ConfigTable::Top, None)?, profiles))
    }

    fn layer(
        &self,
        table: &DeTable<'_>,
        kind: ConfigTable,
        profile: Option<&Arc<str>>,
    ) -> Result<Layer, ConfigError> {
        let mut layer = Layer::default();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match (kind, name) {
                (ConfigTable::Top, PROFILE_TABLE | KEY_TABLE) | (ConfigTable::Endpoint, URL) => {}
                (ConfigTable::Top | ConfigTable::Profile, ENDPOINT_LIST) => {
                    if !layer.endpoints.is_empty() {
                        let why = "endpoint and endpoints exclude each other: remove one";
                        return Err(self.failed(key.span(), why));
                    }
                    layer.endpoints = self.endpoints(value, profile)?;
                }
                (ConfigTable::Top | ConfigTable::Profile, FILTER_TABLE) => {
                    layer.filters = self.filters(value, profile)?;
                }
                (ConfigTable::Top | ConfigTable::Profile, _) if ConfigTable::Limits.is_named(name) => {
                    for (key, value) in self.table(name, value)? {
                        self.value(&mut layer, ConfigTable::Limits, key, value, profile)?;
                    }
                }
                _ => self.value(&mut layer, kind, key, value, profile)?,
            }
        }
        Ok(layer)
    }

    /// Reads the named filters.
    fn filters(
        &self,
        value: &TomlValue<'_>,
        profile: Option<&Arc<str>>,
    ) -> Result<BTreeMap<String, (Filter, Origin)>, ConfigError> {
        let entries = self.table(FILTER_TABLE, value)?.iter();
        let filters = entries.map(|(key, value)| {
            let name = key.get_ref().as_ref();
            if !SavedFilters::is_name(name) {
                let why = format!(
                    "{FILTER_TABLE}: a name has letters, digits, - and _, found '{}'",
                    shown(name)
                );
                return Err(self.failed(key.span(), &why));
            }
            let text = value.get_ref().as_str();
            let text = text.ok_or_else(|| self.unexpected(name, "a text in quotes", value))?;
            let filter = Filter::parse(text);
            let filter =
                filter.map_err(|why| self.failed(value.span(), &format!("{FILTER_TABLE}.{name}: {why}")))?;
            if filter.is_empty() {
                let why = "is empty and would match every session: give a condition or remove it";
                return Err(self.failed(value.span(), &format!("{FILTER_TABLE}.{name}: {why}")));
            }
            Ok((name.to_owned(), (filter, self.origin(value.span(), profile))))
        });
        filters.collect()
    }

    /// Reads one key with its value.
    fn value(
        &self,
        layer: &mut Layer,
        kind: ConfigTable,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        value: &TomlValue<'_>,
        profile: Option<&Arc<str>>,
    ) -> Result<(), ConfigError> {
        let name = key.get_ref().as_ref();
        let Some(id) = kind.setting(name) else {
            return Err(self.failed(key.span(), &unknown(kind, name)));
        };
        let text = self.text(id, value)?;
        let origin = self.origin(value.span(), profile);
        let given = SourceValue::new(text.as_str(), origin.clone());
        let checked = if given.is_unset(id) {
            Ok(())
        } else {
            id.setting().check(&given)
        };
        checked.map_err(|why| ConfigError::value(&id.setting().path(), &origin, why))?;
        layer.give(id, text, origin);
        Ok(())
    }

    fn endpoints(
        &self,
        value: &TomlValue<'_>,
        profile: Option<&Arc<str>>,
    ) -> Result<Vec<EndpointEntry>, ConfigError> {
        let what = "a list of URLs, or of tables with a url";
        let list = value.get_ref().as_array().filter(|list| !list.is_empty());
        let list = list.ok_or_else(|| self.unexpected(ENDPOINT_LIST, what, value))?;
        let entries = list.iter().map(|value| match value.get_ref() {
            DeValue::String(url) => self.endpoint(url, value.span(), profile, Layer::default()),
            DeValue::Table(table) => {
                let url = table
                    .get(URL)
                    .ok_or_else(|| self.failed(value.span(), "an endpoint without a url"))?;
                let text = url.get_ref().as_str();
                let text = text.ok_or_else(|| self.unexpected(URL, "a text in quotes", url))?;
                let own = self.layer(table, ConfigTable::Endpoint, profile)?;
                self.endpoint(text, url.span(), profile, own)
            }
            _ => Err(self.unexpected(ENDPOINT_LIST, what, value)),
        });
        entries.collect()
    }

    fn endpoint(
        &self,
        url: &str,
        span: Range<usize>,
        profile: Option<&Arc<str>>,
        own: Layer,
    ) -> Result<EndpointEntry, ConfigError> {
        let origin = self.origin(span, profile);
        let url = super::value::address(url).map_err(|why| ConfigError::value(URL, &origin, why))?;
        Ok(EndpointEntry {
            url: SourceValue::new(url, origin),
            own,
        })
    }

    /// Converts a value to the text form of the command line.
    fn text(&self, id: SettingId, value: &TomlValue<'_>) -> Result<String, ConfigError> {
        let setting = id.setting();
        let (form, name) = (setting.form, setting.name);
        if value.get_ref().as_str().is_some_and(str::is_empty) {
            return Ok(String::new());
        }
        let text = match (form, value.get_ref()) {
            (Form::Switch, DeValue::Boolean(on)) => on.to_string(),
            (Form::Columns, DeValue::Array(names)) => {
                let names = names.iter().map(|name| name.get_ref().as_str());
                let names: Option<Vec<_>> = names.collect();
                names
                    .ok_or_else(|| self.unexpected(name, form.in_files(), value))?
                    .join(",")
            }
            (Form::Share | Form::Times | Form::Time | Form::Count, DeValue::Integer(number)) => {
                number.to_string()
            }
            (Form::Share | Form::Time, DeValue::Float(number)) => number.to_string(),
            (Form::Switch | Form::Columns, _) => return Err(self.unexpected(name, form.in_files(), value)),
            (_, DeValue::String(path)) if form.is_path(path) => {
                let directory = self.file.path.parent().unwrap_or_else(|| Path::new(""));
                let path = self.environment.path(path, directory);
                path.ok_or_else(|| {
                    self.failed(
                        value.span(),
                        "'~' cannot be resolved: HOME is not an absolute path",
                    )
                })?
                .to_string_lossy()
                .into_owned()
            }
            (_, DeValue::String(text)) => text.to_string(),
            _ => return Err(self.unexpected(name, form.in_files(), value)),
        };
        Ok(text)
    }

    pub(super) fn table<'v, 'i>(
        &self,
        name: &str,
        value: &'v TomlValue<'i>,
    ) -> Result<&'v DeTable<'i>, ConfigError> {
        let table = value.get_ref().as_table();
        table.ok_or_else(|| self.unexpected(name, &format!("a table, [{name}]"), value))
    }

    pub(super) fn unexpected(&self, name: &str, what: &str, value: &TomlValue<'_>) -> ConfigError {
        // The value itself is not repeated: it could be a secret at a wrong place.
        let why = format!("{name}: expected {what}, found {}", value.get_ref().type_str());
        self.failed(value.span(), &why)
    }

    /// Creates an error at this position.
    pub(super) fn failed(&self, span: Range<usize>, why: &str) -> ConfigError {
        ConfigError::Setting {
            place: format!("{}, line {}", self.file.path.display(), self.line(&span)),
            why: why.to_owned(),
        }
    }

    pub(super) fn origin(&self, span: Range<usize>, profile: Option<&Arc<str>>) -> Origin {
        Origin::File {
            file: Arc::clone(self.file),
            line: self.line(&span),
            profile: profile.cloned(),
        }
    }

    fn line(&self, span: &Range<usize>) -> usize {
        let before = self.text.get(..span.start).unwrap_or_default();
        before.matches('\n').count() + 1
    }
}
