//! Redaction: users, addresses and literals in SQL become pseudonyms, so that a recording can be passed on.
//!
//! Every structure is taken apart field by field, without `..`: a new field does not compile before it is decided
//! what happens to it. Names of services, servers, routers, databases, tables and states stay, and so do times and
//! numbers. Every other text is a pseudonym or is dropped (`docs/redaction.md`).

mod faults;
mod kill;
mod pseudonyms;
mod server;
mod session;
mod sql;

use std::sync::Arc;

use rustc_hash::FxHashMap;

use self::pseudonyms::{Kind, Pseudonyms};
use super::fact::{Fact, FactKind};
use super::header::{Header, RecordedEndpoint};
use crate::model::{RequestError, Text, TextLimit};

/// Text in place of one that is dropped.
const REDACTED: &str = "(redacted)";
/// Maximum number of redacted statements that are kept for the next list.
const MAX_STATEMENTS: usize = 10_000;

/// Replaces users, addresses and literals. The same value has the same pseudonym for as long as the redactor lives.
#[derive(Debug, Default)]
pub struct Redactor {
    names: Pseudonyms,
    statements: FxHashMap<Text, Text>,
}

impl Redactor {
    /// Returns the header without addresses, marked as redacted.
    pub fn header(&mut self, header: Header) -> Header {
        let Header {
            program,
            endpoints,
            started,
            is_redacted: _,
            minor_version,
        } = header;
        let endpoints = endpoints.into_iter().map(|endpoint| {
            let RecordedEndpoint {
                name,
                url,
                clock_offset_ms,
            } = endpoint;
            RecordedEndpoint {
                name: self.names.of(Kind::Endpoint, &name),
                url: self.url(&url),
                clock_offset_ms,
            }
        });
        Header {
            endpoints: endpoints.collect(),
            program,
            started,
            is_redacted: true,
            minor_version,
        }
    }

    /// Returns the fact with pseudonyms.
    #[must_use]
    pub fn fact(&mut self, fact: Fact) -> Fact {
        let Fact { at, endpoint, kind } = fact;
        let kind = match kind {
            FactKind::Dialect(dialect) => FactKind::Dialect(dialect),
            FactKind::Listed(list) => FactKind::Listed(self.list(&list)),
            FactKind::RowsRead(list) => FactKind::RowsRead(self.list(&list)),
            FactKind::ListFailed { fault, retry_in } => FactKind::ListFailed {
                fault: self.fault(fault),
                retry_in,
            },
            FactKind::Sampled(samples) => FactKind::Sampled(self.samples(samples)),
            FactKind::Servers(answer) => FactKind::Servers(self.answer(answer, Self::servers)),
            FactKind::Services(answer) => FactKind::Services(self.answer(answer, Self::services)),
            FactKind::ServerReport(report) => FactKind::ServerReport(Arc::new(self.report(&report))),
            FactKind::Seen { id, answer } => FactKind::Seen {
                id,
                answer: self.answer(answer, Self::observation),
            },
            FactKind::MayOnlyRead => FactKind::MayOnlyRead,
            FactKind::SeveralProxies => FactKind::SeveralProxies,
            FactKind::Kill(kill) => FactKind::Kill(Box::new(self.kill(*kill))),
            FactKind::Note(_) => FactKind::Note(redacted()),
        };
        Fact { at, endpoint, kind }
    }

    fn answer<T>(
        &mut self,
        answer: Result<Arc<T>, RequestError>,
        redact: impl FnOnce(&mut Self, &T) -> T,
    ) -> Result<Arc<T>, RequestError> {
        match answer {
            Ok(found) => Ok(Arc::new(redact(self, &found))),
            Err(fault) => Err(self.fault(fault)),
        }
    }

    /// Returns a statement without literals and comments.
    fn statement(&mut self, statement: &Text) -> Text {
        if let Some(known) = self.statements.get(statement) {
            return known.clone();
        }
        let raw = statement.raw();
        let mut redacted = sql::without_literals(raw.kept());
        if raw.digest().is_some() {
            redacted.push('…');
        }
        let redacted = Text::clean(&redacted, TextLimit::Sql);
        if self.statements.len() >= MAX_STATEMENTS {
            self.statements.clear();
        }
        self.statements.insert(statement.clone(), redacted.clone());
        redacted
    }

    /// Returns a URL with a pseudonym as its host. The port stays.
    fn url(&mut self, url: &Text) -> Text {
        let raw = url.raw().kept();
        let Some((scheme, rest)) = raw.split_once("://") else {
            return redacted();
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let place = rest.get(..end).unwrap_or(rest);
        let place = place.rsplit_once('@').map_or(place, |(_, place)| place);
        let scheme = if scheme == "https" { "https" } else { "http" };
        let host = self.names.origin(&Text::clean(place, TextLimit::Name));
        Text::clean(&format!("{scheme}://{host}"), TextLimit::Line)
    }
}

fn redacted() -> Text {
    Text::clean(REDACTED, TextLimit::Name)
}

#[cfg(test)]
mod tests;
