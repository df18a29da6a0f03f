//! Facts as lines of JSON, and back.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use rustc_hash::FxHashSet;

use super::error::LineFault;
use super::fact::{Fact, FactKind, KillFact, KillResult};
use super::lasting::Lasting;
use super::list::{micros, moment, moment_record};
use super::record::{FailureRecord, KillRecord, Line, ListRecord, SeenRecord};
use crate::model::{EndpointId, Snapshot, Text};

/// Beginning of a line that repeats known state.
const KEY_PREFIX: &[u8] = br#"{"key":true"#;

/// Writes facts as lines. Lists are differences from the last one in the same chunk.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    /// The last list of each endpoint in this chunk.
    bases: BTreeMap<EndpointId, Arc<Snapshot>>,
    lasting: Lasting,
}

impl Encoder {
    /// Adds a fact to those that last.
    pub(super) fn know(&mut self, fact: &Fact) {
        self.lasting.add(fact);
    }

    /// Starts a chunk before `next`: forgets the lists, and returns the facts that last, in order of time.
    pub(super) fn start_chunk(&mut self, next: &Fact) -> Vec<Fact> {
        self.bases.clear();
        self.lasting.facts_before(next)
    }

    /// Writes the line of a fact. `is_key` for one that [`start_chunk`](Self::start_chunk) has returned.
    pub(super) fn write(&mut self, fact: &Fact, is_key: bool, out: &mut impl Write) -> io::Result<()> {
        let line = self.line(fact, is_key);
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
        if !is_key {
            self.lasting.add(fact);
        }
        Ok(())
    }

    fn line(&mut self, fact: &Fact, is_key: bool) -> Line {
        let mut line = Line {
            key: is_key.then_some(true),
            at: Some(moment_record(fact.at)),
            endpoint: fact.endpoint.map(|endpoint| endpoint.0),
            ..Line::default()
        };
        match &fact.kind {
            FactKind::Dialect(dialect) => line.dialect = Some(*dialect),
            FactKind::Listed(list) => line.list = Some(self.list(list)),
            FactKind::RowsRead(list) => line.rows = Some(self.list(list)),
            FactKind::ListFailed { fault, retry_in } => {
                line.failed = Some(FailureRecord {
                    fault: Some(fault.clone()),
                    retry_in: Some(micros(*retry_in)),
                });
            }
            FactKind::Sampled(samples) => line.samples = Some(samples.clone()),
            FactKind::Servers(answer) => line.servers = Some(answer.clone()),
            FactKind::Services(answer) => line.services = Some(answer.clone()),
            FactKind::ServerReport(report) => line.report = Some(Arc::clone(report)),
            FactKind::Seen { id, answer } => {
                line.session = Some(SeenRecord {
                    id: Some(*id),
                    answer: Some(answer.clone()),
                });
            }
            FactKind::MayOnlyRead => line.may_only_read = Some(true),
            FactKind::SeveralProxies => line.several_proxies = Some(true),
            FactKind::Kill(kill) => line.kill = Some(kill_record(kill)),
            FactKind::Note(text) => line.note = Some(text.clone()),
        }
        line
    }

    fn list(&mut self, list: &Arc<Snapshot>) -> ListRecord {
        let before = self.bases.insert(list.endpoint, Arc::clone(list));
        ListRecord::new(before.as_deref(), list)
    }
}

fn kill_record(kill: &KillFact) -> KillRecord {
    let outcome = kill.outcome.as_ref();
    KillRecord {
        time: Some(kill.time),
        number: Some(kill.number),
        session: Some(kill.identity.clone()),
        outcome: outcome.map(|outcome| outcome.word.clone()),
        detail: outcome
            .map(|outcome| outcome.detail.clone())
            .filter(|detail| !detail.as_str().is_empty()),
        reason: kill.reason.clone(),
        filter: kill.filter.clone(),
    }
}

/// Reads lines as facts.
#[derive(Debug)]
pub(super) struct Decoder {
    bases: BTreeMap<EndpointId, Arc<Snapshot>>,
    texts: FxHashSet<Text>,
    endpoints: usize,
    max_rows: usize,
}

