//! A program in a pseudo-terminal: accepts keys, returns the screen, and checks the state of the terminal at
//! the end.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use portable_pty::{Child, MasterPty, native_pty_system};
use tempfile::TempDir;
use vt100::Screen;

use crate::bytes;
use crate::reader::{Reader, Reading, Seen};
use crate::start::{cells, nonzero};

/// Maximum time of a wait. Only a failing test takes this long.
const DEADLINE: Duration = Duration::from_secs(30);
/// Interval of checks that no event triggers.
const CHECK_INTERVAL: Duration = Duration::from_millis(5);

/// Opening a terminal must not make it the controlling one.
const O_NOCTTY: i32 = 0o400;

/// A running program and its terminal. It is killed when this is dropped.
pub(crate) struct Pty {
    /// Set with the first key: dropping it types a line end.
    input: Option<Box<dyn Write + Send>>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    reader: Reader,
    /// Modes of the terminal before the program started.
    found: String,
    home: TempDir,
}

impl Pty {
    pub(crate) fn new(
        master: Box<dyn MasterPty + Send>,
        found: String,
        child: Box<dyn Child + Send + Sync>,
        reader: Reader,
        home: TempDir,
    ) -> Self {
        Self {
            input: None,
            master,
            child,
            reader,
            found,
            home,
        }
    }

    /// Returns the path of its audit log, unless the test sets another.
    pub(crate) fn audit_log(&self) -> PathBuf {
        self.home.path().join("maxtop/audit.jsonl")
    }

    /// Kills the program at once.
    pub(crate) fn kill(&mut self) {
        self.signal("KILL");
        self.child.wait().unwrap();
    }

    /// Waits until the screen meets the condition.
    pub(crate) fn wait(&self, what: &str, is_so: impl Fn(&Screen) -> bool) {
        assert!(
            self.becomes(DEADLINE, &is_so),
            "waited in vain: {what}\n{}",
            self.text()
        );
    }

    /// Waits until the screen shows a text.
    pub(crate) fn sees(&self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the screen no longer shows a text.
    pub(crate) fn no_longer_sees(&self, text: &str) {
        self.wait(&format!("no '{text}'"), |screen| {
            !screen.contents().contains(text)
        });
    }

    /// Whether the screen meets the condition within a time.
    pub(crate) fn becomes(&self, within: Duration, is_so: impl Fn(&Screen) -> bool) -> bool {
        self.reader
            .becomes(within, |seen: &Seen| is_so(seen.parser.screen()))
    }

    /// Whether anything is written within a time.
    pub(crate) fn changes(&self, within: Duration) -> bool {
        let mark = self.mark();
        self.reader.becomes(within, |seen| seen.bytes.len() > mark)
    }

    /// Waits until the output after `mark` contains a text.
    pub(crate) fn writes(&self, mark: usize, text: &[u8]) {
        assert!(
            self.reader
                .becomes(DEADLINE, |seen| bytes::contain(&seen.bytes[mark..], text)),
            "never written: {:?}\n{}",
            String::from_utf8_lossy(text),
            self.text()
        );
    }

    /// Reads the current screen.
    pub(crate) fn look<T>(&self, at: impl FnOnce(&Screen) -> T) -> T {
        at(self.reader.lock().parser.screen())
    }

    /// Returns the screen as text.
    pub(crate) fn text(&self) -> String {
        self.look(Screen::contents)
    }

    /// Returns the number of bytes so far.
    pub(crate) fn mark(&self) -> usize {
        self.reader.lock().bytes.len()
    }

    /// Returns all bytes so far.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.reader.lock().bytes.clone()
    }

    /// Types the keys in one write.
    pub(crate) fn keys(&mut self, keys: &str) {
        let input = self
            .input
            .get_or_insert_with(|| self.master.take_writer().unwrap());
        input.write_all(keys.as_bytes()).unwrap();
        input.flush().unwrap();
    }

    /// Resizes the terminal and the parsed screen.
    pub(crate) fn resize(&self, columns: u16, lines: u16) {
        let mut seen = self.reader.lock();
        seen.parser.set_size(nonzero(lines), nonzero(columns));
        self.master.resize(cells(columns, lines)).unwrap();
    }

