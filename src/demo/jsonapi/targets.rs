//! The services and the servers behind them.

use serde_json::{Value, json};

use super::context::{DocContext, RelationshipLinks};
use crate::demo::dates::{asctime, http_date, timestamp};
use crate::demo::world::{SERVERS, SERVICES, Server, ServerTrouble, Service, SimSessionAt, World};

/// Returns the data of `/servers`.
pub(super) fn servers(world: &World, context: DocContext<'_>) -> Vec<Value> {
    SERVERS
        .iter()
        .map(|server| one_server(server, world, context))
        .collect()
}

/// Returns the data of `/services`.
pub(super) fn services(world: &World, context: DocContext<'_>) -> Vec<Value> {
    SERVICES
        .iter()
        .map(|service| one_service(service, world, context))
        .collect()
}

fn one_server(server: &Server, world: &World, context: DocContext<'_>) -> Value {
    let name = server.name;
    let primary = server.state.starts_with("Master");
    let trouble = world.trouble_of(name);
    let state = trouble.map_or_else(|| server.state.to_owned(), |trouble| trouble.state(server.state));
    let changed = world.last_server_change(name);
    let gtid = format!("1-3001-{}", 7_000 + world.uptime().as_secs() * 11);
    let used_by = SERVICES.iter().filter(|service| service.servers.contains(&name));
    let mut data = json!({
        "attributes": {
            "gtid_binlog_pos": gtid,
            "gtid_current_pos": gtid,
            "last_event": last_event(primary, trouble, !changed.is_zero()),
            "lock_held": null,
            "master_group": null,
            "master_id": if primary { -1 } else { 3_001 },
            "name": name,
            "node_id": server.number,
            "parameters": {
                "address": server.address,
                "port": 3_306,
                "priority": 0,
                "proxy_protocol": false,
                "rank": "primary",
                "socket": null,
                "ssl": false,
            },
            "read_only": !primary,
            "replication_lag": trouble.map_or(0, ServerTrouble::replication_lag),
            "server_id": server.number,
            "slave_connections": replication(primary, trouble),
            "source": { "file": "/etc/maxscale.cnf", "type": "static" },
            "state": state,
            "statistics": server_statistics(name, world),
            "triggered_at": http_date(timestamp(world.wall_at(changed))),
            "uptime": world.uptime().as_secs() + 86_400,
            "version_string": "10.11.9-MariaDB-log",
        },
        "id": name,
        "links": { "self": context.object(&format!("servers/{name}")) },
        "relationships": {
            "monitors": relationship(context, "monitors", &format!("servers/{name}"), &["Replication-Monitor"]),
            "services": relationship(
                context,
                "services",
                &format!("servers/{name}"),
                &used_by.map(|service| service.name).collect::<Vec<_>>(),
            ),
        },
        "type": "servers",
    });
    let attributes = data.pointer_mut("/attributes").and_then(Value::as_object_mut);
    if let Some(attributes) = attributes.filter(|_| context.profile.server_status) {
        attributes.insert("status".to_owned(), status(primary, trouble));
    }
    data
}

/// Returns the last event of a server, as the monitor names it.
const fn last_event(primary: bool, trouble: Option<ServerTrouble>, changed: bool) -> &'static str {
    match (primary, trouble) {
        (false, Some(ServerTrouble::Down)) => "slave_down",
        (false, Some(ServerTrouble::ReplicationStopped)) => "lost_slave",
        (false, _) if changed => "slave_up",
        (true, Some(ServerTrouble::Down)) => "master_down",
        (true, _) => "master_up",
        (false, _) => "new_slave",
    }
}

/// Returns the replication connections of a server.
fn replication(primary: bool, trouble: Option<ServerTrouble>) -> Value {
    if primary || trouble == Some(ServerTrouble::Down) {
        return json!([]);
    }
    let is_stopped = trouble == Some(ServerTrouble::ReplicationStopped);
    json!([{
        "connection_name": "",
        "master_host": SERVERS.first().map_or("", |primary| primary.address),
        "master_port": 3_306,
        "master_server_id": 3_001,
        "slave_io_running": "Yes",
        "slave_sql_running": if is_stopped { "No" } else { "Yes" },
    }])
}

