//! Times of the lines of a chunk, read without their facts.

use std::time::Duration;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::RecordingError;
use super::lines::Lines;
use super::list::moment;
use crate::model::Now;

/// The time of a line, and whether it is a list.
#[derive(Deserialize)]
struct TimeOnly {
    #[serde(default)]
    key: bool,
    at: (u64, i64),
    list: Option<IgnoredAny>,
}

/// Returns the times of the first and the last fact that can be read.
pub(super) fn span_of(mut lines: Lines) -> Option<(Now, Now)> {
    let mut span: Option<(Now, Now)> = None;
    while let Ok(Some(line)) = lines.next() {
        let Ok(line) = serde_json::from_slice::<TimeOnly>(line) else {
            continue;
        };
        if let (false, Ok(at)) = (line.key, moment(line.at)) {
            span = Some((span.map_or(at, |(from, _)| from), at));
        }
    }
    span
}

/// Returns the times of the lists.
pub(super) fn lists_of(mut lines: Lines) -> Result<Vec<Duration>, RecordingError> {
    let mut times = Vec::new();
    while let Some(line) = lines.next()? {
        if let Ok(TimeOnly {
            key: false,
            at,
            list: Some(_),
        }) = serde_json::from_slice(line)
        {
            times.push(Duration::from_micros(at.0));
        }
    }
    Ok(times)
}
