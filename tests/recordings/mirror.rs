//! Writes decoded values back in the API's own form, and compares them with what was sent: every value must
//! be the same, and none may be there that was not sent.

use maxtop::model::{Session, SessionDetail, Span, Text, TextLimit};
use serde_json::{Map, Value, json};

/// Paths whose values the model does not store, in any version.
const NOT_KEPT: [&str; 12] = [
    "type",
    "links",
    "relationships.services.links",
    "relationships.services.data[].type",
    "attributes.parameters",
    "attributes.default_database",
    "attributes.client.sescmd_history_stored_metadata",
    "attributes.client.sescmd_history_stored_responses",
    "attributes.memory.connection_buffers.client.misc",
    "attributes.memory.connection_buffers.client.total",
    "attributes.memory.connection_buffers.backends.*.misc",
    "attributes.memory.connection_buffers.backends.*.total",
];

/// Paths that the details have in addition to a row of the list.
const DETAILS_ONLY: [&str; 10] = [
    "attributes.client.cipher",
    "attributes.connections[].cipher",
    "attributes.log",
    "attributes.memory.connection_buffers",
    "attributes.memory.exec_metadata",
    "attributes.memory.last_queries",
    "attributes.memory.sescmd_history",
    "attributes.memory.variables",
    "attributes.queries[].command",
    "attributes.queries[].responses",
];

/// The client's attributes. Their names are data.
const CLIENT: &str = "attributes.client.connection_attributes";
/// The client's attributes that a row of the list has.
const CLIENT_IN_ROWS: [&str; 2] = ["program_name", "_pid"];
/// The queues by server: names are data.
const BACKENDS: &str = "attributes.memory.connection_buffers.backends";

/// Returns the differences between a row of a list and what was sent.
pub(crate) fn row_differences(session: &Session, sent: &Value) -> Vec<String> {
    let mut sent = sent.clone();
    only_what_runs(&mut sent);
    let mut walk = Walk::new(true);
    walk.compare(&sent, &of_session(session), "");
    walk.differences
}

/// Returns the differences between the details of a session and what was sent.
pub(crate) fn detail_differences(detail: &SessionDetail, sent: &Value) -> Vec<String> {
    let mut walk = Walk::new(false);
    walk.compare(sent, &of_detail(detail), "");
    walk.differences
}

/// Keeps only the running statement, as a list does: the last one, if it has no end.
fn only_what_runs(sent: &mut Value) {
    if let Some(queries) = sent
        .pointer_mut("/attributes/queries")
        .and_then(Value::as_array_mut)
    {
        let last = queries.pop();
        queries.clear();
        queries.extend(last.filter(|last| last.get("completed").is_none()));
    }
}

fn of_session(session: &Session) -> Value {
    let mut attributes = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        attributes.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("state", text(session.state.as_ref()));
    put("user", text(session.user.as_ref()));
    put("remote", text(session.address.as_ref()));
    put("port", session.port.map(Value::from));
    put(
        "connected",
        session
            .connected
            .as_ref()
            .and_then(|connected| text(Some(&connected.sent))),
    );
    put(
        "seconds_alive",
        session.age.map(Span::as_secs_f64).map(Value::from),
    );
    put("idle", session.idle.map(Span::as_secs_f64).map(Value::from));
    if let Some(extra) = session.extra.as_deref() {
        put("io_activity", extra.io_activity.map(Value::from));
        put("thread", extra.worker.map(Value::from));
        put("memory", extra.memory.map(|total| json!({ "total": total })));
        let connections = extra.backends.iter().flatten().map(
            |backend| json!({ "server": backend.server.to_string(), "connection_id": backend.thread_id }),
        );
        put("connections", Some(connections.collect()));
        let mut client = Map::new();
        let mut says = Map::new();
        says.extend(text(extra.program.as_ref()).map(|program| ("program_name".to_owned(), program)));
        says.extend(extra.pid.map(|pid| ("_pid".to_owned(), pid.to_string().into())));
        client.insert("connection_attributes".to_owned(), says.into());
        client.extend(
            extra
                .history
                .map(|length| ("sescmd_history_len".to_owned(), length.into())),
        );
        put("client", Some(client.into()));
        let running = extra.running.iter().map(|running| {
            let mut query = Map::from_iter([("received".to_owned(), running.received.to_string().into())]);
            query.extend(text(running.sql.as_ref()).map(|sql| ("statement".to_owned(), sql)));
            query
        });
        put("queries", Some(running.map(Value::from).collect()));
    }
    let service = text(session.service.as_ref()).map(|name| json!({ "id": name }));
    json!({
        "id": session.id.to_string(),
        "attributes": attributes,
        "relationships": { "services": { "data": service.into_iter().collect::<Vec<_>>() } },
    })
}

