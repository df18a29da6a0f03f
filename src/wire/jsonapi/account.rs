//! Decodes `/v1/whoami` and `/v1/users/inet/:name`: the type of an account, and its permissions.
//!
//! The documentation of 25.10 names the fields of `whoami`, but not their place. They are read from the
//! attributes, or from the resource itself.

use serde::Deserialize;

use crate::model::{Account, Permissions, Text, TextLimit};
use crate::wire::WireError;
use crate::wire::body::syntax_error;
use crate::wire::field::{Lenient, Object, Raw, Words};

#[derive(Deserialize)]
struct RawAccountResource<'a> {
    #[serde(borrow, default)]
    attributes: Lenient<Object<RawAccount<'a>>>,
    #[serde(borrow, default)]
    account: Lenient<Raw<'a>>,
    #[serde(default)]
    permissions: Lenient<Words>,
}

#[derive(Debug, Deserialize)]
struct RawAccount<'a> {
    #[serde(borrow, default)]
    account: Lenient<Raw<'a>>,
    #[serde(default)]
    permissions: Lenient<Words>,
}

/// Decodes the `data` of the reply.
pub(super) fn account(data: &str) -> Result<Option<Account>, WireError> {
    let raw: RawAccountResource<'_> = serde_json::from_str(data).map_err(|error| syntax_error(&error))?;
    let outer = RawAccount {
        account: raw.account,
        permissions: raw.permissions,
    };
    let inner = raw.attributes.known().and_then(|Object(inner)| convert(inner));
    Ok(inner.or_else(|| convert(outer)))
}

/// Returns the account; `None` if it has neither a type nor permissions.
///
/// Permissions of a wrong type are unknown: the type of the account is not used instead, because from 25.10
/// on an administrator may give the roles `admin` and `basic` other permissions.
fn convert(raw: RawAccount<'_>) -> Option<Account> {
    let role = raw.account.known();
    let permissions = match raw.permissions {
        Lenient::Known(Words(names)) => Some(Permissions::of_names(names.iter().map(String::as_str))),
        Lenient::Absent => role.as_ref().and_then(|Raw(role)| Permissions::of_type(role)),
        Lenient::Wrong if role.is_none() => return None,
        Lenient::Wrong => None,
    };
    if role.is_none() && permissions.is_none() {
        return None;
    }
    Some(Account {
        role: role.map(|Raw(role)| Text::clean(&role, TextLimit::Name)),
        permissions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Role and permissions; `None` for an unknown one.
    type Shown = (Option<String>, Option<String>);

    fn shown(data: &str) -> Option<Shown> {
        let account = account(data).unwrap()?;
        let permissions = account.permissions.map(Permissions::names);
        Some((account.role.map(|role| role.as_str().to_owned()), permissions))
    }

    fn of(role: &str, permissions: Option<&str>) -> Shown {
        (Some(role.to_owned()), permissions.map(str::to_owned))
    }

    #[test]
    fn permissions_are_read_from_both_forms_of_accounts() {
        for (data, expected) in [
            (
                r#"{"attributes":{"account":"admin"}}"#,
                of("admin", Some("view, edit, sql")),
            ),
            (
                r#"{"attributes":{"account":"basic"}}"#,
                of("basic", Some("view, sql")),
            ),
            (r#"{"attributes":{"account":"guest"}}"#, of("guest", None)),
            (
                r#"{"attributes":{"account":"night","permissions":["view","edit"]}}"#,
                of("night", Some("view, edit")),
            ),
            // The administrator has changed the role.
            (
                r#"{"attributes":{"account":"admin","permissions":["view"]}}"#,
                of("admin", Some("view")),
            ),
            (
                r#"{"account":"editor","permissions":["edit","view","sql"]}"#,
                of("editor", Some("view, edit, sql")),
            ),
            (
                r#"{"attributes":{"account":"sql","permissions":[]}}"#,
                of("sql", Some("none")),
            ),
            (
                r#"{"attributes":{"permissions":["admin"]}}"#,
                (None, Some("view, edit, sql".to_owned())),
            ),
        ] {
            assert_eq!(shown(data), Some(expected), "{data}");
        }
    }

    #[test]
    fn unreadable_permissions_are_unknown() {
        for data in [
            r#"{"attributes":{"account":"admin","permissions":7}}"#,
            r#"{"attributes":{"account":"admin","permissions":{"edit":true}}}"#,
        ] {
            assert_eq!(shown(data), Some(of("admin", None)), "{data}");
        }
        for data in [
            "{}",
            r#"{"attributes":{}}"#,
            r#"{"attributes":{"permissions":7}}"#,
            r#"{"attributes":[]}"#,
        ] {
            assert_eq!(shown(data), None, "{data}");
        }
    }
}
