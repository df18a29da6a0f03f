//! `maxtop kill`: ends sessions, each checked to be the one it was.
//!
//! The protocol is [`crate::kill`]; here it is driven from the command line: find the victims, show
//! them, ask, end them, say what came of each.

mod ask;
mod endpoint;
mod plan;
mod round;
mod victims;

use std::io::{self, IsTerminal as _, Write as _};

use tokio::signal::unix::{SignalKind, signal};

use self::round::Round;
use self::victims::{Victims, find};
use super::exit::{Exit, Failure};
use super::{connect, output};
use crate::cli::{CommonArgs, KillArgs};
use crate::kill::Attempt;
use crate::model::SessionId;
use crate::shell::client::Client;
use crate::wire::parse_id;

/// Runs the command. What cannot be done is said before anything is asked of the endpoint.
pub(super) fn run(common: &CommonArgs, args: &KillArgs) -> Result<Exit, Failure> {
    let ids = ids(&args.ids)?;
    // An empty one would let everybody through: in a script, a variable that was never set.
    if common
        .filter
        .as_deref()
        .is_some_and(|filter| filter.trim().is_empty())
    {
        return Err(Failure::EmptyFilter);
    }
    let (config, client) = connect::connect(common)?;
    if config.read_only {
        return Err(Failure::ReadOnly);
    }
    let consent = consent(args)?;
    connect::block_on(async {
        let victims = find(&client, &ids, &config.filter).await?;
        for problem in &victims.problems {
            output::complain(problem);
        }
        let plan = || plan::text(&victims, &client, &config.user);
        match consent {
            Consent::DryRun => {
                output::print(|out| out.write_all(plan().as_bytes()))?;
                return Ok(victims.exit());
            }
            Consent::Ask if victims.confirmable() > 0 && !ask::ask(&plan(), victims.confirmable())? => {
                output::complain(&"nothing was ended");
                return Ok(Exit::Failed);
            }
            Consent::Ask | Consent::Given => {}
        }
        end(victims).await
    })
}

/// Who says yes.
enum Consent {
    /// `--dry-run`: nobody has to.
    DryRun,
    /// `--yes`.
    Given,
    /// A person at the terminal.
    Ask,
}

fn consent(args: &KillArgs) -> Result<Consent, Failure> {
    if args.dry_run {
        Ok(Consent::DryRun)
    } else if args.yes {
        Ok(Consent::Given)
    } else if io::stdin().is_terminal() && io::stderr().is_terminal() {
        Ok(Consent::Ask)
    } else {
        Err(Failure::NobodyToAsk)
    }
}

/// Every id is read before anything is done with the first; one that is given twice is one.
fn ids(given: &[String]) -> Result<Vec<SessionId>, Failure> {
    let mut ids = Vec::with_capacity(given.len());
    for text in given {
        let id = parse_id(text).ok_or_else(|| Failure::id(text))?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}

/// Ends them, with a line for each as it is over; a signal stops what has not begun.
async fn end(mut victims: Victims<Client>) -> Result<Exit, Failure> {
    let mut written = Ok(());
    let mut tell = |attempt: &Attempt| {
        let line = tell(attempt);
        written = std::mem::replace(&mut written, Ok(())).and(line);
    };
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let caught = tokio::select! {
        () = victims.round.end(&mut tell) => None,
        _ = interrupt.recv() => Some(SignalKind::interrupt()),
        _ = terminate.recv() => Some(SignalKind::terminate()),
    };
    if let Some(caught) = caught {
        tell_interrupted(&victims.round);
        return Ok(Exit::Signal(
            u8::try_from(caught.as_raw_value()).unwrap_or(u8::MAX),
        ));
    }
    // A failed write must not stop a kill half way, but it is an error all the same.
    written.map(|()| victims.exit())
}

fn tell(attempt: &Attempt) -> Result<(), Failure> {
    let words = attempt.outcome().map(|outcome| outcome.words(&attempt.identity));
    output::print(|out| words.iter().try_for_each(|words| writeln!(out, "{words}")))
}

/// What a signal has left open.
fn tell_interrupted(round: &Round<Client>) {
    for attempt in round.attempts().filter(|attempt| attempt.outcome().is_none()) {
        let who = format!("{} {}", attempt.identity.id, attempt.identity.client());
        if attempt.is_in_flight() {
            output::complain(&format!(
                "unknown whether {who} ended: interrupted; 'maxtop show {}' tells",
                attempt.identity.id
            ));
        } else {
            output::complain(&format!(
                "{who} was not ended: interrupted before anything was sent"
            ));
        }
    }
}

#[cfg(test)]
mod tests;
