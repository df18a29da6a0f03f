//! Parsers of numbers in arguments. Their errors say which numbers are expected.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// Parses a number that is at least 1.
pub(super) fn from_one<T: FromStr + Default + PartialEq>(text: &str) -> Result<T, &'static str> {
    let number = text.parse().ok();
    number
        .filter(|number| *number != T::default())
        .ok_or("expected a number, 1 or more")
}

/// Parses a number that is at least 0.
#[cfg(feature = "demo")]
pub(super) fn whole<T: FromStr>(text: &str) -> Result<T, &'static str> {
    text.parse().map_err(|_| "expected a whole number, 0 or more")
}

/// Parses a number that may have a fraction and is at least 0.
#[cfg(feature = "demo")]
pub(super) fn not_negative(text: &str) -> Result<f64, &'static str> {
    let number = text.parse().ok();
    number
        .filter(|number: &f64| number.is_finite() && *number >= 0.0)
        .ok_or("expected a number, 0 or more")
}

/// Returns a parser of a number in a range.
pub(super) fn number_in<T: FromStr + PartialOrd + Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    RangeInclusive<T>: Clone,
{
    move |text| {
        let number = text.parse().ok();
        let expected = || format!("expected a number from {} to {}", range.start(), range.end());
        number
            .filter(|number| range.contains(number))
            .ok_or_else(expected)
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::Cli;

    #[test]
    #[cfg(feature = "demo")]
    fn every_wrong_number_says_which_is_expected() {
        for (arguments, expected) in [
            ("list --count x", "expected a number, 1 or more"),
            ("kill -f user=a --max 0", "expected a number, 1 or more"),
            ("record a.mxr --keep x", "expected a number from 0 to 1000"),
            ("record a.mxr --keep 1001", "expected a number from 0 to 1000"),
            ("demo --nodes 0", "expected a number from 1 to 1000"),
            ("demo --sessions many", "expected a whole number, 0 or more"),
            ("demo --seed 0x1", "expected a whole number, 0 or more"),
            ("demo --churn nan", "expected a number, 0 or more"),
            ("list --count -1", "expected a number, 1 or more"),
            ("kill -f user=a --max -1", "expected a number, 1 or more"),
            ("record a.mxr --keep -1", "expected a number from 0 to 1000"),
            ("demo --speed -0.5", "expected a number, 0 or more"),
            ("demo --speed=-1", "expected a number, 0 or more"),
        ] {
            let words = std::iter::once("maxtop").chain(arguments.split(' '));
            let error = Cli::parse_from(words.map(Into::into)).unwrap_err().to_string();
            assert!(error.contains(expected), "{arguments}: {error}");
        }
    }
}
