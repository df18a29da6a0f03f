//! Examples and notes of each command, for the long help.

use std::fmt::Write as _;

use super::exit_status;
use crate::config::CommandName;

/// End of the long help of a command.
pub(super) struct Ending {
    pub(super) command: CommandName,
    /// Command lines, and what each does.
    pub(super) examples: &'static [(&'static str, &'static str)],
    notes: &'static [&'static str],
}

const PASSWORDS: &str = "\
The password comes from MAXTOP_PASSWORD, --password-file or --password-command,
never from an option.";
const TIMES: &str = "TIME is 500ms, 30s, 5min, 1h30m or 2d; a number alone is in seconds.";

/// The endings, one for each command.
pub(super) const ENDINGS: [Ending; 13] = [
    Ending {
        command: CommandName::Screen,
        examples: &[
            ("maxtop demo", "try it without MaxScale"),
            ("maxtop -e https://proxy-1:8989 -u oncall", "one proxy"),
            (
                "maxtop -e proxy-1 -e proxy-2 -i 5",
                "two proxies, every 5 seconds",
            ),
            ("maxtop -f 'user=app* and idle>5m'", "with a filter"),
            ("maxtop --profile production --read-only", "look, but never kill"),
        ],
        notes: &[TIMES, PASSWORDS],
    },
    Ending {
        command: CommandName::Demo,
        examples: &[
            ("maxtop demo --tour", "the screen, explained in five steps"),
            ("maxtop demo --dialect jsonapi", "with locks and transactions"),
            ("maxtop demo --nodes 3 --sessions 5000", "three large proxies"),
            ("maxtop demo --headless --listen 127.0.0.1:8989", "for scripts"),
        ],
        notes: &[TIMES],
    },
    Ending {
        command: CommandName::List,
        examples: &[
            ("maxtop list -e proxy-1 -f stuck", "the stuck sessions"),
            ("maxtop list --columns id,user,idle,why", "four columns"),
            ("maxtop list --watch -i 5 -f stuck", "again every 5 seconds"),
            ("maxtop list --fail-if 'blocks>0'", "for monitoring: status 5"),
            ("maxtop list -o json -f 'idle>1h'", "for scripts"),
        ],
        notes: &[TIMES, PASSWORDS],
    },
    Ending {
        command: CommandName::Export,
        examples: &[
            (
                "maxtop export -e proxy-1 -i 5",
                "at http://127.0.0.1:9878/metrics",
            ),
            ("maxtop export -e proxy-1 -e proxy-2", "two proxies"),
            ("maxtop export --listen '[::1]:9000'", "another address"),
        ],
        notes: &[
            "The metrics need no password and are not encrypted: listen on loopback, with a\nproxy in front.",
            TIMES,
            PASSWORDS,
        ],
    },
    Ending {
        command: CommandName::Show,
        examples: &[
            ("maxtop show 1187", "all details of session 1187"),
            ("maxtop show 1187 -o json", "for scripts"),
        ],
        notes: &[TIMES, PASSWORDS],
    },
    Ending {
        command: CommandName::Kill,
        examples: &[
            ("maxtop kill 1187 --dry-run", "what would be done"),
            ("maxtop kill 1187 --reason 'ticket 4711'", "prompts first"),
            ("maxtop kill -f 'user=etl and idle>4h' --yes", "all that match"),
            ("maxtop kill --key 63ea13dafa444d5b --yes", "exactly this session"),
        ],
        notes: &[TIMES, PASSWORDS],
    },
    Ending {
        command: CommandName::Record,
        examples: &[
            ("maxtop record night.mxr -e proxy-1", "until Ctrl-C"),
            (
                "maxtop record night.mxr --for 8h -i 5",
                "8 hours, every 5 seconds",
            ),
            ("maxtop record night.mxr --keep 23 --max-age 1h", "the last day"),
            (
                "maxtop record night.mxr --redact",
                "without users, addresses, literals",
            ),
        ],
        notes: &[
            "Sends only what the screen sends too; kills nothing.",
            TIMES,
            PASSWORDS,
        ],
    },
    Ending {
        command: CommandName::Replay,
        examples: &[
            ("maxtop replay night.mxr", "from the start"),
            ("maxtop replay night.mxr --at 03:41 -f stuck", "from a time on"),
            ("maxtop replay night.mxr --info", "what it has"),
            (
                "maxtop replay night.mxr --cut 03:40 03:50 -o part.mxr",
                "ten minutes of it",
            ),
        ],
        notes: &["Sends no request."],
    },
    Ending {
        command: CommandName::Report,
        examples: &[
            ("maxtop report night.mxr > night.md", "of a recording"),
            ("maxtop report -e proxy-1 --for 5m", "of the next 5 minutes"),
            (
                "maxtop report night.mxr --redact",
                "without users, addresses, literals",
            ),
        ],
        notes: &[
            "Kills nothing. Of a recording: sends no request.",
            TIMES,
            PASSWORDS,
        ],
    },
    Ending {
        command: CommandName::Doctor,
        examples: &[
            ("maxtop doctor -e https://proxy-1:8989 -u oncall", "one proxy"),
            ("maxtop doctor --profile production", "all of a profile"),
        ],
        notes: &[
            "Sends only GET requests, and with sql-user statements that only read.\nDoes not try whether sessions can be killed.",
            TIMES,
            PASSWORDS,
        ],
    },
    Ending {
        command: CommandName::Config,
        examples: &[
            ("maxtop config --profile production", "the settings of a profile"),
            (
                "maxtop config --print-sample > config.toml",
                "a file to start with",
            ),
        ],
        notes: &["Sends no request and reads no password."],
    },
    Ending {
        command: CommandName::Man,
        examples: &[
            ("maxtop man | man -l -", "read it"),
            ("maxtop man list > maxtop-list.1", "a file of a command"),
        ],
        notes: &[],
    },
    Ending {
        command: CommandName::Completions,
        examples: &[(
            "maxtop completions bash > maxtop",
            "for a directory of completions",
        )],
        notes: &[
            "A directory for them: bash /usr/share/bash-completion/completions,\nzsh a directory of $fpath (as _maxtop), fish ~/.config/fish/completions\n(as maxtop.fish).",
        ],
    },
];

impl Ending {
    /// Returns the text: examples, notes, exit statuses.
    pub(super) fn text(&self) -> String {
        let width = self.examples.iter().map(|(line, _)| line.len()).max();
        let width = width.unwrap_or_default();
        let mut text = "Examples:\n".to_owned();
        for (line, what) in self.examples {
            // Writing to a text cannot fail.
            let _ = writeln!(text, "  {line:width$}  {what}");
        }
        format!(
            "{text}\n{}\n{}",
            exit_status::text(self.command),
            self.notes.join("\n")
        )
    }

    /// Returns the line below the short help.
    pub(super) fn short_text(&self) -> String {
        let name = self
            .command
            .word()
            .map_or_else(String::new, |word| format!("{word} "));
        format!("maxtop {name}--help has all options, examples and the exit status.")
    }
}
