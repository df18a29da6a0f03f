//! The settings as JSON: one array with an object for each setting.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::{ConfigReport, EffectiveValue, NamedValue, Origin};
use crate::runtime::json;

/// A setting with its value.
#[derive(Serialize)]
struct SettingRecord<'a> {
    setting: String,
    /// Number of the endpoint, from 1; `null` for all endpoints.
    endpoint: Option<usize>,
    /// As written in a file; `***` for a secret.
    value: Option<String>,
    /// `flag`, `environment`, `profile`, `file` or `default`.
    from: &'static str,
    /// The option or the variable.
    by: Option<String>,
    profile: Option<&'a str>,
    path: Option<String>,
    line: Option<usize>,
}

impl<'a> SettingRecord<'a> {
    fn new(effective: &'a EffectiveValue, endpoint: Option<usize>) -> Self {
        let name = effective.setting().path();
        Self::of(name, effective.shown(), effective.origin(), endpoint)
    }

    fn named(entry: &'a NamedValue) -> Self {
        Self::of(entry.path.clone(), Some(entry.value.clone()), &entry.origin, None)
    }

    fn of(setting: String, value: Option<String>, origin: &'a Origin, endpoint: Option<usize>) -> Self {
        let record = Self {
            setting,
            endpoint,
            value,
            from: "default",
            by: None,
            profile: None,
            path: None,
            line: None,
        };
        match origin {
            Origin::Default => record,
            Origin::Flag(name) => Self {
                from: "flag",
                by: Some(format!("--{name}")),
                ..record
            },
            Origin::Variable(name) => Self {
                from: "environment",
                by: Some((*name).to_owned()),
                ..record
            },
            Origin::File { file, line, profile } => Self {
                from: if profile.is_some() { "profile" } else { "file" },
                profile: profile.as_deref(),
                path: Some(file.path.display().to_string()),
                line: Some(*line),
                ..record
            },
        }
    }
}

pub(super) fn write(out: &mut impl Write, reading: &ConfigReport) -> io::Result<()> {
    let of_endpoints = (1..).zip(&reading.endpoints).flat_map(|(number, endpoint)| {
        endpoint
            .iter()
            .map(move |effective| SettingRecord::new(effective, Some(number)))
    });
    let rest = reading
        .values
        .iter()
        .map(|effective| SettingRecord::new(effective, None));
    let named = reading
        .filters
        .iter()
        .chain(&reading.keys)
        .map(SettingRecord::named);
    let records: Vec<_> = of_endpoints.chain(rest).chain(named).collect();
    json::to_writer_pretty(&mut *out, &records)?;
    writeln!(out)
}
