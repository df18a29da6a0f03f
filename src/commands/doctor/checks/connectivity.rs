//! The way to the endpoint: name, connection, encryption, an answer.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use super::short;
use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Dialect, RequestError};

pub(super) fn name(facts: &Facts) -> CheckResult {
    let host = facts.url.host();
    match &facts.addresses {
        Err(Unavailable::Fault(fault)) => CheckResult::fault(fault),
        Err(missing) => missing.into(),
        Ok(_) if host.parse::<IpAddr>().is_ok() => CheckResult::ok(format!("{host} is an address")),
        Ok(addresses) => {
            let mut known: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
            known.dedup();
            CheckResult::ok(format!("{host} is {}", known.join(", ")))
        }
    }
}

pub(super) fn connect(facts: &Facts) -> CheckResult {
    match &facts.connection {
        Err(Unavailable::Fault(fault)) => {
            let judgment = CheckResult::fault(fault);
            CheckResult {
                found: format!("{}: {}", facts.url.authority(), judgment.found),
                ..judgment
            }
        }
        Err(missing) => missing.into(),
        Ok(connection) => {
            let took = format!("{} in {}", connection.address, short(connection.took));
            let failed = connection.failed.iter();
            let failed = failed.map(|(address, fault)| format!("{address}: {fault}"));
            let all: Vec<_> = std::iter::once(took).chain(failed).collect();
            CheckResult::ok(all.join("; "))
        }
    }
}

/// A certificate that ends sooner than this is to be renewed now.
const MIN_CERTIFICATE_VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 14);

pub(super) fn tls(facts: &Facts) -> CheckResult {
    if facts.connection.is_err() {
        return CheckResult::skipped(facts.silence());
    }
    match (facts.refusal(), facts.url.is_https()) {
        (Some(fault @ RequestError::Tls(_)), _) => CheckResult::fault(fault),
        (Some(RequestError::Cut(_)), false) => {
            CheckResult::warning("off, and the endpoint hangs up: it may want TLS")
                .advise("give the endpoint as https://")
        }
        (Some(fault), true) if fault.is_unreachable() => CheckResult::skipped(format!("not known: {fault}")),
        (_, true) if facts.asker.insecure => {
            CheckResult::warning("on, and every certificate is taken (--insecure): anybody may be in between")
                .advise("give the CA of the endpoint with --ca-file instead")
        }
        (_, true) => trusted(facts.certificate_end, facts.now),
        (_, false) if facts.url.is_loopback() => CheckResult::ok("off: plain http, within this machine"),
        (_, false) => {
            CheckResult::warning("off: whoever is on the way reads along, passwords and statements too")
                .advise(
                    "set admin_ssl_key and admin_ssl_cert in [maxscale], and give the endpoint as https://",
                )
        }
    }
}

fn trusted(end: Option<Timestamp>, now: Timestamp) -> CheckResult {
    let Some(end) = end else {
        return CheckResult::ok("on; its certificate is trusted");
    };
    let day = ZonedDateTime::new(end, TimeZone::UTC).date();
    let found = format!("on; its certificate is trusted, until {day}");
    if end.duration_since(now) > MIN_CERTIFICATE_VALIDITY {
        return CheckResult::ok(found);
    }
    CheckResult::warning(found).advise("renew it on the server: with its end nobody who checks it comes in")
}

pub(super) fn answer(facts: &Facts) -> CheckResult {
    if facts.connection.is_err() {
        return CheckResult::skipped(facts.silence());
    }
    match facts.refusal() {
        // That was told before.
        Some(RequestError::Tls(_)) => CheckResult::skipped("there is no trusted connection"),
        Some(fault) if fault.is_unreachable() => CheckResult::fault(fault),
        Some(_) => CheckResult::ok("it answers"),
        None => match (&facts.proxy, &facts.list, facts.dialect) {
            (Ok(_), ..) => CheckResult::ok("it answers to GET /v1/maxscale"),
            (_, Ok(_), Some(Dialect::Draft)) => CheckResult::ok("it answers to GET /sessions"),
            (_, Ok(_), _) => CheckResult::ok("it answers to GET /v1/sessions"),
            (Err(_), Err(_), _) => CheckResult::ok("it answers, but not as an admin API does"),
        },
    }
}
