//! Merges the layers. Priority: command line, environment, profile, top of the file, maxctrl's file (only if no
//! layer above names an endpoint or user), defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::environment::Environment;
use super::error::ConfigError;
use super::file::{ConfigFile, MAXCTRL};
use super::layer::CommandLine;
use super::layer::EndpointConfig;
use super::layer::{EndpointEntry, Layer, pick};
use super::origin::{Origin, SourceValue};
use super::saving::SettingsFile;
use super::setting::{Apply, Form, Setting};
use super::settings::{SettingId, THRESHOLD_TABLE};
use super::tables::FILTER_TABLE;
use super::{Config, credentials, maxctrl, server_access, theme, value};
use crate::filter::SavedFilters;

/// The setting that refusals name with its origin.
const PROTECT: &str = "protect";
/// The setting whose default directories are created.
const AUDIT: &str = "audit";

/// The settings with their origins.
#[derive(Debug)]
pub(crate) struct ConfigReport {
    /// The effective settings.
    pub config: Config,
    /// Path of the configuration file that was read.
    pub file: Option<PathBuf>,
    /// Name of the profile used.
    pub profile: Option<String>,
    /// Effective values for all endpoints.
    pub values: Vec<EffectiveValue>,
    /// Effective values of each endpoint.
    pub endpoints: Vec<Vec<EffectiveValue>>,
    /// Named filters.
    pub filters: Vec<NamedValue>,
    /// Keys of actions.
    pub keys: Vec<NamedValue>,
}

/// An entry of a table in which the user chooses the names.
#[derive(Clone, Debug)]
pub(crate) struct NamedValue {
    /// Table and name: `filters.slow`.
    pub path: String,
    /// Value for display.
    pub value: String,
    /// Origin of the value.
    pub origin: Origin,
}

/// A setting with its effective value.
#[derive(Clone, Debug)]
pub(crate) struct EffectiveValue {
    id: SettingId,
    pub(super) given: SourceValue,
}

impl EffectiveValue {
    /// Returns the setting.
    pub(crate) fn setting(&self) -> &'static Setting {
        self.id.setting()
    }

    /// Returns the value for display. A secret is `***`; `None` if the value is empty.
    pub(crate) fn shown(&self) -> Option<String> {
        match self.given.text() {
            "" => None,
            _ if self.setting().form.is_secret() => Some("***".to_owned()),
            text => Some(text.to_owned()),
        }
    }

    /// Returns the origin of the value.
    pub(crate) const fn origin(&self) -> &Origin {
        &self.given.origin
    }
}

/// The layers, highest priority first. An endpoint's own layer of a list comes third.
struct Sources {
    flags: Layer,
    environment: Layer,
    /// The profile, the top of the file, maxctrl's file, the defaults.
    below: Vec<Layer>,
    /// Name of the profile, if there is one. It is the first layer below.
    profile: Option<String>,
    /// File of maxctrl that is one of the layers.
    maxctrl_file: Option<&'static str>,
}

impl ConfigReport {
    /// Reads the command line, the environment and the files.
    pub(super) fn new(line: &CommandLine, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let mut file = ConfigFile::read(line.file.as_deref(), environment)?;
        let settings_file = SettingsFile {
            path: file.writable_path(line.file.is_none(), environment),
            profile: line
                .profile
                .clone()
                .filter(|name| file.profiles.contains_key(name)),
        };
        let profile = line
            .profile
            .as_deref()
            .map(|name| find_profile(&mut file, name, environment))
            .transpose()?;
        let (profile, maxctrl_file) = profile.unzip();
        let mut sources = Sources {
            flags: line.flags.clone(),
            environment: Layer::of_environment(environment)?,
            below: profile.into_iter().chain([file.top]).collect(),
            profile: line.profile.clone(),
            maxctrl_file: maxctrl_file.flatten(),
        };
        if !sources
            .all(None)
            .iter()
            .any(|layer| layer.names_endpoint_or_user())
            && let Some(maxctrl) = maxctrl::read(environment)?
        {
            sources.below.push(maxctrl.layer);
            sources.maxctrl_file = Some(maxctrl.file);
        }
        sources.below.push(Layer::of_defaults(environment));
        let mut reading = sources.resolve()?;
        reading.file = file.path;
        reading.profile = line
            .profile
            .clone()
            .or_else(|| sources.maxctrl_file.map(|_| MAXCTRL.to_owned()));
        reading.config.settings_file = settings_file;
        (reading.config.keys, reading.keys) = file.keys;
        reading.config.suit(environment);
        reading.load_theme(environment)?;
        Ok(reading)
    }
}

