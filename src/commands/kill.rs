//! `maxtop kill`: ends sessions, each checked to be the one it was.
//!
//! The protocol is [`crate::kill`]; here it is driven from the command line: find the victims, show
//! them, ask, end them, say what came of each.

mod driver;
mod outcomes;
mod plan;
mod prompt;
mod victims;

use std::sync::Arc;
use std::time::Duration;

use self::driver::KillDriver;
use self::outcomes::OutcomePrinter;
use self::prompt::Interrupts;
use self::prompt::{Consent, has_terminal};
use self::victims::{VictimSelection, find};
use super::answers::Answers;
use super::auth_preflight::PreflightMode;
use super::exit::{CommandError, ExitStatus};
use super::{connect, output};
use crate::cli::{CommonArgs, KillArgs};
use crate::client::Client;
use crate::config::Config;
use crate::kill::{Rules, Victim};
use crate::model::{SessionId, Text, TextLimit};
use crate::runtime::audit::AuditLog;
use crate::wire::parse_id;

/// With `--yes` nobody looks at the list: more than so many have to be asked for.
const MAX_WITH_YES: usize = 100;

/// Each is read and ended: for more than so many a token costs the proxy less than the password.
const TOKEN_MIN_VICTIMS: usize = 2;

/// Runs the command. What cannot be done is said before anything is asked of the endpoint.
pub(super) fn run(common: &CommonArgs, args: &KillArgs) -> Result<ExitStatus, CommandError> {
    let (ids, keys) = (ids(&args.ids)?, keys(&args.key)?);
    // An empty one would let everybody through: in a script, a variable that was never set.
    let filter = common.line.flag("filter");
    if filter.is_some_and(|filter| filter.trim().is_empty()) {
        return Err(CommandError::EmptyFilter);
    }
    let (config, clients) = connect::connect(common, PreflightMode::Command)?;
    if config.endpoints.iter().all(|site| site.read_only) {
        return Err(CommandError::ReadOnly);
    }
    let consent = Consent::of(args)?;
    let selection = VictimSelection {
        ids,
        keys,
        // Whom to end is said on this command line and nowhere else.
        filter: filter.is_some().then(|| config.filter.clone()),
        rules: Rules {
            protect: config.protect.clone(),
            thresholds: config.thresholds,
        },
    };
    connect::block_on(kill(&config, clients, selection, args, consent))
}

async fn kill(
    config: &Config,
    clients: Vec<Client>,
    selection: VictimSelection,
    args: &KillArgs,
    consent: Consent,
) -> Result<ExitStatus, CommandError> {
    let names = names(config, &clients);
    let victims = find(&clients, &names, &selection).await?;
    for problem in &victims.problems {
        output::complain(problem);
    }
    if victims.found.is_empty() && victims.problems.is_empty() {
        output::remark("no session matches: nobody to end");
    }
    let has_problems = !victims.problems.is_empty() || !victims.is_whole;
    let max = args.max.or_else(|| args.yes.then_some(MAX_WITH_YES));
    if let Some(max) = max.filter(|max| victims.found.len() > *max) {
        let found = victims.found.len();
        return Err(CommandError::TooMany { found, max });
    }
    if victims.found.len() > TOKEN_MIN_VICTIMS {
        log_in(&clients, &victims.found).await;
    }
    let urls: Vec<_> = clients.iter().map(|client| client.url().to_string()).collect();
    let audit = AuditLog::new(config.audit.clone(), urls.clone());
    let mut round = KillDriver::open(clients.clone(), audit, victims.found, selection.rules)?;
    round.wait_for_checks().await;
    let mut outcomes = OutcomePrinter::new(args.output, &urls, has_problems, round.tasks());
    let plan = |round: &KillDriver<Client>| plan::text(round.tasks(), &clients);
    match consent {
        Consent::DryRun => {
            outcomes.print_plan(&round, &plan(&round))?;
            return Ok(outcomes.exit(round.tasks()));
        }
        Consent::Ask if round.confirmable() > 0 && !prompt::ask(&plan(&round), round.confirmable())? => {
            output::complain(&"nothing was ended");
            return Ok(ExitStatus::Failed);
        }
        Consent::Ask | Consent::Given => {}
    }
    let reason = args
        .reason
        .as_deref()
        .map(|reason| Text::clean(reason, TextLimit::Line));
    let grace = if has_terminal() {
        config.grace
    } else {
        Duration::ZERO
    };
    // Whatever comes from here on takes it back.
    let interrupts = Interrupts::listen()?;
    let meant = round.confirmable();
    round.confirm(reason, grace);
    if round.is_in_grace() {
        prompt::announce(meant, grace);
    }
    end(round, interrupts, &mut outcomes).await
}

/// Tokens for all who will be asked often.
async fn log_in(clients: &[Client], victims: &[Victim]) {
    let has_victims = |client: &&Client| {
        let mut victims = victims.iter();
        victims.any(|victim| victim.identity.endpoint == client.endpoint())
    };
    let asked: Vec<_> = clients.iter().filter(has_victims).cloned().collect();
    Answers::of(&asked, |client: Client| async move {
        client.log_in().await;
        Ok(())
    })
    .await;
}

/// What the endpoints are called, by their numbers.
fn names(config: &Config, clients: &[Client]) -> Vec<Arc<str>> {
    let named = clients.iter().map(|client| connect::name(config, client).into());
    named.collect()
}

/// Every id is read before anything is done with the first; one that is given twice is one.
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

/// Ends them, with a line for each as it is over; a signal takes back, or stops what has not begun.
async fn end(
    mut round: KillDriver<Client>,
    mut interrupts: Interrupts,
    outcomes: &mut OutcomePrinter<'_>,
) -> Result<ExitStatus, CommandError> {
    let caught = loop {
        let mut tell = |task: &_| outcomes.print(task);
        let asked = tokio::select! {
            // Whatever takes it back is heard before the time that ends the grace.
            biased;
            asked = interrupts.next() => asked,
            () = round.end(&mut tell) => break None,
        };
        match asked {
            prompt::SignalEvent::End(signal) => break Some(signal),
            // Whoever was stopped could not take anything back meanwhile.
            prompt::SignalEvent::Continued => round.halt(),
        }
    };
    if let Some(signal) = caught {
        if round.is_in_grace() {
            round.cancel("interrupted");
        }
        round.abandon();
        OutcomePrinter::report_interrupted(round.tasks(), round.cancel_reason());
        outcomes.finish_interrupted(round.tasks())?;
        if let Some(why) = round.close() {
            output::complain(&format!("an outcome was not logged: {why}"));
        }
        return Ok(ExitStatus::Signal(signal));
    }
    if let Some(why) = round.cancel_reason() {
        output::complain(&format!("taken back, nothing was ended: {why}"));
        return Ok(ExitStatus::Failed);
    }
    outcomes.finish(round.tasks())?;
    let exit = outcomes.exit(round.tasks());
    if let Some(why) = round.close() {
        output::complain(&format!("an outcome was not logged: {why}"));
        return Ok(ExitStatus::Failed);
    }
    Ok(exit)
}

#[cfg(test)]
mod tests;
