//! What holds for all endpoints, for the screen and for the commands.

use super::{USUAL, optional};
use crate::config::setting::{Apply, Form, Setting};
use crate::config::value;
use crate::filter::Filter;
use crate::model::Dialect;

/// The entries.
pub(super) const ENTRIES: [Setting; 12] = [
    Setting {
        name: "dialect",
        form: Form::Choice("auto|draft|jsonapi"),
        default: "auto",
        about: "how the endpoint speaks: draft is the design document of 2016, jsonapi every release",
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
        default: "1s",
        about: "how often to poll",
        apply: Apply::Config(|config, text| {
            config.interval = value::duration(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "duty",
        form: Form::Share,
        default: "10%",
        about: "the share of its time that listing may cost the proxy; the interval is stretched for it",
        apply: Apply::Config(|config, text| {
            config.duty = value::share(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "timeout",
        form: Form::Time,
        default: "10s",
        about: "the deadline of a whole reply",
        apply: Apply::Config(|config, text| {
            config.timeout = value::duration(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "filter",
        short: Some('f'),
        form: Form::Filter,
        about: "only sessions that match: a text in any field, or user=app* and idle>5m",
        example: "not user=maxmon",
        apply: Apply::Config(|config, text| {
            config.filter = Filter::parse(text).map_err(|error| error.to_string())?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "sort",
        short: Some('s'),
        form: Form::Column,
        default: "-why",
        about: "sort by this column; with a '-' in front, largest first",
        apply: Apply::Config(|config, text| {
            config.sort = value::sort(text)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "columns",
        form: Form::Columns,
        about: "the columns to show, from left to right; c on the screen has them all",
        example: "id, severity, user, why",
        apply: Apply::Config(|config, text| {
            config.columns = optional(text, value::columns)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "grace",
        form: Form::Time,
        default: "3s",
        about: "so long a confirmed kill can be taken back; 0s: not at all",
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
        about: "where kills are logged",
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
        about: "who must never be ended, by any way: a filter, in place of one further down",
        example: "user=maxmon or user=repl*",
        apply: Apply::Config(|config, text| {
            config.protect = Filter::parse(text).map_err(|error| error.to_string())?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "ascii",
        form: Form::Switch,
        default: "false",
        about: "nothing but ASCII on the screen",
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
        about: "when to use colour; auto: unless NO_COLOR is set or the terminal is dumb",
        apply: Apply::Config(|config, text| {
            let words = [("auto", None), ("always", Some(false)), ("never", Some(true))];
            config.plainness = value::choice(text, &words)?;
            Ok(())
        }),
        ..USUAL
    },
];
