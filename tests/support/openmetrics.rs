//! A strict parser of OpenMetrics text, for what the program writes.

use std::collections::{BTreeMap, BTreeSet};

/// Labels of a sample, by name.
pub(crate) type Labels = BTreeMap<String, String>;

/// Metrics by name, with their samples.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    samples: BTreeMap<String, Vec<(Labels, f64)>>,
}

/// A family that is being read.
struct Family {
    name: String,
    kind: String,
}

impl Metrics {
    /// Parses a text. Panics with the line at the first thing that the format does not allow.
    pub(crate) fn parse(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").unwrap();
        let mut found = Self::default();
        let mut seen = BTreeSet::new();
        let mut family: Option<Family> = None;
        let mut lines = body.lines().peekable();
        while let Some(line) = lines.next() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap_or_else(|| panic!("{line}"));
                assert!(seen.insert(name.to_owned()), "a family is written once: {line}");
                assert!(!help.is_empty() && help.ends_with('.'), "{line}");
                let kind = lines
                    .next()
                    .and_then(|line| line.strip_prefix("# TYPE "))
                    .unwrap_or_else(|| panic!("{line}"));
                let kind = kind.strip_prefix(name).and_then(|rest| rest.strip_prefix(' '));
                if let Some(rest) = lines.peek().and_then(|line| line.strip_prefix("# UNIT ")) {
                    let (unit_of, unit) = rest.split_once(' ').unwrap_or_else(|| panic!("{rest}"));
                    assert!(unit_of == name && name.ends_with(&format!("_{unit}")), "{rest}");
                    lines.next();
                }
                family = Some(Family {
                    name: name.to_owned(),
                    kind: kind.unwrap_or_else(|| panic!("{line}")).to_owned(),
                });
            } else {
                found.add(family.as_ref().unwrap_or_else(|| panic!("{line}")), line);
            }
        }
        found
    }

    fn add(&mut self, family: &Family, line: &str) {
        let (name, rest) = line.split_once('{').unwrap_or_else(|| panic!("{line}"));
        let suffix = name
            .strip_prefix(family.name.as_str())
            .unwrap_or_else(|| panic!("{line}"));
        let suffixes: &[&str] = match family.kind.as_str() {
            "counter" => &["_total"],
            "gauge" => &[""],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            other => panic!("{other}: {line}"),
        };
        assert!(suffixes.contains(&suffix), "{line}");
        let (labels, value) = labels(rest);
        let value = value.trim().parse().unwrap_or_else(|_| panic!("{line}"));
        let samples = self.samples.entry(name.to_owned()).or_default();
        let is_new = samples.iter().all(|(known, _)| *known != labels);
        assert!(is_new, "a series is written once: {line}");
        samples.push((labels, value));
    }

    /// Returns the number of series.
    pub(crate) fn series(&self) -> usize {
        self.samples.values().map(Vec::len).sum()
    }

    /// Returns the samples of a metric.
    pub(crate) fn samples(&self, name: &str) -> &[(Labels, f64)] {
        self.samples.get(name).map_or(&[], Vec::as_slice)
    }

    /// Returns the only sample of a metric.
    pub(crate) fn value(&self, name: &str) -> Option<f64> {
        match self.samples(name) {
            [] => None,
            [(_, value)] => Some(*value),
            several => panic!("{name}: {several:?}"),
        }
    }

    /// Returns the values of a metric by one of its labels, added up.
    pub(crate) fn by(&self, name: &str, label: &str) -> BTreeMap<String, f64> {
        let mut found = BTreeMap::new();
        for (labels, value) in self.samples(name) {
            *found.entry(labels[label].clone()).or_default() += value;
        }
        found
    }
}

/// Returns the labels, and the text after them.
fn labels(mut rest: &str) -> (Labels, &str) {
    let mut found = Labels::new();
    loop {
        let (name, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("{rest}"));
        let mut value = String::new();
        let mut chars = after.char_indices();
        let end = loop {
            match chars.next().unwrap_or_else(|| panic!("{rest}")) {
                (end, '"') => break end,
                (_, '\\') => value.push(match chars.next().unwrap_or_else(|| panic!("{rest}")).1 {
                    'n' => '\n',
                    c @ ('"' | '\\') => c,
                    c => panic!("escape of {c}: {rest}"),
                }),
                (_, c) => value.push(c),
            }
        };
        assert!(found.insert(name.to_owned(), value).is_none(), "{rest}");
        rest = &after[end + 1..];
        match rest.strip_prefix(',') {
            Some(next) => rest = next,
            None => return (found, rest.strip_prefix('}').unwrap_or_else(|| panic!("{rest}"))),
        }
    }
}
