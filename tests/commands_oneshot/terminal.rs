//! The program at a terminal of its own.

use std::io::{Read as _, Write as _};
use std::process::Command;

use portable_pty::{Child, CommandBuilder, MasterPty, NativePtySystem, PtySize, PtySystem as _};

use crate::program::home;

/// A program whose terminal is this side's other end.
pub(crate) struct AtTerminal {
    child: Box<dyn Child + Send + Sync>,
    /// Closing it is a hang-up.
    master: Box<dyn MasterPty + Send>,
    reader: Box<dyn std::io::Read + Send>,
    shown: Vec<u8>,
}

impl AtTerminal {
    /// Starts it, with a home of its own.
    pub(crate) fn start(args: &[&str]) -> Self {
        Self::sized(args, PtySize::default().cols, &[])
    }

    /// Starts it on a terminal with this number of columns, and with these variables.
    pub(crate) fn sized(args: &[&str], cols: u16, variables: &[(&str, &str)]) -> Self {
        let size = PtySize {
            cols,
            ..PtySize::default()
        };
        let pair = NativePtySystem::default().openpty(size).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_maxtop"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("MAXTOP_") {
                command.env_remove(name);
            }
        }
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
            command.env(name, home());
        }
        for (name, value) in variables {
            command.env(name, value);
        }
        command.args(args);
        Self {
            child: pair.slave.spawn_command(command).unwrap(),
            reader: pair.master.try_clone_reader().unwrap(),
            master: pair.master,
            shown: Vec::new(),
        }
    }

    /// Reads more output. Returns `false` once the program has ended: a terminal whose last user has left
    /// gives an error on Linux. The first error can arrive before the last output, so it is read again.
    fn read(&mut self) -> bool {
        let mut chunk = [0; 1024];
        let first = self.reader.read(&mut chunk);
        match first.or_else(|_| self.reader.read(&mut chunk)) {
            Ok(length @ 1..) => {
                self.shown.extend_from_slice(&chunk[..length]);
                true
            }
            _ => false,
        }
    }

    /// Waits until the output ends with `cue`.
    pub(crate) fn awaits(&mut self, cue: &str) {
        while !self.shown.ends_with(cue.as_bytes()) {
            assert!(
                self.read(),
                "never '{cue}': {}",
                String::from_utf8_lossy(&self.shown)
            );
        }
    }

    pub(crate) fn types(&self, keys: &str) {
        self.master
            .take_writer()
            .unwrap()
            .write_all(keys.as_bytes())
            .unwrap();
    }

    /// Sends a signal, by its name without SIG.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.process_id().unwrap();
        let args = [format!("-{name}"), id.to_string()];
        assert!(Command::new("kill").args(args).status().unwrap().success());
    }

    /// Waits for the end. Returns the status and the whole output.
    pub(crate) fn ends(mut self) -> (u32, String) {
        while self.read() {}
        let status = self.child.wait().unwrap();
        (status.exit_code(), String::from_utf8(self.shown).unwrap())
    }

    /// Closes the terminal. Returns the status.
    pub(crate) fn hang_up(self) -> u32 {
        let Self {
            mut child,
            master,
            reader,
            ..
        } = self;
        drop((master, reader));
        child.wait().unwrap().exit_code()
    }
}
