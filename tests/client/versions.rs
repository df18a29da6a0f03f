//! The real client with every version that the embedded endpoint simulates: lists, details, kills and
//! messages.

use maxtop::client::{Client, ClientSpec, ListForm, ListReply, ListRequest};
use maxtop::demo::{self, PROFILES, ServeSpec, ServedDialects, SimServer, VersionProfile};
use maxtop::diagnosis::{DiagnosisInput, DiagnosisSettings, REASONS, Samples, Severity, diagnose};
use maxtop::model::{
    Dialect, EndpointId, RequestError, Session, SessionDetail, SessionId, SessionPhase, Text, Version,
};

use crate::server::{Server, jsonapi_list, kill, list, reply, send};

/// A fleet without changes, including its half-open session.
async fn serving(profile: &'static VersionProfile) -> SimServer {
    let mut spec = ServeSpec::new(60, 7);
    spec.world.churn = Some(0.0);
    spec.speed = 0.0;
    spec.profile = profile;
    spec.dialects = ServedDialects::JsonApi;
    demo::serve(spec).await.unwrap()
}

fn client(running: &SimServer) -> Client {
    let url = running.url().parse().unwrap();
    Client::new(ClientSpec::new(EndpointId(0), url)).unwrap()
}

/// The same endpoint by an address that is not known to be this machine's.
fn far_client(port: u16) -> Client {
    let url = format!("http://0.0.0.0:{port}").parse().unwrap();
    Client::new(ClientSpec::new(EndpointId(0), url)).unwrap()
}

fn since(profile: &VersionProfile, first: &str) -> bool {
    let place = |name: &str| PROFILES.iter().position(|profile| profile.name == name).unwrap();
    place(profile.name) >= place(first)
}

fn ready(list: &ListReply) -> &Session {
    let mut sessions = list.rows.sessions.iter();
    let holds = |session: &&Session| session.phase() == Some(SessionPhase::Ready) && session.user.is_some();
    sessions.find(holds).unwrap()
}

fn half_open(list: &ListReply) -> &Session {
    let mut sessions = list.rows.sessions.iter();
    sessions.find(|session| session.user.is_none()).unwrap()
}

#[tokio::test]
async fn every_version_is_recognised_and_listed_whole() {
    for profile in &PROFILES {
        let running = serving(profile).await;
        let client = client(&running);
        let instance = client.instance().await.unwrap().unwrap();
        let what = profile.name;
        assert_eq!(instance.version.as_ref().map(Text::as_str), Some(profile.version));
        assert_eq!(instance.release(), Version::parse(profile.version));
        let process = instance.process.unwrap();
        assert!(process.datadir.unwrap().as_str().contains("/data"), "{what}");
        assert_eq!(process.node.is_some(), since(profile, "22.08"), "{what}");
        let kept = since(profile, "2.3").then_some(10);
        assert_eq!(instance.retained_statements, kept, "{what}");

        let list = list(&client).await.unwrap();
        assert_eq!(
            (client.dialect(), list.dialect),
            (Some(Dialect::JsonApi), Dialect::JsonApi)
        );
        assert_eq!((list.rows.blanked, list.rows.dropped), (0, 0), "{what}");
        let listed: Vec<_> = list.rows.sessions.iter().map(|session| session.id.0).collect();
        assert_eq!(listed, running.ids(), "{what}");
        for session in &list.rows.sessions {
            assert_identifiable(session, profile);
            assert_has_what_its_version_tells(session, profile);
        }
    }
}

/// Asserts that all parts of an identity are there, in one form for all versions.
fn assert_identifiable(session: &Session, profile: &VersionProfile) {
    let what = profile.name;
    let connected = session.connected.as_ref().unwrap();
    assert!(connected.at.is_some(), "{what}: {connected:?}");
    assert_eq!(
        connected.sent.as_str().ends_with("GMT"),
        since(profile, "23.02"),
        "{what}"
    );
    assert!(
        session.age.is_some() && session.idle.is_some() && session.service.is_some(),
        "{what}"
    );
    let address = session.address.as_ref().unwrap().as_str();
    assert!(
        address.parse::<std::net::IpAddr>().is_ok() && !address.contains("::ffff"),
        "{what}"
    );
    assert_eq!(session.port.is_some(), since(profile, "6.4"), "{what}");
    assert!(
        matches!(session.phase(), Some(phase) if phase != SessionPhase::Other),
        "{what}"
    );
}

