//! Finds and reads themes: those of the program by name, own ones by name or path.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::environment::Environment;
use super::origin::{Origin, SourceValue};
use super::trust::{self, UnsafeFile};
use super::{ConfigError, value};
use crate::app::theme::ThemeStyles;
use crate::model::nearest;

/// Ending of a theme's file.
const ENDING: &str = ".toml";

/// Whether a value of the setting is the path of a file, and not a name.
pub(super) fn is_path(text: &str) -> bool {
    text.contains('/') || text.ends_with(ENDING)
}

/// Returns the theme that a value of the setting names.
pub(super) fn load(
    given: &SourceValue,
    environment: Environment<'_>,
) -> Result<Arc<ThemeStyles>, ConfigError> {
    let name = given.text();
    if let Some(theme) = ThemeStyles::built_in(name) {
        return Ok(theme);
    }
    let (path, text) = own_file(name, &given.origin, environment)?;
    parse(&path, &text).map(Arc::new)
}

/// Returns the text of a theme's file.
pub(super) fn text(name: &str, environment: Environment<'_>) -> Result<String, ConfigError> {
    if let Some(text) = ThemeStyles::built_in_file(name) {
        return Ok(text.to_owned());
    }
    let (path, text) = own_file(name, &Origin::Flag("print-theme"), environment)?;
    parse(&path, &text).map(|_| text)
}

/// Returns the path and the text of an own theme.
fn own_file(
    name: &str,
    origin: &Origin,
    environment: Environment<'_>,
) -> Result<(PathBuf, String), ConfigError> {
    let named = !is_path(name);
    let path = if named {
        environment.theme_file(name)
    } else {
        Some(name.into())
    };
    let Some(path) = path.filter(|path| !named || path.exists()) else {
        return Err(ConfigError::value("theme", origin, unknown(name, environment)));
    };
    let failed = |why: String| ConfigError::Theme {
        path: path.display().to_string(),
        why,
    };
    let (metadata, bytes) = trust::read(&path).map_err(|error| failed(error.to_string()))?;
    if let Some(why) = UnsafeFile::of_settings(&path, &metadata) {
        return Err(failed(why.to_string()));
    }
    let text = String::from_utf8(bytes).map_err(|_| failed("it is not valid UTF-8".to_owned()))?;
    Ok((path, text))
}

pub(super) fn parse(path: &Path, text: &str) -> Result<ThemeStyles, ConfigError> {
    ThemeStyles::parse(text).map_err(|error| ConfigError::Setting {
        place: format!("{}, line {}", path.display(), error.line),
        why: error.why,
    })
}

/// Returns the error text for an unknown theme: a similar name, or all names and the place of own ones.
fn unknown(name: &str, environment: Environment<'_>) -> String {
    let shown = value::shown(name);
    if let Some(near) = nearest(name, ThemeStyles::names()) {
        return format!("no theme '{shown}': did you mean {near}?");
    }
    let known = ThemeStyles::names().collect::<Vec<_>>().join(", ");
    let own = environment.theme_file(&shown);
    let own = own.map_or_else(String::new, |path| {
        format!(", or an own one in {}", path.display())
    });
    format!("no theme '{shown}': expected {known}{own}")
}
