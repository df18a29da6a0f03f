//! Detail and kill requests next to a list that hangs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use maxtop::app::msg::{Msg, Ticket};
use maxtop::client::{Client, ClientSpec, Credentials};
use maxtop::kill::{CheckPurpose, KillEvent, KillRequest};
use maxtop::model::{Dialect, Now, RequestError, SessionId, SessionObservation};
use maxtop::poller::{EndpointPoller, PollSettings, PollerCommand};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::server::{Server, hold, jsonapi_instance, jsonapi_session, next_msg, reply, send};

type Messages = UnboundedReceiver<Msg>;

fn poll(server: &Server) -> (EndpointPoller, Messages) {
    let spec = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        ..server.spec()
    };
    let settings = PollSettings {
        interval: Duration::from_millis(10),
        duty: 1.0,
    };
    let (out, messages) = unbounded_channel();
    let poller = EndpointPoller::spawn(Client::new(spec).unwrap(), settings, out);
    (poller, messages)
}

/// A server whose lists never arrive. Session N exists, except 404, and except 13, which hangs.
fn server_with_a_hanging_list() -> Server {
    Server::start(|request, stream| {
        let id = request
            .split(['/', '?'])
            .find_map(|part| part.trim().parse::<u64>().ok());
        match id {
            _ if request.contains("/v1/maxscale") => {
                send(stream, &reply(200, &jsonapi_instance("process 1")));
            }
            None | Some(13) => hold(stream),
            Some(404) => send(stream, &reply(404, "")),
            Some(id) => send(stream, &reply(200, &jsonapi_session(id))),
        }
    })
}

/// A check right before a DELETE.
fn check(ticket: u64, id: u64) -> PollerCommand {
    let request = KillRequest::Check {
        id: SessionId(id),
        purpose: CheckPurpose::Delete,
    };
    PollerCommand::Kill(Ticket(ticket), request)
}

/// The DELETE after a check that was requested at that time.
fn delete(id: u64, checked_at: Now) -> PollerCommand {
    let request = KillRequest::Delete {
        id: SessionId(id),
        checked_at,
    };
    PollerCommand::Kill(Ticket(id), request)
}

/// Returns the next message to the details.
async fn next_seen(messages: &mut Messages) -> (u64, Result<Arc<SessionObservation>, RequestError>) {
    loop {
        if let Msg::Seen { id, answer, .. } = next_msg(messages).await {
            return (id.0, answer);
        }
    }
}

/// Returns the reply to this check.
async fn checked(messages: &mut Messages, ticket: u64) -> Result<Arc<SessionObservation>, RequestError> {
    loop {
        if let Msg::Kill(KillEvent::Seen(answered, answer)) = next_msg(messages).await
            && answered == Ticket(ticket)
        {
            return answer;
        }
    }
}

#[tokio::test]
async fn checks_and_deletions_pass_a_hanging_list() {
    let server = server_with_a_hanging_list();
    let (poller, mut messages) = poll(&server);
    poller.send(check(1, 8));
    let observation = checked(&mut messages, 1).await.unwrap();
    assert_eq!(observation.detail.session.id.0, 8);
    assert_eq!(
        observation.process.as_ref().unwrap().started_at.as_str(),
        "process 1"
    );
    poller.send(delete(8, observation.asked_at));
    assert_eq!(deleted(&mut messages).await, (Ticket(8), Ok(())));
    poller.send(check(2, 404));
    let absence = loop {
        if let Msg::Kill(KillEvent::Missing(Ticket(2), absence)) = next_msg(&mut messages).await {
            break absence;
        }
    };
    assert_eq!(absence.process.unwrap().started_at.as_str(), "process 1");
}

async fn deleted(messages: &mut Messages) -> (Ticket, Result<(), RequestError>) {
    loop {
        if let Msg::Kill(KillEvent::Deleted(ticket, outcome)) = next_msg(messages).await {
            return (ticket, outcome);
        }
    }
}

#[tokio::test]
async fn a_delete_leaves_only_over_the_connection_of_a_check_that_is_not_old() {
    let server = server_with_a_hanging_list();
    let (poller, mut messages) = poll(&server);
    poller.send(delete(8, Now::default()));
    assert_eq!(
        deleted(&mut messages).await.1,
        Err(RequestError::Unsent),
        "no check before it"
    );
    poller.send(check(1, 8));
    let observation = checked(&mut messages, 1).await.unwrap();
    let old = Now {
        wall: observation.asked_at.wall - jiff::SignedDuration::from_millis(1_001),
        ..observation.asked_at
    };
    poller.send(delete(8, old));
    assert_eq!(deleted(&mut messages).await.1, Err(RequestError::CheckExpired));
    poller.send(delete(8, observation.asked_at));
    assert_eq!(
        deleted(&mut messages).await.1,
        Err(RequestError::Unsent),
        "its connection is used up"
    );
    let deletes = |request: &String| request.starts_with("DELETE");
    assert_eq!(server.requests().iter().filter(|one| deletes(one)).count(), 0);
}

