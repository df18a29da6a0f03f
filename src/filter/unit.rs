//! Parses and formats numbers, durations and sizes.

use std::time::Duration;

use crate::model::{parse_duration, setting_text};

/// Units of size, in order of preference for output. Parsed ignoring case.
const SIZES: [(&str, u64); 13] = [
    ("TiB", 1 << 40),
    ("TB", 1_000_000_000_000),
    ("GiB", 1 << 30),
    ("GB", 1_000_000_000),
    ("MiB", 1 << 20),
    ("MB", 1_000_000),
    ("KiB", 1 << 10),
    ("kB", 1000),
    ("T", 1_000_000_000_000),
    ("G", 1_000_000_000),
    ("M", 1_000_000),
    ("k", 1000),
    ("B", 1),
];

/// Parses a whole number: digits only.
pub(super) fn number(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Parses a duration into milliseconds.
pub(super) fn duration(text: &str) -> Option<u64> {
    u64::try_from(parse_duration(text)?.as_millis()).ok()
}

/// Formats milliseconds as `1h30m`, which [`duration`] parses.
pub(super) fn duration_text(milliseconds: u64) -> String {
    setting_text(Duration::from_millis(milliseconds))
}

/// Parses a size into bytes: `1.5MB`, `1.2 MB`, `64KiB`. A bare number is in bytes.
pub(super) fn size(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim_start();
    let factor = if unit.is_empty() {
        1
    } else {
        SIZES.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1
    };
    scaled(number, factor)
}

/// Multiplies a decimal number by a whole one, rounded down.
fn scaled(number: &str, factor: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let whole: u64 = whole.parse().ok()?;
    let parts: u64 = fraction.parse().ok()?;
    let scale = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let rest = u128::from(parts).checked_mul(u128::from(factor))? / scale;
    whole.checked_mul(factor)?.checked_add(u64::try_from(rest).ok()?)
}

/// Formats a size in the first unit that divides it, which [`size`] parses.
pub(super) fn size_text(bytes: u64) -> String {
    let fits = SIZES
        .iter()
        .find(|(_, factor)| bytes > 0 && *factor > 1 && bytes.is_multiple_of(*factor));
    fits.map_or_else(
        || bytes.to_string(),
        |(unit, factor)| format!("{}{unit}", bytes / factor),
    )
}
