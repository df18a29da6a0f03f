//! Between the question and the DELETE: what only the inside can arrange.

use crate::commands::exit::Exit;
use crate::demo::{Dialects, Running, ServeSpec, serve};
use crate::kill::{Attempt, Outcome, Refusal};
use crate::model::{EndpointId, SessionId};
use crate::query::Filter;
use crate::shell::client::{Client, ClientSpec};

use super::victims::{Victims, find};

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

async fn ended(mut victims: Victims<Client>) -> (Exit, Vec<Outcome>) {
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
