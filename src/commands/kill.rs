//! `maxtop kill`: kills sessions after verifying the identity of each.
//!
//! Drives the protocol of [`crate::kill`] from the command line: finds the victims, shows them, prompts for
//! confirmation, kills them and prints each outcome.

mod diagnosed_list;
mod driver;
mod not_selected;
mod outcomes;
mod permissions;
mod plan;
mod prompt;
mod victims;

use std::cell::Cell;
use std::sync::Arc;
use std::time::Duration;

use self::driver::KillDriver;
use self::not_selected::NotSelected;
use self::outcomes::{OutcomePrinter, in_ascii};
use self::prompt::{Answer, Consent, has_terminal};
use self::victims::{VictimSelection, find};
use super::answers::Answers;
use super::auth_preflight::PreflightMode;
use super::exit::{CommandError, ExitStatus};
use super::watch::check_audit;
use super::{connect, output};
use crate::cli::{GlobalOptions, KillArgs, KillOutput};
use crate::client::{Client, close_server_connections};
use crate::config::{Config, Origin};
use crate::kill::{KillOutcome, RefusalReason, Rules, Victim};
use crate::model::{Dialect, SessionId, Text, TextLimit};
use crate::runtime::audit::AuditLog;
use crate::runtime::signals::{EndingSignals, Interrupt, Interrupts};
use crate::wire::parse_id;

/// Maximum number of victims with `--yes` and without `--max`, because the list is not reviewed.
const MAX_WITH_YES: usize = 100;

/// With more victims than this, a token is requested. It costs the proxy less than checking the password each
/// time.
const TOKEN_MIN_VICTIMS: usize = 2;

/// Runs the command. With JSON every end except a usage error has a document, also a refusal.
pub(super) fn run(global: &GlobalOptions, args: &KillArgs) -> Result<ExitStatus, CommandError> {
    let (ids, keys) = (ids(&args.ids)?, keys(&args.key)?);
    let config = Config::read(&global.line);
    let is_ascii = config.as_ref().is_ok_and(|config| config.ascii);
    let selected = (ids.clone(), keys.clone());
    let result = config
        .map_err(CommandError::from)
        .and_then(|config| run_with(global, args, config, selected));
    if let Err(failure) = &result
        && args.output == KillOutput::Json
        && failure.exit() != ExitStatus::Usage
        && !matches!(failure, CommandError::Output(_))
    {
        outcomes::print_failure(&ids, &keys, failure, (is_ascii, args.dry_run))?;
    }
    result
}

/// Usage errors are reported before any request is sent.
fn run_with(
    global: &GlobalOptions,
    args: &KillArgs,
    config: Config,
    (ids, keys): (Vec<SessionId>, Vec<String>),
) -> Result<ExitStatus, CommandError> {
    // An empty filter would match every session, as with an unset variable of a script.
    let filter = global.line.flag("filter");
    if filter.is_some() && config.filter.is_empty() {
        return Err(CommandError::EmptyFilter);
    }
    if ids.is_empty() && keys.is_empty() && filter.is_none() {
        return Err(CommandError::NothingToKill);
    }
    check_audit(&config)?;
    let (config, clients) = connect::connect_with(config, PreflightMode::Command)?;
    if args.statements && !clients.iter().any(Client::has_server_access) {
        return Err(CommandError::NoServerAccess);
    }
    if !args.dry_run && config.endpoints.iter().all(|site| site.read_only) {
        return Err(read_only(&config));
    }
    if config.kill_statements && !clients.iter().any(Client::has_server_access) {
        output::complain(&"kill-statements has no effect, because sql-user is not set");
    }
    let consent = Consent::of(args)?;
    let selection = VictimSelection {
        interval: config.interval,
        is_shown: consent != Consent::Given,
        ids,
        keys,
        // Only the filter of the command line selects victims, not one of a file.
        filter: filter.is_some().then(|| config.filter.clone()),
        rules: Rules {
            protect: config.protect.clone(),
            protect_origin: Some(config.protect_origin.to_string()),
            diagnosis: config.diagnosis(),
            kills_statements: config.kill_statements || args.statements,
            ..Rules::default()
        },
    };
    connect::block_on(async {
        let grace = grace(&config, global);
        let (ids, keys) = (selection.ids.clone(), selection.keys.clone());
        let started = Started::default();
        let result = tokio::select! {
            biased;
            signal = interrupted_before(&started) => {
                output::complain(&"nothing was killed: interrupted");
                let json = args.output == KillOutput::Json;
                let printed = if json {
                    outcomes::print_interrupted(&ids, &keys, (config.ascii, args.dry_run))
                } else {
                    Ok(())
                };
                printed.and(signal.map(ExitStatus::Signal))
            }
            result = kill(&config, clients.clone(), selection, args, (consent, grace), &started) => result,
        };
        close_server_connections(&clients).await;
        result
    })
}

