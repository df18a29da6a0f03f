//! Commands of `maxctrl`, the official tool, for a person to give: this program never changes how a
//! server is set up. They have the form that every version takes.

use super::Text;

/// Makes every session keep its last statements, until the setting is changed again.
pub const KEEP_STATEMENTS: &str = "maxctrl alter maxscale retain_last_statements 20";

/// The same for the sessions of one service, which has a setting of its own.
pub fn keep_statements_of(service: &Text) -> String {
    format!(
        "maxctrl alter service {} retain_last_statements 20",
        word(service.as_str())
    )
}

/// Lets a service have so many connections.
pub fn allow_connections(service: &Text, limit: u64) -> String {
    format!(
        "maxctrl alter service {} max_connections {limit}",
        word(service.as_str())
    )
}

/// Leaves GET out of the audit log, besides what is left out already.
pub fn leave_get_out_of_audit(already: &[Text]) -> String {
    let methods = already.iter().map(Text::as_str).chain(["GET"]);
    let methods: Vec<_> = methods.collect();
    format!(
        "maxctrl alter maxscale admin_audit_exclude_methods {}",
        word(&methods.join(","))
    )
}

/// A name as a shell takes it for one word.
fn word(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-.,".contains(c);
    if !name.is_empty() && !name.starts_with('-') && name.chars().all(is_plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
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
