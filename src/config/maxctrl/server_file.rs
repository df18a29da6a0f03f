//! Reads the section `[maxctrl]` of MaxScale's own file, as maxctrl does from 25.10 on.
//!
//! The file also has the passwords of services and monitors. Only the lines of the section are kept. A file
//! that is missing, unreadable or without the section is skipped: it is written for MaxScale, not for maxtop.

use std::sync::Arc;

use secrecy::zeroize::Zeroizing;

use super::ini::Unclear;
use super::{holds_secret, known_entries, layer};
use crate::config::ConfigError;
use crate::config::environment::Environment;
use crate::config::file::MAXCTRL;
use crate::config::layer::Layer;
use crate::config::origin::SourceFile;
use crate::config::trust::{self, UnsafeFile};

/// Returns the settings of the section; `None` if there are none.
pub(super) fn read(environment: Environment<'_>) -> Result<Option<Layer>, ConfigError> {
    let path = environment.maxscale_file();
    let Ok((metadata, bytes)) = trust::read(&path) else {
        return Ok(None);
    };
    let bytes = Zeroizing::new(bytes);
    let failed = |Unclear { line, why }| ConfigError::Setting {
        place: format!("{}, line {line}", path.display()),
        why,
    };
    let Some(section) = section(&bytes).map_err(failed)? else {
        return Ok(None);
    };
    let entries = known_entries(&section).map_err(failed)?;
    if entries.is_empty() {
        return Ok(None);
    }
    if holds_secret(&entries)
        && let Some(why) = UnsafeFile::of_others(&metadata)
    {
        return Err(ConfigError::Mistrusted {
            path: path.display().to_string(),
            why,
        });
    }
    let file = Arc::new(SourceFile {
        path: path.into_boxed_path(),
    });
    layer(&entries, &file, environment).map(Some)
}

/// Returns the text of the section, with an empty line for each other line. `None` if there is no section.
fn section(bytes: &[u8]) -> Result<Option<Zeroizing<String>>, Unclear> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len()));
    let (mut is_inside, mut is_there) = (false, false);
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if let Some(rest) = line.strip_prefix(b"[") {
            let name = rest.split(|byte| *byte == b']').next().unwrap_or_default();
            is_inside = name.trim_ascii().eq_ignore_ascii_case(MAXCTRL.as_bytes());
            is_there |= is_inside;
        }
        if is_inside {
            let line = std::str::from_utf8(line).map_err(|_| Unclear {
                line: number,
                why: "it is not valid UTF-8".to_owned(),
            })?;
            text.push_str(line);
        }
        text.push('\n');
    }
    Ok(is_there.then_some(text))
}
