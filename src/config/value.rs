//! Parses the values of settings. Errors say what was expected and what was found.

use std::time::Duration;

use crate::app::build_view::Sort;
use crate::app::columns::{COLUMNS, ColumnId};
use crate::app::groups::groupings::{GroupingId, NO_GROUPING};
use crate::model::{Span, Text, TextLimit, parse_duration};

/// Parses the name of a grouping, or `none`.
pub(super) fn grouping(text: &str) -> Result<Option<GroupingId>, String> {
    let mut names = vec![(NO_GROUPING, None)];
    names.extend(GroupingId::all().map(|id| (id.grouping().name, Some(id))));
    choice(text, &names)
}

/// Parses a time span, 50 ms to one day.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    match time(text, "500ms or 2m")? {
        short if short < Duration::from_millis(50) => Err(format!("too short: {text}, minimum 50ms")),
        long if long > Duration::from_hours(24) => Err(format!("too long: {text}, maximum 1 day")),
        duration => Ok(duration),
    }
}

/// Parses a grace period, 0 to 10 minutes.
pub(super) fn grace(text: &str) -> Result<Duration, String> {
    match time(text, "3s")? {
        long if long > Duration::from_mins(10) => Err(format!("too long: {text}, maximum 10m")),
        grace => Ok(grace),
    }
}

/// Parses the time of the history, 0 or 10 seconds to one day.
pub(super) fn history_span(text: &str) -> Result<Duration, String> {
    match time(text, "15m")? {
        short if !short.is_zero() && short < Duration::from_secs(10) => {
            Err(format!("too short: {text}, minimum 10s, or 0s for no history"))
        }
        long if long > Duration::from_hours(24) => Err(format!("too long: {text}, maximum 1 day")),
        span => Ok(span),
    }
}

/// Parses the size of the history: 0, or 1 MB to 1 TB.
pub(super) fn history_size(text: &str) -> Result<usize, String> {
    if text == "0" { Ok(0) } else { size(text) }
}

/// Parses the span of a recording, one second to one year.
pub(crate) fn recording_span(text: &str) -> Result<Duration, String> {
    match time(text, "10m or 8h")? {
        short if short < Duration::from_secs(1) => Err(format!("too short: {text}, minimum 1s")),
        long if long > Duration::from_hours(24 * 365) => Err(format!("too long: {text}, maximum 1 year")),
        span => Ok(span),
    }
}

/// Parses a threshold, one second to one year.
pub(super) fn span(text: &str) -> Result<Span, String> {
    match time(text, "30m or 1h")? {
        short if short < Duration::from_secs(1) => Err(format!("too short: {text}, minimum 1s")),
        long if long > Duration::from_hours(24 * 365) => Err(format!("too long: {text}, maximum 1 year")),
        span => Span::from_secs_f64(span.as_secs_f64()).ok_or_else(|| expected("a time", text)),
    }
}

fn time(text: &str, like: &str) -> Result<Duration, String> {
    // The crate behind it takes `M` as months.
    if text.ends_with('M') && parse_duration(text).is_some() {
        return Err(format!(
            "M means months: write minutes as m, found '{}'",
            shown(text)
        ));
    }
    parse_duration(text)
        .ok_or_else(|| expected(&format!("a time such as {like}, or a number of seconds"), text))
}

/// Parses a factor, `10x`: 2 to 1000.
pub(super) fn times(text: &str) -> Result<u32, String> {
    let number = text.strip_suffix('x').unwrap_or(text);
    let times = number.trim_end().parse().ok();
    times
        .filter(|times| (2..=1000).contains(times))
        .ok_or_else(|| expected("a number of times such as 10x, 2x to 1000x", text))
}

/// Parses a number of sessions, 1,000 to 100 million.
pub(super) fn count(text: &str) -> Result<usize, String> {
    let count = text.replace('_', "").parse().ok();
    count
        .filter(|count| (1_000..=100_000_000).contains(count))
        .ok_or_else(|| expected("a number, 1000 to 100000000", text))
}

