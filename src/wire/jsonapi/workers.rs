//! `/v1/maxscale/threads`: what each routing worker has open.

use serde::Deserialize;

use crate::model::Worker;
use crate::wire::Decoder;
use crate::wire::field::{Field, Object};
use crate::wire::rows::Row;

#[derive(Deserialize)]
pub(super) struct RawWorker {
    #[serde(default)]
    attributes: Field<Object<RawAttributes>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawAttributes {
    #[serde(default)]
    stats: Field<Object<RawStats>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawStats {
    #[serde(default)]
    current_descriptors: Field<u64>,
    #[serde(default)]
    sessions: Field<u64>,
}

pub(super) struct WorkerRow;

impl Row for WorkerRow {
    type Raw<'de> = RawWorker;
    type Item = Worker;

    fn convert(raw: RawWorker, decoder: &mut Decoder<'_>) -> Option<Worker> {
        let blanked = &mut decoder.blanked;
        let attributes = raw.attributes.take(blanked)?;
        let stats = attributes.0.stats.take(blanked)?;
        Some(Worker {
            descriptors: stats.0.current_descriptors.take(blanked),
            sessions: stats.0.sessions.take(blanked),
        })
    }
}
