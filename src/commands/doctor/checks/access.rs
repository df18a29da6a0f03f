//! Who is let in, and what they may do.

use std::net::IpAddr;

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{AccountType, Dialect, RequestError, Text, Version};

pub(super) fn authentication(facts: &Facts) -> CheckResult {
    match facts.refusal() {
        Some(fault @ RequestError::NotAllowed { with_credentials, .. }) => {
            let judgment = CheckResult::fault(fault);
            let who = match (&facts.asker.user, with_credentials) {
                (Some(user), true) => format!("user {user} was refused: "),
                _ => "it asks for a password, and none was given: ".to_owned(),
            };
            return CheckResult {
                found: who + &judgment.found,
                ..judgment
            };
        }
        Some(_) => return CheckResult::skipped(facts.silence()),
        None if !facts.is_answered() => {
            return CheckResult::skipped("not known: nobody was let in or turned away");
        }
        None => {}
    }
    let settings = facts.proxy.as_ref().ok().map(|proxy| &proxy.settings);
    let (auth, host) = settings.map_or((None, None), |settings| {
        (settings.admin_auth, settings.admin_host.as_ref())
    });
    match (auth, &facts.asker.user) {
        (Some(false), _) => nobody_is_asked(host),
        (_, Some(user)) => CheckResult::ok(format!("user {user} is let in")),
        (_, None) if facts.url.is_loopback() => CheckResult::ok("nobody is asked for a password"),
        (_, None) => {
            CheckResult::warning("nobody is asked for a password: whoever reaches the port may end sessions")
        }
    }
}

/// `admin_auth=false`.
fn nobody_is_asked(host: Option<&Text>) -> CheckResult {
    let Some(host) = host.map(Text::as_str) else {
        return CheckResult::warning("nobody is asked for a password (admin_auth=false)")
            .advise("set admin_auth=true in [maxscale] and restart it");
    };
    if is_loopback(host) {
        return CheckResult::ok(format!(
            "off (admin_auth=false), within its machine only (admin_host={host})"
        ));
    }
    CheckResult::warning(format!(
        "off (admin_auth=false) at admin_host={host}: whoever reaches the port may end sessions"
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

/// Whether sessions may be ended. It is never tried.
pub(super) fn role(facts: &Facts) -> CheckResult {
    if facts.asker.read_only {
        return CheckResult::ok("nothing is ended from here (--read-only)");
    }
    if !facts.is_answered() {
        return match &facts.account {
            Err(missing) => missing.into(),
            Ok(_) => CheckResult::skipped(facts.silence()),
        };
    }
    if facts.dialect == Some(Dialect::Draft) {
        return CheckResult::skipped("not known: the draft has no roles, only a DELETE would tell");
    }
    if facts
        .release()
        .is_some_and(|release| release < Version::FIRST_WITH_DELETE)
    {
        return CheckResult::skipped("nobody may end sessions: this version has no DELETE");
    }
    let settings = facts.proxy.as_ref().ok().map(|proxy| &proxy.settings);
    if settings.and_then(|settings| settings.admin_auth) == Some(false) {
        return CheckResult::ok("everybody may end sessions (admin_auth=false)");
    }
    let user = facts.asker.user.as_deref().unwrap_or("?");
    match &facts.account {
        Ok(AccountType::Admin) => CheckResult::ok(format!("user {user} is of type admin: may end sessions")),
        Ok(AccountType::Basic) => {
            CheckResult::warning(format!("user {user} is of type basic: may look, and end nothing"))
                .advise("give a user of type admin, or start with --read-only")
        }
        Ok(AccountType::Other(kind)) => unknown(&format!("user {user} is of type {kind}")),
        Err(Unavailable::Fault(fault)) => unknown(&format!("user {user}: {fault}")),
        Err(Unavailable::Untold(_)) => unknown("the endpoint does not tell"),
    }
}

fn unknown(why: &str) -> CheckResult {
    CheckResult::skipped(format!("not known ({why}); only a DELETE would tell"))
}
