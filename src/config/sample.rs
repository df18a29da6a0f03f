//! The sample configuration file: every setting with its default, commented out.

use std::fmt::Write as _;

use super::setting::{Form, KeyScope, Setting};
use super::settings::SettingId;

const HEAD: &str = "\
# Configuration of maxtop: ~/.config/maxtop/config.toml, or --config FILE.
#
# Every setting is shown with its default. To change one, remove the # in front of it.
# Priority: command line, environment variable, profile, rest of this file, default.
# 'maxtop config' shows the effective values and their origins.
#
# Times are written 500ms, 3s, 5min, 1h30m or 2d; a bare number is in seconds. Shares are 10%. An empty
# text resets a setting to its default.
# Paths are relative to the directory of this file, unless they start with / or ~/.
";

const KEYS: &str = "
# Keys of actions, only at the top of the file. docs/keys.md has the names of the actions. A key is a character,
# F1 to F12, Space, Enter, Tab, Up, PgDn … or Ctrl-x; a list gives an action several.
#
# [keys]
# kill = \"X\"
# pause = [\"p\", \"F8\"]
";

const PROFILES: &str = "
# A profile is a table with any of these settings, selected by --profile NAME. A list of endpoints
# contains URLs, or tables in which an endpoint has its own name, user, password-file,
# password-command, token-file, token-command, ca-file, client-cert, client-key, insecure,
# allow-plain-http and read-only:
#
# [profiles.production]
# user = \"oncall\"
# password-command = \"pass show maxscale/oncall\"
# endpoints = [
#     \"https://proxy-1:8989\",
#     { url = \"https://proxy-2:8989\", name = \"standby\", read-only = true },
# ]
#
# [profiles.production.thresholds]
# query-act = \"2m\"
";

const FILTERS: &str = "
# Named filters. On the screen / and Tab choose one, on the command line -f @NAME. A profile may have its
# own table, [profiles.NAME.filters].
#
# [filters]
# forgotten = \"reason=idle and not user=repl*\"
# slow = \"reason=query or reason=lock-wait\"
";

/// Returns the sample file.
pub(crate) fn sample() -> String {
    let mut text = HEAD.to_owned();
    let mut table = None;
    let settings = SettingId::all().map(SettingId::setting);
    for setting in
        settings.filter(|setting| !matches!(setting.key, KeyScope::Nowhere | KeyScope::EndpointOnly))
    {
        if setting.table != table {
            table = setting.table;
            // Writing to a String cannot fail.
            let _ = write!(
                text,
                "\n# Limits from which a session is stuck.\n[{}]\n",
                table.unwrap_or_default()
            );
        }
        let _ = write!(text, "\n{}", entry(setting));
    }
    text + FILTERS + KEYS + PROFILES
}

fn entry(setting: &Setting) -> String {
    let Setting {
        name, about, form, ..
    } = setting;
    let example = match setting.example {
        "" => String::new(),
        example => format!("# For example {}\n", written(*form, example)),
    };
    format!(
        "# {}.\n{example}#{name} = {}\n",
        upper(about),
        written(*form, setting.default)
    )
}

/// Formats a value as TOML.
pub(super) fn written(form: Form, text: &str) -> String {
    match form {
        Form::Switch | Form::Count => text.to_owned(),
        Form::Columns => {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            let names: Vec<_> = names.map(|name| format!("\"{name}\"")).collect();
            format!("[{}]", names.join(", "))
        }
        _ => quoted(text),
    }
}

/// Returns a text in quotes. Quotes and invisible characters are escaped.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            _ if c.is_alphanumeric() || c == ' ' || c.is_ascii_graphic() => quoted.push(c),
            // Writing to a String cannot fail.
            _ if u16::try_from(u32::from(c)).is_ok() => _ = write!(quoted, "\\u{:04X}", u32::from(c)),
            _ => _ = write!(quoted, "\\U{:08X}", u32::from(c)),
        }
    }
    quoted.push('"');
    quoted
}

/// Returns the text with a capital first letter.
fn upper(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + characters.as_str()
}
