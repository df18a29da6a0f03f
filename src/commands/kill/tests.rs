//! Between the question and the DELETE: what only the inside can arrange.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::endpoint::Endpoint;
use super::outcomes::Outcomes;
use super::round::Round;
use super::victims::{Selection, find};
use crate::cli::KillOutput;
use crate::commands::exit::Exit;
use crate::demo::{Dialects, Running, ServeSpec, serve};
use crate::kill::{Attempt, Event, Outcome, Refusal, Request, Rules, Survey, Ticket, Victim};
use crate::model::{
    Census, Change, Connected, Detail, Dialect, EndpointId, Fault, Identity, Limit, Session, SessionId,
    Sighting, Snapshot, Text,
};
use crate::query::ReasonNames;
use crate::shell::audit::AuditLog;
use crate::shell::client::{Client, ClientSpec};
use crate::shell::clock;

async fn fleet(dialects: Dialects) -> (Running, Client) {
    let mut spec = ServeSpec::new(40, 7);
    spec.world.churn = Some(0.0);
    spec.world.half_open = false;
    spec.dialects = dialects;
    let demo = serve(spec).await.unwrap();
    let client = Client::new(ClientSpec::new(EndpointId(0), demo.url().parse().unwrap())).unwrap();
    (demo, client)
}

/// A log that is thrown away with its directory.
fn audit() -> (tempfile::TempDir, AuditLog) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    (
        home,
        AuditLog::new(Some(path), vec!["http://127.0.0.1:1".to_owned()]),
    )
}

/// The sessions of the fleet with these ids, asked for and checked, as at the question.
async fn asked(client: &Client, ids: &[u64]) -> (tempfile::TempDir, Round<Client>) {
    let selection = Selection {
        ids: ids.iter().copied().map(SessionId).collect(),
        ..Selection::default()
    };
    let victims = find(std::slice::from_ref(client), &["demo".into()], &selection)
        .await
        .unwrap();
    let (home, audit) = audit();
    let mut round = Round::ask(vec![client.clone()], audit, victims.found, Rules::default()).unwrap();
    round.checked().await;
    assert_eq!(round.confirmable(), ids.len());
    (home, round)
}

async fn ended<E: Endpoint>(mut round: Round<E>) -> (Exit, Vec<Outcome>) {
    let mut told = 0;
    round.confirm(None, Duration::ZERO);
    round.end(&mut |_: &Attempt| told += 1).await;
    let outcomes: Vec<_> = round
        .attempts()
        .iter()
        .filter_map(Attempt::outcome)
        .cloned()
        .collect();
    assert_eq!(told, outcomes.len(), "each is told once");
    let exit = Outcomes::new(KillOutput::Json, &[], false, &[]).exit(round.attempts());
    (exit, outcomes)
}

fn deletes(demo: &Running) -> usize {
    demo.log().iter().filter(|line| line.method == "DELETE").count()
}

#[tokio::test]
async fn somebody_else_under_the_number_is_not_ended() {
    for dialects in [Dialects::Draft, Dialects::JsonApi] {
        let (demo, client) = fleet(dialects).await;
        let id = demo.ids()[5];
        let (_home, victims) = asked(&client, &[id]).await;
        assert!(demo.impersonate(id, "mallory"));
        let (exit, outcomes) = ended(victims).await;
        assert!(
            matches!(&outcomes[..], [Outcome::Refused(Refusal::Changed(_))]),
            "{outcomes:?}"
        );
        assert_eq!((exit, deletes(&demo)), (Exit::Failed, 0));
    }
}

#[tokio::test]
async fn another_process_has_other_sessions() {
    let (demo, client) = fleet(Dialects::JsonApi).await;
    let id = demo.ids()[5];
    let (_home, victims) = asked(&client, &[id]).await;
    demo.restart();
    let (_, outcomes) = ended(victims).await;
    let harmless = matches!(
        &outcomes[..],
        [Outcome::Refused(Refusal::Changed(_)) | Outcome::AlreadyGone]
    );
    assert!(harmless, "{outcomes:?}");
    assert_eq!(deletes(&demo), 0);
}

