//! Tests of the time between confirmation and DELETE, which need access to internals.

mod balanced;
mod locks;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jiff::Timestamp;

use super::driver::KillDriver;
use super::driver::KillTransport;
use super::outcomes::OutcomePrinter;
use super::victims::{VictimSelection, find};
use crate::cli::KillOutput;
use crate::client::{Client, ClientSpec};
use crate::clock;
use crate::commands::exit::ExitStatus;
use crate::demo::{ServeSpec, ServedDialects, SimServer, serve};
use crate::filter::ReasonNames;
use crate::kill::{
    KillEvent, KillOutcome, KillRequest, KillTask, RefusalReason, Rules, Survey, Ticket, Victim,
};
use crate::model::{
    Connected, Dialect, EndpointId, Identity, ListDiff, ListStats, LockReading, RequestError,
    ServerAccessFault, Session, SessionDetail, SessionId, SessionObservation, Snapshot, Text, TextLimit,
};
use crate::runtime::audit::AuditLog;

async fn fleet(dialects: ServedDialects) -> (SimServer, Client) {
    let mut spec = ServeSpec::new(40, 7);
    spec.world.churn = Some(0.0);
    spec.world.half_open = false;
    spec.dialects = dialects;
    let demo = serve(spec).await.unwrap();
    let client = Client::new(ClientSpec::new(EndpointId(0), demo.url().parse().unwrap())).unwrap();
    (demo, client)
}

/// An audit log in a temporary directory.
fn audit() -> (tempfile::TempDir, AuditLog) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    (
        home,
        AuditLog::new(Some(path), vec!["http://127.0.0.1:1".to_owned()]),
    )
}

/// A driver for the sessions with these ids, with their first checks done.
async fn asked(client: &Client, ids: &[u64]) -> (tempfile::TempDir, KillDriver<Client>) {
    let selection = VictimSelection {
        ids: ids.iter().copied().map(SessionId).collect(),
        ..VictimSelection::default()
    };
    let victims = find(std::slice::from_ref(client), &["demo".into()], &selection)
        .await
        .unwrap();
    let (home, audit) = audit();
    let mut round = KillDriver::open(vec![client.clone()], audit, victims.found, Rules::default()).unwrap();
    round.wait_for_checks().await;
    assert_eq!(round.confirmable(), ids.len());
    (home, round)
}

async fn ended<E: KillTransport>(mut round: KillDriver<E>) -> (ExitStatus, Vec<KillOutcome>) {
    let mut reported = 0;
    round.confirm(None, Duration::ZERO);
    round.kill(&mut |_: &KillTask| reported += 1).await;
    let outcomes: Vec<_> = round
        .tasks()
        .iter()
        .filter_map(KillTask::outcome)
        .cloned()
        .collect();
    assert_eq!(reported, outcomes.len(), "each is reported once");
    let exit = OutcomePrinter::new(KillOutput::Json, false, &[], (&[], false), &[]).exit(round.tasks());
    (exit, outcomes)
}

fn deletes(demo: &SimServer) -> usize {
    demo.log().iter().filter(|line| line.method == "DELETE").count()
}

#[tokio::test]
async fn somebody_else_under_the_number_is_not_ended() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let (demo, client) = fleet(dialects).await;
        let id = demo.ids()[5];
        let (_home, victims) = asked(&client, &[id]).await;
        assert!(demo.impersonate(id, "mallory"));
        let (exit, outcomes) = ended(victims).await;
        assert!(
            matches!(&outcomes[..], [KillOutcome::Refused(RefusalReason::Changed(_))]),
            "{outcomes:?}"
        );
        assert_eq!((exit, deletes(&demo)), (ExitStatus::Failed, 0));
    }
}

#[tokio::test]
async fn another_process_has_other_sessions() {
    let (demo, client) = fleet(ServedDialects::JsonApi).await;
    let id = demo.ids()[5];
    let (_home, victims) = asked(&client, &[id]).await;
    demo.restart();
    let (_, outcomes) = ended(victims).await;
    let harmless = matches!(
        &outcomes[..],
        [KillOutcome::Refused(RefusalReason::Changed(_)) | KillOutcome::AlreadyGone]
    );
    assert!(harmless, "{outcomes:?}");
    assert_eq!(deletes(&demo), 0);
}

