//! Settings of endpoints.

use super::{USUAL, optional};
use crate::config::command_name::{Heading, REQUESTING};
use crate::config::password::PasswordSource;
use crate::config::setting::{Apply, Form, KeyScope, SQL_PASSWORD_GROUP, Setting};
use crate::config::token::TokenSource;
use crate::config::value;

/// URL of an endpoint if none is given.
pub(in crate::config) const DEFAULT_URL: &str = "http://127.0.0.1:8989";

/// Group of the mutually exclusive sources of a password or token.
const PASSWORD: Option<&str> = Some("password");
/// Group of the mutually exclusive sources of the database password.
const SQL_PASSWORD: Option<&str> = Some(SQL_PASSWORD_GROUP);

/// Entries of the table.
pub(super) const ENTRIES: [Setting; 19] = [
    Setting {
        name: "endpoint",
        short: Some('e'),
        variable: Some("MAXTOP_ENDPOINT"),
        form: Form::Endpoints,
        default: DEFAULT_URL,
        about: "admin API: URL or HOST:PORT; several: repeat -e, use commas in the variable, or a list 'endpoints' in files",
        is_common: true,
        ..USUAL
    },
    Setting {
        name: "name",
        flag: false,
        key: KeyScope::EndpointOnly,
        about: "name of an endpoint on the screen; by default host and port",
        example: "proxy-1",
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.name = optional(given.text(), value::name)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "user",
        short: Some('u'),
        variable: Some("MAXTOP_USER"),
        key: KeyScope::Endpoint,
        default: "admin",
        about: "user to log in as",
        heading: Heading::Access,
        is_common: true,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.user = value::name(given.text())?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "password",
        flag: false,
        variable: Some("MAXTOP_PASSWORD"),
        key: KeyScope::Nowhere,
        form: Form::Secret,
        about: "the password; has no option and no key in files",
        group: PASSWORD,
        heading: Heading::Access,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::given(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "password-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "file with the password; only its owner may have access",
        example: "~/.config/maxtop/password",
        group: PASSWORD,
        heading: Heading::Access,
        is_common: true,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::file(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "password-command",
        key: KeyScope::Endpoint,
        form: Form::Command,
        about: "command that prints the password, run by sh -c",
        example: "pass show maxscale/admin",
        group: PASSWORD,
        heading: Heading::Access,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::command(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "sql-user",
        key: KeyScope::Endpoint,
        about: "database user for /v1/sql: finds lock waits and open transactions on the servers",
        example: "maxtop",
        heading: Heading::ServerAccess,
        is_common: true,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.sql_user = optional(given.text(), value::name)?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "sql-password",
        flag: false,
        variable: Some("MAXTOP_SQL_PASSWORD"),
        key: KeyScope::Nowhere,
        form: Form::Secret,
        about: "password of the database user; has no option and no key in files",
        group: SQL_PASSWORD,
        heading: Heading::ServerAccess,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::given(&mut endpoint.sql_password, given)),
        ..USUAL
    },
    Setting {
        name: "sql-password-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "file with the password of the database user; only its owner may have access",
        example: "~/.config/maxtop/sql-password",
        group: SQL_PASSWORD,
        heading: Heading::ServerAccess,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::file(&mut endpoint.sql_password, given)),
        ..USUAL
    },
    Setting {
        name: "sql-password-command",
        key: KeyScope::Endpoint,
        form: Form::Command,
        about: "command that prints the password of the database user, run by sh -c",
        example: "pass show mariadb/maxtop",
        group: SQL_PASSWORD,
        heading: Heading::ServerAccess,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::command(&mut endpoint.sql_password, given)),
        ..USUAL
    },
    Setting {
        name: "token",
        flag: false,
        variable: Some("MAXTOP_TOKEN"),
        key: KeyScope::Nowhere,
        form: Form::Secret,
        about: "a token, sent instead of user and password; has no option and no key in files",
        group: PASSWORD,
        heading: Heading::Access,
        apply: Apply::Endpoint(TokenSource::given),
        ..USUAL
    },
    Setting {
        name: "token-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "file with the token; only its owner may have access",
        example: "~/.config/maxtop/token",
        group: PASSWORD,
        heading: Heading::Access,
        apply: Apply::Endpoint(TokenSource::file),
        ..USUAL
    },
    Setting {
        name: "token-command",
        key: KeyScope::Endpoint,
        form: Form::Command,
        about: "command that prints the token, run by sh -c, and again when it has expired",
        example: "oidc-token maxscale",
        group: PASSWORD,
        heading: Heading::Access,
        apply: Apply::Endpoint(TokenSource::command),
        ..USUAL
    },
    Setting {
        name: "ca-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "trust only the certificates in this PEM file",
        example: "/etc/maxscale/ca.pem",
        heading: Heading::Encryption,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.tls.ca = optional(given.text(), |path| Ok(path.into()))?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "client-cert",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "client certificate (PEM) to send to the proxy",
        example: "/etc/maxtop/client.pem",
        heading: Heading::Encryption,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.tls.certificate = optional(given.text(), |path| Ok(path.into()))?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "client-key",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "key of the client certificate (PEM, not encrypted); only its owner may have access",
        example: "/etc/maxtop/client.key",
        heading: Heading::Encryption,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.tls.key = optional(given.text(), |path| Ok(path.into()))?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "insecure",
        key: KeyScope::Endpoint,
        form: Form::Switch,
        default: "false",
        about: "accept any certificate; shown on the screen",
        heading: Heading::Encryption,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.tls.insecure = value::switch(given.text())?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "allow-plain-http",
        key: KeyScope::Endpoint,
        form: Form::Switch,
        default: "false",
        about: "allow sending the password or token over plain http to another machine; shown on the screen",
        heading: Heading::Encryption,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.allow_plain_http = value::switch(given.text())?;
            Ok(())
        }),
        ..USUAL
    },
    Setting {
        name: "read-only",
        key: KeyScope::Endpoint,
        form: Form::Switch,
        default: "false",
        about: "send only GET requests, and with sql-user statements that only read; kills are refused",
        commands: REQUESTING,
        is_common: true,
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.read_only = value::switch(given.text())?;
            endpoint.read_only_origin = endpoint.read_only.then(|| given.origin.clone());
            Ok(())
        }),
        ..USUAL
    },
];
