//! Between the question and the DELETE: what only the inside can arrange.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;

use super::endpoint::Endpoint;
use super::round::Round;
use super::victims::{Victims, find};
use crate::commands::exit::Exit;
use crate::demo::{Dialects, Running, ServeSpec, serve};
use crate::kill::{Attempt, Outcome, Refusal};
use crate::model::{
    Connected, Detail, Dialect, EndpointId, Fault, Identity, Limit, Session, SessionId, Sighting, Text,
};
use crate::query::Filter;
use crate::shell::client::{Client, ClientSpec};

async fn fleet(dialects: Dialects) -> (Running, Client) {
    let mut spec = ServeSpec::new(40, 7);
    spec.world.churn = Some(0.0);
    spec.world.half_open = false;
    spec.dialects = dialects;
    let demo = serve(spec).await.unwrap();
    let client = Client::new(ClientSpec::new(EndpointId(0), demo.url().parse().unwrap())).unwrap();
    (demo, client)
}

/// The first sessions of the fleet, asked for and checked, as at the question.
async fn asked(client: &Client, ids: &[u64]) -> Victims<Client> {
    let ids: Vec<_> = ids.iter().copied().map(SessionId).collect();
    let victims = find(client, &ids, &Filter::default()).await.unwrap();
    assert_eq!(victims.confirmable(), ids.len());
    victims
}

async fn ended<E: Endpoint>(mut victims: Victims<E>) -> (Exit, Vec<Outcome>) {
    let mut told = 0;
    victims.round.end(&mut |_: &Attempt| told += 1).await;
    let outcomes: Vec<_> = victims
        .round
        .attempts()
        .filter_map(Attempt::outcome)
        .cloned()
        .collect();
    assert_eq!(told, outcomes.len(), "each is told once");
    (victims.exit(), outcomes)
}

fn deletes(demo: &Running) -> usize {
    demo.log().iter().filter(|line| line.method == "DELETE").count()
}

#[tokio::test]
async fn somebody_else_under_the_number_is_not_ended() {
    for dialects in [Dialects::Draft, Dialects::JsonApi] {
        let (demo, client) = fleet(dialects).await;
        let id = demo.ids()[5];
        let victims = asked(&client, &[id]).await;
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
    let victims = asked(&client, &[id]).await;
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
        let victims = asked(&client, &[id]).await;
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
    let victims = asked(&client, &[ids[3], ids[5], ids[7]]).await;
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
    async fn look(&self, id: SessionId) -> Result<Arc<Sighting>, Fault> {
        Ok(Arc::new(Sighting {
            endpoint: EndpointId(0),
            process: None,
            taken_at: Timestamp::UNIX_EPOCH,
            detail: Detail::of(session(id)),
        }))
    }

    async fn delete(&self, _: SessionId) -> Result<(), Fault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Err(Fault::NotAllowed {
            status: 403,
            detail: None,
            with_credentials: true,
        })
    }
}

#[tokio::test]
async fn an_account_that_may_not_is_not_tried_for_every_session() {
    let endpoint = Forbidding::default();
    let mut round = Round::new(endpoint.clone());
    for id in (1..=100).map(SessionId) {
        let identity = Identity::new(EndpointId(0), None, &session(id));
        round.add(identity, session(id), Dialect::Draft).await;
    }
    round.checked().await;
    let problems = Vec::new();
    let (exit, outcomes) = ended(Victims { round, problems }).await;
    assert_eq!((exit, outcomes.len()), (Exit::NotAllowed, 100));
    let tried = endpoint.0.load(Ordering::Relaxed);
    assert!((1..=16).contains(&tried), "{tried} at once at most");
    let refused = |outcome: &&Outcome| **outcome == Outcome::Refused(Refusal::ReadOnly);
    assert_eq!(outcomes.iter().filter(refused).count(), 100 - tried);
}