impl ConfigReport {
    /// Reads the theme that the settings name.
    fn load_theme(&mut self, environment: Environment<'_>) -> Result<(), ConfigError> {
        let mut values = self.values.iter();
        if let Some(value) = values.find(|value| value.setting().form == Form::Theme) {
            self.config.theme = theme::load(&value.given, environment)?;
        }
        Ok(())
    }
}

/// Returns a profile of the file, or maxctrl's file with its name for the profile `maxctrl`.
fn find_profile(
    file: &mut ConfigFile,
    name: &str,
    environment: Environment<'_>,
) -> Result<(Layer, Option<&'static str>), ConfigError> {
    if let Some(profile) = file.profiles.remove(name) {
        return Ok((profile, None));
    }
    let found = match name {
        MAXCTRL => maxctrl::read(environment)?,
        _ => None,
    };
    let found = found.map(|maxctrl| (maxctrl.layer, Some(maxctrl.file)));
    if let Some(found) = found {
        return Ok(found);
    }
    // A file that cannot be read is not proposed.
    let has_maxctrl = name != MAXCTRL && maxctrl::read(environment).is_ok_and(|found| found.is_some());
    Err(file.no_profile(name, has_maxctrl))
}

impl Sources {
    fn all<'a>(&'a self, own: Option<&'a Layer>) -> Vec<&'a Layer> {
        let above = [&self.flags, &self.environment];
        above.into_iter().chain(own).chain(&self.below).collect()
    }

    fn resolve(&self) -> Result<ConfigReport, ConfigError> {
        let layers = self.all(None);
        let mut config = Config::blank();
        // A name of a higher layer replaces the one below.
        let named = layers.iter().rev().flat_map(|layer| layer.filters.clone());
        let named: BTreeMap<_, _> = named.collect();
        let filters = named.iter().map(|(name, (filter, origin))| NamedValue {
            path: format!("{FILTER_TABLE}.{name}"),
            value: filter.text().to_owned(),
            origin: origin.clone(),
        });
        let filters = filters.collect();
        let named = named.into_iter().map(|(name, (filter, _))| (name, filter));
        config.saved_filters = Some(SavedFilters::new(named.collect()));
        let mut values = Vec::new();
        for id in SettingId::all().filter(|id| !id.setting().is_of_endpoint()) {
            let Some(given) = pick(&layers, id) else {
                continue;
            };
            let applied = id.setting().apply_to(&mut config, given);
            applied.map_err(|why| ConfigError::value(&id.setting().path(), &given.origin, why))?;
            if id.setting().name == PROTECT && !given.is_empty() {
                config.protect_origin = given.origin.clone();
            }
            if id.setting().name == AUDIT {
                let default = layers.last().and_then(|defaults| defaults.get(id));
                config.is_default_audit = default.is_some_and(|default| default.text() == given.text());
            }
            values.push(EffectiveValue {
                id,
                given: given.clone(),
            });
        }
        limits_in_order(&config, &values)?;
        let mut endpoints = Vec::new();
        let entries = layers.iter().find(|layer| !layer.endpoints.is_empty());
        let entries: Vec<_> = entries.into_iter().flat_map(|layer| &layer.endpoints).collect();
        credentials::same_endpoints(self.profile(), &entries)?;
        for entry in &entries {
            let (endpoint, effective) = self.endpoint(entry)?;
            credentials::own_endpoints(&self.below, entry, &effective)?;
            server_access::check(&endpoint, &effective, self.own(entry), entries.len())?;
            config.endpoints.push(endpoint);
            endpoints.push(effective);
        }
        tokens_of_profiles(&endpoints)?;
        Ok(ConfigReport {
            config,
            file: None,
            profile: None,
            values,
            endpoints,
            filters,
            keys: Vec::new(),
        })
    }

