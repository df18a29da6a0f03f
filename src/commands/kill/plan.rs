//! Describes what would be killed, as text and `curl` lines, for `--dry-run` and the confirmation prompt.

use std::fmt::Write as _;

use crate::client::Client;
use crate::commands::connect;
use crate::commands::output;
use crate::kill::open_work::{OpenWork, consequences};
use crate::kill::{KillTask, summary};
use crate::model::{Dialect, Text, curl_line};
use crate::ui::cut::wrap;

/// Width of the labels: that of `not compared`.
const LABEL: usize = 12;
/// Width of the text without a terminal, and its minimum, in cells.
const WIDTH: usize = 80;
const MIN_WIDTH: usize = 40;

/// Returns the plan for all victims, without any secret.
/// Texts are wrapped to the width of the terminal, `curl` lines are not.
pub(super) fn text(tasks: &[KillTask], clients: &[Client], kills_statements: bool) -> String {
    let width = output::terminal_width().unwrap_or(WIDTH).max(MIN_WIDTH);
    let mut text = String::new();
    for task in tasks {
        let endpoint = task.victim.identity.endpoint;
        if let Some(client) = connect::client(clients, endpoint) {
            let _ = victim(&mut text, task, &Curl::new(client), width);
        }
    }
    if tasks.iter().any(KillTask::may_be_confirmed) {
        let each = match tasks {
            [_] => "The session",
            _ => "Each session",
        };
        let check = format!(
            "{each} is checked again right before its DELETE, which is sent once. Then it is followed until it is gone."
        );
        let left = tasks.iter().filter(|task| task.may_be_confirmed());
        let works = left.map(|task| OpenWork::of_victim(&task.victim));
        let work = works.reduce(OpenWork::or).unwrap_or(OpenWork::UNKNOWN);
        let sentences =
            std::iter::once(check.as_str()).chain(consequences(work, tasks.len(), kills_statements));
        for line in wrap(&sentences.collect::<Vec<_>>().join(" "), width) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn victim(text: &mut String, task: &KillTask, curl: &Curl, width: usize) -> std::fmt::Result {
    let session = task.session();
    let identity = &task.victim.identity;
    let state = session.state.as_ref().map_or("unknown", Text::as_str).to_owned();
    let mut facts = summary::facts(session);
    facts.insert(0, ("state", state));
    facts.extend(summary::not_compared([task]).map(|parts| ("not compared", parts)));
    writeln!(text, "{}  {}", identity.id, identity.client())?;
    for (label, value) in facts {
        for (place, line) in wrap(&value, width.saturating_sub(LABEL + 3)).iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            writeln!(text, "  {label:<LABEL$} {line}")?;
        }
    }
    if let Some(outcome) = task.outcome() {
        return writeln!(text, "  not killed: {}\n", outcome.words(identity));
    }
    let target = match task.victim.dialect {
        Dialect::JsonApi => format!("/v1/sessions/{}", identity.id),
        Dialect::Draft => format!("/sessions/{}", identity.id),
    };
    writeln!(text, "  {:<LABEL$} {}", "check", curl.line("", &target))?;
    writeln!(
        text,
        "  {:<LABEL$} {}\n",
        "kill",
        curl.line("-X DELETE ", &target)
    )
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
        curl_line(&self.base, self.user.as_deref(), method, target)
    }
}
