//! Rules for the endpoints that a password or token may be sent to.
//!
//! One of a file is for the endpoints of that file. `MAXTOP_ENDPOINT` does not extend them, because the variable can
//! be left over from earlier work. The option `--endpoint` does.

use super::error::ConfigError;
use super::layer::{EndpointEntry, Layer};
use super::origin::Origin;
use super::reading::EffectiveValue;

/// Checks that the endpoints of the environment are those of the profile that the command line names.
///
/// Otherwise it is not clear which of the two the user means, and a kill would go to the wrong proxy.
///
/// # Errors
///
/// Returns [`ConfigError`] if they differ.
pub(super) fn same_endpoints(
    profile: Option<(&str, &Layer)>,
    chosen: &[&EndpointEntry],
) -> Result<(), ConfigError> {
    let Some((name, layer)) = profile else {
        return Ok(());
    };
    let variable = chosen.iter().find_map(|entry| variable(&entry.url.origin));
    let Some(variable) = variable.filter(|_| !layer.endpoints.is_empty()) else {
        return Ok(());
    };
    let profile: Vec<_> = layer.endpoints.iter().collect();
    let is_within = |some: &[&EndpointEntry], all: &[&EndpointEntry]| {
        some.iter().all(|one| all.iter().any(|other| is_same(one, other)))
    };
    let is_equal = is_within(chosen, &profile) && is_within(&profile, chosen);
    if is_equal {
        return Ok(());
    }
    Err(ConfigError::Setting {
        place: "--profile".to_owned(),
        why: format!(
            "{variable} and the endpoint of profile {name} differ: unset the variable, or choose with --endpoint"
        ),
    })
}

/// Checks that no password or token of a file with endpoints is sent to another endpoint that the environment
/// names.
///
/// # Errors
///
/// Returns [`ConfigError`] if one would be.
pub(super) fn own_endpoints(
    files: &[Layer],
    entry: &EndpointEntry,
    effective: &[EffectiveValue],
) -> Result<(), ConfigError> {
    let Some(variable) = variable(&entry.url.origin) else {
        return Ok(());
    };
    let mut named = files
        .iter()
        .flat_map(|layer| &layer.endpoints)
        .filter(|entry| matches!(entry.url.origin, Origin::File { .. }))
        .peekable();
    if named.peek().is_none() || named.any(|listed| is_same(listed, entry)) {
        return Ok(());
    }
    let secret = effective.iter().find(|value| {
        let is_of_file = matches!(value.origin(), Origin::File { .. });
        is_of_file && value.setting().group.is_some() && value.shown().is_some()
    });
    let Some(secret) = secret else {
        return Ok(());
    };
    let (name, origin) = (secret.setting().path(), secret.origin());
    Err(ConfigError::Setting {
        place: variable.to_owned(),
        why: format!(
            "{name} ({origin}) is only for the endpoints of its file: unset the variable, or choose with --endpoint"
        ),
    })
}

/// Returns the variable that a value comes from.
const fn variable(origin: &Origin) -> Option<&'static str> {
    match origin {
        Origin::Variable(name) => Some(name),
        _ => None,
    }
}

/// Whether two entries have the same URL, with or without its default scheme.
fn is_same(one: &EndpointEntry, other: &EndpointEntry) -> bool {
    let bare = |entry: &EndpointEntry| {
        let text = entry.url.text().to_ascii_lowercase();
        let text = text.strip_prefix("http://").unwrap_or(&text);
        text.trim_end_matches('/').to_owned()
    };
    bare(one) == bare(other)
}
