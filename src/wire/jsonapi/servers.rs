//! Decodes `/v1/servers`: each server as the proxy's monitor sees it.
//!
//! The reply has some hundred bytes. Versions before 2.5 ignore `fields` and send everything; unused fields
//! are skipped.

use serde::Deserialize;

use crate::model::{MonitorEvent, MonitorReport, Replication, ServerState, ServerStatus, parse_moment};
use crate::wire::Decoder;
use crate::wire::field::{Lenient, LenientVec, Object, Port, Raw, Words};
use crate::wire::rows::RowFormat;

#[derive(Deserialize)]
pub(super) struct RawServer<'a> {
    #[serde(borrow, default)]
    id: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawServerAttributes<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServerAttributes<'a> {
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    status: Lenient<Object<RawServerStatus<'a>>>,
    #[serde(borrow, default)]
    parameters: Lenient<Object<RawServerParameters<'a>>>,
    #[serde(default)]
    replication_lag: Lenient<i64>,
    #[serde(borrow, default)]
    last_event: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    triggered_at: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    slave_connections: Lenient<LenientVec<Object<RawReplication<'a>>>>,
    #[serde(default)]
    statistics: Lenient<Object<RawServerStatistics>>,
}

/// Sent by 25.10 and later.
#[derive(Debug, Deserialize)]
struct RawServerStatus<'a> {
    #[serde(borrow, default)]
    mode: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    state: Lenient<Raw<'a>>,
    #[serde(default)]
    reason: Lenient<Words>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServerParameters<'a> {
    #[serde(borrow, default)]
    address: Lenient<Raw<'a>>,
    #[serde(default)]
    port: Lenient<Port>,
}

#[derive(Debug, Default, Deserialize)]
struct RawServerStatistics {
    #[serde(default)]
    connections: Lenient<u64>,
}

/// One entry of `slave_connections`. The server also sends error texts, which can be large.
#[derive(Debug, Default, Deserialize)]
struct RawReplication<'a> {
    #[serde(borrow, default)]
    slave_io_running: Lenient<Raw<'a>>,
    #[serde(borrow, default)]
    slave_sql_running: Lenient<Raw<'a>>,
}

/// Maximum number of reasons kept of a server.
const MAX_REASONS: usize = 16;

fn convert(raw: RawServerStatus<'_>, decoder: &mut Decoder<'_>) -> ServerStatus {
    let reasons = raw.reason.take(&mut decoder.blanked);
    let reasons = reasons.iter().flat_map(|Words(words)| words).take(MAX_REASONS);
    ServerStatus {
        mode: decoder.name(raw.mode),
        state: decoder.name(raw.state),
        reasons: reasons.map(|reason| decoder.interner.name(reason)).collect(),
    }
}

/// Returns the state of a server's replication.
fn replication(
    raw: Lenient<LenientVec<Object<RawReplication<'_>>>>,
    decoder: &mut Decoder<'_>,
) -> Option<Replication> {
    let LenientVec(connections) = raw.take(&mut decoder.blanked)?;
    let one = |raw: Lenient<Object<RawReplication<'_>>>| {
        let Object(raw) = raw.take(&mut decoder.blanked)?;
        let io = raw.slave_io_running.take(&mut decoder.blanked);
        let sql = raw.slave_sql_running.take(&mut decoder.blanked);
        Replication::of_threads(io.as_ref().map(|io| &*io.0), sql.as_ref().map(|sql| &*sql.0))
    };
    connections.into_iter().filter_map(one).max()
}

/// Returns the last event. `None` if its time cannot be read.
fn event(name: Lenient<Raw<'_>>, at: Lenient<Raw<'_>>, decoder: &mut Decoder<'_>) -> Option<MonitorEvent> {
    let name = decoder.name(name)?;
    let at = parse_moment(&at.take(&mut decoder.blanked)?.0, decoder.zone)?;
    Some(MonitorEvent { name, at })
}

pub(super) struct ServerRow;

impl RowFormat for ServerRow {
    type Raw<'de> = RawServer<'de>;
    type Item = ServerState;

    fn convert(raw: RawServer<'_>, decoder: &mut Decoder<'_>) -> Option<ServerState> {
        let name = decoder.interner.name(&raw.id.known()?.0);
        let attributes = raw.attributes.take(&mut decoder.blanked);
        let attributes = attributes.map(|attributes| attributes.0).unwrap_or_default();
        let status = attributes.status.take(&mut decoder.blanked);
        let status = status.map(|Object(status)| convert(status, decoder));
        let parameters = attributes.parameters.take(&mut decoder.blanked);
        let parameters = parameters.map(|parameters| parameters.0).unwrap_or_default();
        let statistics = attributes.statistics.take(&mut decoder.blanked);
        let monitor = MonitorReport {
            last_event: event(attributes.last_event, attributes.triggered_at, decoder),
            replication: replication(attributes.slave_connections, decoder),
        };
        let port = parameters.port.take(&mut decoder.blanked);
        Some(ServerState {
            name,
            state: decoder.name(attributes.state),
            status,
            address: decoder.name(parameters.address),
            port: port.and_then(|Port(port)| port),
            // Below 0 the server does not replicate, or the lag is unknown.
            replication_lag: attributes
                .replication_lag
                .take(&mut decoder.blanked)
                .filter(|lag| *lag >= 0),
            connections: statistics
                .and_then(|statistics| statistics.0.connections.take(&mut decoder.blanked)),
            monitor,
        })
    }
}
