//! The document of each resource, in its envelope.

use serde::Serialize;
use serde_json::Value;

use super::context::{DocContext, SelfLink};
use super::resource::JsonApiResource;
use super::selection::DocOptions;
use super::session::{SessionDoc, SessionListDoc, found};
use super::{auth, proxy, targets};
use crate::demo::world::World;

pub(super) fn document(
    resource: JsonApiResource<'_>,
    context: DocContext<'_>,
    world: &World,
    selection: &DocOptions,
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
        JsonApiResource::Sessions => sessions(context, world, selection).map(Some),
        JsonApiResource::Session(id) => session(id, context, world, selection),
        JsonApiResource::MaxScale => write(
            context.collection("maxscale"),
            proxy::maxscale(world, context),
            false,
        ),
        JsonApiResource::Threads => list("maxscale/threads", proxy::threads(world, context)),
        JsonApiResource::Thread(id) => {
            let place = id.parse::<usize>().unwrap_or(usize::MAX);
            let thread = proxy::threads(world, context).into_iter().nth(place);
            one(format!("maxscale/threads/{id}"), thread)
        }
        JsonApiResource::Servers => list("servers", targets::servers(world, context)),
        JsonApiResource::Server(name) => one(
            format!("servers/{name}"),
            named(targets::servers(world, context), name),
        ),
        JsonApiResource::Services => list("services", targets::services(world, context)),
        JsonApiResource::Service(name) => one(
            format!("services/{name}"),
            named(targets::services(world, context), name),
        ),
        JsonApiResource::Users => list(auth::users_path(context), auth::users(context)),
        JsonApiResource::User(name) => one(
            format!("{}/{name}", auth::users_path(context)),
            named(auth::users(context), name),
        ),
        JsonApiResource::WhoAmI => write(context.object("whoami"), auth::whoami(context.sender), false),
        JsonApiResource::Root
        | JsonApiResource::Restart
        | JsonApiResource::NoSuch(..)
        | JsonApiResource::Unknown => Ok(None),
    }
}

/// Returns the session list. Streams the sessions, because there may be many.
fn sessions(context: DocContext<'_>, world: &World, selection: &DocOptions) -> Result<Vec<u8>, String> {
    let document = Document {
        data: SessionListDoc { world, context },
        links: SelfLink {
            myself: context.collection("sessions"),
        },
    };
    selection.write(&document, true)
}

fn session(
    id: u64,
    context: DocContext<'_>,
    world: &World,
    selection: &DocOptions,
) -> Result<Option<Vec<u8>>, String> {
    let Some(session) = found(world, id, context.profile) else {
        return Ok(None);
    };
    let document = Document {
        data: SessionDoc::of(&session, world, context),
        links: SelfLink {
            myself: context.object(&format!("sessions/{id}")),
        },
    };
    selection.write(&document, false).map(Some)
}

fn named(resources: Vec<Value>, name: &str) -> Option<Value> {
    resources
        .into_iter()
        .find(|one| one.get("id").and_then(Value::as_str) == Some(name))
}

/// The members that surround the data of every document.
#[derive(Debug, Serialize)]
pub(super) struct Document<T> {
    data: T,
    links: SelfLink,
}
