//! Permissions of an account of the admin API.
//!
//! Releases from 25.10 on send permissions. Earlier ones send the type of the account, `admin` or `basic`.

use super::Text;

/// Permissions of an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions {
    /// May read sessions, servers and services.
    pub view: bool,
    /// May kill sessions.
    pub edit: bool,
    /// May send statements to the servers (`/v1/sql`).
    pub sql: bool,
}

/// The names of the permissions, in the order in which they are shown.
const NAMES: [(&str, Permissions); 4] = [
    ("admin", Permissions::ALL),
    (
        "view",
        Permissions {
            view: true,
            ..Permissions::NONE
        },
    ),
    (
        "edit",
        Permissions {
            edit: true,
            ..Permissions::NONE
        },
    ),
    (
        "sql",
        Permissions {
            sql: true,
            ..Permissions::NONE
        },
    ),
];

/// The types of accounts before 25.10.
const TYPES: [(&str, Permissions); 2] = [
    ("admin", Permissions::ALL),
    (
        "basic",
        Permissions {
            edit: false,
            ..Permissions::ALL
        },
    ),
];

impl Permissions {
    /// Every permission.
    pub const ALL: Self = Self {
        view: true,
        edit: true,
        sql: true,
    };
    /// No permission.
    pub const NONE: Self = Self {
        view: false,
        edit: false,
        sql: false,
    };

    /// Returns the permissions with these names. Other names are ignored: an administrator may define
    /// further ones. `admin` includes all others.
    pub fn of_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let known = |name| NAMES.iter().find(|(known, _)| *known == name);
        let given = names.into_iter().filter_map(known);
        given.fold(Self::NONE, |sum, (_, permissions)| sum.with(*permissions))
    }

    /// Returns the permissions of a type of accounts before 25.10; `None` for an unknown type.
    pub fn of_type(account: &str) -> Option<Self> {
        let found = TYPES.iter().find(|(known, _)| *known == account);
        found.map(|(_, permissions)| *permissions)
    }

    const fn with(self, other: Self) -> Self {
        Self {
            view: self.view || other.view,
            edit: self.edit || other.edit,
            sql: self.sql || other.sql,
        }
    }

    /// Whether all of these permissions are among its own.
    fn includes(self, other: Self) -> bool {
        self.with(other) == self
    }

    /// Returns the names of the permissions: `view, sql`, or `none`.
    pub fn names(self) -> String {
        let single = NAMES
            .iter()
            .filter(|(_, one)| *one != Self::ALL && self.includes(*one));
        let names: Vec<_> = single.map(|(name, _)| *name).collect();
        if names.is_empty() {
            "none".to_owned()
        } else {
            names.join(", ")
        }
    }
}

/// An account of the admin API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Account {
    /// Type of the account; from 25.10 on the name of its role, which may be any name.
    pub role: Option<Text>,
    /// Its permissions; `None` if unknown.
    pub permissions: Option<Permissions>,
}

impl Account {
    /// Whether the account is known to kill no session.
    pub fn may_only_read(&self) -> bool {
        self.permissions.is_some_and(|permissions| !permissions.edit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admin_includes_every_permission_and_unknown_names_add_none() {
        for (names, expected, shown) in [
            (
                &["admin", "edit", "view", "sql"][..],
                Permissions::ALL,
                "view, edit, sql",
            ),
            (&["admin"], Permissions::ALL, "view, edit, sql"),
            (
                &["view", "sql"],
                Permissions {
                    edit: false,
                    ..Permissions::ALL
                },
                "view, sql",
            ),
            (
                &["edit", "launch"],
                Permissions {
                    edit: true,
                    ..Permissions::NONE
                },
                "edit",
            ),
            (&["Admin", "VIEW", ""], Permissions::NONE, "none"),
            (&[], Permissions::NONE, "none"),
        ] {
            let permissions = Permissions::of_names(names.iter().copied());
            assert_eq!(
                (permissions, permissions.names().as_str()),
                (expected, shown),
                "{names:?}"
            );
        }
    }

    #[test]
    fn the_two_types_of_older_releases_have_permissions_and_others_are_unknown() {
        assert_eq!(Permissions::of_type("admin"), Some(Permissions::ALL));
        let basic = Permissions::of_type("basic").unwrap();
        assert_eq!(basic.names(), "view, sql");
        assert_eq!(Permissions::of_type("editor"), None);
    }

    #[test]
    fn an_account_with_unknown_permissions_is_not_refused() {
        let account = |permissions| Account {
            role: None,
            permissions,
        };
        assert!(!account(None).may_only_read());
        assert!(!account(Some(Permissions::ALL)).may_only_read());
        assert!(account(Some(Permissions::NONE)).may_only_read());
    }
}