/// Returns the error of a kill at endpoints that are read-only, with the origin of that setting.
fn read_only(config: &Config) -> CommandError {
    let origin = config
        .endpoints
        .iter()
        .find_map(|site| site.read_only_origin.as_ref());
    match origin {
        Some(origin @ Origin::File { .. }) => {
            CommandError::ReadOnly(format!("read-only ({origin})"), "--read-only=false overrides it")
        }
        _ => CommandError::ReadOnly("--read-only".to_owned(), "run it without this option"),
    }
}

/// Whether the prompt or the kill has started, which handle signals themselves.
#[derive(Default)]
struct Started(Cell<bool>);

/// Waits for a signal before the prompt and the kill.
async fn interrupted_before(started: &Started) -> Result<u8, CommandError> {
    let mut signals = EndingSignals::listen()?;
    loop {
        let signal = signals.next().await;
        if !started.0.get() {
            return Ok(signal);
        }
    }
}

/// Returns the grace period. Without a terminal there is one only if the command line gives it, because a script
/// does not cancel a kill.
fn grace(config: &Config, global: &GlobalOptions) -> Duration {
    if has_terminal() || global.line.flag("grace").is_some() {
        config.grace
    } else {
        Duration::ZERO
    }
}

async fn kill(
    config: &Config,
    clients: Vec<Client>,
    selection: VictimSelection,
    args: &KillArgs,
    (consent, grace): (Consent, Duration),
    started: &Started,
) -> Result<ExitStatus, CommandError> {
    let names = names(config, &clients);
    let mut victims = find(&clients, &names, &selection).await?;
    // Reading the servers has released the signals.
    let _handlers = EndingSignals::listen()?;
    for problem in &victims.problems {
        output::complain(&in_ascii(config.ascii, &problem.to_string()));
    }
    let has_problems = !victims.problems.is_empty() || !victims.is_whole || victims.is_undecided();
    if let Some(line) = victims.remark(&selection, &clients) {
        output::remark(&line);
        if victims.is_undecided() {
            victims.problems.push(NotSelected::filter(&line));
        }
    }
    let max = args.max.or_else(|| args.yes.then_some(MAX_WITH_YES));
    if let Some(max) = max.filter(|max| victims.found.len() > *max) {
        let found = victims.found.len();
        return Err(CommandError::TooMany { found, max });
    }
    permissions::check(&clients, &mut victims.found).await?;
    let kills_statements = ends_statements(args, &selection.rules, &mut victims.found);
    if victims.found.len() > TOKEN_MIN_VICTIMS {
        log_in(&clients, &victims.found).await;
    }
    let urls: Vec<_> = clients.iter().map(|client| client.url().to_string()).collect();
    let audit = AuditLog::new(config.audit.clone(), urls.clone());
    if consent == Consent::DryRun {
        refuse_unlogged(&audit, &mut victims.found);
    }
    let rules = Rules {
        reports: victims.reports.known,
        kills_statements,
        ..selection.rules
    };
    let (facts, not_selected) = (victims.facts, victims.problems);
    let mut round = KillDriver::open(clients.clone(), audit, victims.found, rules)?;
    round.wait_for_checks().await;
    let mut outcomes = OutcomePrinter::new(
        args.output,
        config.ascii,
        &urls,
        (&not_selected, has_problems),
        round.tasks(),
    );
    outcomes.kills_statements = kills_statements;
    outcomes.names_endpoint |= config.endpoints.iter().any(|site| !site.is_on_command_line);
    let plan = |round: &KillDriver<Client>| {
        let text = plan::text(round.tasks(), &clients, kills_statements, &facts);
        in_ascii(config.ascii, &text).into_owned()
    };
    // From here on the prompt and the kill handle signals.
    started.0.set(consent != Consent::DryRun);
    match consent {
        Consent::DryRun => {
            if args.max.is_none() && !args.yes && round.tasks().len() > MAX_WITH_YES {
                let more = format!("more than {MAX_WITH_YES} sessions: --yes needs --max as well");
                output::remark(&more);
            }
            outcomes.print_plan(&round, (&plan(&round), &facts))?;
            return Ok(outcomes.planned_exit(round.tasks(), &facts));
        }
        Consent::Prompt if round.confirmable() > 0 => {
            let answer = prompt::confirm(&plan(&round), round.confirmable()).await?;
            if let Some(exit) = unless_confirmed(answer, &round, &mut outcomes)? {
                return Ok(exit);
            }
        }
        Consent::Prompt | Consent::Given => {}
    }
    carry_out(round, grace, args, &mut outcomes).await
}

