//! Regular expressions, bounded: however one is written, it takes time linear in the text.

use regex::{Regex, RegexBuilder};

/// So many bytes one may take when compiled, and its cache again.
const SIZE: usize = 256 * 1024;
const DEPTH: u32 = 64;

/// A compiled regular expression. Two are equal when they were written the same.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// Compiles one; the error is one line.
    pub(super) fn new(source: &str) -> Result<Self, String> {
        let compiled = RegexBuilder::new(source)
            .size_limit(SIZE)
            .dfa_size_limit(SIZE)
            .nest_limit(DEPTH)
            .build();
        compiled.map(Self).map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
            error => last_line(&error.to_string()),
        })
    }

    pub(super) fn as_str(&self) -> &str {
        self.0.as_str()
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

/// The library draws the pattern over several lines; the last one says what is wrong.
fn last_line(report: &str) -> String {
    let last = report.lines().last().unwrap_or_default();
    last.strip_prefix("error: ").unwrap_or(last).to_owned()
}
