//! Commands of `maxctrl` that the user can run. This program never changes the configuration of a proxy.
//!
//! The commands have a form that every version accepts.

use super::{SessionId, Text, shell_quoted, visible};

/// Command that makes every session keep its last statements, until the setting is changed again.
pub(crate) const KEEP_STATEMENTS: &str = "maxctrl alter maxscale retain_last_statements 20";

/// Returns the command that makes the sessions of one service keep their last statements.
///
/// Needed for a service with its own setting.
pub(crate) fn keep_statements_of(service: &Text) -> String {
    format!(
        "maxctrl alter service {} retain_last_statements 20",
        word(service.as_str())
    )
}

/// Returns the command that sets the maximum number of connections of a service.
pub(crate) fn allow_connections(service: &Text, limit: u64) -> String {
    format!(
        "maxctrl alter service {} max_connections {limit}",
        word(service.as_str())
    )
}

/// Returns the command that shows a server with its last event.
pub(crate) fn show_server(server: &Text) -> String {
    format!("maxctrl show server {}", word(server.as_str()))
}

/// Returns the command that shows a service with its settings.
pub(crate) fn show_service(service: &Text) -> String {
    format!("maxctrl show service {}", word(service.as_str()))
}

/// Returns the command that ends a state that an administrator has set: `maintenance` or `drain`.
pub(crate) fn clear_server_state(server: &Text, state: &str) -> String {
    format!("maxctrl clear server {} {state}", word(server.as_str()))
}

/// Returns the command that leaves GET out of the audit log, in addition to `already`.
pub(crate) fn leave_get_out_of_audit(already: &[Text]) -> String {
    let methods = already.iter().map(Text::as_str).chain(["GET"]);
    let methods: Vec<_> = methods.collect();
    format!(
        "maxctrl alter maxscale admin_audit_exclude_methods {}",
        word(&methods.join(","))
    )
}

/// Returns the command that shows a session.
pub(crate) fn show_session(id: SessionId) -> String {
    format!("maxctrl show session {id}")
}

/// Address that `maxctrl` uses by default.
const DEFAULT_URL: &str = "http://127.0.0.1:8989";

/// Returns a command for the proxy at this URL, because ids repeat from proxy to proxy.
pub(crate) fn at(url: &str, command: &str) -> String {
    let place = url.trim_end_matches('/');
    let Some((scheme, host)) = place.split_once("://").filter(|_| place != DEFAULT_URL) else {
        return command.to_owned();
    };
    let secure = if scheme == "https" { " -s" } else { "" };
    let options = format!("maxctrl{secure} -h {}", word(host));
    command.replacen("maxctrl", &options, 1)
}

/// Returns the `curl` command of a request. `-u` with only a name makes curl prompt for the password.
pub(crate) fn curl_line(url: &str, user: Option<&str>, method: &str, target: &str) -> String {
    let user = user.map(|user| format!("-u {} ", shell_quoted(user)));
    let url = shell_quoted(&format!("{url}{target}"));
    visible(&format!("curl -sS {}{method}{url}", user.unwrap_or_default())).into_owned()
}

/// Quotes a name so that a shell reads it as one word.
fn word(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.,:".contains(c);
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        shell_quoted(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextLimit;

    #[test]
    fn a_name_cannot_be_a_command_of_its_own() {
        for (name, expected) in [
            ("RW-Split", "RW-Split"),
            ("My Service", "'My Service'"),
            ("a;reboot", "'a;reboot'"),
            ("$(reboot)", "'$(reboot)'"),
            ("it's", r"'it'\''s'"),
            ("", "''"),
        ] {
            let service = Text::clean(name, TextLimit::Name);
            assert_eq!(
                keep_statements_of(&service),
                format!("maxctrl alter service {expected} retain_last_statements 20")
            );
        }
    }

    #[test]
    fn a_command_names_its_proxy_unless_it_is_the_default() {
        let command = show_session(SessionId(48));
        for (url, expected) in [
            ("http://127.0.0.1:8989", "maxctrl show session 48"),
            ("http://127.0.0.1:8989/", "maxctrl show session 48"),
            ("http://proxy-2:8989", "maxctrl -h proxy-2:8989 show session 48"),
            ("https://proxy-2:443", "maxctrl -s -h proxy-2:443 show session 48"),
        ] {
            assert_eq!(at(url, &command), expected);
        }
    }

    #[test]
    fn what_is_left_out_already_stays_out() {
        let head = Text::clean("HEAD", TextLimit::Name);
        for (already, expected) in [(&[][..], "GET"), (&[head][..], "HEAD,GET")] {
            assert_eq!(
                leave_get_out_of_audit(already),
                format!("maxctrl alter maxscale admin_audit_exclude_methods {expected}")
            );
        }
    }
}
