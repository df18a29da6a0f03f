//! Durations in recordings: whole microseconds.

use std::time::Duration;

use serde::{Deserialize, Deserializer, Serializer};

/// Writes a duration, limited to the range.
///
/// # Errors
///
/// Returns the error of the serializer.
pub(crate) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// Reads a duration.
///
/// # Errors
///
/// Returns the error of the deserializer.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    u64::deserialize(deserializer).map(Duration::from_micros)
}