#[tokio::test]
async fn gone_between_question_and_check_is_done() {
    for dialects in [Dialects::Draft, Dialects::JsonApi] {
        let (demo, client) = fleet(dialects).await;
        let id = demo.ids()[5];
        let (_home, victims) = asked(&client, &[id]).await;
        assert!(demo.kill(id));
        let (exit, outcomes) = ended(victims).await;
        assert_eq!(outcomes, [Outcome::AlreadyGone]);
        assert_eq!((exit, deletes(&demo)), (Exit::Done, 0));
    }
}

#[tokio::test]
async fn one_that_changed_does_not_stop_the_others() {
    let (demo, client) = fleet(Dialects::JsonApi).await;
    let ids = demo.ids();
    let (_home, victims) = asked(&client, &[ids[3], ids[5], ids[7]]).await;
    assert!(demo.impersonate(ids[5], "mallory"));
    let (exit, outcomes) = ended(victims).await;
    let gone: Vec<_> = outcomes.iter().map(Outcome::is_gone).collect();
    assert_eq!(gone, [true, false, true]);
    assert_eq!((exit, deletes(&demo)), (Exit::Failed, 2));
}

/// An endpoint that shows every session and lets nobody end one.
#[derive(Clone, Default)]
struct Forbidding(Arc<AtomicUsize>);

fn session(id: SessionId) -> Session {
    let name = |text| Some(Text::clean(text, Limit::Name));
    Session {
        user: name("app"),
        address: name("10.0.0.1"),
        connected: name("Wed Aug 31 03:03:12 2016").map(|sent| Connected { sent, at: None }),
        ..Session::bare(id)
    }
}

impl Endpoint for Forbidding {
    async fn ask(&self, ticket: Ticket, request: Request) -> Event {
        match request {
            Request::Check { id, .. } => {
                let sighting = Sighting {
                    endpoint: EndpointId(0),
                    process: None,
                    other_process: None,
                    asked_at: clock::now(),
                    taken_at: Timestamp::now(),
                    detail: Detail::of(session(id)),
                };
                Event::Seen(ticket, Ok(Arc::new(sighting)))
            }
            Request::Survey => Event::Surveyed(ticket, Ok(Survey::Unknown)),
            Request::List => Event::Relisted(ticket, Ok(Arc::new(list()))),
            Request::Delete { .. } => {
                self.0.fetch_add(1, Ordering::Relaxed);
                let fault = Fault::NotAllowed {
                    status: 403,
                    detail: None,
                    with_credentials: true,
                };
                Event::Deleted(ticket, Err(fault))
            }
        }
    }
}

fn list() -> Snapshot {
    Snapshot {
        endpoint: EndpointId(0),
        dialect: Dialect::Draft,
        instance: None,
        number: 1,
        asked_at: clock::now(),
        taken_at: Timestamp::now(),
        cost: Duration::ZERO,
        least_interval: Duration::ZERO,
        bytes: 0,
        sessions: (1..=100).map(|id| session(SessionId(id))).collect(),
        blanked: 0,
        dropped: 0,
        change: Change::default(),
        census: Census::default(),
    }
}

#[tokio::test]
async fn an_account_that_may_not_is_not_tried_for_every_session() {
    let endpoint = Forbidding::default();
    let victim = |session: &Session| Victim {
        identity: Identity::new(EndpointId(0), None, session),
        session: session.clone(),
        endpoint: "127.0.0.1:1".into(),
        dialect: Dialect::Draft,
        instance: None,
        reasons: ReasonNames::default(),
        taken_by: None,
        refused: None,
    };
    let victims = list().sessions.iter().map(victim).collect();
    let (_home, audit) = audit();
    let mut round = Round::ask(vec![endpoint.clone()], audit, victims, Rules::default()).unwrap();
    round.checked().await;
    let (exit, outcomes) = ended(round).await;
    assert_eq!((exit, outcomes.len()), (Exit::NotAllowed, 100));
    let tried = endpoint.0.load(Ordering::Relaxed);
    assert!((1..=16).contains(&tried), "{tried} at once at most");
    let not_allowed = |outcome: &&Outcome| matches!(outcome, Outcome::NotAllowed(_));
    assert_eq!(
        outcomes.iter().filter(not_allowed).count(),
        100,
        "the rest is told the same"
    );
}
