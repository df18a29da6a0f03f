//! Settings for all endpoints, the screen and the commands.

use super::{USUAL, optional};
use crate::app::groups::groupings::NO_GROUPING;
use crate::config::Config;
use crate::config::command_name::{
    EXPORTING, Heading, KILLING, LISTING, POLLING, PRINTING, REQUESTING, SCREENS, SELECTING, WATCHING,
};
use crate::config::setting::{Apply, Form, Setting};
use crate::config::value;
use crate::diagnosis::ExpectedFilter;
use crate::filter::{Filter, SavedFilters};
use crate::model::Dialect;
use crate::model::defaults::{
    DUTY, GRACE, HISTORY_MEMORY, HISTORY_SPAN, INTERVAL, MAX_LIST_MEMORY, MAX_SESSIONS, TIMEOUT,
};

/// Entries of the table.
pub(super) const ENTRIES: [Setting; 24] = [
    Setting {
        name: "dialect",
        form: Form::Choice("auto|draft|jsonapi"),
        default: "auto",
        about: "dialect of the admin API; jsonapi: all MaxScale releases; draft: the API design of 2016",
        commands: REQUESTING,
        apply: Apply::Config(|config, text| {
            let words = [
                ("auto", None),
                ("draft", Some(Dialect::Draft)),
                ("jsonapi", Some(Dialect::JsonApi)),
            ];
            config.dialect = value::choice(text, &words)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "interval",
        short: Some('i'),
        form: Form::Time,
        default: INTERVAL.text,
        about: "time between two polls, 50ms to 1 day",
        commands: POLLING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            config.interval = value::duration(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "duty",
        form: Form::Share,
        default: DUTY.text,
        about: "maximum share of the proxy's time for lists and rows, 0.1% to 100%; the interval is extended if needed",
        commands: POLLING,
        apply: Apply::Config(|config, text| {
            config.duty = value::share(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "timeout",
        form: Form::Time,
        default: TIMEOUT.text,
        about: "maximum time to wait for a complete reply",
        commands: REQUESTING,
        apply: Apply::Config(|config, text| {
            config.timeout = value::duration(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "max-sessions",
        flag: false,
        form: Form::Count,
        default: MAX_SESSIONS.text,
        about: "maximum number of sessions in a list; of a longer one, the last good list stays",
        apply: Apply::Config(|config, text| {
            config.max_sessions = value::count(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "max-list-memory",
        flag: false,
        form: Form::Size,
        default: MAX_LIST_MEMORY.text,
        about: "maximum memory of a decoded list; of a larger one, the last good list stays",
        apply: Apply::Config(|config, text| {
            config.max_list_memory = value::size(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "history-span",
        form: Form::Time,
        default: HISTORY_SPAN.text,
        about: "time that the screen can look back; 0s for no history",
        heading: Heading::Display,
        commands: SCREENS,
        apply: Apply::Config(|config, text| {
            config.history_span = value::history_span(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "history-memory",
        flag: false,
        form: Form::Size,
        default: HISTORY_MEMORY.text,
        about: "maximum memory of what the screen looks back on; 0 for no history",
        apply: Apply::Config(|config, text| {
            config.history_memory = value::history_size(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "filter",
        short: Some('f'),
        form: Form::Filter,
        about: "show only matching sessions: a text in any field, user=app* and idle>5m, or @NAME of [filters]",
        example: "not user=maxmon",
        heading: Heading::Sessions,
        commands: SELECTING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            if let Some(filter) = named(config, text)? {
                config.filter = filter;
            }
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "sort",
        short: Some('s'),
        form: Form::Column,
        default: "-why",
        about: "sort by this column; with a leading '-', in descending order",
        heading: Heading::Sessions,
        commands: LISTING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            config.sort = value::sort(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "group-by",
        form: Form::Name,
        default: NO_GROUPING,
        about: "group the sessions by user, address, service, server, state, reason, program or endpoint",
        heading: Heading::Display,
        commands: SCREENS,
        apply: Apply::Config(|config, text| {
            config.group_by = value::grouping(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "columns",
        form: Form::Columns,
        about: "columns to show, from left to right; 'maxtop list -o wide' shows every column with data",
        example: "id, severity, user, why",
        heading: Heading::Sessions,
        commands: LISTING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            config.columns = optional(text, value::columns)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "grace",
        form: Form::Time,
        default: GRACE.text,
        about: "time in which a confirmed kill can be canceled; 0s for none",
        heading: Heading::Killing,
        commands: KILLING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            config.grace = value::grace(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "audit",
        form: Form::Path,
        default: "$XDG_STATE_HOME/maxtop/audit.jsonl",
        about: "file in which kills are logged",
        heading: Heading::Killing,
        commands: KILLING,
        apply: Apply::Config(|config, text| {
            config.audit = optional(text, |path| Ok(path.into()))?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "protect",
        flag: false,
        form: Form::Filter,
        about: "filter of sessions that are never killed; replaces one of lower priority",
        example: "user=maxmon or user=repl*",
        apply: Apply::Config(|config, text| {
            if let Some(filter) = named(config, text)? {
                config.protect = filter;
            }
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "expected",
        flag: false,
        form: Form::Filter,
        about: "filter of sessions that are expected to wait; they never have a reason",
        example: "user=repl* or program=jobqueue",
        apply: Apply::Config(|config, text| {
            if let Some(filter) = named(config, text)? {
                config.expected = ExpectedFilter::parse(filter.text())?;
            }
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "kill-statements",
        flag: false,
        form: Form::Switch,
        default: "false",
        about: "a kill also ends the session's running statements, with sql-user; s in the dialog changes it",
        apply: Apply::Config(|config, text| {
            config.kill_statements = value::switch(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "export-top",
        form: Form::Count,
        default: "50",
        about: "maximum number of services, users, addresses and states with metrics of their own; the rest is 'other'",
        heading: Heading::Metrics,
        commands: EXPORTING,
        is_common: true,
        apply: Apply::Config(|config, text| {
            config.export_top = value::labels(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "recordings",
        form: Form::Path,
        is_directory: true,
        default: "$XDG_STATE_HOME/maxtop/recordings",
        about: "directory of the recordings that R makes",
        heading: Heading::Program,
        commands: WATCHING,
        apply: Apply::Config(|config, text| {
            config.recordings = optional(text, |path| Ok(path.into()))?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "ascii",
        form: Form::Switch,
        default: "false",
        about: "print only ASCII characters",
        heading: Heading::Display,
        commands: PRINTING,
        apply: Apply::Config(|config, text| {
            config.ascii = value::switch(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "color",
        form: Form::Choice("auto|always|never"),
        default: "auto",
        about: "when to use color; auto: unless NO_COLOR is set or the terminal is dumb",
        heading: Heading::Display,
        commands: PRINTING,
        apply: Apply::Config(|config, text| {
            let words = [("auto", None), ("always", Some(false)), ("never", Some(true))];
            config.plainness = value::choice(text, &words)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "mouse",
        form: Form::Switch,
        default: "false",
        about: "use the mouse: wheel, rows, headings, hints; with Shift the terminal selects text as usual",
        heading: Heading::Display,
        commands: SCREENS,
        apply: Apply::Config(|config, text| {
            config.mouse = value::switch(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "bell",
        form: Form::Switch,
        default: "false",
        about: "ring when a session becomes ▲; the terminal's title has the number of stuck sessions and the worst endpoint",
        heading: Heading::Display,
        commands: LISTING,
        apply: Apply::Config(|config, text| {
            config.bell = value::switch(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "theme",
        form: Form::Theme,
        default: crate::app::theme::DEFAULT,
        about: "colors: default, light, high-contrast, mono, or an own theme by its name or file",
        heading: Heading::Display,
        commands: SCREENS,
        apply: Apply::Config(|config, text| {
            text.clone_into(&mut config.theme_name);
            Ok(())
        }),
        ..USUAL
    },
];

/// Parses a filter, or the name of one. `None` for a name while the named filters are not read yet.
fn named(config: &Config, text: &str) -> Result<Option<Filter>, String> {
    let parsed = match &config.saved_filters {
        None if SavedFilters::is_reference(text) => return Ok(None),
        saved => saved.clone().unwrap_or_default().parse(text),
    };
    parsed.map(Some).map_err(|error| error.to_string())
}
