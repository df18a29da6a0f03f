//! Describes what would be killed, as text and `curl` lines, for `--dry-run` and the confirmation prompt.

use std::fmt::Write as _;

use crate::client::Client;
use crate::commands::connect;
use crate::commands::output::visible;
use crate::kill::{FirstCheck, KillState, KillTask};
use crate::model::{Dialect, Session, SessionDetail, Span, Text};

/// Maximum number of characters shown of a statement; enough to recognize it.
const SQL_CHARS: usize = 200;

/// Returns the plan for all victims, without any secret.
pub(super) fn text(tasks: &[KillTask], clients: &[Client]) -> String {
    let mut text = String::new();
    for task in tasks {
        let endpoint = task.victim.identity.endpoint;
        if let Some(client) = connect::client(clients, endpoint) {
            let _ = victim(&mut text, task, &Curl::new(client));
        }
    }
    if tasks.iter().any(KillTask::may_be_confirmed) {
        text.push_str(
            "Each session is checked again right before its DELETE, which is sent once. Then it is\n",
        );
        text.push_str(
            "followed until it is gone. Its client connection closes without an error, and an open\n",
        );
        text.push_str("transaction rolls back.");
        let may_run_on = |task: &KillTask| task.victim.dialect == Dialect::JsonApi;
        if tasks.iter().any(may_run_on) {
            text.push_str(" A statement may keep running on the servers named above.");
        }
        text.push('\n');
    }
    text
}

fn victim(text: &mut String, task: &KillTask, curl: &Curl) -> std::fmt::Result {
    let detail = checked_details(task);
    let session = task.session();
    let identity = &task.victim.identity;
    writeln!(text, "{}  {}", identity.id, identity.client())?;
    for (label, value) in facts(task, session, detail) {
        writeln!(text, "  {label:<10} {value}")?;
    }
    if let Some(outcome) = task.outcome() {
        return writeln!(text, "  not killed: {}\n", outcome.words(identity));
    }
    let target = match task.victim.dialect {
        Dialect::JsonApi => format!("/v1/sessions/{}", identity.id),
        Dialect::Draft => format!("/sessions/{}", identity.id),
    };
    writeln!(text, "  check      {}", curl.line("", &target))?;
    writeln!(text, "  kill       {}\n", curl.line("-X DELETE ", &target))
}

fn facts(task: &KillTask, session: &Session, detail: Option<&SessionDetail>) -> Vec<(&'static str, String)> {
    let known = |text: Option<&Text>| text.map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let span = |span: Option<Span>| span.map_or_else(|| "unknown".to_owned(), |span| span.to_string());
    let connected = session.connected.as_ref().map(|connected| &connected.sent);
    let mut facts = vec![
        ("service", known(session.service.as_ref())),
        ("state", known(session.state.as_ref())),
        ("connected", known(connected)),
        ("age", span(session.age)),
        ("idle", span(session.idle)),
    ];
    facts.extend(running(session).map(|sql| ("running", sql)));
    facts.extend(servers(session, detail).map(|servers| ("servers", servers)));
    if let KillState::Unconfirmed(FirstCheck::Passed { unchecked, .. }) = task.state()
        && !unchecked.is_empty()
    {
        let parts: Vec<_> = unchecked.iter().map(|part| part.name()).collect();
        facts.push(("unchecked", parts.join(", ")));
    }
    facts
}

fn checked_details(task: &KillTask) -> Option<&SessionDetail> {
    match task.state() {
        KillState::Unconfirmed(FirstCheck::Passed { observation, .. }) => Some(&observation.detail),
        _ => None,
    }
}

fn running(session: &Session) -> Option<String> {
    let running = session.extra.as_ref()?.running.as_ref()?;
    let sql = running.sql.as_ref().map_or("(no text)", Text::as_str);
    let mut shown: String = sql.chars().take(SQL_CHARS).collect();
    if shown.len() < sql.len() {
        shown.push('…');
    }
    Some(shown)
}

/// Returns the server connections as `db-01 #4021, db-02 #7718`. A statement may keep running there.
fn servers(session: &Session, detail: Option<&SessionDetail>) -> Option<String> {
    let named = |server: Option<&Text>, thread: Option<u32>| {
        let server = server.map_or("?", Text::as_str);
        thread.map_or_else(|| server.to_owned(), |thread| format!("{server} #{thread}"))
    };
    let held: Vec<_> = match detail {
        Some(detail) => detail
            .connections
            .iter()
            .map(|connection| named(connection.server.as_ref(), connection.thread_id))
            .collect(),
        None => session
            .server_connections()?
            .iter()
            .map(|connection| named(Some(&connection.server), connection.thread_id))
            .collect(),
    };
    (!held.is_empty()).then(|| held.join(", "))
}

/// Builds equivalent `curl` commands. `-u` with only a name makes curl prompt for the password.
struct Curl {
    base: String,
    user: Option<String>,
}

impl Curl {
    fn new(client: &Client) -> Self {
        Self {
            base: client.url().to_string(),
            user: client.user().map(ToOwned::to_owned),
        }
    }

    fn line(&self, method: &str, target: &str) -> String {
        let user = self.user.as_deref().map(|user| format!("-u {} ", quoted(user)));
        let url = quoted(&format!("{}{target}", self.base));
        visible(&format!("curl -sS {}{method}{url}", user.unwrap_or_default()))
    }
}

/// Quotes text for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