/// Refuses all victims if their intents could not be logged.
fn refuse_unlogged(audit: &AuditLog, victims: &mut [Victim]) {
    let Err(error) = audit.check() else {
        return;
    };
    let why = Text::clean(&error.to_string(), TextLimit::Line);
    for victim in victims.iter_mut().filter(|victim| victim.refused.is_none()) {
        victim.refused = Some(RefusalReason::Unlogged(why.clone()));
    }
}

/// Prints that nothing was killed, unless the user has confirmed. Returns the exit status then.
fn unless_confirmed(
    answer: Answer,
    round: &KillDriver<Client>,
    outcomes: &mut OutcomePrinter<'_>,
) -> Result<Option<ExitStatus>, CommandError> {
    Ok(match answer {
        Answer::Yes => None,
        Answer::No => {
            output::complain(&"nothing was killed");
            outcomes.finish_canceled(round.tasks(), "not confirmed")?;
            Some(ExitStatus::Failed)
        }
        Answer::Interrupted(signal) => {
            outcomes.finish_canceled(round.tasks(), "interrupted")?;
            Some(ExitStatus::Signal(signal))
        }
    })
}

/// Whether statements are ended too. The draft cannot end any: with the option its sessions are refused.
fn ends_statements(args: &KillArgs, rules: &Rules, victims: &mut [Victim]) -> bool {
    let is_draft = |victim: &Victim| victim.dialect == Dialect::Draft;
    if !rules.kills_statements {
        return false;
    }
    if args.statements {
        let open = victims.iter_mut().filter(|victim| victim.refused.is_none());
        for victim in open.filter(|victim| is_draft(victim)) {
            victim.refused = Some(RefusalReason::NoStatements);
        }
        return true;
    }
    let has_draft = victims.iter().any(is_draft);
    if has_draft {
        output::complain(&"kill-statements has no effect on the draft, which cannot end statements");
    }
    victims.is_empty() || !victims.iter().all(is_draft)
}

/// Starts the kills after the grace period, and waits for their outcomes.
async fn carry_out(
    mut round: KillDriver<Client>,
    grace: Duration,
    args: &KillArgs,
    outcomes: &mut OutcomePrinter<'_>,
) -> Result<ExitStatus, CommandError> {
    let reason = args
        .reason
        .as_deref()
        .map(|reason| Text::clean(reason, TextLimit::Line));
    // Signals from this point on cancel the kill.
    let interrupts = Interrupts::listen()?;
    let count = round.confirmable();
    round.confirm(reason, grace);
    if round.is_in_grace() {
        prompt::announce(count, grace);
    }
    finish(round, interrupts, outcomes).await
}

