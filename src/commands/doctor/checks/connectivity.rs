//! Checks of the path to the endpoint: name, connection, encryption, reply.

use std::net::IpAddr;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Dialect, RequestError, measured_text};

pub(super) fn name(facts: &Facts) -> CheckResult {
    let host = facts.url.host();
    match &facts.addresses {
        Err(Unavailable::Fault(fault)) => CheckResult::fault(fault),
        Err(missing) => missing.into(),
        Ok(_) if host.parse::<IpAddr>().is_ok() => CheckResult::ok(format!("{host} is an address")),
        Ok(addresses) => {
            let mut known: Vec<_> = addresses.iter().map(|address| address.ip().to_string()).collect();
            known.dedup();
            CheckResult::ok(format!("{host} resolves to {}", known.join(", ")))
        }
    }
}

pub(super) fn connect(facts: &Facts) -> CheckResult {
    match &facts.connection {
        Err(Unavailable::Fault(fault)) => {
            let result = CheckResult::fault(fault);
            CheckResult {
                found: format!("{}: {}", facts.url.authority(), result.found),
                ..result
            }
        }
        Err(missing) => missing.into(),
        Ok(connection) => {
            let took = format!("{} in {}", connection.address, measured_text(connection.took));
            let failed = connection.failed.iter();
            let failed = failed.map(|(address, fault)| format!("{address}: {fault}"));
            let all: Vec<_> = std::iter::once(took).chain(failed).collect();
            CheckResult::ok(all.join("; "))
        }
    }
}

/// Certificates that expire sooner than this are reported.
const MIN_CERTIFICATE_VALIDITY: SignedDuration = SignedDuration::from_hours(24 * 14);

pub(super) fn tls(facts: &Facts) -> CheckResult {
    if facts.connection.is_err() {
        return CheckResult::skipped(facts.silence());
    }
    match (facts.refusal(), facts.url.is_https()) {
        (Some(fault @ RequestError::Tls(_)), _) => CheckResult::fault(fault),
        (Some(RequestError::Cut(_)), false) => {
            CheckResult::warning("off, and the endpoint closes the connection: it may require TLS")
                .advise("use an https:// URL")
        }
        (Some(fault), true) if fault.is_unreachable() => CheckResult::skipped(format!("unknown: {fault}")),
        (_, true) if facts.request.insecure => CheckResult::warning(
            "on, but any certificate is accepted (--insecure): the endpoint is not verified",
        )
        .advise("use --ca-file with the CA of the endpoint instead"),
        (_, true) => trusted(facts.certificate_end, facts.now),
        (_, false) if facts.url.is_loopback() => CheckResult::ok("off: plain http on this machine"),
        (_, false) => {
            CheckResult::warning("off: anyone on the network path can read passwords and statements")
                .advise("set admin_ssl_key and admin_ssl_cert in [maxscale], and use an https:// URL")
        }
    }
}

fn trusted(end: Option<Timestamp>, now: Timestamp) -> CheckResult {
    let Some(end) = end else {
        return CheckResult::ok("on; the certificate is trusted");
    };
    let day = ZonedDateTime::new(end, TimeZone::UTC).date();
    let found = format!("on; the certificate is trusted, valid until {day}");
    if end.duration_since(now) > MIN_CERTIFICATE_VALIDITY {
        return CheckResult::ok(found);
    }
    CheckResult::warning(found)
        .advise("renew it before it expires: clients that verify it will fail to connect")
}

pub(super) fn answer(facts: &Facts) -> CheckResult {
    if facts.connection.is_err() {
        return CheckResult::skipped(facts.silence());
    }
    match facts.refusal() {
        // The TLS check has reported it.
        Some(RequestError::Tls(_)) => CheckResult::skipped("no trusted connection"),
        Some(fault) if fault.is_unreachable() => CheckResult::fault(fault),
        Some(_) => CheckResult::ok("replies"),
        None => match (&facts.proxy, &facts.list, facts.dialect) {
            (Ok(_), ..) => CheckResult::ok("replies to GET /v1/maxscale"),
            (_, Ok(_), Some(Dialect::Draft)) => CheckResult::ok("replies to GET /sessions"),
            (_, Ok(_), _) => CheckResult::ok("replies to GET /v1/sessions"),
            (Err(_), Err(_), _) => CheckResult::ok("replies, but not like an admin API"),
        },
    }
}
