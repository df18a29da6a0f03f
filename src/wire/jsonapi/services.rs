//! Decodes `/v1/services`: connections and limit of each service, and the statements that its sessions keep.
//!
//! The reply has some hundred bytes. Versions before 2.5 ignore `fields` and send everything; unused fields
//! are skipped.

use serde::Deserialize;

use super::attributes::{RawLinks, linked_names};
use crate::model::ServiceState;
use crate::wire::Decoder;
use crate::wire::field::{Lenient, Object, Raw};
use crate::wire::rows::RowFormat;

#[derive(Deserialize)]
pub(super) struct RawService<'a> {
    #[serde(borrow, default)]
    id: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawServiceAttributes<'a>>>,
    #[serde(borrow, default)]
    relationships: Lenient<Object<RawServiceRelationships<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServiceRelationships<'a> {
    #[serde(borrow, default)]
    servers: Lenient<Object<RawLinks<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServiceAttributes<'a> {
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    router: Lenient<Raw<'a>>,
    #[serde(default)]
    connections: Lenient<u64>,
    #[serde(default)]
    total_connections: Lenient<u64>,
    #[serde(default)]
    statistics: Lenient<Object<RawServiceStatistics>>,
    #[serde(default)]
    parameters: Lenient<Object<RawServiceParameters>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServiceStatistics {
    #[serde(default)]
    max_connections: Lenient<u64>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServiceParameters {
    #[serde(default)]
    max_connections: Lenient<u64>,
    #[serde(default)]
    retain_last_statements: Lenient<i64>,
}

pub(super) struct ServiceRow;

impl RowFormat for ServiceRow {
    type Raw<'de> = RawService<'de>;
    type Item = ServiceState;

    fn convert(raw: RawService<'_>, decoder: &mut Decoder<'_>) -> Option<ServiceState> {
        let name = decoder.interner.name(&raw.id.known()?.0);
        let attributes = raw.attributes.take(&mut decoder.blanked);
        let attributes = attributes.map(|attributes| attributes.0).unwrap_or_default();
        let relationships = raw.relationships.take(&mut decoder.blanked);
        let servers =
            relationships.and_then(|relationships| relationships.0.servers.take(&mut decoder.blanked));
        let servers = servers
            .map(|links| linked_names(links.0, decoder))
            .unwrap_or_default();
        let (state, router) = (decoder.name(attributes.state), decoder.name(attributes.router));
        let blanked = &mut decoder.blanked;
        let statistics = attributes.statistics.take(blanked);
        let statistics = statistics.map(|statistics| statistics.0).unwrap_or_default();
        let parameters = attributes.parameters.take(blanked);
        let parameters = parameters.map(|parameters| parameters.0).unwrap_or_default();
        Some(ServiceState {
            name,
            state,
            router,
            connections: attributes.connections.take(blanked),
            total_connections: attributes.total_connections.take(blanked),
            most_connections: statistics.max_connections.take(blanked),
            max_connections: parameters.max_connections.take(blanked),
            servers,
            retained_statements: parameters.retain_last_statements.take(blanked),
        })
    }
}