/// Logs in at every endpoint that has victims.
async fn log_in(clients: &[Client], victims: &[Victim]) {
    let has_victims = |client: &&Client| {
        let mut victims = victims.iter();
        victims.any(|victim| victim.identity.endpoint == client.endpoint())
    };
    let used: Vec<_> = clients.iter().filter(has_victims).cloned().collect();
    Answers::of(&used, |client: Client| async move {
        client.log_in().await;
        Ok(())
    })
    .await;
}

/// Returns the names of the endpoints, by number.
fn names(config: &Config, clients: &[Client]) -> Vec<Arc<str>> {
    let named = clients.iter().map(|client| connect::name(config, client).into());
    named.collect()
}

/// Parses all ids and removes duplicates. Fails on the first invalid one.
fn ids(given: &[String]) -> Result<Vec<SessionId>, CommandError> {
    let mut ids = Vec::with_capacity(given.len());
    for text in given {
        let id = parse_id(text).ok_or_else(|| CommandError::id(text))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

fn keys(given: &[String]) -> Result<Vec<String>, CommandError> {
    let is_key = |key: &str| key.len() == 16 && key.bytes().all(|byte| byte.is_ascii_hexdigit());
    let read = given.iter().map(|key| {
        let lower = key.to_ascii_lowercase();
        let bad = || CommandError::Key(Text::clean(key, TextLimit::Name));
        is_key(&lower).then_some(lower).ok_or_else(bad)
    });
    read.collect()
}

/// Kills the confirmed sessions and prints a line for each. A signal cancels the kills, or stops those not yet
/// sent.
async fn finish(
    mut round: KillDriver<Client>,
    mut interrupts: Interrupts,
    outcomes: &mut OutcomePrinter<'_>,
) -> Result<ExitStatus, CommandError> {
    let caught = loop {
        let mut print = |task: &_| outcomes.print(task);
        let event = tokio::select! {
            // A signal is handled before the end of the grace period.
            biased;
            event = interrupts.next() => event,
            () = round.kill(&mut print) => break None,
        };
        match event {
            Interrupt::End(signal) => break Some(signal),
            // A stopped program could not react to the user's Ctrl-C.
            Interrupt::Continued => round.halt(),
        }
    };
    if let Some(signal) = caught {
        if round.is_in_grace() {
            round.cancel("interrupted");
        }
        round.abandon();
        // The others are on stderr.
        round.report_finished(&mut |task| {
            if task.outcome().is_some_and(KillOutcome::is_gone) {
                outcomes.print(task);
            }
        });
        outcomes.report_interrupted(round.tasks(), round.cancel_reason());
        let why = round.cancel_reason().unwrap_or("interrupted");
        let printed = outcomes.finish_canceled(round.tasks(), why);
        is_logged(round);
        return printed.map(|()| ExitStatus::Signal(signal));
    }
    if let Some(why) = round.cancel_reason() {
        output::complain(&format!("canceled, nothing was killed: {why}"));
        outcomes.finish_canceled(round.tasks(), why)?;
        return Ok(ExitStatus::Failed);
    }
    let printed = outcomes.finish(round.tasks());
    let exit = outcomes.exit(round.tasks());
    // Also if the output cannot be written: the outcomes have to be on disk.
    let is_logged = is_logged(round);
    printed.map(|()| if is_logged { exit } else { ExitStatus::Failed })
}

/// Closes the audit log. Returns whether all outcomes are logged, and otherwise says why not.
fn is_logged(round: KillDriver<Client>) -> bool {
    let closed = round.close();
    if let Err(why) = &closed {
        output::complain(&format!("an outcome was not logged: {why}"));
    }
    closed.is_ok()
}

#[cfg(test)]
mod tests;
