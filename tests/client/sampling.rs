//! Sample requests: connections of the draft, sessions on the screen first; none in JSON:API.

use std::collections::BTreeSet;
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientSpec};
use maxtop::demo::{ServeSpec, ServedDialects, SimServer, serve};
use maxtop::model::{Counter, Dialect, EndpointId, SessionId};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::next_msg;

const SETTINGS: PollSettings = PollSettings {
    interval: Duration::from_millis(200),
    duty: 1.0,
};

async fn fleet(sessions: usize) -> SimServer {
    let mut spec = ServeSpec::new(sessions, 7);
    spec.world.churn = Some(0.0);
    spec.dialects = ServedDialects::Both;
    serve(spec).await.unwrap()
}

fn poll(demo: &SimServer, dialect: Dialect) -> (EndpointPoller, UnboundedReceiver<Msg>) {
    let mut spec = ClientSpec::new(EndpointId(0), demo.url().parse().unwrap());
    spec.dialect = Some(dialect);
    let (out, messages) = unbounded_channel();
    let client = Client::new(spec).unwrap();
    (EndpointPoller::spawn(client, SETTINGS, out), messages)
}

/// Returns the sessions whose connections the next message contains.
async fn next_sampled(messages: &mut UnboundedReceiver<Msg>) -> Vec<SessionId> {
    loop {
        if let Msg::Sampled(_, looks) = next_msg(messages).await {
            for (id, sample) in &looks {
                assert!(
                    sample.total(Counter::Reads).is_some() || sample.total(Counter::Writes).is_none(),
                    "{id}"
                );
            }
            return looks.into_iter().map(|(id, _)| id).collect();
        }
    }
}

#[tokio::test]
async fn those_on_the_screen_come_first_and_then_all_others() {
    let demo = fleet(60).await;
    let shown: Vec<_> = demo.ids().into_iter().rev().take(3).map(SessionId).collect();
    let (poller, mut messages) = poll(&demo, Dialect::Draft);
    poller.send(PollerCommand::Prioritize(shown.clone()));
    let mut seen = BTreeSet::new();
    while !shown.iter().all(|id| seen.contains(id)) {
        seen.extend(next_sampled(&mut messages).await);
    }
    assert!(seen.len() < 30, "the shown ones were not waited for: {seen:?}");
    while seen.len() < 30 {
        seen.extend(next_sampled(&mut messages).await);
    }
}

#[tokio::test]
async fn a_list_that_tells_all_there_is_asks_for_nothing_more() {
    let demo = fleet(12).await;
    let (poller, mut messages) = poll(&demo, Dialect::JsonApi);
    poller.send(PollerCommand::Prioritize(
        demo.ids().into_iter().map(SessionId).collect(),
    ));
    for _ in 0..8 {
        while !matches!(next_msg(&mut messages).await, Msg::Listed(_)) {}
    }
    let asked = demo
        .log()
        .into_iter()
        .filter(|line| line.target.contains("/sessions/") && line.target.contains("/connections"));
    assert_eq!(asked.count(), 0);
}
