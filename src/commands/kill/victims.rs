//! Who is meant: the sessions behind the ids of the command line, each checked once.

use super::endpoint::Endpoint;
use super::round::Round;
use crate::commands::connect;
use crate::commands::exit::{Exit, Failure};
use crate::kill::{Attempt, Authority, Outcome, permit};
use crate::model::{Fault, Identity, Instance, SessionId, Snapshot};
use crate::query::Filter;
use crate::shell::client::Client;

/// The sessions that were found, and a line for each id that stands for none.
pub(super) struct Victims<E> {
    pub(super) round: Round<E>,
    pub(super) problems: Vec<String>,
}

impl<E: Endpoint> Victims<E> {
    /// How many can be ended, as far as anybody knows.
    pub(super) fn confirmable(&self) -> usize {
        let may_be = |attempt: &&Attempt| attempt.may_be_confirmed();
        self.round.attempts().filter(may_be).count()
    }

    /// How the command ends, as things stand: a dry run has no outcome for those that it would end.
    pub(super) fn exit(&self) -> Exit {
        let outcomes = || self.round.attempts().filter_map(Attempt::outcome);
        if outcomes().any(|outcome| matches!(outcome, Outcome::NotAllowed(_))) {
            Exit::NotAllowed
        } else if self.problems.is_empty() && outcomes().all(Outcome::is_gone) {
            Exit::Done
        } else {
            Exit::Failed
        }
    }
}

/// Reads the list once, freezes who has each id in it, and looks at each of them. An id that is
/// not listed is asked for by itself: a list is no snapshot.
pub(super) async fn find(
    client: &Client,
    ids: &[SessionId],
    filter: &Filter,
) -> Result<Victims<Client>, Failure> {
    let mut snapshot = connect::list(client).await?;
    let authority = Authority {
        read_only: false,
        dialect: Some(snapshot.dialect),
        version: snapshot.instance.as_ref().and_then(Instance::release),
    };
    let mut victims = Victims {
        round: Round::new(client.clone()),
        problems: Vec::new(),
    };
    for id in ids {
        if snapshot.get(*id).is_none() && !complete(&mut snapshot, client, *id).await? {
            let nobody = Failure::NoSuchSession(*id, client.url().clone());
            victims.problems.push(nobody.to_string());
            continue;
        }
        let Some(session) = snapshot.get(*id).cloned() else {
            continue;
        };
        let identity = snapshot.identity(&session);
        if !filter.matches(&session) {
            victims.problems.push(unmatched(&identity, filter));
            continue;
        }
        match permit(&session, authority) {
            Ok(()) => victims.round.add(identity, session, snapshot.dialect).await,
            Err(refusal) => victims.round.refuse(identity, session, snapshot.dialect, refusal),
        }
    }
    victims.round.checked().await;
    Ok(victims)
}

/// Puts a session that the list did not have into it, if there is one.
async fn complete(snapshot: &mut Snapshot, client: &Client, id: SessionId) -> Result<bool, Failure> {
    match client.session(id).await {
        Ok(detail) => {
            let place = snapshot.sessions.partition_point(|session| session.id < id);
            snapshot.sessions.insert(place, detail.session);
            Ok(true)
        }
        Err(Fault::NotFound) => Ok(false),
        Err(fault) => Err(connect::failed(client)(fault)),
    }
}

fn unmatched(identity: &Identity, filter: &Filter) -> String {
    format!(
        "refused: {} {}: it does not match the filter '{}'",
        identity.id,
        identity.client(),
        filter.text()
    )
}
