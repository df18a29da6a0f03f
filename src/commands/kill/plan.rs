//! What would be done, in words and as `curl` lines: for `--dry-run` and for the question.

use std::fmt::Write as _;

use crate::client::Client;
use crate::commands::connect;
use crate::commands::output::visible;
use crate::kill::{FirstCheck, KillState, KillTask};
use crate::model::{Dialect, Session, SessionDetail, Span, Text};

/// So much of a statement is shown: it is there to be recognised, not to be read.
const SQL_CHARS: usize = 200;

/// The plan for all victims, without any secret.
pub(super) fn text(tasks: &[KillTask], clients: &[Client]) -> String {
    let mut text = String::new();
    for task in tasks {
        let endpoint = task.victim.identity.endpoint;
        if let Some(client) = connect::client(clients, endpoint) {
            let _ = victim(&mut text, task, &Curl::new(client));
        }
    }
    if tasks.iter().any(KillTask::may_be_confirmed) {
        text.push_str("Each is looked at again right before its DELETE, which is sent once; then it is\n");
        text.push_str("watched until it is gone. Its connection drops without an error, and an open\n");
        text.push_str("transaction rolls back.");
        let may_run_on = |task: &KillTask| task.victim.dialect == Dialect::JsonApi;
        if tasks.iter().any(may_run_on) {
            text.push_str(" A statement may keep running on the backends named above.");
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
        return writeln!(text, "  not ended: {}\n", outcome.words(identity));
    }
    let target = match task.victim.dialect {
        Dialect::JsonApi => format!("/v1/sessions/{}", identity.id),
        Dialect::Draft => format!("/sessions/{}", identity.id),
    };
    writeln!(text, "  look       {}", curl.line("", &target))?;
    writeln!(text, "  end        {}\n", curl.line("-X DELETE ", &target))
}

fn facts(task: &KillTask, session: &Session, detail: Option<&SessionDetail>) -> Vec<(&'static str, String)> {
    let known = |text: Option<&Text>| text.map_or_else(|| "unknown".to_owned(), ToString::to_string);
    let span = |span: Option<Span>| span.map_or_else(|| "unknown".to_owned(), |span| span.to_string());
    let connected = session.connected.as_ref().map(|connected| &connected.sent);
    let mut facts = vec![
        ("service", known(session.service.as_ref())),
        ("state", known(session.state.as_ref())),
        ("connected", known(connected)),
        (
            "age, idle",
            format!("{}, {}", span(session.age), span(session.idle)),
        ),
    ];
    facts.extend(running(session).map(|sql| ("runs", sql)));
    facts.extend(backends(session, detail).map(|backends| ("holds", backends)));
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

/// `db-01 #4021, db-02 #7718`: where a statement may go on running.
fn backends(session: &Session, detail: Option<&SessionDetail>) -> Option<String> {
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
            .map(|backend| named(Some(&backend.server), backend.thread_id))
            .collect(),
    };
    (!held.is_empty()).then(|| held.join(", "))
}

/// The same by hand. `-u` with the name alone asks for the password.
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

/// For a shell: nothing within single quotes has a meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