fn assert_has_what_its_version_tells(session: &Session, profile: &VersionProfile) {
    let what = profile.name;
    let extra = session.extra.as_deref().unwrap();
    assert_eq!(extra.memory.is_some(), since(profile, "22.08"), "{what}");
    assert_eq!(extra.io_activity.is_some(), since(profile, "23.02"), "{what}");
    assert_eq!(extra.worker.is_some(), since(profile, "23.02"), "{what}");
    let says = session.user.is_some() && since(profile, "6.4");
    assert_eq!(
        (extra.program.is_some(), extra.pid.is_some()),
        (says, says),
        "{what}"
    );
    if !since(profile, "2.3") {
        assert!(extra.running.is_none(), "{what}");
    }
    assert_eq!(extra.backends.is_some(), since(profile, "2.3"), "{what}");
    for backend in extra.backends.iter().flatten() {
        assert!(backend.thread_id.is_some(), "{what}");
    }
}

#[tokio::test]
async fn every_version_shows_one_session_as_it_lists_it() {
    for profile in &PROFILES {
        let running = serving(profile).await;
        let client = client(&running);
        let list = list(&client).await.unwrap();
        let row = ready(&list);
        let detail = client.session(row.id).await.unwrap();
        let what = profile.name;
        assert_eq!(alike(&detail.session), alike(row), "{what}");
        assert_eq!(detail.blanked, 0, "{what}");
        assert_details(&detail, profile);
        assert_eq!(
            client.session(SessionId(987_654)).await.unwrap_err(),
            RequestError::NotFound,
            "{what}"
        );
        // Before 24.02 ids are parsed like C numbers: a reply with another session is not an answer.
        let far = SessionId(row.id.0 + (1 << 32));
        let fault = client.session(far).await.unwrap_err();
        assert_eq!(
            fault == RequestError::NotFound,
            since(profile, "24.02"),
            "{what}: {fault}"
        );
        let found = client.session(half_open(&list).id).await;
        assert_eq!(found.is_ok(), !since(profile, "24.02"), "{what}");
    }
}

/// The session without values that age or count with every read.
fn alike(session: &Session) -> Session {
    Session {
        age: None,
        ..session.clone()
    }
}

fn assert_details(detail: &SessionDetail, profile: &VersionProfile) {
    let what = profile.name;
    assert_eq!(detail.connections.is_empty(), !since(profile, "2.3"), "{what}");
    assert_eq!(detail.queries.is_some(), since(profile, "2.3"), "{what}");
    assert_eq!(detail.cipher.is_some(), since(profile, "2.5"), "{what}");
    assert_eq!(detail.client.is_empty(), !since(profile, "6.4"), "{what}");
    assert_eq!(detail.memory.is_empty(), !since(profile, "22.08"), "{what}");
    assert_eq!(detail.client_buffer.is_some(), since(profile, "23.02"), "{what}");
    for connection in &detail.connections {
        assert!(
            connection.server.is_some() && connection.thread_id.is_some(),
            "{what}"
        );
        assert_eq!(connection.buffer.is_some(), since(profile, "23.02"), "{what}");
    }
}

#[tokio::test]
async fn every_version_ends_whom_it_can() {
    for profile in &PROFILES {
        let running = serving(profile).await;
        let client = client(&running);
        let list = list(&client).await.unwrap();
        let (id, what) = (ready(&list).id, profile.name);
        let can = since(profile, "22.08");
        let ended = kill(&client, id).await;
        assert_eq!(ended.is_ok(), can, "{what}");
        assert_eq!(running.ids().contains(&id.0), !can, "{what}");
        assert_eq!(kill(&client, id).await, Err(RequestError::NotFound), "{what}");
        let half_open = half_open(&list).id;
        let ended = kill(&client, half_open).await;
        assert_eq!(ended.is_ok(), can && !since(profile, "24.02"), "{what}");
    }
}

