//! Who is meant: the sessions behind the ids, the keys or the filter of the command line.

use std::sync::Arc;

use crate::commands::connect;
use crate::commands::exit::Failure;
use crate::kill::{Authority, Refusal, Rules, Victim, permit, reason_names};
use crate::model::{Fault, Instance, Session, SessionId, Snapshot};
use crate::query::{Filter, Subject};
use crate::shell::client::Client;
use crate::triage::{Look, Samples, judge};

/// What the command line says of whom it means.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// By number.
    pub(super) ids: Vec<SessionId>,
    /// By fingerprint.
    pub(super) keys: Vec<String>,
    /// All that match; with ids or keys, those of them that match.
    pub(super) filter: Option<Filter>,
    /// Who must never be ended, and from when on a session is stuck.
    pub(super) rules: Rules,
}

/// The sessions that were found, and a line for each id or key that stands for none.
pub(super) struct Victims {
    pub(super) found: Vec<Victim>,
    pub(super) problems: Vec<String>,
}

/// Reads the list once, and freezes whom it shows. An id that is not listed is asked for by itself: a
/// list is no snapshot.
pub(super) async fn find(client: &Client, selection: &Selection) -> Result<Victims, Failure> {
    let mut snapshot = connect::list(client).await?;
    let mut problems = Vec::new();
    for id in &selection.ids {
        if snapshot.get(*id).is_none() && !complete(&mut snapshot, client, *id).await? {
            problems.push(Failure::NoSuchSession(*id, client.url().clone()).to_string());
        }
    }
    let url = client.url().to_string();
    let fingerprint = |session: &Session| snapshot.identity(session).fingerprint(&url);
    let keyed: Vec<_> = if selection.keys.is_empty() {
        Vec::new()
    } else {
        let all = snapshot
            .sessions
            .iter()
            .map(|session| (session, fingerprint(session)));
        all.filter(|(_, key)| selection.keys.contains(key)).collect()
    };
    for key in &selection.keys {
        if !keyed.iter().any(|(_, found)| found == key) {
            problems.push(Failure::NoSuchKey(key.clone(), client.url().clone()).to_string());
        }
    }
    let named: Vec<&Session> = selection
        .ids
        .iter()
        .filter_map(|id| snapshot.get(*id))
        .chain(keyed.iter().map(|(session, _)| *session))
        .collect();
    let by_filter_alone = selection.ids.is_empty() && selection.keys.is_empty();
    let chosen = if by_filter_alone {
        snapshot.sessions.iter().collect()
    } else {
        named
    };
    let mut found: Vec<Victim> = Vec::new();
    let endpoint: Arc<str> = client.url().authority().into();
    let judged = judge(
        None,
        Look::from(&snapshot),
        &selection.rules.thresholds,
        &Samples::new(),
    );
    for session in chosen {
        let verdict = snapshot.position(session.id).map(|place| judged.verdict(place));
        let reasons = verdict.as_ref().map(reason_names).unwrap_or_default();
        let subject = Subject {
            endpoint: Some(&endpoint),
            reasons: Some(reasons.as_reasons()),
            ..Subject::new(session)
        };
        let filter = selection.filter.as_ref();
        let matches = filter.is_none_or(|filter| filter.judge(&subject).is_yes());
        if found.iter().any(|victim| victim.identity.id == session.id) {
        } else if matches {
            let refused = refusal(&snapshot, &subject, selection);
            found.push(Victim {
                identity: snapshot.identity(session),
                session: session.clone(),
                endpoint: Arc::clone(&endpoint),
                dialect: snapshot.dialect,
                instance: snapshot.instance.clone(),
                reasons,
                taken_by: selection.filter.clone(),
                refused,
            });
        } else if !by_filter_alone {
            problems.push(unmatched(session, selection));
        }
    }
    Ok(Victims { found, problems })
}

/// Why nobody may end it, if that is known already.
fn refusal(snapshot: &Snapshot, subject: &Subject<'_>, selection: &Selection) -> Option<Refusal> {
    let authority = Authority {
        read_only: false,
        dialect: Some(snapshot.dialect),
        version: snapshot.instance.as_ref().and_then(Instance::release),
    };
    permit(subject, authority, &selection.rules.protect).err()
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

fn unmatched(session: &Session, selection: &Selection) -> String {
    format!(
        "refused: {} {}: it does not match the filter '{}'",
        session.id,
        session.client(),
        selection.filter.as_ref().map_or("", Filter::text)
    )
}
