//! Runs the program and the endpoint that it uses.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use maxtop::demo::{self, ServeSpec, ServedDialects, SimServer};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

/// The note of a list with a filter on reasons, without a database user.
pub(crate) const NOT_EXAMINED: &str =
    "not examined: blocks, lock-wait and metadata-lock, because sql-user is not set\n";

/// The embedded endpoint in this process, with a fleet whose sessions do not change.
pub(crate) struct Demo {
    pub(crate) running: SimServer,
    // Dropped last: the endpoint lives in it.
    _runtime: Runtime,
}

impl Demo {
    pub(crate) fn start(dialects: ServedDialects) -> Self {
        Self::with(dialects, |_| {})
    }

    pub(crate) fn with(dialects: ServedDialects, change: impl FnOnce(&mut ServeSpec)) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let mut spec = ServeSpec::new(40, 7);
        spec.world.churn = Some(0.0);
        spec.dialects = dialects;
        change(&mut spec);
        let running = runtime.block_on(demo::serve(spec)).unwrap();
        Self {
            running,
            _runtime: runtime,
        }
    }

    /// The program with this endpoint.
    pub(crate) fn maxtop(&self, args: &[&str]) -> Ran {
        maxtop(&[&["-e", &self.running.url()], args].concat())
    }

    /// Returns what the program prints as JSON. stderr has at most the reasons that are not examined.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let ran = self.maxtop(args);
        let mut notes = ran.err.lines();
        assert!(
            ran.status == 0 && notes.all(|note| note.starts_with("not examined: ")),
            "{args:?}: {ran:?}"
        );
        serde_json::from_str(&ran.out).unwrap()
    }

    /// The sessions as the program lists them.
    pub(crate) fn list(&self) -> Vec<Value> {
        self.json(&["list", "-o", "json"]).as_array().unwrap().clone()
    }

    /// The id of a session that is logged in and ready, as text.
    pub(crate) fn ready_id(&self) -> String {
        let list = self.list();
        let ready = list
            .iter()
            .find(|session| !session["user"].is_null() && session["state"] == "Session started");
        let any = ready.or_else(|| list.iter().find(|session| !session["user"].is_null()));
        any.unwrap()["id"].to_string()
    }

    /// The targets of all DELETE requests so far.
    pub(crate) fn deletes(&self) -> Vec<String> {
        let log = self.running.log();
        let deletes = log.into_iter().filter(|line| line.method == "DELETE");
        deletes.map(|line| line.target).collect()
    }
}

/// A finished run.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Asserts failure with this status, one line on stderr that contains `words`, and no output.
    pub(crate) fn failed(&self, status: i32, words: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert!(
            self.err.starts_with("maxtop: ") && self.err.contains(words),
            "{self:?}"
        );
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert_eq!(self.out, "", "{self:?}");
    }
}

/// Returns a home directory for all programs of this run, so that no other files are read or written.
pub(crate) fn home() -> &'static Path {
    static HOME: OnceLock<TempDir> = OnceLock::new();
    HOME.get_or_init(|| tempfile::tempdir().unwrap()).path()
}

/// Returns the program with a clean environment.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_maxtop"));
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, home());
    }
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MAXTOP_") {
            command.env_remove(name);
        }
    }
    command
        .env_remove("NO_COLOR")
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn maxtop(args: &[&str]) -> Ran {
    ran(&mut command(args))
}

pub(crate) fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        status: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An endpoint that replies to every request with the result of `answer` for its first line.
pub(crate) fn answering(answer: impl Fn(&str) -> String + Send + 'static) -> SocketAddr {
    replying(move |request| (200, answer(request)))
}

/// An endpoint that replies with a status and a body.
pub(crate) fn replying(reply: impl Fn(&str) -> (u16, String) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (mut head, mut byte) = (Vec::new(), [0]);
            while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
                head.push(byte[0]);
            }
            let head = String::from_utf8(head).unwrap();
            let (status, body) = reply(head.lines().next().unwrap_or_default());
            let length = body.len();
            let reply = format!("HTTP/1.1 {status} Words\r\nContent-Length: {length}\r\n\r\n{body}");
            // The client may be gone already.
            let _ = stream.write_all(reply.as_bytes());
        }
    });
    address
}