fn server_statistics(name: &str, world: &World) -> Value {
    let held = || {
        world
            .sessions()
            .flat_map(|session| session.connections())
            .filter(|held| held.server == name)
    };
    let connections = held().count();
    let routed: u64 = held().map(|held| held.writes).sum();
    json!({
        "active_operations": held().filter(|held| held.write_queue > 0).count(),
        "adaptive_avg_select_time": "184.268us",
        "connection_pool_empty": 0,
        "connections": connections,
        "failed_auths": 0,
        "max_connections": connections,
        "max_pool_size": 0,
        "persistent_connections": 0,
        "reused_connections": 0,
        "routed_packets": routed,
        "total_connections": world.total_sessions(),
    })
}

/// Returns the object `status` of a server.
fn status(primary: bool, trouble: Option<ServerTrouble>) -> Value {
    let (state, reason) = if primary {
        ("Write", "Primary")
    } else {
        ("Read", "read_only")
    };
    let (mode, state, reason) = match trouble {
        Some(ServerTrouble::Maintenance) => ("Maintenance", "Up", None),
        Some(ServerTrouble::Draining) => ("Draining", state, Some(reason)),
        Some(ServerTrouble::AuthError) => ("Normal", "Up", Some("Auth Error")),
        Some(ServerTrouble::Down) => ("Normal", "Down", None),
        Some(ServerTrouble::ReplicationStopped) => ("Normal", "Up", None),
        Some(ServerTrouble::Lagging(_)) | None => ("Normal", state, Some(reason)),
    };
    json!({ "extra": [], "mode": mode, "reason": Vec::from_iter(reason), "state": state })
}

fn one_service(service: &Service, world: &World, context: DocContext<'_>) -> Value {
    let name = service.name;
    let own = || world.sessions().filter(|session| session.service().name == name);
    let connections = own().count();
    let statements: u64 = own().map(|session| session.statement_count()).sum();
    let total = world.total_sessions();
    let started = timestamp((world.started_unix(), 0));
    let started = if context.profile.row.local_dates {
        asctime(started, context.zone)
    } else {
        http_date(started)
    };
    json!({
        "attributes": {
            "connections": connections,
            "listeners": [listener(service, context)],
            "parameters": parameters(service, world, context),
            "router": service.router,
            "router_diagnostics": { "queries": statements, "server_query_statistics": [] },
            "source": { "file": "/etc/maxscale.cnf", "type": "static" },
            "started": started,
            "state": "Started",
            "statistics": {
                "active_operations": own().filter(SimSessionAt::is_running).count(),
                "avg_sescmd_history_length": 0.0,
                "avg_session_lifetime": 61.5,
                "connections": connections,
                "failed_auths": 0,
                "max_connections": connections,
                "max_sescmd_history_length": 0,
                "max_session_lifetime": world.uptime().as_secs(),
                "routed_packets": statements,
                "total_connections": total,
            },
            "total_connections": total,
            "users": [],
        },
        "id": name,
        "links": { "self": context.object(&format!("services/{name}")) },
        "relationships": {
            "listeners": relationship(
                context, "listeners", &format!("services/{name}"), &[&format!("{name}-Listener")],
            ),
            "servers": relationship(context, "servers", &format!("services/{name}"), service.servers),
        },
        "type": "services",
    })
}

fn parameters(service: &Service, world: &World, context: DocContext<'_>) -> Value {
    let mut parameters = json!({
        "idle_session_pool_time": "-1ms",
        "max_connections": world.max_connections(service.name),
        "retain_last_statements": -1,
        "router": service.router,
        "session_trace": false,
        "type": "service",
        "user": "maxscale",
        "wait_timeout": "0ms",
    });
    context.settings.apply_to_service(service.name, &mut parameters);
    parameters
}

fn listener(service: &Service, context: DocContext<'_>) -> Value {
    let name = format!("{}-Listener", service.name);
    json!({
        "attributes": {
            "parameters": {
                "address": "::",
                "port": service.port,
                "protocol": "MariaDBProtocol",
                "service": service.name,
                "socket": null,
                "ssl": false,
                "type": "listener",
            },
            "source": { "file": "/etc/maxscale.cnf", "type": "static" },
            "state": "Running",
        },
        "id": name,
        "relationships": {
            "services": relationship(context, "services", &format!("listeners/{name}"), &[service.name]),
        },
        "type": "listeners",
    })
}

fn relationship(context: DocContext<'_>, kind: &str, owner: &str, names: &[&str]) -> Value {
    let data: Vec<Value> = names
        .iter()
        .map(|name| json!({ "id": name, "type": kind }))
        .collect();
    json!({
        "data": data,
        "links": RelationshipLinks::of(context, owner, kind),
    })
}
