//! A small server that injects one fault: it reads and records a request's head, and lets the test write any
//! bytes to the connection.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use maxtop::app::msg::Msg;
use maxtop::client::{Checked, Client, ClientSpec, ListReply, ListRequest};
use maxtop::kill::CheckPurpose;
use maxtop::model::{EndpointId, RequestError, SessionId};
use tokio::sync::mpsc::UnboundedReceiver;

/// A listening server, and the heads of all requests that came.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// `play` gets the request's method and target, as in `GET /sessions`.
    pub(crate) fn start(play: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), play)
    }

    pub(crate) fn start_at(
        address: SocketAddr,
        play: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        Self::start_with_heads(TcpListener::bind(address).unwrap(), move |head, stream| {
            let line = head.lines().next().unwrap();
            play(line.trim_end_matches(" HTTP/1.1"), stream);
        })
    }

    fn start_with_heads(
        listener: TcpListener,
        play: impl Fn(&str, &mut TcpStream) + Send + Sync + 'static,
    ) -> Self {
        let address = listener.local_addr().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (play, noted) = (Arc::new(play), heads.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (play, noted, mut stream) = (play.clone(), noted.clone(), stream.unwrap());
                std::thread::spawn(move || {
                    let head = read_head(&mut stream);
                    if head.is_empty() {
                        return;
                    }
                    noted.lock().unwrap().push(head.clone());
                    play(&head, &mut stream);
                });
            }
        });
        Self { address, heads }
    }

    /// Sends this reply to every request.
    pub(crate) fn saying(reply: impl Into<Vec<u8>>) -> Self {
        let reply = reply.into();
        Self::start(move |_, stream| send(stream, &reply))
    }

    /// Replies by the request's line, as in `GET /sessions`, and its `Authorization`.
    pub(crate) fn answering(answer: impl Fn(&str, &str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::start_with_heads(TcpListener::bind("127.0.0.1:0").unwrap(), move |head, stream| {
            let mut lines = head.lines();
            let line = lines.next().unwrap_or_default().trim_end_matches(" HTTP/1.1");
            let pass = lines.find_map(|line| line.strip_prefix("authorization: "));
            send(stream, &answer(line, pass.unwrap_or_default()));
        })
    }

    /// Returns the heads of all requests so far.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    /// Returns method and target of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        let line = |head: &String| {
            let line = head.lines().next().unwrap_or_default();
            line.trim_end_matches(" HTTP/1.1").to_owned()
        };
        self.heads().iter().map(line).collect()
    }

    /// Waits until the server has received this request.
    pub(crate) async fn wait_for(&self, request: &str) {
        let asked = async {
            while !self.requests().iter().any(|one| one == request) {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), asked)
            .await
            .unwrap();
    }

    /// Returns the parameters of a client for this server.
    pub(crate) fn spec(&self) -> ClientSpec {
        ClientSpec::new(EndpointId(0), self.address.to_string().parse().unwrap())
    }

    /// Creates a client for this server.
    pub(crate) fn client(&self) -> Client {
        Client::new(self.spec()).unwrap()
    }
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => break,
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Writes; the client may be gone already.
pub(crate) fn send(stream: &mut TcpStream, bytes: &[u8]) {
    let _ = stream.write_all(bytes);
    let _ = stream.flush();
}

/// Keeps the connection open until the client leaves.
pub(crate) fn hold(stream: &mut TcpStream) {
    let mut byte = [0];
    while matches!(stream.read(&mut byte), Ok(1)) {}
}

/// A whole reply.
pub(crate) fn reply(status: u16, body: &str) -> Vec<u8> {
    reply_with(status, "", body.as_bytes())
}

/// A whole reply with more headers, each with its line end.
pub(crate) fn reply_with(status: u16, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status} Some Words\r\nContent-Length: {}\r\n{headers}\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// A JSON:API list of sessions with these ids.
pub(crate) fn jsonapi_list(ids: &[u64]) -> String {
    let row = |id: &u64| {
        format!(
            r#"{{"id":"{id}","type":"sessions","attributes":{{"user":"app","remote":"10.0.0.1","connected":"Mon, 23 Nov 2026 16:16:27 GMT"}}}}"#
        )
    };
    let rows: Vec<_> = ids.iter().map(row).collect();
    format!(r#"{{"data":[{}]}}"#, rows.join(","))
}

/// One JSON:API session.
pub(crate) fn jsonapi_session(id: u64) -> String {
    jsonapi_list(&[id]).replace(['[', ']'], "")
}

/// The reply of `/v1/maxscale` of a process.
pub(crate) fn jsonapi_instance(started_at: &str) -> String {
    format!(
        r#"{{"data":{{"attributes":{{"version":"24.02.3","started_at":"{started_at}","uptime":5,"process_datadir":"/data/data7"}}}}}}"#
    )
}

/// Checks a session and sends its DELETE, as the kill protocol does.
pub(crate) async fn kill(client: &Client, id: SessionId) -> Result<(), RequestError> {
    match client.check(1, id, CheckPurpose::Delete).await? {
        Checked::Seen(seen) => client.delete(1, id, seen.asked_at).await,
        Checked::Missing(_) => Err(RequestError::NotFound),
    }
}

/// A JSON:API server with one session, which replies to its DELETE with `delete`. No reply if that is empty.
pub(crate) fn with_session(id: u64, delete: Vec<u8>) -> Server {
    Server::start(move |request, stream| {
        let body = match request {
            _ if request.starts_with("DELETE") => return send(stream, &delete),
            _ if request.contains("/v1/maxscale") => jsonapi_instance("process 1"),
            _ if request.contains("/v1/sessions/") => jsonapi_session(id),
            _ => jsonapi_list(&[id]),
        };
        send(stream, &reply(200, &body));
    })
}

/// The DELETEs among the requests so far.
pub(crate) fn deletes(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter();
    requests.filter(|request| request.starts_with("DELETE")).collect()
}

/// The whole list.
pub(crate) async fn list(client: &Client) -> Result<ListReply, RequestError> {
    client.sessions(&ListRequest::default()).await
}

/// The ids of a list, in its order.
pub(crate) fn ids(list: &ListReply) -> Vec<u64> {
    list.rows.sessions.iter().map(|session| session.id.0).collect()
}

/// Returns the next message of a poller. Fails after a time that no good run needs.
pub(crate) async fn next_msg(messages: &mut UnboundedReceiver<Msg>) -> Msg {
    let next = tokio::time::timeout(Duration::from_secs(10), messages.recv());
    next.await.unwrap().unwrap()
}