fn of_detail(detail: &SessionDetail) -> Value {
    let mut whole = of_session(&detail.session);
    let attributes = whole["attributes"].as_object_mut().unwrap();
    let history = attributes["client"]["sescmd_history_len"].clone();
    let says = detail
        .client
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_string().into()));
    let mut client = Map::from_iter([("connection_attributes".to_owned(), Value::Object(says.collect()))]);
    client.extend(text(detail.cipher.as_ref()).map(|cipher| ("cipher".to_owned(), cipher)));
    client.extend(
        Some(history)
            .filter(Value::is_u64)
            .map(|length| ("sescmd_history_len".to_owned(), length)),
    );
    attributes.insert("client".to_owned(), client.into());
    let connections = detail.connections.iter().map(|connection| {
        json!({
            "server": text(connection.server.as_ref()),
            "connection_id": connection.thread_id,
            "cipher": text(connection.cipher.as_ref()),
        })
    });
    attributes.insert("connections".to_owned(), connections.collect());
    let queries = detail.queries.iter().flatten().map(|query| {
        let responses = query.responses.iter().map(
            |response| json!({ "server": text(response.server.as_ref()), "duration": response.duration_ms }),
        );
        json!({
            "command": text(query.command.as_ref()),
            "statement": text(query.sql.as_ref()),
            "received": text(query.received.as_ref()),
            "completed": text(query.completed.as_ref()),
            "responses": responses.collect::<Vec<_>>(),
        })
    });
    attributes.insert("queries".to_owned(), queries.collect());
    let log = detail.log.iter().map(|line| Value::from(line.to_string()));
    attributes.insert("log".to_owned(), log.collect());
    attributes.insert("memory".to_owned(), memory(detail));
    whole
}

fn memory(detail: &SessionDetail) -> Value {
    let parts = detail
        .memory
        .iter()
        .map(|(part, bytes)| (part.to_string(), Value::from(*bytes)));
    let mut memory: Map<String, Value> = parts.collect();
    if let Some(client) = detail.client_buffer {
        let backends = detail.connections.iter().filter_map(|connection| {
            let buffer = connection.buffer?;
            let queues = json!({ "readq": buffer.readq, "writeq": buffer.writeq });
            Some((connection.server.as_ref()?.to_string(), queues))
        });
        let sides = json!({
            "total": memory["connection_buffers"],
            "client": { "readq": client.readq, "writeq": client.writeq },
            "backends": backends.collect::<Map<_, _>>(),
        });
        memory.insert("connection_buffers".to_owned(), sides);
    }
    memory.into()
}

fn text(text: Option<&Text>) -> Option<Value> {
    text.and_then(|text| serde_json::to_value(text).ok())
}

struct Walk {
    is_row: bool,
    differences: Vec<String>,
}

impl Walk {
    const fn new(is_row: bool) -> Self {
        Self {
            is_row,
            differences: Vec::new(),
        }
    }

