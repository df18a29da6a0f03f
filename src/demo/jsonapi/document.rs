//! The document of each resource, in its envelope.
//!
//! Who may enter: the JSON:API dialect.

use serde::Serialize;
use serde_json::Value;

use super::context::{Context, SelfLink};
use super::resource::Resource;
use super::selection::Selection;
use super::session::{Row, Rows, found};
use super::{proxy, targets, users};
use crate::demo::world::World;

pub(super) fn document(
    resource: Resource<'_>,
    context: Context<'_>,
    world: &World,
    selection: &Selection,
) -> Result<Option<Vec<u8>>, String> {
    let write = |link: String, data: Value, is_list: bool| {
        let document = Document {
            data,
            links: SelfLink { myself: link },
        };
        selection.write(&document, is_list).map(Some)
    };
    let list = |path: &str, data: Vec<Value>| write(context.collection(path), data.into(), true);
    let one = |path: String, data: Option<Value>| match data {
        Some(data) => write(context.object(&path), data, false),
        None => Ok(None),
    };
    match resource {
        Resource::Sessions => {
            let document = Document {
                data: Rows { world, context },
                links: SelfLink {
                    myself: context.collection("sessions"),
                },
            };
            selection.write(&document, true).map(Some)
        }
        Resource::Session(id) => {
            let Some(session) = found(world, id, context.profile) else {
                return Ok(None);
            };
            let document = Document {
                data: Row::of(&session, world, context),
                links: SelfLink {
                    myself: context.object(&format!("sessions/{id}")),
                },
            };
            selection.write(&document, false).map(Some)
        }
        Resource::MaxScale => write(
            context.collection("maxscale"),
            proxy::maxscale(world, context),
            false,
        ),
        Resource::Threads => list("maxscale/threads", proxy::threads(world, context)),
        Resource::Thread(id) => {
            let place = id.parse::<usize>().unwrap_or(usize::MAX);
            let thread = proxy::threads(world, context).into_iter().nth(place);
            one(format!("maxscale/threads/{id}"), thread)
        }
        Resource::Servers => list("servers", targets::servers(world, context)),
        Resource::Server(name) => one(
            format!("servers/{name}"),
            named(targets::servers(world, context), name),
        ),
        Resource::Services => list("services", targets::services(world, context)),
        Resource::Service(name) => one(
            format!("services/{name}"),
            named(targets::services(world, context), name),
        ),
        Resource::Users => list("users/inet", users::users(context)),
        Resource::User(name) => one(format!("users/inet/{name}"), named(users::users(context), name)),
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