/// Parses the number of values of a label, 1 to 1000.
pub(super) fn labels(text: &str) -> Result<usize, String> {
    let count = text.parse().ok();
    count
        .filter(|count| (1..=1_000).contains(count))
        .ok_or_else(|| expected("a number, 1 to 1000", text))
}

/// Parses a size, `512MB`: 1 MB to 1 TB.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let units = [("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];
    let parts = units.iter().find_map(|(unit, factor)| {
        let number: usize = text.strip_suffix(unit)?.trim_end().parse().ok()?;
        number.checked_mul(*factor)
    });
    parts
        .filter(|size| (1_000_000..=1_000_000_000_000).contains(size))
        .ok_or_else(|| expected("a size such as 512MB, 1MB to 1000GB", text))
}

/// Parses a share of the proxy's time, 0.1% to 100%.
pub(super) fn share(text: &str) -> Result<f64, String> {
    match number(text)? {
        share if (0.001..=1.0).contains(&share) => Ok(share),
        _ => Err("a share must be between 0.1% and 100%".to_owned()),
    }
}

/// Parses a share, `0.1` or `10%`.
pub(crate) fn number(text: &str) -> Result<f64, String> {
    let percent = text.strip_suffix('%').map(str::trim_end);
    let number = percent.unwrap_or(text).parse::<f64>();
    let number = number.map_err(|_| expected("a share such as 10%", text))?;
    Ok(if percent.is_some() { number / 100.0 } else { number })
}

/// Parses `true` or `false`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| expected("true or false", text))
}

/// Returns the value of one of these words.
pub(super) fn choice<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, String> {
    let found = known.iter().find(|(name, _)| *name == text);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        expected(&names.join(" or "), text)
    })
}

/// Parses a sort order of one or two columns: `idle`, `-idle`, `-idle,user`.
pub(super) fn sort(text: &str) -> Result<Sort, String> {
    let mut columns = text.split(',');
    let (column, descending) = sort_column(columns.next().unwrap_or_default())?;
    let then = columns.next().map(sort_column).transpose()?;
    if columns.next().is_some() {
        return Err(format!(
            "'{}' names more than two columns to sort by",
            shown(text)
        ));
    }
    Ok(Sort {
        column,
        descending,
        then,
    })
}

fn sort_column(text: &str) -> Result<(ColumnId, bool), String> {
    let text = text.trim();
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let column = ColumnId::named(&name.to_lowercase()).ok_or_else(|| {
        format!(
            "no column '{}' to sort by; columns: {}",
            shown(name),
            columns_known()
        )
    })?;
    Ok((column, descending))
}

/// Parses the names of columns, from left to right: `id,user,why`.
pub(super) fn columns(text: &str) -> Result<Vec<ColumnId>, String> {
    let names = text.split(',').filter(|name| !name.trim().is_empty());
    ColumnId::chosen(names).map_err(|error| error.to_string())
}

fn columns_known() -> String {
    let names: Vec<_> = COLUMNS.iter().map(|column| column.name).collect();
    names.join(", ")
}

/// Checks an address. Errors do not repeat it, because it could contain a secret.
pub(super) fn address(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("bad endpoint: it is empty; give HOST:PORT or http[s]://HOST:PORT".to_owned());
    }
    if text.contains('@') {
        return Err(
            "bad endpoint: a URL must not contain a user or password: use --user and --password-file"
                .to_owned(),
        );
    }
    if text.contains(',') {
        return Err("bad endpoint: for several endpoints repeat -e, without commas".to_owned());
    }
    if text.contains(['?', '#']) {
        return Err("bad endpoint: remove the part after '?' or '#'".to_owned());
    }
    Ok(text.to_owned())
}

/// Checks the name of a user or an endpoint.
pub(super) fn name(text: &str) -> Result<String, String> {
    if text.chars().any(char::is_control) {
        return Err(expected("a name without control characters", text));
    }
    Ok(text.to_owned())
}

/// Returns the error text with the expected and the found value.
pub(super) fn expected(what: &str, found: &str) -> String {
    format!("expected {what}, found '{}'", shown(found))
}

/// Sanitizes and shortens a text for an error message.
pub(super) fn shown(text: &str) -> String {
    Text::clean(text, TextLimit::Name).to_string()
}
