//! Parses the file of a theme.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::style::RoleStyle;
use super::{Background, ROLES, ThemeError, ThemeStyles};
use crate::model::{Text, TextLimit, nearest};

/// Key with the theme whose styles a file changes.
const BASE: &str = "base";

/// The tables of a file, with the backgrounds that they are for.
const TABLES: [(&str, &[Background]); 3] = [
    (
        "roles",
        &[Background::Unknown, Background::Dark, Background::Light],
    ),
    ("dark", &[Background::Dark]),
    ("light", &[Background::Light]),
];

/// Parses a file. `find` returns the styles of its base, or of no base.
pub(super) fn parse(
    text: &str,
    find: impl FnOnce(Option<&str>) -> Option<ThemeStyles>,
) -> Result<ThemeStyles, ThemeError> {
    let reader = Reader { text };
    let file = DeTable::parse(text).map_err(|error| {
        reader.failed(
            error.span().unwrap_or_default(),
            error.message().replace('\n', " "),
        )
    })?;
    let file = file.get_ref();
    let keys = TABLES.iter().map(|(name, _)| *name).chain([BASE]);
    for key in file.keys() {
        reader.known("key", key, keys.clone())?;
    }
    let mut styles = reader.base(file.get(BASE), find)?;
    for (name, backgrounds) in TABLES {
        let Some(value) = file.get(name) else { continue };
        let roles = value.get_ref().as_table();
        let roles = roles.ok_or_else(|| reader.failed(value.span(), format!("{name}: expected a table")))?;
        for (key, value) in roles {
            let role = reader.known("role", key, ROLES.into_iter())?;
            let style = reader.style(key.get_ref(), value)?;
            for background in backgrounds {
                styles.set(*background, role, style);
            }
        }
    }
    Ok(styles)
}

struct Reader<'a> {
    text: &'a str,
}

impl Reader<'_> {
    fn base(
        &self,
        value: Option<&Spanned<DeValue<'_>>>,
        find: impl FnOnce(Option<&str>) -> Option<ThemeStyles>,
    ) -> Result<ThemeStyles, ThemeError> {
        let span = value.map_or(0..0, Spanned::span);
        let name = match value.map(|value| value.get_ref().as_str()) {
            None => None,
            Some(Some(name)) => Some(name),
            Some(None) => return Err(self.failed(span, format!("{BASE}: expected a text in quotes"))),
        };
        find(name).ok_or_else(|| {
            let known = ThemeStyles::names().collect::<Vec<_>>().join(", ");
            self.failed(span, format!("{BASE}: expected one of {known}"))
        })
    }

    fn style(&self, role: &str, value: &Spanned<DeValue<'_>>) -> Result<RoleStyle, ThemeError> {
        let words = value.get_ref().as_str();
        let words =
            words.ok_or_else(|| self.failed(value.span(), format!("{role}: expected a text in quotes")))?;
        RoleStyle::parse(words).map_err(|why| self.failed(value.span(), format!("{role}: {why}")))
    }

    /// Returns the place of a key among the known ones.
    fn known<'k>(
        &self,
        what: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        mut known: impl Iterator<Item = &'k str> + Clone,
    ) -> Result<usize, ThemeError> {
        let name = key.get_ref().as_ref();
        let all = known.clone();
        known.position(|other| other == name).ok_or_else(|| {
            let instead = nearest(name, all.clone()).map_or_else(
                || format!("known: {}", all.collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean {near}?"),
            );
            let name = Text::clean(name, TextLimit::Name);
            self.failed(key.span(), format!("unknown {what} '{name}': {instead}"))
        })
    }

    fn failed(&self, span: Range<usize>, why: String) -> ThemeError {
        let before = self.text.get(..span.start).unwrap_or_default();
        ThemeError {
            line: before.matches('\n').count() + 1,
            why,
        }
    }
}
