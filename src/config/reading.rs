//! The layers put together: the command line before the environment before the profile before the
//! top of the file before the official tool's file before the defaults.

use std::path::PathBuf;

use super::environment::Environment;
use super::error::ConfigError;
use super::file::{ConfigFile, MAXCTRL};
use super::layer::CommandLine;
use super::layer::EndpointConfig;
use super::layer::{EndpointEntry, Layer, pick};
use super::origin::{Origin, SourceValue};
use super::setting::{Apply, Setting};
use super::settings::{SettingId, THRESHOLD_TABLE};
use super::{Config, maxctrl, value};

/// The settings, each with where it came from.
#[derive(Debug)]
pub struct ConfigReport {
    /// What they come to.
    pub config: Config,
    /// The configuration file that was read.
    pub file: Option<PathBuf>,
    /// The profile that was taken.
    pub profile: Option<String>,
    /// What holds for all endpoints.
    pub values: Vec<EffectiveValue>,
    /// For each endpoint what holds for it.
    pub endpoints: Vec<Vec<EffectiveValue>>,
}

/// A setting with the value that holds.
#[derive(Clone, Debug)]
pub struct EffectiveValue {
    id: SettingId,
    pub(super) given: SourceValue,
}

impl EffectiveValue {
    /// Which.
    pub fn setting(&self) -> &'static Setting {
        self.id.setting()
    }

    /// Its value as it may be shown: a secret is masked. Nothing where there is none.
    pub fn shown(&self) -> Option<String> {
        match self.given.text() {
            "" => None,
            _ if self.setting().form.is_secret() => Some("***".to_owned()),
            text => Some(text.to_owned()),
        }
    }

    /// Where it came from.
    pub const fn origin(&self) -> &Origin {
        &self.given.origin
    }
}

/// The sources, uppermost first; what an endpoint of a list says of itself comes third.
struct Sources {
    flags: Layer,
    environment: Layer,
    /// The profile, the top of the file, the official tool's file, the defaults.
    below: Vec<Layer>,
    by_maxctrl: bool,
}

impl ConfigReport {
    /// Reads everything that the command line, the environment and the files say.
    pub(super) fn new(line: &CommandLine, environment: Environment<'_>) -> Result<Self, ConfigError> {
        let mut file = ConfigFile::read(line.file.as_deref(), environment)?;
        let profile = line
            .profile
            .as_deref()
            .map(|name| take_profile(&mut file, name, environment))
            .transpose()?;
        let mut sources = Sources {
            flags: line.flags.clone(),
            environment: Layer::of_environment(environment)?,
            below: profile.into_iter().chain([file.top]).collect(),
            by_maxctrl: line.profile.as_deref() == Some(MAXCTRL),
        };
        if !sources
            .all(None)
            .iter()
            .any(|layer| layer.names_endpoint_or_user())
            && let Some(tools) = maxctrl::read(environment)?
        {
            sources.below.push(tools);
            sources.by_maxctrl = true;
        }
        sources.below.push(Layer::of_defaults(environment));
        let mut reading = sources.resolve()?;
        reading.file = file.path;
        reading.profile = line
            .profile
            .clone()
            .or_else(|| sources.by_maxctrl.then(|| MAXCTRL.to_owned()));
        reading.config.suit(environment);
        Ok(reading)
    }
}

/// A profile of the file; else the official tool's file is one.
fn take_profile(
    file: &mut ConfigFile,
    name: &str,
    environment: Environment<'_>,
) -> Result<Layer, ConfigError> {
    if let Some(profile) = file.profiles.remove(name) {
        return Ok(profile);
    }
    let tools = match name {
        MAXCTRL => maxctrl::read(environment)?,
        _ => None,
    };
    tools.ok_or_else(|| file.no_profile(name))
}

impl Sources {
    fn all<'a>(&'a self, own: Option<&'a Layer>) -> Vec<&'a Layer> {
        let above = [&self.flags, &self.environment];
        above.into_iter().chain(own).chain(&self.below).collect()
    }

    fn resolve(&self) -> Result<ConfigReport, ConfigError> {
        let layers = self.all(None);
        let mut config = Config::blank();
        let mut values = Vec::new();
        for id in SettingId::all().filter(|id| !id.setting().is_of_endpoint()) {
            let Some(given) = pick(&layers, id) else {
                continue;
            };
            let applied = id.setting().apply_to(&mut config, given);
            applied.map_err(|why| ConfigError::value(&id.setting().path(), &given.origin, why))?;
            values.push(EffectiveValue {
                id,
                given: given.clone(),
            });
        }
        limits_in_order(&config, &values)?;
        let mut endpoints = Vec::new();
        let entries = layers.iter().find(|layer| !layer.endpoints.is_empty());
        for entry in entries.into_iter().flat_map(|layer| &layer.endpoints) {
            let (endpoint, effective) = self.endpoint(entry)?;
            config.endpoints.push(endpoint);
            endpoints.push(effective);
        }
        Ok(ConfigReport {
            config,
            file: None,
            profile: None,
            values,
            endpoints,
        })
    }

    /// What holds for this endpoint alone: one that is named by its address has what the list below
    /// says of the same address.
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
            by_maxctrl: self.by_maxctrl,
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
                // Another one of its group counts.
                let nothing = || SourceValue::new("", Origin::Default);
                let given = given.cloned().unwrap_or_else(nothing);
                effective.push(EffectiveValue { id, given });
            }
        }
        if endpoint.tls.certificate.is_some() != endpoint.tls.key.is_some() {
            return Err(ConfigError::Setting {
                place: "client-cert and client-key".to_owned(),
                why: "one without the other: give both or none".to_owned(),
            });
        }
        Ok((endpoint, effective))
    }
}

/// What is acted on was looked at before.
fn limits_in_order(config: &Config, values: &[EffectiveValue]) -> Result<(), ConfigError> {
    if config.thresholds.are_in_order() {
        return Ok(());
    }
    let of = |name: &str| {
        let limits = values
            .iter()
            .filter(|value| value.setting().table == Some(THRESHOLD_TABLE));
        limits.into_iter().find(|value| value.setting().name == name)
    };
    let (Some(look), Some(act)) = (of("query-look"), of("query-act")) else {
        return Ok(());
    };
    let why = format!(
        "query-look ({}) is more than query-act ({}): act after you have looked",
        look.given.text(),
        act.given.text()
    );
    let blamed = if matches!(act.origin(), Origin::Default) {
        look
    } else {
        act
    };
    Err(ConfigError::value(&blamed.setting().path(), blamed.origin(), why))
}
