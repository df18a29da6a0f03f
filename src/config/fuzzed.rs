//! Files of the user, parsed for fuzzing.

use std::path::Path;
use std::sync::Arc;

use super::environment::Environment;
use super::origin::SourceFile;
use super::{file, maxctrl, theme};

/// Parses a text as the configuration file, and as a theme.
pub(crate) fn configuration(text: &str) {
    let source = Arc::new(SourceFile {
        path: Path::new("config.toml").into(),
    });
    if let Err(error) = file::parse(text, &source, Environment(&|_| None)) {
        assert!(!error.to_string().is_empty());
    }
    drop(theme::parse(Path::new("theme.toml"), text));
}

/// Parses a text as `.maxctrl.cnf`.
pub(crate) fn maxctrl(text: &str) {
    let source = Arc::new(SourceFile {
        path: Path::new(".maxctrl.cnf").into(),
    });
    if let Ok(entries) = maxctrl::known_entries(text) {
        // An error means that a value is wrong. It is reported to the user.
        drop(maxctrl::layer(&entries, &source, Environment(&|_| None)));
    }
}
