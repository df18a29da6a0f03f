//! The exit statuses and their meanings, for the help and the documents.

use std::fmt::Write as _;

use crate::config::CommandName;

/// Meaning of an exit status.
pub(crate) struct ExitMeaning {
    /// The status, as text: `128+n` stands for several.
    pub status: &'static str,
    /// Its meaning for most commands.
    meaning: &'static str,
    /// Another meaning for some commands.
    special: &'static [(CommandName, &'static str)],
    /// Commands that end with it.
    commands: &'static [CommandName],
}

const DONE: ExitMeaning = ExitMeaning {
    status: "0",
    meaning: "done",
    special: &[
        (CommandName::Doctor, "no check failed, warnings are allowed"),
        (CommandName::Export, "ended by SIGINT or SIGTERM"),
        (CommandName::Kill, "all of them were killed, or none matched"),
        (
            CommandName::Record,
            "the recording is finished and has a list, also after Ctrl-C or SIGTERM",
        ),
        (
            CommandName::Report,
            "the report is written, also after Ctrl-C, SIGTERM or SIGHUP; without FILE at least one endpoint has sent a list",
        ),
    ],
    commands: &CommandName::ALL,
};

/// Commands that send requests to a configured endpoint.
const CONNECTING: &[CommandName] = &[
    CommandName::Screen,
    CommandName::List,
    CommandName::Export,
    CommandName::Show,
    CommandName::Kill,
    CommandName::Record,
    CommandName::Report,
    CommandName::Doctor,
];

/// All statuses.
pub(crate) const EXIT_STATUSES: [ExitMeaning; 7] = [
    DONE,
    ExitMeaning {
        status: "1",
        meaning: "something failed or was refused, or some endpoints failed",
        special: &[
            (
                CommandName::Screen,
                "something failed, or the result of a kill is not known",
            ),
            (CommandName::Demo, "something failed"),
            (
                CommandName::List,
                "something failed, some endpoints failed, or --fail-if or the filter matched no session and could \
                 not decide some",
            ),
            (
                CommandName::Kill,
                "something failed or was refused, some endpoints failed, or the filter matched no session and could \
                 not decide some",
            ),
            (
                CommandName::Record,
                "the recording could not be written completely, or no endpoint has sent a list, for different \
                 causes or for one that is neither 3 nor 4",
            ),
            (
                CommandName::Replay,
                "the recording cannot be read, or the part not be written",
            ),
            (
                CommandName::Report,
                "a part of the recording cannot be read, it has no complete list, or no endpoint has sent a list, \
                 for different causes or for one that is neither 3 nor 4",
            ),
            (CommandName::Doctor, "a check failed, or the endpoints differ"),
            (CommandName::Config, "something failed"),
            (CommandName::Man, "something failed"),
            (CommandName::Completions, "something failed"),
            (CommandName::Export, "something failed"),
        ],
        ..DONE
    },
    ExitMeaning {
        status: "2",
        meaning: "usage error",
        special: &[
            (CommandName::Screen, "usage error, or no usable terminal"),
            (CommandName::Demo, "usage error, or no usable terminal"),
            (CommandName::Replay, "usage error, or no usable terminal"),
        ],
        ..DONE
    },
    ExitMeaning {
        status: "3",
        meaning: "endpoint not reached",
        special: &[
            (
                CommandName::Export,
                "endpoint not reached, only at a terminal and without a password",
            ),
            (CommandName::Record, "no endpoint was reached from start to end"),
            (CommandName::Report, "no endpoint was reached from start to end"),
        ],
        commands: CONNECTING,
    },
    ExitMeaning {
        status: "4",
        meaning: "not allowed (401, 403)",
        commands: CONNECTING,
        special: &[
            (
                CommandName::Export,
                "not allowed (401, 403), only if maxtop prompted for the password",
            ),
            (
                CommandName::Record,
                "every endpoint rejected the credentials (401, 403)",
            ),
            (
                CommandName::Report,
                "every endpoint rejected the credentials (401, 403)",
            ),
        ],
    },
    ExitMeaning {
        status: "5",
        meaning: "a session matches --fail-if; takes priority over 1",
        commands: &[CommandName::List],
        special: &[],
    },
    ExitMeaning {
        status: "128+n",
        meaning: "ended by signal n",
        special: &[],
        ..DONE
    },
];

impl ExitMeaning {
    /// Returns the meaning for a command; `None` if it never ends with the status.
    pub(crate) fn for_command(&self, command: CommandName) -> Option<&'static str> {
        let mut special = self.special.iter().filter(|(name, _)| *name == command);
        let meaning = special.next().map_or(self.meaning, |(_, meaning)| meaning);
        self.commands.contains(&command).then_some(meaning)
    }
}

/// Returns the exit statuses of a command, one a line.
pub(super) fn text(command: CommandName) -> String {
    let mut text = "Exit status:\n".to_owned();
    for exit in &EXIT_STATUSES {
        if let Some(meaning) = exit.for_command(command) {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "  {:<6} {meaning}", exit.status);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_have_the_table_of_exit_statuses() {
        let mut table = "| status | meaning |\n|---|---|\n".to_owned();
        for exit in &EXIT_STATUSES {
            let special = exit.special.iter().map(|(command, meaning)| {
                let name = command.word().unwrap_or("the screen");
                format!("; `{name}`: {meaning}").replace("`the screen`", "the screen")
            });
            let special: String = special.collect();
            writeln!(table, "| `{}` | {}{special} |", exit.status, exit.meaning).unwrap();
        }
        crate::docs::assert_table("scripting.md", "exit statuses", &table);
    }
}