#[tokio::test]
async fn details_are_polled_while_looked_at_and_a_change_takes_effect_at_once() {
    let server = server_with_a_hanging_list();
    let (poller, mut messages) = poll(&server);
    // Session 13 hangs; the change must not wait for it.
    for id in [8, 13, 9] {
        poller.send(PollerCommand::Watch(Some(SessionId(id))));
        let asked = format!("GET /v1/sessions/{id}?pretty=false");
        server.wait_for(&asked).await;
    }
    while next_seen(&mut messages).await.0 != 9 {}
    let (id, answer) = next_seen(&mut messages).await;
    assert_eq!((id, answer.unwrap().detail.session.id.0), (9, 9));
    poller.send(PollerCommand::Watch(Some(SessionId(404))));
    loop {
        let (id, answer) = next_seen(&mut messages).await;
        if id == 404 {
            assert_eq!(answer.unwrap_err(), RequestError::NotFound);
            break;
        }
    }
}

#[tokio::test]
async fn refused_credentials_are_not_tried_again_for_every_session_looked_at() {
    let server = Server::saying(reply(401, ""));
    let spec = ClientSpec {
        dialect: Some(Dialect::JsonApi),
        credentials: Some(Credentials {
            user: "admin".to_owned(),
            password: "geheim".into(),
        }),
        ..server.spec()
    };
    let (out, mut messages) = unbounded_channel();
    let poller = EndpointPoller::spawn(Client::new(spec).unwrap(), PollSettings::default(), out);
    poller.send(PollerCommand::Watch(Some(SessionId(1))));
    let (_, answer) = next_seen(&mut messages).await;
    assert!(answer.unwrap_err().is_not_allowed());
    for id in 2..10 {
        poller.send(PollerCommand::Watch(Some(SessionId(id))));
        let before = server.requests().len();
        poller.send(PollerCommand::Refresh);
        while server.requests().len() == before {
            next_msg(&mut messages).await;
        }
    }
    let details = server.requests().into_iter();
    let details = details.filter(|request| request.contains("/sessions/"));
    // None, if the list was rejected before.
    assert!(details.count() <= 1);
}

#[tokio::test]
async fn a_check_without_the_process_start_says_that_it_is_unknown() {
    for status in [503, 404] {
        let server = Server::start(move |request, stream| {
            let bytes = if request.contains("/v1/maxscale") {
                reply(status, "")
            } else {
                reply(200, &jsonapi_session(8))
            };
            send(stream, &bytes);
        });
        let (poller, mut messages) = poll(&server);
        poller.send(check(1, 8));
        let answer = checked(&mut messages, 1).await;
        assert_eq!(answer.unwrap().process, None);
    }
}

/// Number of deletions in progress, and the highest number so far.
#[derive(Default)]
struct Gate {
    inside: Mutex<usize>,
    arrived: Condvar,
    most: AtomicUsize,
    total: AtomicUsize,
}

impl Gate {
    /// Blocks until sixteen requests are in progress together.
    fn pass(&self) {
        let mut inside = self.inside.lock().unwrap();
        *inside += 1;
        self.most.fetch_max(*inside, Ordering::SeqCst);
        self.total.fetch_add(1, Ordering::SeqCst);
        self.arrived.notify_all();
        while self.total.load(Ordering::SeqCst) < 16 {
            inside = self.arrived.wait(inside).unwrap();
        }
        *inside -= 1;
    }
}

#[tokio::test]
async fn sixteen_deletions_are_in_flight_at_once() {
    let gate = Arc::new(Gate::default());
    let doorkeeper = gate.clone();
    let server = Server::start(move |request, stream| {
        let id = request
            .split(['/', '?'])
            .find_map(|part| part.parse::<u64>().ok());
        match id {
            _ if request.starts_with("DELETE") => {
                doorkeeper.pass();
                send(stream, &reply(200, ""));
            }
            _ if request.contains("/v1/maxscale") => {
                send(stream, &reply(200, &jsonapi_instance("process 1")));
            }
            Some(id) => send(stream, &reply(200, &jsonapi_session(id))),
            None => hold(stream),
        }
    });
    let (poller, mut messages) = poll(&server);
    // The upper half of a ticket is the victim.
    for id in 1..=16_u64 {
        let request = KillRequest::Check {
            id: SessionId(id),
            purpose: CheckPurpose::Delete,
        };
        poller.send(PollerCommand::Kill(Ticket(id << 32), request));
    }
    let mut done = Vec::new();
    while done.len() < 16 {
        match next_msg(&mut messages).await {
            Msg::Kill(KillEvent::Seen(Ticket(ticket), seen)) => {
                let request = KillRequest::Delete {
                    id: SessionId(ticket >> 32),
                    checked_at: seen.unwrap().asked_at,
                };
                poller.send(PollerCommand::Kill(Ticket(ticket + 1), request));
            }
            Msg::Kill(KillEvent::Deleted(ticket, outcome)) => {
                assert_eq!(outcome, Ok(()));
                done.push(ticket.0 >> 32);
            }
            _ => {}
        }
    }
    done.sort_unstable();
    assert_eq!(done, (1..=16).collect::<Vec<_>>());
    assert_eq!(gate.most.load(Ordering::SeqCst), 16);
    assert_eq!(gate.total.load(Ordering::SeqCst), 16);
}
