//! Connections to servers through `/v1/sql`: what is sent, what is kept, and that each is closed.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Client, ClientError, ClientSpec, Credentials};
use maxtop::model::{
    Dialect, EndpointId, LockWaits, MetadataLocks, RequestError, ServerAccessFault, ServerReport, Text,
    TextLimit, WaitGraph,
};
use maxtop::poller::{EndpointPoller, PollSettings};
use maxtop::wire::sql::{self, Statement};
use tokio::sync::mpsc::unbounded_channel;

use crate::server::{jsonapi_instance, jsonapi_list, reply, reply_with};

const ID: &str = "d5488173-e289-4c14-a487-69bb2dce26c4";
const COOKIES: &str = "Set-Cookie: conn_id_body_1=ey.A-_; Path=/; Max-Age=600; HttpOnly\r\n\
     Set-Cookie: conn_id_sig_1=B; Path=/\r\nSet-Cookie: other=c d\r\n";

/// A request that the server has received.
#[derive(Clone, Debug)]
struct Asked {
    line: String,
    cookie: String,
    body: String,
}

impl Asked {
    /// Returns the name of the statement, if it is one of maxtop's.
    fn statement(&self) -> Option<&str> {
        let rest = self.body.split_once("/* maxtop ")?.1;
        Some(rest.split_once(" */")?.0)
    }
}

/// A server that reads whole requests.
struct SqlServer {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl SqlServer {
    fn start(answer: impl Fn(&Asked) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, answer) = (Arc::new(Mutex::new(Vec::new())), Arc::new(answer));
        let noted = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (answer, noted, mut stream) = (Arc::clone(&answer), Arc::clone(&noted), stream.unwrap());
                std::thread::spawn(move || {
                    let Some(request) = read(&mut stream) else { return };
                    noted.lock().unwrap().push(request.clone());
                    let _ = stream.write_all(&answer(&request));
                });
            }
        });
        Self { address, asked }
    }

    fn spec(&self) -> ClientSpec {
        ClientSpec {
            server_access: Some(credentials()),
            dialect: Some(Dialect::JsonApi),
            ..ClientSpec::new(EndpointId(0), self.address.to_string().parse().unwrap())
        }
    }

    fn client(&self) -> Client {
        Client::new(self.spec()).unwrap()
    }

    fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }

    /// Waits until a request with this line has been received.
    async fn wait_for(&self, line: &str) {
        let seen = async {
            while !self.lines().iter().any(|one| one == line) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap();
    }
}

fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return None,
        }
    }
    let head = String::from_utf8(head).unwrap();
    let header = |name: &str| {
        let found = head.lines().find_map(|line| line.strip_prefix(name));
        found.unwrap_or_default().to_owned()
    };
    let mut body = vec![0; header("content-length: ").parse().unwrap_or_default()];
    stream.read_exact(&mut body).ok()?;
    Some(Asked {
        line: head.lines().next()?.trim_end_matches(" HTTP/1.1").to_owned(),
        cookie: header("cookie: "),
        body: String::from_utf8(body).unwrap(),
    })
}

fn credentials() -> Credentials {
    Credentials {
        user: "maxtop".to_owned(),
        password: "hunter2-hunter2".into(),
    }
}

fn db1() -> Text {
    Text::clean("db1", TextLimit::Name)
}

fn opened(id: &str) -> Vec<u8> {
    let body = format!(r#"{{"data":{{"id":{id},"type":"sql","attributes":{{"thread_id":7}}}}}}"#);
    reply_with(201, COOKIES, body.as_bytes())
}

fn result(fields: &str, rows: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"data":{{"attributes":{{"execution_time":0.001,"results":[{{"complete":true,"fields":{fields},"data":{rows}}}]}}}}}}"#
    );
    reply(201, &body)
}

fn sql_error(errno: u32, message: &str) -> Vec<u8> {
    let body = format!(
        r#"{{"data":{{"attributes":{{"execution_time":0.001,"results":[{{"errno":{errno},"message":"{message}","sqlstate":"42000"}}]}}}}}}"#
    );
    reply(201, &body)
}

