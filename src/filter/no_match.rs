//! Finds out why a filter matches no session.

use super::Filter;
use super::ast::{Comparison, Expr, Operand, Operator, literal};
use super::glob::{Glob, Pattern};
use super::input::FilterInput;
use super::ternary::Ternary;
use crate::model::counted;

/// Calls the function with every session.
pub(crate) type EachSession<'a> = &'a dyn Fn(&mut dyn FnMut(&FilterInput<'_>));

/// Why a filter matches no session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoMatch {
    /// The cause, as one line.
    pub(crate) text: String,
    /// Whether the cause is a field that no session reports.
    pub(crate) is_unknown: bool,
}

impl NoMatch {
    const fn of(text: String) -> Self {
        Self {
            text,
            is_unknown: false,
        }
    }
}

impl Filter {
    /// Returns why the filter matches none of these sessions. `None` if it has no condition.
    pub(crate) fn why_none(&self, sessions: EachSession<'_>) -> Option<NoMatch> {
        let expr = self.expr.as_deref()?;
        let parts = match expr {
            Expr::All(parts) => parts.as_slice(),
            one => std::slice::from_ref(one),
        };
        let why = parts.iter().find_map(|part| part.why_none(sessions));
        why.or_else(|| {
            let text = || "each condition matches some, but no session all".to_owned();
            (parts.len() > 1).then(|| NoMatch::of(text()))
        })
    }
}

impl Expr {
    /// Returns why the condition matches no session; `None` if it matches one.
    fn why_none(&self, sessions: EachSession<'_>) -> Option<NoMatch> {
        let (mut some_match, mut all_unknown, mut is_empty, mut unexamined) = (false, true, true, 0);
        sessions(&mut |session| {
            let result = self.evaluate(session);
            some_match |= result.is_yes();
            all_unknown &= result == Ternary::Unknown;
            is_empty = false;
            unexamined += usize::from(self.evaluate(&session.strict()) == Ternary::Unknown);
        });
        all_unknown &= !is_empty;
        if some_match {
            return None;
        }
        let field = match self {
            Self::Compare(comparison) => Some(comparison.field),
            Self::Not(inner) => match inner.as_ref() {
                Self::Compare(comparison) => Some(comparison.field),
                _ => None,
            },
            _ => None,
        };
        if let (Some(field), true) = (field, all_unknown) {
            return Some(NoMatch {
                text: format!("no session reports its {}", field.name),
                is_unknown: true,
            });
        }
        if all_unknown {
            return Some(NoMatch {
                text: format!("no session reports what is needed for {self}"),
                is_unknown: true,
            });
        }
        let hint = match self {
            Self::Compare(comparison) => comparison.hint(sessions),
            _ => None,
        };
        let is_reason = field.is_some_and(|field| field.name == "reason");
        let text = hint.unwrap_or_else(|| match unexamined {
            count @ 1.. if is_reason => {
                let of = counted(count, "session");
                format!("for {of} it is not known whether they match {self}")
            }
            _ => format!("no session matches {self}"),
        });
        Some(NoMatch::of(text))
    }
}

impl Comparison {
    /// Returns what to write instead, if a similar condition matches a session.
    fn hint(&self, sessions: EachSession<'_>) -> Option<String> {
        let name = self.field.name;
        match &self.operand {
            Operand::Glob(glob) if self.operator == Operator::Is => {
                if let Some(hint) = self.address_and_port(glob.as_str(), sessions) {
                    return Some(hint);
                }
                let typed = glob.as_str().to_lowercase();
                let without_case = Glob::new(&typed);
                if let Some(found) = self.text_that(sessions, |text| without_case.matches(text)) {
                    return Some(format!(
                        "= is case-sensitive: there is {name}={}",
                        literal(&found)
                    ));
                }
                let part = typed.trim_matches('*');
                let found = self.text_that(sessions, |text| !part.is_empty() && text.contains(part))?;
                let at = found.to_lowercase().find(part)?;
                let part = found.get(at..at + part.len()).unwrap_or(part);
                Some(format!(
                    "= compares the whole text: for a part write {name}=*{part}*"
                ))
            }
            Operand::Pattern(pattern) => {
                let either = Pattern::new(&format!("(?i){}", pattern.as_str())).ok()?;
                let found = self.text_that(sessions, |text| either.matches(text));
                found.map(|_| "~ is case-sensitive: begin the pattern with (?i)".to_owned())
            }
            Operand::Glob(_) | Operand::Number(_) => None,
        }
    }

    /// Returns the filter for an address that was typed with its port, as the table shows it, if a session has it.
    fn address_and_port(&self, typed: &str, sessions: EachSession<'_>) -> Option<String> {
        let (host, port) = typed.rsplit_once(':').filter(|_| self.field.name == "address")?;
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let is_port = !port.is_empty() && port.chars().all(|c| c.is_ascii_digit());
        let glob = Glob::new(host);
        let is_listed = is_port && self.text_that(sessions, |text| glob.matches(text)).is_some();
        is_listed.then(|| format!("write address={} port={port}", literal(host)))
    }

    /// Returns a text of the field whose lower case passes a test.
    fn text_that(&self, sessions: EachSession<'_>, test: impl Fn(&str) -> bool) -> Option<String> {
        let mut found = None;
        sessions(&mut |session| {
            if found.is_none() {
                self.field.each_text(session, |text| {
                    if found.is_none() && test(&text.to_lowercase()) {
                        found = Some(text.to_owned());
                    }
                });
            }
        });
        found
    }
}
