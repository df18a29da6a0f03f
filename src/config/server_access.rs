//! Rules for the database user and its password.

use super::error::ConfigError;
use super::layer::{EndpointConfig, Layer};
use super::origin::Origin;
use super::reading::EffectiveValue;
use super::settings::SettingId;

/// Checks the database user of one of `count` endpoints.
///
/// With several endpoints, each password must be set for its endpoint: in a profile, or at the endpoint of a
/// list. Otherwise the servers of one proxy would receive the password of another's.
///
/// # Errors
///
/// Returns [`ConfigError`] for a password that several endpoints share.
pub(super) fn check(
    endpoint: &EndpointConfig,
    values: &[EffectiveValue],
    own: &Layer,
    count: usize,
) -> Result<(), ConfigError> {
    if endpoint.sql_user.is_none() {
        return Ok(());
    }
    let is_own = || {
        let mut sources = SettingId::all().filter(|id| id.setting().is_sql_password());
        sources.any(|id| own.get(id).is_some())
    };
    let shared = values.iter().find(|value| {
        let is_set = value.setting().is_sql_password() && value.shown().is_some();
        is_set
            && match value.origin() {
                Origin::Flag(_) | Origin::Variable(_) => true,
                Origin::File { profile: None, .. } => !is_own(),
                Origin::File { .. } | Origin::Default => false,
            }
    });
    match shared {
        Some(value) if count > 1 => Err(ConfigError::value(
            &value.setting().path(),
            value.origin(),
            "with several endpoints, set the database password in a profile, or at each endpoint of a list"
                .to_owned(),
        )),
        _ => Ok(()),
    }
}
