//! Both ends of a session: its client, and its connections to servers.

use crate::demo::profile::{ClientForm, ConnectionForm};
use crate::demo::world::{SimConnection, SimSessionAt};

#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub(super) enum ClientDoc<'a> {
    Pointer(Pointer),
    Cipher { cipher: &'static str },
    Attributes(ClientAttributesDoc<'a>),
}

#[derive(Debug, serde::Serialize)]
pub(super) struct ClientAttributesDoc<'a> {
    cipher: &'static str,
    connection_attributes: Option<ConnectionAttributes<'a>>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    history: Option<CommandHistoryDoc>,
}

/// Attributes of the client. The names are MaxScale's.
#[derive(Debug, serde::Serialize)]
#[allow(clippy::struct_field_names)]
struct CommandHistoryDoc {
    sescmd_history_len: u64,
    sescmd_history_stored_metadata: u64,
    sescmd_history_stored_responses: u64,
}

#[derive(Debug, serde::Serialize)]
struct ConnectionAttributes<'a> {
    _client_name: &'static str,
    _client_version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    _os: Option<&'static str>,
    _pid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    _platform: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    _server_host: Option<&'static str>,
    program_name: &'a str,
}

#[derive(Debug, serde::Serialize)]
#[serde(untagged)]
pub(super) enum ConnectionDoc {
    Pointer(Pointer),
    Plain {
        cipher: &'static str,
        connection_id: u64,
        server: &'static str,
    },
}

/// One end of a session, identified by the address of its structure in the proxy.
#[derive(Debug, serde::Serialize)]
pub(super) struct Pointer {
    id: String,
    protocol_diagnostics: Diagnostics,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'static str>,
}

#[derive(Debug, serde::Serialize)]
struct Diagnostics {
    connection_id: u64,
}

impl Pointer {
    fn to(server: Option<&'static str>, connection_id: u64) -> Self {
        Self {
            id: format!("{:#x}", 0x7f3c_8400_0000_u64 + connection_id * 0x1a0),
            protocol_diagnostics: Diagnostics { connection_id },
            server,
        }
    }
}

pub(super) fn connections(backends: &[SimConnection], form: ConnectionForm) -> Option<Vec<ConnectionDoc>> {
    let connection = |backend: &SimConnection| match form {
        ConnectionForm::Pointer => {
            ConnectionDoc::Pointer(Pointer::to(Some(backend.server), backend.thread_id))
        }
        ConnectionForm::Plain | ConnectionForm::None => ConnectionDoc::Plain {
            cipher: "",
            connection_id: backend.thread_id,
            server: backend.server,
        },
    };
    (form != ConnectionForm::None).then(|| backends.iter().map(connection).collect())
}

pub(super) fn client<'a>(session: &SimSessionAt<'a>, form: ClientForm) -> Option<ClientDoc<'a>> {
    match form {
        ClientForm::None => None,
        ClientForm::Pointer => Some(ClientDoc::Pointer(Pointer::to(None, session.id()))),
        ClientForm::Cipher => Some(ClientDoc::Cipher { cipher: "" }),
        ClientForm::Attributes => Some(ClientDoc::Attributes(ClientAttributesDoc::of(session))),
    }
}

impl<'a> ClientAttributesDoc<'a> {
    fn of(session: &SimSessionAt<'a>) -> Self {
        let library = session.library();
        let platform = |text| library.platform.then_some(text);
        let attributes = session.user().map(|_| ConnectionAttributes {
            _client_name: library.name,
            _client_version: library.version,
            _os: platform("Linux"),
            _pid: session.pid().to_string(),
            _platform: platform("x86_64"),
            _server_host: platform("10.0.0.5"),
            program_name: session.program(),
        });
        let known = u64::from(attributes.is_some());
        let history = session.service().history.then_some(CommandHistoryDoc {
            sescmd_history_len: known,
            sescmd_history_stored_metadata: 0,
            sescmd_history_stored_responses: known,
        });
        Self {
            cipher: "",
            connection_attributes: attributes,
            history,
        }
    }
}
