//! `/v1/servers`: how the proxy's monitor sees each server.
//!
//! Made for a reply of some hundred bytes. Versions before 2.5 do not know `fields` and send all of
//! it; what is not wanted is passed over.

use serde::Deserialize;

use crate::model::ServerState;
use crate::wire::Decoder;
use crate::wire::field::{Field, Object, Port, Raw};
use crate::wire::rows::Row;

#[derive(Deserialize)]
pub(super) struct RawServer<'a> {
    #[serde(borrow, default)]
    id: Field<Raw<'a>>,
    #[serde(borrow, default)]
    attributes: Field<Object<RawAttributes<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawAttributes<'a> {
    #[serde(borrow, default)]
    state: Field<Raw<'a>>,
    #[serde(borrow, default)]
    parameters: Field<Object<RawParameters<'a>>>,
    #[serde(default)]
    replication_lag: Field<i64>,
    #[serde(default)]
    statistics: Field<Object<RawStatistics>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawParameters<'a> {
    #[serde(borrow, default)]
    address: Field<Raw<'a>>,
    #[serde(default)]
    port: Field<Port>,
}

#[derive(Debug, Default, Deserialize)]
struct RawStatistics {
    #[serde(default)]
    connections: Field<u64>,
}

pub(super) struct ServerRow;

impl Row for ServerRow {
    type Raw<'de> = RawServer<'de>;
    type Item = ServerState;

    fn convert(raw: RawServer<'_>, decoder: &mut Decoder<'_>) -> Option<ServerState> {
        let name = decoder.interner.name(&raw.id.known()?.0);
        let attributes = raw.attributes.take(&mut decoder.blanked);
        let attributes = attributes.map(|attributes| attributes.0).unwrap_or_default();
        let parameters = attributes.parameters.take(&mut decoder.blanked);
        let parameters = parameters.map(|parameters| parameters.0).unwrap_or_default();
        let statistics = attributes.statistics.take(&mut decoder.blanked);
        let port = parameters.port.take(&mut decoder.blanked);
        Some(ServerState {
            name,
            state: decoder.name(attributes.state),
            address: decoder.name(parameters.address),
            port: port.and_then(|Port(port)| port),
            // Below 0 it is not replicating, or nobody knows.
            replication_lag: attributes
                .replication_lag
                .take(&mut decoder.blanked)
                .filter(|lag| *lag >= 0),
            connections: statistics
                .and_then(|statistics| statistics.0.connections.take(&mut decoder.blanked)),
        })
    }
}
