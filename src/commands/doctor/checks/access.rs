//! Checks of authentication and permissions.

use std::net::IpAddr;

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::commands::output::visible;
use crate::model::{Account, Dialect, RequestError, Text, Version};

pub(super) fn authentication(facts: &Facts) -> CheckResult {
    match facts.refusal() {
        Some(fault @ RequestError::NotAllowed { with_credentials, .. }) => {
            let result = CheckResult::fault(fault);
            let login = &facts.request.login;
            let user = visible(&login.user);
            let who = match (&login.password_source, with_credentials) {
                (Some(source), true) => {
                    format!("the password of user {user} (from {source}) was rejected: ")
                }
                (None, true) => format!("user {user} was rejected: "),
                _ => format!("a password is required, but none was given for user {user}: "),
            };
            return CheckResult {
                found: who + &result.found,
                ..result
            };
        }
        Some(fault @ RequestError::TokenRejected(_)) => return CheckResult::fault(fault),
        Some(_) => return CheckResult::skipped(facts.silence()),
        None if !facts.is_answered() => {
            return CheckResult::skipped("unknown: no request was accepted or rejected");
        }
        None => {}
    }
    let settings = facts.proxy.as_ref().ok().map(|proxy| &proxy.settings);
    let (auth, host) = settings.map_or((None, None), |settings| {
        (settings.admin_auth, settings.admin_host.as_ref())
    });
    match (auth, &facts.request.user) {
        (Some(false), _) => without_authentication(host),
        (_, user) if facts.request.token.is_some() => of_token(user.as_deref(), facts),
        (_, Some(user)) => CheckResult::ok(format!("user {user} is accepted")),
        (_, None) if facts.url.is_loopback() => CheckResult::ok("no password required"),
        (_, None) => {
            CheckResult::warning("no authentication: anyone who can reach the port can kill sessions")
        }
    }
}

/// An accepted token, with its expiry.
fn of_token(user: Option<&str>, facts: &Facts) -> CheckResult {
    let user = user.map(|user| format!(" of user {user}"));
    let accepted = format!("the token{} is accepted", user.unwrap_or_default());
    let Some((token, end)) = facts
        .request
        .token
        .as_ref()
        .and_then(|token| Some((token, token.expires?)))
    else {
        return CheckResult::ok(accepted + ", expiry unknown");
    };
    let found = format!("{accepted}, valid until {}", end.strftime("%F %T UTC"));
    match token.warning(facts.now) {
        _ if token.is_renewable => CheckResult::ok(found + "; then it is read again"),
        None => CheckResult::ok(found),
        Some(warning) => CheckResult::warning(format!("{found}: {}", warning.as_str()))
            .advise("get a new token, or use --token-command, which is run again when the token has expired"),
    }
}

/// `admin_auth=false`.
fn without_authentication(host: Option<&Text>) -> CheckResult {
    let Some(host) = host.map(Text::as_str) else {
        return CheckResult::warning("no authentication (admin_auth=false)")
            .advise("set admin_auth=true in [maxscale] and restart it");
    };
    if is_loopback(host) {
        return CheckResult::ok(format!(
            "off (admin_auth=false), reachable only from its own machine (admin_host={host})"
        ));
    }
    CheckResult::warning(format!(
        "off (admin_auth=false) at admin_host={host}: anyone who can reach the port can kill sessions"
    ))
    .advise("set admin_auth=true, or admin_host=127.0.0.1, in [maxscale] and restart it")
}

fn is_loopback(host: &str) -> bool {
    let address = host.parse::<IpAddr>();
    address.map_or_else(
        |_| host.eq_ignore_ascii_case("localhost"),
        |address| address.to_canonical().is_loopback(),
    )
}

/// Whether sessions can be killed. Never tried with a DELETE.
pub(super) fn role(facts: &Facts) -> CheckResult {
    if facts.request.read_only {
        return CheckResult::ok("read-only: maxtop kills no sessions (--read-only)");
    }
    if !facts.is_answered() {
        return match &facts.account {
            Err(missing) => missing.into(),
            Ok(_) => CheckResult::skipped(facts.silence()),
        };
    }
    if facts.dialect == Some(Dialect::Draft) {
        return CheckResult::skipped("unknown: the draft has no permissions; only a DELETE would show it");
    }
    if facts
        .release()
        .is_some_and(|release| release < Version::FIRST_WITH_DELETE)
    {
        return CheckResult::skipped("sessions cannot be killed: this version has no DELETE");
    }
    let settings = facts.proxy.as_ref().ok().map(|proxy| &proxy.settings);
    if settings.and_then(|settings| settings.admin_auth) == Some(false) {
        return CheckResult::ok("any client can kill sessions (admin_auth=false)");
    }
    let user = facts.request.user.as_ref();
    let user = user.map_or_else(|| "the token".to_owned(), |user| format!("user {user}"));
    match &facts.account {
        Ok(account) => of_account(&user, account),
        Err(Unavailable::Fault(fault)) => unknown(&format!("{user}: {fault}")),
        Err(Unavailable::NotReported(_)) => unknown("the endpoint does not report the permissions"),
    }
}

fn of_account(user: &str, account: &Account) -> CheckResult {
    let role = account.role.as_ref().map(|role| format!(" ({role})"));
    let user = format!("{user}{}", role.unwrap_or_default());
    let Some(permissions) = account.permissions else {
        return unknown(&format!("{user} has unknown permissions"));
    };
    let found = format!("{user} has permissions {}", permissions.names());
    if permissions.edit {
        return CheckResult::ok(format!("{found}: can kill sessions"));
    }
    CheckResult::warning(format!("{found}: cannot kill sessions"))
        .advise("use a user with the permission edit (before 25.10: of type admin), or --read-only")
}

fn unknown(why: &str) -> CheckResult {
    CheckResult::skipped(format!("unknown ({why}); only a DELETE would show it"))
}