fn detail(status: u16, text: &str) -> Vec<u8> {
    reply(status, &format!(r#"{{"errors":[{{"detail":"{text}"}}]}}"#))
}

/// Answers as MaxScale with one waiting transaction.
fn usual(asked: &Asked) -> Vec<u8> {
    match (asked.line.as_str(), asked.statement()) {
        ("POST /v1/sql?persist=yes", _) => opened(&format!("\"{ID}\"")),
        (line, _) if line.starts_with("DELETE ") => reply(204, ""),
        (_, Some("setup")) => reply(
            201,
            r#"{"data":{"attributes":{"execution_time":0.0001,"results":[{"affected_rows":0}]}}}"#,
        ),
        (_, Some("lock-count")) => result(r#"["waiting","longest"]"#, "[[1,40]]"),
        (_, Some("transactions")) => result(
            r#"["thread","state","age","wait_age","rows_locked","rows_modified"]"#,
            r#"[[11,"RUNNING",90,null,4,1],[12,"LOCK WAIT",41,40,1,0]]"#,
        ),
        (_, Some("lock-waits")) => result(
            r#"["waiter","blocker","lock_table","lock_index","lock_mode"]"#,
            r#"[[12,11,"`shop`.`orders`","PRIMARY","X"]]"#,
        ),
        (_, Some("server")) => result(
            r#"["hostname","port","server_id","version","server_time","uptime","own_thread"]"#,
            r#"[["db1",3306,1,"10.11.19-MariaDB",1000,"10",7]]"#,
        ),
        (_, Some("grants")) => result(
            r#"["Grants for maxtop@%"]"#,
            r#"[["GRANT PROCESS ON *.* TO `maxtop`@`%`"]]"#,
        ),
        (_, Some("threads")) => result(
            r#"["thread","user","state","time_ms","statement"]"#,
            r#"[[12,"app","Updating","40000.1","UPDATE orders"]]"#,
        ),
        (_, Some("metadata-plugin")) => result(r#"["loaded"]"#, "[[0]]"),
        _ => reply(404, r#"{"errors":[{"detail":"not found"}]}"#),
    }
}

#[tokio::test]
async fn one_connection_is_opened_prepared_used_and_closed() {
    let server = SqlServer::start(usual);
    let client = server.client();
    for _ in 0..2 {
        let count = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap();
        assert_eq!(count.rows.waiting, 1);
        assert_eq!(count.cost, Duration::from_millis(1));
    }
    client.close_server_connections(Duration::from_secs(5)).await;
    let asked = server.asked();
    let queries = format!("POST /v1/sql/{ID}/queries");
    let close = format!("DELETE /v1/sql/{ID}");
    let lines: Vec<_> = asked.iter().map(|asked| asked.line.as_str()).collect();
    assert_eq!(
        lines,
        ["POST /v1/sql?persist=yes", &queries, &queries, &queries, &close]
    );
    let opening: serde_json::Value = serde_json::from_str(&asked[0].body).unwrap();
    assert_eq!(
        opening,
        serde_json::json!({"target": "db1", "user": "maxtop", "password": "hunter2-hunter2", "timeout": 5})
    );
    assert_eq!(asked[0].cookie, "");
    for one in &asked[1..] {
        assert_eq!(one.cookie, "conn_id_body_1=ey.A-_; conn_id_sig_1=B");
        assert!(!one.body.contains("hunter2"));
    }
    assert_eq!(asked[1].statement(), Some("setup"));
    let query: serde_json::Value = serde_json::from_str(&asked[2].body).unwrap();
    assert_eq!((&query["max_rows"], &query["timeout"]), (&1000.into(), &1.into()));
    let late = client
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await;
    assert_eq!(late.unwrap_err(), ServerAccessFault::Exiting);
}

#[tokio::test]
async fn an_id_or_cookie_that_could_name_another_resource_is_never_sent() {
    for id in [
        r#""../sessions/7""#,
        r#""..%2fsessions/7""#,
        r#""""#,
        "null",
        "-1",
        r#""a\r\nX: y""#,
    ] {
        let server = SqlServer::start(move |_| opened(id));
        let client = server.client();
        let fault = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap_err();
        assert_eq!(
            fault,
            ServerAccessFault::InvalidReply(Text::clean("connection id", TextLimit::Name)),
            "{id}"
        );
        client.close_server_connections(Duration::from_secs(5)).await;
        assert_eq!(server.lines(), ["POST /v1/sql?persist=yes"], "{id}");
    }
    for cookie in [
        "",
        "Set-Cookie: conn_id_1=a b; Path=/\r\n",
        "Set-Cookie: conn_id_1=a\"; Path=/\r\n",
    ] {
        let server = SqlServer::start(move |_| reply_with(201, cookie, br#"{"data":{"id":"7"}}"#));
        let client = server.client();
        let fault = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap_err();
        assert_eq!(
            fault,
            ServerAccessFault::InvalidReply(Text::clean("cookie", TextLimit::Name)),
            "{cookie}"
        );
        client.close_server_connections(Duration::from_secs(5)).await;
        assert_eq!(server.lines().len(), 1, "{cookie}");
    }
}

#[tokio::test]
async fn a_connection_that_maxscale_no_longer_knows_is_opened_again() {
    for status in [400, 404] {
        let gone = Mutex::new(true);
        let server = SqlServer::start(move |asked| {
            if asked.statement() == Some("lock-count") && std::mem::take(&mut *gone.lock().unwrap()) {
                return detail(status, "x is not a connection_id");
            }
            usual(asked)
        });
        let client = server.client();
        let first = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await;
        assert_eq!(first.unwrap_err(), ServerAccessFault::Lost);
        client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap();
        let opened = server
            .lines()
            .iter()
            .filter(|line| line.contains("persist"))
            .count();
        assert_eq!(opened, 2);
    }
}

#[tokio::test]
async fn a_connection_whose_server_is_gone_is_closed_before_another_is_opened() {
    let server = SqlServer::start(|asked| match asked.statement() {
        Some("lock-count") => sql_error(2013, "Lost connection to server during query"),
        _ => usual(asked),
    });
    let client = server.client();
    let first = client
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await;
    assert_eq!(first.unwrap_err(), ServerAccessFault::Lost);
    assert_eq!(server.lines().last().unwrap(), &format!("DELETE /v1/sql/{ID}"));
}

#[tokio::test]
async fn a_busy_connection_is_kept() {
    let server = SqlServer::start(|asked| match asked.statement() {
        Some("lock-count") => detail(503, "ID is busy."),
        _ => usual(asked),
    });
    let client = server.client();
    for _ in 0..2 {
        let fault = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap_err();
        assert_eq!(fault, ServerAccessFault::Busy);
    }
    let opened = server
        .lines()
        .iter()
        .filter(|line| line.contains("persist"))
        .count();
    assert_eq!(opened, 1);
}

#[tokio::test]
async fn why_no_connection_could_be_opened_is_named() {
    let failed = |detail: &str| format!("Connection to [127.0.0.1]:3306 failed. Error {detail}");
    let password = failed("1045: Access denied for user 'maxtop' (hunter2-hunter2)");
    let full = failed("1040: Too many connections");
    let down = failed("2002: Can not connect");
    let cases = [
        (detail(400, &password), "wrong database user or password"),
        (detail(400, &full), "too many connections"),
        (detail(400, &down), "server down"),
        (detail(400, "Target 'db1' not found"), "status 400"),
        (reply(404, ""), "not supported before MaxScale 21.06"),
        (detail(401, "Access denied"), "the account of the admin API"),
        (detail(403, "Access denied"), "the account of the admin API"),
        (detail(500, "x"), "status 500"),
    ];
    for (bytes, expected) in cases {
        let server = SqlServer::start(move |_| bytes.clone());
        let client = server.client();
        let fault = client
            .run_statement(&db1(), Statement::LockCount, sql::lock_count)
            .await
            .unwrap_err();
        let text = fault.to_string();
        assert!(text.starts_with(expected), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
        assert_eq!(server.lines().len(), 1, "{text}");
        // A rejection of this request does not stop the lists.
        assert!(!matches!(
            client.servers().await,
            Err(RequestError::NotAllowed {
                with_credentials: true,
                ..
            })
        ));
    }
}

#[tokio::test]
async fn a_connection_that_cannot_be_prepared_is_closed() {
    let server = SqlServer::start(|asked| match asked.statement() {
        Some("setup") => sql_error(1227, "Access denied"),
        _ => usual(asked),
    });
    let fault = server
        .client()
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await
        .unwrap_err();
    assert!(matches!(fault, ServerAccessFault::NoPrivilege(_)));
    assert_eq!(server.lines().last().unwrap(), &format!("DELETE /v1/sql/{ID}"));
}

#[tokio::test]
async fn a_connection_whose_opening_was_canceled_is_closed_too() {
    let server = SqlServer::start(|asked| {
        if asked.line.contains("persist") {
            std::thread::sleep(Duration::from_millis(200));
        }
        usual(asked)
    });
    let client = server.client();
    let (running, name) = (client.clone(), db1());
    let task = tokio::spawn(async move {
        let _ = running
            .run_statement(&name, Statement::LockCount, sql::lock_count)
            .await;
    });
    server.wait_for("POST /v1/sql?persist=yes").await;
    task.abort();
    client.close_server_connections(Duration::from_secs(5)).await;
    assert_eq!(server.lines().last().unwrap(), &format!("DELETE /v1/sql/{ID}"));
}

#[tokio::test]
async fn a_server_that_does_not_answer_delays_the_exit_by_the_given_time_only() {
    let server = SqlServer::start(|asked| {
        if asked.line.starts_with("DELETE") {
            std::thread::sleep(Duration::from_secs(20));
        }
        usual(asked)
    });
    let client = server.client();
    client
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await
        .unwrap();
    let closed = client.close_server_connections(Duration::from_millis(50));
    tokio::time::timeout(Duration::from_secs(10), closed)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_connection_that_stays_busy_is_not_closed_forever() {
    let server = SqlServer::start(|asked| match asked.statement() {
        Some("lock-count") => sql_error(2013, "Lost connection to server during query"),
        _ if asked.line.starts_with("DELETE") => detail(503, "ID is busy."),
        _ => usual(asked),
    });
    let client = server.client();
    let name = db1();
    let lost = client.run_statement(&name, Statement::LockCount, sql::lock_count);
    let lost = tokio::time::timeout(Duration::from_secs(20), lost).await;
    assert_eq!(lost.unwrap().unwrap_err(), ServerAccessFault::Lost);
    let closes = |server: &SqlServer| {
        let lines = server.lines();
        lines.iter().filter(|line| line.starts_with("DELETE")).count()
    };
    assert!(closes(&server) > 1);
}

#[tokio::test]
async fn a_read_only_client_may_run_selects_and_ends_no_statement() {
    let server = SqlServer::start(usual);
    let spec = ClientSpec {
        read_only: true,
        ..server.spec()
    };
    let client = Client::new(spec).unwrap();
    client
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await
        .unwrap();
    let before = server.lines().len();
    let fault = client.kill_statement(&db1(), 0, 7).await.unwrap_err();
    assert_eq!(fault, ServerAccessFault::Request(RequestError::ReadOnly));
    assert_eq!(server.lines().len(), before);
}

#[tokio::test]
async fn a_statement_is_ended_by_its_query_id_over_an_open_connection_only() {
    let server = SqlServer::start(|asked| match asked.statement() {
        Some("kill") => sql_error(1957, "Unknown query id: 7"),
        _ => usual(asked),
    });
    let client = server.client();
    assert_eq!(
        client.kill_statement(&db1(), 0, 7).await,
        Err(ServerAccessFault::Lost)
    );
    assert!(server.lines().is_empty());
    client
        .run_statement(&db1(), Statement::LockCount, sql::lock_count)
        .await
        .unwrap();
    assert_eq!(
        client.kill_statement(&db1(), 0, 7).await,
        Err(ServerAccessFault::Ended)
    );
    assert!(
        server
            .asked()
            .last()
            .unwrap()
            .body
            .contains("KILL SOFT QUERY ID 7")
    );
}

#[test]
fn the_database_password_is_not_sent_over_plain_http_to_another_machine() {
    let spec = |allow_plain_http| ClientSpec {
        server_access: Some(credentials()),
        allow_plain_http,
        ..ClientSpec::new(EndpointId(0), "http://10.0.0.1:8989".parse().unwrap())
    };
    assert!(matches!(Client::new(spec(false)), Err(ClientError::PlainHttp(_))));
    let client = Client::new(spec(true)).unwrap();
    assert!(!format!("{client:?}").contains("hunter2"));
}

fn endpoint(asked: &Asked) -> Vec<u8> {
    let path = asked.line.split(['?', ' ']).nth(1).unwrap_or_default();
    match path {
        "/v1/servers" => reply(
            200,
            r#"{"data":[{"id":"db1","attributes":{"state":"Master, Running"}},
                {"id":"db2","attributes":{"state":"Down"}}]}"#,
        ),
        "/v1/maxscale" => reply(200, &jsonapi_instance("process 1")),
        "/v1/sessions" => reply(200, &jsonapi_list(&[1])),
        _ => usual(asked),
    }
}

#[tokio::test]
async fn the_poller_reports_who_waits_for_whom_on_running_servers() {
    let server = SqlServer::start(endpoint);
    let (out, mut messages) = unbounded_channel();
    let client = server.client();
    let poller = EndpointPoller::spawn(client.clone(), PollSettings::default(), out);
    let report: Arc<ServerReport> = tokio::time::timeout(Duration::from_secs(10), async {
        loop {
            if let Some(Msg::ServerAccess { report, .. }) = messages.recv().await {
                return report;
            }
        }
    })
    .await
    .unwrap();
    assert_eq!(report.server, db1());
    assert!(report.grants.unwrap().may_see_all);
    assert_eq!(report.process.as_ref().unwrap().started, Some(990));
    assert_eq!(report.cost, Duration::from_millis(7));
    let activity = report.activity.as_ref().unwrap();
    assert_eq!(activity.metadata_locks, MetadataLocks::None);
    assert!(matches!(&activity.lock_waits, LockWaits::Known(rows) if rows.rows.len() == 1));
    let graph = WaitGraph::new(activity, |_| false);
    assert_eq!(graph.root_blockers(), [11]);
    drop(poller);
    client.close_server_connections(Duration::from_secs(5)).await;
    assert_eq!(server.lines().last().unwrap(), &format!("DELETE /v1/sql/{ID}"));
    let targets = server.asked();
    let opened: Vec<_> = targets
        .iter()
        .filter(|asked| asked.line.contains("persist"))
        .collect();
    assert_eq!(opened.len(), 1, "db2 is down");
}