impl Decoder {
    /// Creates a decoder for a recording of this number of endpoints.
    pub(super) fn new(endpoints: usize, max_rows: usize) -> Self {
        Self {
            bases: BTreeMap::new(),
            texts: FxHashSet::default(),
            endpoints,
            max_rows,
        }
    }

    /// Starts a chunk: its first list of each endpoint is whole.
    pub(super) fn start_chunk(&mut self) {
        self.bases.clear();
        self.texts.retain(|text| text.owners() > 1);
    }

    /// Whether a line repeats known state.
    pub(super) fn is_key(line: &[u8]) -> bool {
        line.starts_with(KEY_PREFIX)
    }

    /// Returns the fact of a line. `None` for a kind that this version does not know.
    pub(super) fn read(&mut self, line: &[u8]) -> Result<Option<Fact>, LineFault> {
        let line: Line = serde_json::from_slice(line).map_err(|error| LineFault::Json(error.to_string()))?;
        let at = moment(line.at.ok_or(LineFault::Time)?)?;
        let endpoint = line.endpoint.map(EndpointId);
        if endpoint.is_some_and(|endpoint| usize::from(endpoint.0) >= self.endpoints) {
            return Err(LineFault::Endpoint);
        }
        let Some(kind) = self.kind(line)? else {
            return Ok(None);
        };
        let needs_endpoint = !matches!(kind, FactKind::Note(_));
        if needs_endpoint && endpoint.is_none() {
            return Err(LineFault::Endpoint);
        }
        Ok(Some(Fact { at, endpoint, kind }))
    }

    fn kind(&mut self, line: Line) -> Result<Option<FactKind>, LineFault> {
        let endpoint = EndpointId(line.endpoint.unwrap_or_default());
        let kind = if let Some(list) = line.list {
            FactKind::Listed(self.list(endpoint, list)?)
        } else if let Some(list) = line.rows {
            FactKind::RowsRead(self.list(endpoint, list)?)
        } else if let Some(dialect) = line.dialect {
            FactKind::Dialect(dialect)
        } else if let Some(FailureRecord {
            fault: Some(fault),
            retry_in,
        }) = line.failed
        {
            FactKind::ListFailed {
                fault,
                retry_in: Duration::from_micros(retry_in.unwrap_or_default()),
            }
        } else if let Some(samples) = line.samples {
            FactKind::Sampled(samples)
        } else if let Some(answer) = line.servers {
            FactKind::Servers(answer)
        } else if let Some(answer) = line.services {
            FactKind::Services(answer)
        } else if let Some(report) = line.report {
            FactKind::ServerReport(report)
        } else if let Some(SeenRecord {
            id: Some(id),
            answer: Some(answer),
        }) = line.session
        {
            FactKind::Seen { id, answer }
        } else if line.may_only_read == Some(true) {
            FactKind::MayOnlyRead
        } else if line.several_proxies == Some(true) {
            FactKind::SeveralProxies
        } else if let Some(kill) = line.kill {
            return Ok(kill_fact(kill).map(|kill| FactKind::Kill(Box::new(kill))));
        } else if let Some(text) = line.note {
            FactKind::Note(text)
        } else {
            return Ok(None);
        };
        Ok(Some(kind))
    }

    fn list(&mut self, endpoint: EndpointId, record: ListRecord) -> Result<Arc<Snapshot>, LineFault> {
        let texts = &mut self.texts;
        let mut share = |text: Text| {
            if let Some(known) = texts.get(&text) {
                return known.clone();
            }
            texts.insert(text.clone());
            text
        };
        let before = self.bases.get(&endpoint);
        let list = Arc::new(record.into_snapshot(endpoint, before, self.max_rows, &mut share)?);
        self.bases.insert(endpoint, Arc::clone(&list));
        Ok(list)
    }
}

fn kill_fact(record: KillRecord) -> Option<KillFact> {
    let empty = || Text::clean("", crate::model::TextLimit::Line);
    Some(KillFact {
        time: record.time?,
        number: record.number.unwrap_or_default(),
        identity: record.session?,
        outcome: record.outcome.map(|word| KillResult {
            word,
            detail: record.detail.unwrap_or_else(empty),
        }),
        reason: record.reason,
        filter: record.filter,
    })
}