#[tokio::test]
async fn gone_between_question_and_check_is_done() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let (demo, client) = fleet(dialects).await;
        let id = demo.ids()[5];
        let (_home, victims) = asked(&client, &[id]).await;
        assert!(demo.kill(id));
        let (exit, outcomes) = ended(victims).await;
        assert_eq!(outcomes, [KillOutcome::AlreadyGone]);
        assert_eq!((exit, deletes(&demo)), (ExitStatus::Done, 0));
    }
}

#[tokio::test]
async fn one_that_changed_does_not_stop_the_others() {
    let (demo, client) = fleet(ServedDialects::JsonApi).await;
    let ids = demo.ids();
    let (_home, victims) = asked(&client, &[ids[3], ids[5], ids[7]]).await;
    assert!(demo.impersonate(ids[5], "mallory"));
    let (exit, outcomes) = ended(victims).await;
    let gone: Vec<_> = outcomes.iter().map(KillOutcome::is_gone).collect();
    assert_eq!(gone, [true, false, true]);
    assert_eq!((exit, deletes(&demo)), (ExitStatus::Failed, 2));
}

/// An endpoint that shows every session but rejects every DELETE.
#[derive(Clone, Default)]
struct Forbidding(Arc<AtomicUsize>);

fn session(id: SessionId) -> Session {
    let name = |text| Some(Text::clean(text, TextLimit::Name));
    Session {
        user: name("app"),
        address: name("10.0.0.1"),
        connected: name("Wed Aug 31 03:03:12 2016").map(|sent| Arc::new(Connected { sent, at: None })),
        ..Session::bare(id)
    }
}

impl KillTransport for Forbidding {
    async fn send(&self, ticket: Ticket, request: KillRequest) -> KillEvent {
        match request {
            KillRequest::Check { id, .. } => {
                let observation = SessionObservation {
                    endpoint: EndpointId(0),
                    process: None,
                    other_process: None,
                    asked_at: clock::now(),
                    taken_at: Timestamp::now(),
                    detail: SessionDetail::of(session(id)),
                };
                KillEvent::Seen(ticket, Ok(Arc::new(observation)))
            }
            KillRequest::Survey => KillEvent::Surveyed(ticket, Ok(Survey::Unknown)),
            KillRequest::List => KillEvent::Relisted(ticket, Ok(Arc::new(list()))),
            KillRequest::ReadThreads { .. } => KillEvent::ThreadsRead(ticket, Vec::new()),
            KillRequest::ReadLocks { .. } => KillEvent::LocksRead(ticket, LockReading::none(clock::now())),
            KillRequest::EndStatement { index, .. } => {
                KillEvent::StatementEnded(ticket, index, Err(ServerAccessFault::NotAllowed))
            }
            KillRequest::Delete { .. } => {
                self.0.fetch_add(1, Ordering::Relaxed);
                let fault = RequestError::NotAllowed {
                    status: 403,
                    detail: None,
                    with_credentials: true,
                };
                KillEvent::Deleted(ticket, Err(fault))
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
        decode_time: Duration::ZERO,
        least_interval: Duration::ZERO,
        bytes: 0,
        sessions: (1..=100).map(|id| session(SessionId(id))).collect(),
        blanked: 0,
        dropped: 0,
        change: ListDiff::default(),
        stats: ListStats::default(),
        rows: crate::model::RowReads::default(),
    }
}

#[tokio::test]
async fn an_account_that_may_not_is_not_tried_for_every_session() {
    let endpoint = Forbidding::default();
    let victim = |session: &Session| Victim {
        identity: Identity::new(EndpointId(0), None, session),
        session: session.clone(),
        endpoint: "127.0.0.1:1".into(),
        is_among_several: false,
        names: Arc::default(),
        dialect: Dialect::Draft,
        instance: None,
        reasons: ReasonNames::default(),
        taken_by: None,
        has_server_access: false,
        refused: None,
    };
    let victims = list().sessions.iter().map(victim).collect();
    let (_home, audit) = audit();
    let mut round = KillDriver::open(vec![endpoint.clone()], audit, victims, Rules::default()).unwrap();
    round.wait_for_checks().await;
    let (exit, outcomes) = ended(round).await;
    assert_eq!((exit, outcomes.len()), (ExitStatus::NotAllowed, 100));
    let tried = endpoint.0.load(Ordering::Relaxed);
    assert!((1..=16).contains(&tried), "{tried} at once at most");
    let not_allowed = |outcome: &&KillOutcome| matches!(outcome, KillOutcome::NotAllowed(_));
    assert_eq!(
        outcomes.iter().filter(not_allowed).count(),
        100,
        "the rest is reported the same"
    );
}
