//! Describes what would be killed, as text and `curl` lines, for `--dry-run` and the confirmation prompt.

use std::fmt::Write as _;

use super::diagnosed_list::VictimStatement;
use super::victims::Facts;
use crate::client::Client;
use crate::commands::connect;
use crate::commands::output;
use crate::kill::LockEffects;
use crate::kill::open_work::{OpenWork, consequences};
use crate::kill::{KillTask, MAX_CONFIRMED_BY_KEY, summary};
use crate::model::{Dialect, Identity, Text, curl_line, display_width};
use crate::ui::cut::{fit, wrap};

/// Width of the labels: that of `not compared`.
const LABEL: usize = 12;
/// Width of the text without a terminal, and its minimum, in cells.
const WIDTH: usize = 80;
const MIN_WIDTH: usize = 40;

/// Returns the plan for all victims, without any secret.
/// Texts are wrapped to the width of the terminal, `curl` lines are not.
pub(super) fn text(tasks: &[KillTask], clients: &[Client], kills_statements: bool, facts: &Facts) -> String {
    let width = output::terminal_width().unwrap_or(WIDTH).max(MIN_WIDTH);
    let mut text = String::new();
    if tasks.len() > MAX_CONFIRMED_BY_KEY {
        // On a pipe nothing is cut.
        let width = output::terminal_width().map_or(usize::MAX, |width| width.max(MIN_WIDTH));
        let _ = lines(&mut text, tasks, clients, (width, facts, kills_statements));
    } else {
        for task in tasks {
            let identity = &task.victim.identity;
            let why = why(facts, identity);
            let ended = ended(facts, task, kills_statements);
            if let Some(client) = connect::client(clients, identity.endpoint) {
                let _ = victim(&mut text, task, &Curl::new(client), (width, why, ended));
            }
        }
    }
    if tasks.iter().any(KillTask::may_be_confirmed) {
        let left: Vec<_> = tasks.iter().filter(|task| task.may_be_confirmed()).collect();
        let each = match left.as_slice() {
            [_] => "The session",
            _ => "Each session",
        };
        let check = format!(
            "{each} is checked again right before its DELETE, which is sent once. Then it is followed until it is gone."
        );
        let known = |task: &KillTask| {
            let identity = &task.victim.identity;
            facts.get(&(identity.endpoint, identity.id))
        };
        let works = left.iter().map(|task| {
            let work = known(task).map(|facts| facts.work);
            work.unwrap_or_else(|| OpenWork::of_victim(&task.victim))
        });
        let work = works.reduce(OpenWork::or).unwrap_or(OpenWork::UNKNOWN);
        let mut sentences = vec![check];
        let general = consequences(work, left.len(), kills_statements);
        sentences.extend(general.into_iter().map(ToOwned::to_owned));
        let effects = LockEffects::of(
            left.iter().map(|task| {
                let locks = known(task).and_then(|facts| facts.locks.as_ref());
                (task.victim.identity.id, locks)
            }),
            kills_statements,
        );
        sentences.extend(effects.sentences().into_iter().map(|(_, text)| text));
        for line in wrap(&sentences.join(" "), width) {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

/// Writes one line for each of many victims, and the request for each endpoint.
fn lines(
    text: &mut String,
    tasks: &[KillTask],
    clients: &[Client],
    (width, facts, kills_statements): (usize, &Facts, bool),
) -> std::fmt::Result {
    let id_width = tasks.iter().map(|task| task.victim.identity.id.to_string().len());
    let id_width = id_width.max().unwrap_or(0);
    let clients_shown = || tasks.iter().map(|task| task.victim.identity.client());
    let client_width = clients_shown().map(|client| display_width(&client)).max();
    let client_width = client_width.unwrap_or(0).min(width / 2);
    for task in tasks {
        let identity = &task.victim.identity;
        let why = match task.outcome() {
            Some(outcome) => format!("not killed: {}", outcome.detail()),
            None => why(facts, identity).unwrap_or_default().to_owned(),
        };
        let client = identity.client();
        let gap = client_width.saturating_sub(display_width(&client));
        let idle = task
            .session()
            .idle
            .map_or_else(|| "?".to_owned(), |idle| idle.to_string());
        let line = format!(
            "{:>id_width$}  {client}{:gap$}  idle {idle:>7}  {why}",
            identity.id, ""
        );
        writeln!(text, "{}", fit(line.trim_end(), width, "~"))?;
        for words in ended_words(ended(facts, task, kills_statements)) {
            let line = format!("{:>id_width$}  ends {words}", "");
            writeln!(text, "{}", fit(&line, width, "~"))?;
        }
    }
    text.push('\n');
    for client in clients {
        let own: Vec<_> = tasks
            .iter()
            .filter(|task| task.victim.identity.endpoint == client.endpoint())
            .collect();
        let mut killed = own.iter().filter(|task| task.outcome().is_none());
        let is_marked = own.iter().any(|task| task.outcome().is_some());
        let but = if is_marked {
            " that is not marked 'not killed'"
        } else {
            ""
        };
        if let Some(task) = killed.next() {
            let target = match task.victim.dialect {
                Dialect::JsonApi => "/v1/sessions/ID",
                Dialect::Draft => "/sessions/ID",
            };
            let request = Curl::new(client).line("-X DELETE ", target);
            writeln!(text, "for each ID{but}: {request}")?;
        }
    }
    Ok(())
}

fn victim(
    text: &mut String,
    task: &KillTask,
    curl: &Curl,
    (width, why, ended): (usize, Option<&str>, Option<&[VictimStatement]>),
) -> std::fmt::Result {
    let session = task.session();
    let identity = &task.victim.identity;
    let state = session.state.as_ref().map_or("unknown", Text::as_str).to_owned();
    let mut facts = summary::facts(session);
    // A refusal says it itself.
    facts.retain(|(label, _)| *label != "closing" || task.outcome().is_none());
    facts.insert(0, ("state", state));
    if let Some(why) = why {
        facts.insert(0, ("why", why.to_owned()));
    }
    facts.extend(ended_words(ended).into_iter().map(|words| ("ends", words)));
    facts.extend(summary::not_compared([task]).map(|parts| ("not compared", parts)));
    writeln!(text, "{}  {}", identity.id, identity.client())?;
    for (label, value) in facts {
        for (place, line) in wrap(&value, width.saturating_sub(LABEL + 3)).iter().enumerate() {
            let label = if place == 0 { label } else { "" };
            writeln!(text, "  {label:<LABEL$} {line}")?;
        }
    }
    if let Some(outcome) = task.outcome() {
        let detail = outcome.detail();
        let detail = if detail.is_empty() {
            outcome.word()
        } else {
            &detail
        };
        return writeln!(text, "  not killed: {detail}\n");
    }
    let target = target(task);
    writeln!(text, "  {:<LABEL$} {}", "check", curl.line("", &target))?;
    writeln!(
        text,
        "  {:<LABEL$} {}\n",
        "kill",
        curl.line("-X DELETE ", &target)
    )
}

/// Returns why a session is stuck, if it is.
fn why<'a>(facts: &'a Facts, identity: &Identity) -> Option<&'a str> {
    facts.get(&(identity.endpoint, identity.id))?.why.as_deref()
}

/// Returns the statements that a kill ends too, if they still run then. `None` if they are not known.
pub(super) fn ended<'a>(
    facts: &'a Facts,
    task: &KillTask,
    kills_statements: bool,
) -> Option<&'a [VictimStatement]> {
    if !kills_statements || task.outcome().is_some() {
        return Some(&[]);
    }
    let identity = &task.victim.identity;
    let known = facts.get(&(identity.endpoint, identity.id))?;
    known.statements.as_deref()
}

/// Returns one text for each statement, or one that says that they are not known.
fn ended_words(ended: Option<&[VictimStatement]>) -> Vec<String> {
    match ended {
        Some(statements) => statements.iter().map(VictimStatement::words).collect(),
        None => vec!["unknown: its statements could not be read".to_owned()],
    }
}

/// Returns the path of the requests for a session.
pub(super) fn target(task: &KillTask) -> String {
    let id = task.victim.identity.id;
    match task.victim.dialect {
        Dialect::JsonApi => format!("/v1/sessions/{id}"),
        Dialect::Draft => format!("/sessions/{id}"),
    }
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