    /// Returns the profile with its name.
    fn profile(&self) -> Option<(&str, &Layer)> {
        Some((self.profile.as_deref()?, self.below.first()?))
    }

    /// Returns the endpoint's own layer. An endpoint given by URL inherits from a list entry with the same URL.
    fn own<'a>(&'a self, entry: &'a EndpointEntry) -> &'a Layer {
        let same = |listed: &&EndpointEntry| listed.url.text() == entry.url.text();
        let mut listed = self.below.iter().flat_map(|layer| &layer.endpoints);
        listed.find(same).map_or(&entry.own, |listed| &listed.own)
    }

    fn endpoint(&self, entry: &EndpointEntry) -> Result<(EndpointConfig, Vec<EffectiveValue>), ConfigError> {
        let origin = &entry.url.origin;
        let url = value::address(entry.url.text());
        let mut endpoint = EndpointConfig {
            url: url.map_err(|why| ConfigError::value("endpoint", origin, why))?,
            maxctrl_file: self.maxctrl_file,
            is_on_command_line: matches!(origin, Origin::Flag(_)),
            ..EndpointConfig::default()
        };
        let layers = self.all(Some(self.own(entry)));
        let mut effective = Vec::new();
        for id in SettingId::all() {
            let given = match &id.setting().apply {
                Apply::Endpoints => Some(&entry.url),
                Apply::Endpoint(apply) => {
                    let given = pick(&layers, id);
                    let applied = given.map_or(Ok(()), |given| apply(&mut endpoint, given));
                    let origin = given.map_or(origin, |given| &given.origin);
                    applied.map_err(|why| ConfigError::value(&id.setting().path(), origin, why))?;
                    given
                }
                Apply::Config(_) | Apply::Threshold(_) => None,
            };
            if id.setting().is_of_endpoint() || given.is_some() {
                // Another setting of its group is used.
                let nothing = || SourceValue::new("", Origin::Default);
                let given = given.cloned().unwrap_or_else(nothing);
                effective.push(EffectiveValue { id, given });
            }
        }
        if endpoint.tls.certificate.is_some() != endpoint.tls.key.is_some() {
            return Err(ConfigError::Setting {
                place: "client-cert and client-key".to_owned(),
                why: "only one is set: set both or none".to_owned(),
            });
        }
        Ok((endpoint, effective))
    }
}

/// Checks that with several endpoints a token comes from a profile. Any other one could be meant for one of
/// them, and would be sent to all.
fn tokens_of_profiles(endpoints: &[Vec<EffectiveValue>]) -> Result<(), ConfigError> {
    if endpoints.len() < 2 {
        return Ok(());
    }
    let tokens = endpoints.iter().flatten().filter(|value| {
        let is_of_profile = matches!(value.origin(), Origin::File { profile: Some(_), .. });
        value.setting().is_token() && !value.given.is_empty() && !is_of_profile
    });
    match tokens.into_iter().next() {
        None => Ok(()),
        Some(token) => {
            let why = "with several endpoints a token comes only from a profile: set it there";
            Err(ConfigError::value(
                &token.setting().path(),
                token.origin(),
                why.to_owned(),
            ))
        }
    }
}

/// Checks that no ● comes after its ▲: `query-look` must not exceed `query-act`.
fn limits_in_order(config: &Config, values: &[EffectiveValue]) -> Result<(), ConfigError> {
    let Some((look_name, act_name)) = config.thresholds.out_of_order() else {
        return Ok(());
    };
    let of = |name: &str| {
        let limits = values
            .iter()
            .filter(|value| value.setting().table == Some(THRESHOLD_TABLE));
        limits.into_iter().find(|value| value.setting().name == name)
    };
    let (Some(look), Some(act)) = (of(look_name), of(act_name)) else {
        return Ok(());
    };
    let why = format!(
        "{look_name} ({}) must not exceed {act_name} ({})",
        look.given.text(),
        act.given.text()
    );
    let faulty = if matches!(act.origin(), Origin::Default) {
        look
    } else {
        act
    };
    Err(ConfigError::value(&faulty.setting().path(), faulty.origin(), why))
}