/// A hanging statement is found if the version reports it. 2.2 does not.
#[tokio::test]
async fn every_version_is_judged_by_what_it_tells() {
    for profile in &PROFILES {
        let running = serving(profile).await;
        let client = client(&running);
        let instance = client.instance().await.unwrap();
        let list = list(&client).await.unwrap();
        let look = DiagnosisInput {
            rows: None,
            dialect: Dialect::JsonApi,
            endpoint: None,
            instance: instance.as_ref(),
            taken_at: list.taken_at,
            is_after_restart: false,
            locks: None,
            sessions: &list.rows.sessions,
        };
        let diagnoses = diagnose(None, look, &DiagnosisSettings::default(), &Samples::new());
        let found = |reason: &str| {
            let verdicts = (0..list.rows.sessions.len()).map(|index| diagnoses.diagnosis(index));
            verdicts
                .filter(|verdict| verdict.found.iter().any(|one| one.reason.name == reason))
                .count()
        };
        assert!(REASONS.iter().any(|reason| reason.name == "query"));
        assert_eq!(found("query") > 0, since(profile, "6.4"), "{}", profile.name);
        assert!(
            found("idle") > 0 && diagnoses.count(Severity::Act) > 0,
            "{}",
            profile.name
        );
    }
}

/// Sparse rows have all that the table, the filters and the reasons need. A server that does not know
/// `fields` sends everything.
#[tokio::test]
async fn a_sparse_list_is_the_same_sessions_in_every_version() {
    for profile in &PROFILES {
        let running = serving(profile).await;
        let client = client(&running);
        let whole = list(&client).await.unwrap();
        let sparse = client
            .sessions(&ListRequest {
                fields: ListForm::Sparse.fields(),
                range: None,
            })
            .await
            .unwrap();
        let what = profile.name;
        assert_eq!((sparse.rows.blanked, sparse.rows.dropped), (0, 0), "{what}");
        assert_eq!(sparse.rows.sessions.len(), whole.rows.sessions.len(), "{what}");
        for (sparse, whole) in sparse.rows.sessions.iter().zip(&whole.rows.sessions) {
            assert_eq!(alike(sparse), alike(whole), "{what}");
        }
        assert_eq!(sparse.bytes < whole.bytes, since(profile, "2.5"), "{what}");
    }
}

#[tokio::test]
async fn a_far_endpoint_is_polled_with_fields_and_a_near_one_without() {
    let running = serving(VersionProfile::current()).await;
    let near = client(&running);
    let far = far_client(running.addr.port());
    assert_eq!(
        (near.list_form(), far.list_form()),
        (ListForm::Whole, ListForm::Sparse)
    );
    let (whole, sparse) = (
        near.poll_sessions().await.unwrap(),
        far.poll_sessions().await.unwrap(),
    );
    assert!(sparse.bytes < whole.bytes);
    let asked: Vec<_> = running.log().into_iter().map(|line| line.target).collect();
    assert_eq!(asked[0], "/v1/sessions?pretty=false");
    assert!(
        asked[1].starts_with("/v1/sessions?fields%5Bsessions%5D=state,user,"),
        "{}",
        asked[1]
    );
    assert_eq!(asked.len(), 2);
}

/// `doctor` and the poller detect kept statements alike.
#[tokio::test]
async fn a_far_endpoint_that_keeps_statements_is_asked_for_the_whole_list() {
    let running = serving(VersionProfile::current()).await;
    for closely in [false, true] {
        let far = far_client(running.addr.port());
        if closely {
            far.inspect().await.unwrap().unwrap();
        } else {
            far.instance().await.unwrap().unwrap();
        }
        assert_eq!(far.list_form(), ListForm::Whole, "{closely}");
    }
}

/// The first request of a remote endpoint is in JSON:API. If the draft replies with 404, the full list is
/// requested.
#[tokio::test]
async fn a_far_draft_is_asked_for_the_whole_list() {
    let server = Server::start(|request, stream| {
        let is_draft = request.contains(" /sessions");
        let body = if is_draft {
            r#"[{"id":7,"user":"app"}]"#
        } else {
            ""
        };
        send(stream, &reply(if is_draft { 200 } else { 404 }, body));
    });
    let client = far_client(server.address.port());
    assert_eq!(client.poll_sessions().await.unwrap().rows.sessions.len(), 1);
    assert_eq!(client.list_form(), ListForm::Whole);
    client.poll_sessions().await.unwrap();
    let requests = server.requests();
    assert!(requests[0].starts_with("GET /v1/sessions?fields"), "{requests:?}");
    assert_eq!(requests[1..], ["GET /sessions", "GET /sessions"]);
}

/// A server that rejects an unknown parameter is not MaxScale. One that ignores it is an old version.
#[tokio::test]
async fn a_server_that_ignores_fields_is_understood() {
    let server = Server::saying(reply(200, &jsonapi_list(&[3, 4])));
    let client = far_client(server.address.port());
    assert_eq!(client.poll_sessions().await.unwrap().rows.sessions.len(), 2);
}
