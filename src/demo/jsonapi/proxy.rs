//! The proxy itself and its worker threads.

use serde_json::{Value, json};

use super::context::DocContext;
use crate::demo::dates::{http_date, timestamp};
use crate::demo::world::{WORKERS, World};

/// Returns the data of `/maxscale`.
pub(super) fn maxscale(world: &World, context: DocContext<'_>) -> Value {
    let profile = context.profile;
    let started = http_date(timestamp((world.started_unix(), 0)));
    let form = profile.proxy;
    let datadir = format!("/var/lib/maxscale/data{}", world.pid());
    let mut parameters: Value = serde_json::from_str(form.settings).unwrap_or_default();
    if let Some(parameters) = parameters.as_object_mut() {
        parameters.insert("threads".to_owned(), json!(WORKERS));
        if form.datadir_among_settings {
            parameters.insert("process_datadir".to_owned(), json!(datadir));
        }
    }
    context.settings.apply_to_proxy(&mut parameters);
    let mut data = json!({
        "attributes": {
            "activated_at": started,
            "commit": "source-build",
            "config_sync": null,
            "parameters": parameters,
            "process_datadir": datadir,
            "started_at": started,
            "system": {
                "machine": {
                    "cores_available": WORKERS,
                    "cores_physical": WORKERS,
                    "cores_virtual": 4.0,
                    "memory_available": 16_812_802_048_u64,
                    "memory_physical": 16_812_802_048_u64,
                },
                "maxscale": { "query_classifier_cache_size": 2_521_920_307_u64, "threads": WORKERS },
                "os": {
                    "machine": "x86_64",
                    "nodename": world.node(),
                    "release": "6.12.48-generic",
                    "sysname": "Linux",
                    "version": "#1 SMP PREEMPT_DYNAMIC @0",
                },
            },
            "uptime": world.uptime().as_secs(),
            "version": profile.version,
        },
        "id": "maxscale",
        "type": "maxscale",
    });
    leave_out(&mut data, "/attributes", form.without);
    data
}

/// Removes the members that this version does not have.
fn leave_out(data: &mut Value, pointer: &str, names: &[&str]) {
    if let Some(object) = data.pointer_mut(pointer).and_then(Value::as_object_mut) {
        for name in names {
            object.remove(*name);
        }
    }
}

/// Returns the data of `/maxscale/threads`. As in MaxScale, their own links lack `maxscale`.
pub(super) fn threads(world: &World, context: DocContext<'_>) -> Vec<Value> {
    (0..WORKERS)
        .map(|worker| thread(world, context, worker))
        .collect()
}

fn thread(world: &World, context: DocContext<'_>, worker: u64) -> Value {
    let own = || world.sessions().filter(|session| session.worker() == worker);
    let sessions = own().count() as u64;
    let statements: u64 = own().map(|session| session.statement_count()).sum();
    let load = (own().map(|session| session.io_activity()).sum::<u64>() / 400).min(100);
    let memory = sessions * 66_300;
    let mut data = json!({
        "attributes": { "stats": {
            "accepts": world.total_sessions() / WORKERS,
            "avg_event_queue_length": 1,
            "current_descriptors": 15 + sessions * 3,
            "errors": 0,
            "hangups": 0,
            "listening": true,
            "load": { "last_hour": load, "last_minute": load, "last_second": load },
            "max_event_queue_length": 21,
            "max_exec_time": 0,
            "max_queue_time": 0,
            "memory": {
                "query_classifier": 13_069,
                "sessions": memory,
                "total": memory + 13_069,
                "zombies": 0,
            },
            "query_classifier_cache": {
                "evictions": 0,
                "hits": statements / 2,
                "inserts": 22,
                "misses": statements / 50,
                "size": 13_069,
            },
            "reads": statements * 2 + sessions * 4,
            "sessions": sessions,
            "state": "Active",
            "total_descriptors": world.total_sessions() * 3 / WORKERS,
            "writes": statements * 2 + sessions * 3,
            "zombies": 0,
        } },
        "id": worker.to_string(),
        "links": { "self": context.object(&format!("threads/{worker}")) },
        "type": "threads",
    });
    leave_out(
        &mut data,
        "/attributes/stats",
        context.profile.proxy.threads_without,
    );
    data
}