    /// Resizes the terminal of the program only: too large for the parsed screen.
    pub(crate) fn resize_unseen(&self, columns: u16, lines: u16) {
        self.master.resize(cells(columns, lines)).unwrap();
    }

    /// Returns the process id of the program.
    pub(crate) fn id(&self) -> u32 {
        let below_a_shell = std::fs::read_to_string(self.home.path().join("id"));
        below_a_shell.map_or_else(
            |_| self.child.process_id().unwrap(),
            |id| id.trim().parse().unwrap(),
        )
    }

    /// Sends a signal, by its name without SIG.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.id();
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{name} {id}")])
            .status();
        assert!(kill.unwrap().success());
    }

    /// Waits until the program has been stopped.
    pub(crate) fn is_stopped(&self) {
        let stat = format!("/proc/{}/stat", self.id());
        let until = Instant::now() + DEADLINE;
        // `pid (name) state …`
        while !std::fs::read_to_string(&stat).unwrap().contains(") T ") {
            assert!(Instant::now() < until, "never stopped\n{}", self.text());
            std::thread::sleep(CHECK_INTERVAL);
        }
    }

    /// Stops reading the program's output, like a stalled line.
    pub(crate) fn stall(&self) {
        self.reader.set(Reading::Held);
    }

    /// Whether the terminal is as it was before the program began.
    pub(crate) fn modes_are_as_found(&self) -> bool {
        modes(&*self.master) == self.found
    }

    /// Waits until the terminal is raw. It is set raw once when the program continues and once by the signal;
    /// between the two it has the shell's modes.
    pub(crate) fn is_raw(&self) {
        let until = Instant::now() + DEADLINE;
        while self.modes_are_as_found() {
            assert!(Instant::now() < until, "never raw\n{}", self.text());
            std::thread::sleep(CHECK_INTERVAL);
        }
    }

    /// Asserts that the terminal has been restored.
    pub(crate) fn is_given_back(&self) {
        self.wait("the terminal given back", |screen| {
            !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
        });
        assert!(self.modes_are_as_found(), "modes: {}", modes(&*self.master));
    }

    /// Waits for the end and returns the status.
    pub(crate) fn exit_status(&mut self) -> u32 {
        let until = Instant::now() + DEADLINE;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(Instant::now() < until, "does not end\n{}", self.text());
            std::thread::sleep(CHECK_INTERVAL);
        }
    }

    /// Waits for the end with this status and a restored terminal. Does not check the output.
    pub(crate) fn ends_anyhow_with(&mut self, status: u32) {
        let ended = self.exit_status();
        assert!(
            self.reader
                .becomes(DEADLINE, |seen| seen.reading == Reading::Over),
            "the terminal stays open"
        );
        assert_eq!(ended, status, "{}", self.text());
        self.is_given_back();
    }

    /// Waits for the end after a screen: with this status, a restored terminal, and no output after that.
    /// Returns the text that remains on the normal screen.
    pub(crate) fn ends_with(&mut self, status: u32) -> String {
        self.ends_anyhow_with(status);
        let bytes = self.bytes();
        let farewell = bytes::after_last(&bytes, b"\x1b[?1049l");
        let left = bytes::text_of(farewell);
        assert!(
            !bytes::contain(farewell, b"\x1b[?2026h"),
            "a frame after the end: {left:?}"
        );
        left
    }

    /// Closes the terminal's other side. Returns the status of the program.
    pub(crate) fn hang_up(mut self) -> u32 {
        self.reader.set(Reading::LastTime);
        // Wakes the reader, so that it closes its side of the terminal. The bytes do not come from the
        // program, which must not be writing when its terminal closes.
        let name = self.master.tty_name().unwrap();
        let mut line = OpenOptions::new()
            .write(true)
            .custom_flags(O_NOCTTY)
            .open(name)
            .unwrap();
        line.write_all(b".").unwrap();
        drop(line);
        self.reader.join();
        self.input = None;
        self.master = native_pty_system().openpty(cells(1, 1)).unwrap().master;
        self.exit_status()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.reader.set(Reading::Yes);
    }
}

/// Returns the modes of a terminal, for comparison.
pub(crate) fn modes(master: &dyn MasterPty) -> String {
    format!("{:?}", master.get_termios())
}