    fn is_kept(&self, place: &str, name: &str) -> bool {
        if self.is_row && place == CLIENT {
            return CLIENT_IN_ROWS.contains(&name);
        }
        let place = below(place, name);
        let is_kept = !NOT_KEPT.contains(&place.as_str());
        is_kept && !(self.is_row && DETAILS_ONLY.contains(&place.as_str()))
    }

    fn compare(&mut self, sent: &Value, ours: &Value, place: &str) {
        match sent {
            Value::Object(sent) => {
                let nothing = Map::new();
                let ours = ours.as_object().unwrap_or(&nothing);
                for (name, value) in sent {
                    if self.is_kept(place, name) {
                        let there = ours.get(name).unwrap_or(&Value::Null);
                        self.compare(value, there, &below(place, name));
                    }
                }
                for (name, value) in ours.iter().filter(|(name, _)| !sent.contains_key(*name)) {
                    self.invented(value, &below(place, name));
                }
            }
            Value::Array(sent) => {
                let ours = ours.as_array().map(Vec::as_slice).unwrap_or_default();
                if sent.len() != ours.len() {
                    self.differ(place, &json!(sent.len()), &json!(ours.len()));
                }
                for (sent, ours) in sent.iter().zip(ours) {
                    self.compare(sent, ours, &format!("{place}[]"));
                }
            }
            Value::Null => self.invented(ours, place),
            leaf if agrees(place, leaf, ours) => {}
            leaf => self.differ(place, leaf, ours),
        }
    }

    /// Asserts that a value that was not sent is empty. The age is computed if it was not sent.
    fn invented(&mut self, value: &Value, place: &str) {
        match value {
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            Value::Object(map) => map
                .iter()
                .for_each(|(name, value)| self.invented(value, &below(place, name))),
            _ if place == "attributes.seconds_alive" => {}
            _ => self.differ(place, &Value::Null, value),
        }
    }

    fn differ(&mut self, place: &str, sent: &Value, ours: &Value) {
        self.differences
            .push(format!("{place}: sent {sent}, decoded {ours}"));
    }
}

fn below(place: &str, name: &str) -> String {
    match place {
        "" => name.to_owned(),
        CLIENT | BACKENDS => format!("{place}.*"),
        _ => format!("{place}.{name}"),
    }
}

/// Whether a decoded value equals what was sent.
fn agrees(place: &str, sent: &Value, ours: &Value) -> bool {
    match place {
        // Tenths, printed with 17 digits.
        "attributes.idle" | "attributes.seconds_alive" => {
            let difference = sent
                .as_f64()
                .zip(ours.as_f64())
                .map(|(sent, ours)| (sent - ours).abs());
            difference.is_some_and(|difference| difference <= 0.051)
        }
        // A Unix socket has no port.
        "attributes.port" if sent.as_i64() == Some(-1) => ours.is_null(),
        // Not known before the handshake is done.
        "attributes.connections[].connection_id" if sent.as_i64() == Some(0) => ours.is_null(),
        "attributes.remote" => {
            ours.as_str() == sent.as_str().map(|address| address.trim_start_matches("::ffff:"))
        }
        "attributes.log[]" => {
            ours.as_str()
                == sent
                    .as_str()
                    .map(|line| kept(line.trim_end(), TextLimit::Line))
                    .as_deref()
        }
        "attributes.queries[].statement" => {
            ours.as_str() == sent.as_str().map(|sql| kept(sql, TextLimit::Sql)).as_deref()
        }
        "attributes.client.connection_attributes.*" => {
            ours.as_str() == sent.as_str().map(|value| kept(value, TextLimit::Line)).as_deref()
        }
        _ => match sent {
            Value::String(sent) => ours.as_str() == Some(&kept(sent, TextLimit::Name)),
            sent => sent == ours,
        },
    }
}

/// A text as JSON has it: raw, and cut where it is too long.
fn kept(raw: &str, limit: TextLimit) -> String {
    let json = serde_json::to_value(Text::clean(raw, limit)).unwrap();
    json.as_str().unwrap().to_owned()
}
