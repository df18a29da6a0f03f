//! How to start the program: arguments, environment, size of the terminal.

use std::num::NonZeroU16;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use tempfile::TempDir;

use crate::pty::{Pty, modes};
use crate::reader::Reader;

/// A program to start, and its environment.
pub(crate) struct Start {
    args: Vec<String>,
    env: Vec<(&'static str, &'static str)>,
    size: (u16, u16),
    controlling: bool,
    may_write_files: bool,
    is_below_shell: bool,
}

impl Start {
    /// Starts with these arguments, at 80x24.
    pub(crate) fn new<'a>(args: impl IntoIterator<Item = &'a str>) -> Self {
        Self {
            args: args.into_iter().map(str::to_owned).collect(),
            env: Vec::new(),
            size: (80, 24),
            controlling: true,
            may_write_files: true,
            is_below_shell: false,
        }
    }

    /// Adds arguments.
    pub(crate) fn args<const N: usize>(mut self, args: [&str; N]) -> Self {
        self.args.extend(args.map(str::to_owned));
        self
    }

    /// Sets another size.
    pub(crate) const fn size(mut self, columns: u16, lines: u16) -> Self {
        self.size = (columns, lines);
        self
    }

    /// Sets a variable, in addition to the few defaults.
    pub(crate) fn env(mut self, name: &'static str, value: &'static str) -> Self {
        self.env.push((name, value));
        self
    }

    /// Prevents SIGHUP when the terminal closes.
    pub(crate) const fn without_hangup_signal(mut self) -> Self {
        self.controlling = false;
        self
    }

    /// Forbids files to grow (`ulimit -f 0`).
    pub(crate) const fn without_files(mut self) -> Self {
        self.may_write_files = false;
        self
    }

    /// Starts it from a shell, which gets the terminal back when the program stops.
    pub(crate) const fn below_a_shell(mut self) -> Self {
        self.is_below_shell = true;
        self
    }

    fn program(&self) -> CommandBuilder {
        const MAXTOP: &str = env!("CARGO_BIN_EXE_maxtop");
        /// Runs the program in a process of its own, and writes its id to a file.
        const SHELL: &str = r#"sh -c 'echo $$ >"$HOME/id"; exec "$0" "$@"' "$0" "$@"; exit $?"#;
        if self.is_below_shell {
            let mut command = CommandBuilder::new("sh");
            command.args(["-c", SHELL, MAXTOP]);
            return command;
        }
        if self.may_write_files {
            return CommandBuilder::new(MAXTOP);
        }
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\"", MAXTOP]);
        command
    }

    fn command(&self, home: &TempDir) -> CommandBuilder {
        let mut command = self.program();
        command.args(&self.args);
        command.env_clear();
        for name in ["PATH", "TZ"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR"] {
            command.env(name, home.path());
        }
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in &self.env {
            command.env(name, value);
        }
        command.cwd(home.path());
        command.set_controlling_tty(self.controlling);
        command
    }

    /// Starts the program.
    pub(crate) fn open(self) -> Pty {
        let (columns, lines) = self.size;
        let home = tempfile::tempdir().unwrap();
        let pair = native_pty_system().openpty(cells(columns, lines)).unwrap();
        let found = modes(&*pair.master);
        let child = pair.slave.spawn_command(self.command(&home)).unwrap();
        drop(pair.slave);
        let parser = vt100::Parser::new(nonzero(lines), nonzero(columns), 0);
        let reader = Reader::start(pair.master.try_clone_reader().unwrap(), parser);
        Pty::new(pair.master, found, child, reader, home)
    }
}

pub(crate) const fn cells(columns: u16, lines: u16) -> PtySize {
    PtySize {
        rows: lines,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

pub(crate) fn nonzero(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).unwrap()
}
