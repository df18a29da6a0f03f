//! The settings for programs: one array, with an object for each setting.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::{Origin, Reading, Settled};
use crate::shell::json;

/// A setting with its value.
#[derive(Serialize)]
struct Record<'a> {
    setting: String,
    /// Which endpoint it holds for, from 1; all without one.
    endpoint: Option<usize>,
    /// As it is written in a file; a secret is `***`.
    value: Option<String>,
    /// `flag`, `environment`, `profile`, `file` or `default`.
    from: &'static str,
    /// The option or the variable.
    by: Option<String>,
    profile: Option<&'a str>,
    path: Option<String>,
    line: Option<usize>,
}

impl<'a> Record<'a> {
    fn new(settled: &'a Settled, endpoint: Option<usize>) -> Self {
        let record = Self {
            setting: settled.setting().path(),
            endpoint,
            value: settled.shown(),
            from: "default",
            by: None,
            profile: None,
            path: None,
            line: None,
        };
        match settled.origin() {
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

pub(super) fn write(out: &mut impl Write, reading: &Reading) -> io::Result<()> {
    let of_endpoints = (1..).zip(&reading.endpoints).flat_map(|(number, endpoint)| {
        endpoint
            .iter()
            .map(move |settled| Record::new(settled, Some(number)))
    });
    let rest = reading.values.iter().map(|settled| Record::new(settled, None));
    let records: Vec<_> = of_endpoints.chain(rest).collect();
    json::to_writer_pretty(&mut *out, &records)?;
    writeln!(out)
}
