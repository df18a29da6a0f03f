//! The parameters `fields` and `range`.

/// The selected keys of an object, one bit each, in the order of the object's table of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fields(u8);

impl Fields {
    pub(super) const ALL: Self = Self(u8::MAX);

    /// Parses `fields`. Unknown names are ignored; an empty value selects all fields.
    pub(super) fn of(parameters: &[(String, String)], keys: &[&str]) -> Self {
        let Some(fields) = value(parameters, "fields") else {
            return Self::ALL;
        };
        let mut names = fields
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .peekable();
        if names.peek().is_none() {
            return Self::ALL;
        }
        let place = |name: &str| keys.iter().position(|key| *key == name);
        Self(names.filter_map(place).fold(0, |bits, place| bits | 1 << place))
    }

    pub(super) fn shows(self, place: usize) -> bool {
        self.0 >> place & 1 == 1
    }
}

/// The selected rows of a list: first and last index, from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    first: usize,
    last: usize,
}

impl Range {
    /// Parses `range`. Without the parameter, selects all rows.
    ///
    /// # Errors
    ///
    /// Returns the text if it is not a valid range.
    pub(super) fn of(parameters: &[(String, String)]) -> Result<Self, &str> {
        let Some(text) = value(parameters, "range") else {
            return Ok(Self {
                first: 0,
                last: usize::MAX,
            });
        };
        let number = |part: &str| {
            let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            if digits { part.parse().ok() } else { None }
        };
        let ends = text
            .split_once('-')
            .and_then(|(first, last)| Some((number(first)?, number(last)?)));
        match ends {
            Some((first, last)) if first <= last => Ok(Self { first, last }),
            _ => Err(text),
        }
    }

    fn length(self) -> usize {
        (self.last - self.first).saturating_add(1)
    }

    pub(super) fn over<I: Iterator>(self, rows: I) -> impl Iterator<Item = I::Item> {
        rows.skip(self.first).take(self.length())
    }

    pub(super) fn of_slice<T>(self, rows: &[T]) -> &[T] {
        let rest = rows.get(self.first..).unwrap_or_default();
        rest.get(..self.length()).unwrap_or(rest)
    }
}

fn value<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
