//! A MariaDB server of a test, and sessions of its command-line client.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use maxtop::model::ServerAccessFault;
use maxtop::wire::sql::{self, ResultSet, SqlText, Statement};
use maxtop::wire::{Decoder, Interner};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Places of the server's program, after those of `PATH`.
const FOLDERS: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/usr/libexec"];

/// A running server. Ends with the test.
pub(crate) struct MariaDb {
    process: Child,
    folder: TempDir,
    user: &'static str,
}

impl Drop for MariaDb {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<_> = std::env::split_paths(&path).collect();
    folders.extend(FOLDERS.map(PathBuf::from));
    folders
        .into_iter()
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

impl MariaDb {
    /// Starts a server with a table of orders. Returns `None` if none is installed.
    pub(crate) fn start() -> Option<Self> {
        let found = (find("mariadbd"), find("mariadb-install-db"), find("mariadb"));
        let (Some(server), Some(install), Some(_)) = found else {
            eprintln!("skipped: mariadbd, mariadb-install-db and mariadb are not installed");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let data = format!("--datadir={}", folder.path().join("data").display());
        let user = format!(
            "--user={}",
            std::env::var("USER").unwrap_or_else(|_| "root".to_owned())
        );
        let installed = Command::new(install)
            .args([
                "--no-defaults",
                &data,
                &user,
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(installed.unwrap().success());
        let path = |name: &str| folder.path().join(name).display().to_string();
        let process = Command::new(server)
            .args([
                "--no-defaults",
                &data,
                &user,
                "--skip-networking",
                "--innodb-buffer-pool-size=16M",
            ])
            .args(["--plugin-maturity=unknown", "--default-time-zone=+05:00"])
            .arg(format!("--socket={}", path("socket")))
            .arg(format!("--pid-file={}", path("pid")))
            .arg(format!("--log-error={}", path("log")))
            .env("TZ", "America/New_York")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self {
            process,
            folder,
            user: "maxtop",
        };
        for _ in 0..600 {
            if server
                .client("root")
                .args(["-e", "SELECT 1"])
                .output()
                .unwrap()
                .status
                .success()
            {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server.admin(
            "CREATE DATABASE shop; CREATE TABLE shop.orders (id INT PRIMARY KEY, n INT) ENGINE=InnoDB; \
             INSERT INTO shop.orders VALUES (1, 1), (2, 2), (3, 3); \
             CREATE USER maxtop; GRANT PROCESS ON *.* TO maxtop; CREATE USER nobody_special",
        );
        Some(server)
    }

    /// Uses another account for the statements.
    pub(crate) fn with_user(mut self, user: &'static str) -> Self {
        self.user = user;
        self
    }

    fn client(&self, user: &str) -> Command {
        let mut command = Command::new(find("mariadb").unwrap());
        command.args(["--no-defaults", "--batch", "--comments", "--user", user]);
        command.arg(format!(
            "--socket={}",
            self.folder.path().join("socket").display()
        ));
        command
    }

    /// Runs statements as root.
    pub(crate) fn admin(&self, text: &str) {
        let done = self.client("root").args(["-e", text]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Runs a built-in statement.
    pub(crate) fn run<T>(
        &self,
        statement: Statement,
        read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> T {
        self.try_text(&statement.text(), read).unwrap()
    }

    /// Runs a text after the statement that prepares a connection.
    pub(crate) fn try_text<T>(
        &self,
        text: &SqlText,
        read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<T, ServerAccessFault> {
        self.run_as(self.user, text, read)
    }

    /// Runs a text as root.
    pub(crate) fn as_admin<T>(
        &self,
        text: &SqlText,
        read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<T, ServerAccessFault> {
        self.run_as("root", text, read)
    }

    fn run_as<T>(
        &self,
        user: &str,
        text: &SqlText,
        read: impl FnOnce(&ResultSet<'_>, &mut Decoder<'_>) -> T,
    ) -> Result<T, ServerAccessFault> {
        let both = format!("{}; {}", Statement::Setup.text().as_str(), text.as_str());
        let done = self.client(user).args(["-e", &both]).output().unwrap();
        let result = if done.status.success() {
            rows(&String::from_utf8_lossy(&done.stdout))
        } else {
            error(&String::from_utf8_lossy(&done.stderr))
        };
        // In the form in which MaxScale sends it.
        let reply = json!({"data": {"attributes": {"execution_time": 0.0, "results": [result]}}});
        let mut interner = Interner::default();
        let mut decoder = Decoder::new(&mut interner, None, jiff::Timestamp::UNIX_EPOCH);
        sql::query(reply.to_string().as_bytes(), &mut decoder, read)
            .unwrap()
            .result
    }

    /// Opens a session that runs statements one after the other.
    pub(crate) fn session(&self) -> ClientSession {
        let mut process = self
            .client("root")
            .args(["--unbuffered", "--force", "shop"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let input = process.stdin.take();
        ClientSession { process, input }
    }
}

/// Converts the output of the client to a result.
fn rows(output: &str) -> Value {
    let mut lines = output.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let fields = lines.next().unwrap_or_default();
    let cell = |text: &str| if text == "NULL" { Value::Null } else { json!(text) };
    let data: Vec<Vec<_>> = lines.map(|line| line.into_iter().map(cell).collect()).collect();
    json!({"complete": true, "fields": fields, "data": data})
}

/// Converts an error of the client: `ERROR 1227 (42000) at line 1: Access denied`.
fn error(output: &str) -> Value {
    let rest = output
        .split("ERROR ")
        .nth(1)
        .unwrap_or_else(|| panic!("{output}"));
    let errno: u32 = rest.split(' ').next().unwrap().parse().unwrap();
    json!({"errno": errno, "message": rest.split_once(": ").unwrap().1.trim()})
}

/// A session of the command-line client.
pub(crate) struct ClientSession {
    process: Child,
    input: Option<ChildStdin>,
}

impl ClientSession {
    pub(crate) fn send(&mut self, text: &str) {
        let input = self.input.as_mut().unwrap();
        writeln!(input, "{text};").unwrap();
        input.flush().unwrap();
    }

    /// Closes the session.
    pub(crate) fn end(mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

impl Drop for ClientSession {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
