//! The document of each resource, in its envelope.
//!
//! Who may enter: the JSON:API dialect.

use serde::Serialize;
use serde_json::Value;

use super::context::{Context, SelfLink};
use super::resource::Resource;
use super::selection::Selection;
use super::session::{Row, Rows};
use super::{is_started, proxy, targets};
use crate::demo::world::World;

pub(super) fn document(
    resource: Resource<'_>,
    context: Context<'_>,
    world: &World,
    selection: &Selection,
) -> Result<Option<Vec<u8>>, String> {
    let base = context.base;
    let one = |path: String, data: Option<Value>| {
        data.map(|data| selection.write(&Document::of(base, &path, data), false))
            .transpose()
    };
    let list = |path: &str, data: Value| selection.write(&Document::of(base, path, data), true).map(Some);
    match resource {
        Resource::Sessions => {
            let rows = Rows { world, context };
            selection
                .write(&Document::of(base, "sessions", rows), true)
                .map(Some)
        }
        Resource::Session(id) => {
            let Some(session) = world.session(id).filter(|session| is_started(*session)) else {
                return Ok(None);
            };
            let row = Row::of(&session, world, context);
            selection
                .write(&Document::of(base, &format!("sessions/{id}"), row), false)
                .map(Some)
        }
        Resource::MaxScale => one("maxscale".to_owned(), Some(proxy::maxscale(world))),
        Resource::Threads => list("maxscale/threads", proxy::threads(world, base).into()),
        Resource::Thread(id) => {
            let place = id.parse::<usize>().unwrap_or(usize::MAX);
            one(
                format!("maxscale/threads/{id}"),
                proxy::threads(world, base).into_iter().nth(place),
            )
        }
        Resource::Servers => list("servers", targets::servers(world, base).into()),
        Resource::Server(name) => one(
            format!("servers/{name}"),
            named(targets::servers(world, base), name),
        ),
        Resource::Services => list("services", targets::services(world, base).into()),
        Resource::Service(name) => one(
            format!("services/{name}"),
            named(targets::services(world, base), name),
        ),
        Resource::Root | Resource::Restart | Resource::NoSuch(..) | Resource::Unknown => Ok(None),
    }
}

fn named(resources: Vec<Value>, name: &str) -> Option<Value> {
    resources
        .into_iter()
        .find(|one| one.get("id").and_then(Value::as_str) == Some(name))
}

/// The envelope.
#[derive(Debug, Serialize)]
pub(super) struct Document<T> {
    data: T,
    links: SelfLink,
}

impl<T> Document<T> {
    fn of(base: &str, path: &str, data: T) -> Self {
        Self {
            data,
            links: SelfLink {
                myself: format!("{base}/{path}/"),
            },
        }
    }
}
