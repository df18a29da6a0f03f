//! Where the endpoints are, and what holds for each of them.

use super::{USUAL, optional};
use crate::config::password::PasswordSource;
use crate::config::setting::{Apply, Form, KeyScope, Setting};
use crate::config::value;

/// The settings of which one at a time says what the password is.
const PASSWORD: Option<&str> = Some("password");

/// The entries.
pub(super) const ENTRIES: [Setting; 12] = [
    Setting {
        name: "endpoint",
        short: Some('e'),
        variable: Some("MAXTOP_ENDPOINT"),
        form: Form::Endpoints,
        default: "http://127.0.0.1:8989",
        about: "the admin API: URL or HOST:PORT; repeatable, in files also a list 'endpoints'",
        ..USUAL
    },
    Setting {
        name: "name",
        flag: false,
        key: KeyScope::EndpointOnly,
        about: "what an endpoint of a list is called on the screen; host and port unless given",
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
        about: "who asks",
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
        about: "the password itself; it has no option and no key",
        group: PASSWORD,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::given(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "password-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "a file with the password, which only its owner may read",
        example: "~/.config/maxtop/password",
        group: PASSWORD,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::file(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "password-command",
        key: KeyScope::Endpoint,
        form: Form::Command,
        about: "what prints the password, run by sh -c",
        example: "pass show maxscale/admin",
        group: PASSWORD,
        apply: Apply::Endpoint(|endpoint, given| PasswordSource::command(&mut endpoint.password, given)),
        ..USUAL
    },
    Setting {
        name: "ca-file",
        key: KeyScope::Endpoint,
        form: Form::Path,
        about: "trust the certificates in this PEM file and no others",
        example: "/etc/maxscale/ca.pem",
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
        about: "the certificate (PEM) that is shown to the server",
        example: "/etc/maxtop/client.pem",
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
        about: "its key (PEM, not encrypted), which only its owner may read",
        example: "/etc/maxtop/client.key",
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
        about: "trust any certificate; stays visible on the screen",
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
        about: "send the password over plain http to another machine; stays visible on the screen",
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
        about: "no request but GET can leave the program",
        apply: Apply::Endpoint(|endpoint, given| {
            endpoint.read_only = value::switch(given.text())?;
            Ok(())
        }),
        ..USUAL
    },
];
