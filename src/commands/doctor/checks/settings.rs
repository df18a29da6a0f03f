//! Checks of the proxy's settings that matter for polling, and of its clock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::Facts;
use crate::model::{
    IdleMeaning, Instance, ServiceState, Version, counted, exact_text, maxctrl, parse_moment,
};

/// Maximum clock difference that is not reported. The `Date` header has whole seconds, and the reply took time.
const MAX_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(2);
/// Maximum number of services named.
const MAX_NAMED: usize = 3;
/// First series that reports `io_activity`.
const FIRST_WITH_IO_ACTIVITY: Version = Version { major: 23, minor: 2 };
const DAY: f64 = 86_400.0;

pub(super) fn statements(facts: &Facts) -> CheckResult {
    let proxy = match &facts.proxy {
        Ok(proxy) => proxy.settings.retained_statements,
        Err(missing) => return missing.into(),
    };
    let services = facts
        .services
        .as_ref()
        .map_or(&[][..], |services| &services.states);
    let keeping_none: Vec<_> = services
        .iter()
        .filter(|service| service.retains(proxy) == Some(0))
        .collect();
    let keep_some = services.iter().any(|service| service.retains(proxy) > Some(0));
    match proxy {
        Some(0) if !keep_some => CheckResult::warning(format!(
            "not retained (retain_last_statements=0): {}",
            consequences(facts)
        ))
        .advise(maxctrl::KEEP_STATEMENTS),
        _ if !keeping_none.is_empty() => without_statements(&keeping_none, consequences(facts)),
        Some(kept) => CheckResult::ok(format!(
            "the last {kept} of each session (retain_last_statements)"
        )),
        None => CheckResult::skipped("retain_last_statements is not reported"),
    }
}

/// Returns what is not found without statements. From 23.02.3 a session that hangs is found by its I/O.
fn consequences(facts: &Facts) -> &'static str {
    let instance = facts.proxy.as_ref().ok().map(|proxy| &proxy.instance);
    let finds_silent = facts.release() >= Some(FIRST_WITH_IO_ACTIVITY)
        && instance.and_then(Instance::idle_meaning) == Some(IdleMeaning::Between);
    if finds_silent {
        "queries are not shown; a session that hangs is found as silent, but a long query looks the same; \
         open transactions are not found"
    } else {
        "queries are not shown; long queries, sessions that hang and open transactions are not found"
    }
}

fn without_statements(services: &[&ServiceState], consequences: &str) -> CheckResult {
    let first: Vec<_> = services
        .iter()
        .take(MAX_NAMED)
        .map(|service| &service.name)
        .collect();
    let names: Vec<_> = first.iter().map(|name| name.as_str()).collect();
    let more = match services.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let result = CheckResult::warning(format!(
        "not retained by {}{more}: {consequences}",
        names.join(", ")
    ));
    first.into_iter().fold(result, |result, name| {
        result.advise(maxctrl::keep_statements_of(name))
    })
}

pub(super) fn log(facts: &Facts) -> CheckResult {
    match &facts.proxy {
        Err(missing) => missing.into(),
        Ok(proxy) => match proxy.settings.session_trace {
            None => CheckResult::skipped("session_trace is not reported"),
            Some(0) => CheckResult::ok("not kept (session_trace=0); rarely needed, and has a small cost"),
            Some(lines) => {
                let lines = counted(lines, "line");
                CheckResult::ok(format!("the last {lines} of each session (session_trace)"))
            }
        },
    }
}

pub(super) fn audit(facts: &Facts) -> CheckResult {
    let settings = match &facts.proxy {
        Ok(proxy) => &proxy.settings,
        Err(missing) => return missing.into(),
    };
    let excluded = settings.audit_excludes.as_deref().unwrap_or_default();
    match settings.admin_audit {
        None => CheckResult::skipped("there is no audit log before 23.02"),
        Some(false) => CheckResult::ok("off"),
        Some(true) if excluded.iter().any(|method| method.as_str() == "GET") => {
            CheckResult::ok("on; GET is excluded")
        }
        Some(true) => {
            let lines = lines_a_day(facts.request.interval);
            CheckResult::warning(format!(
                "on for every GET: polling writes up to {lines} lines a day"
            ))
            .advise(maxctrl::leave_get_out_of_audit(excluded))
        }
    }
}

/// Returns the number of lines per day. A poll is two requests: process start and list.
fn lines_a_day(interval: Duration) -> String {
    let lines = 2.0 * DAY / interval.as_secs_f64().max(0.05);
    if lines < 1_000.0 {
        format!("{lines:.0}")
    } else {
        format!("{:.0} thousand", lines / 1e3)
    }
}

pub(super) fn clock(facts: &Facts) -> CheckResult {
    let proxy = facts.proxy.as_ref().ok();
    let list = facts.list.as_ref().ok();
    let times = proxy.map(|proxy| (proxy.server_now, proxy.heard_at));
    let times = times.or(list.map(|list| (list.server_now, list.heard_at)));
    let Some((by_date, heard_at)) = times else {
        return match &facts.list {
            Err(missing) => missing.into(),
            Ok(_) => CheckResult::skipped("unknown"),
        };
    };
    let by_uptime = proxy.and_then(|proxy| since_start(&proxy.instance));
    let Some(server_now) = by_date.or(by_uptime) else {
        return CheckResult::skipped("no Date header");
    };
    let skew = server_now.duration_since(heard_at);
    if let (Some(date), Some(uptime)) = (by_date, by_uptime)
        && date.duration_since(uptime).abs() > MAX_CLOCK_SKEW
    {
        let apart = whole(date.duration_since(uptime));
        return CheckResult::warning(format!(
            "its Date differs by {apart} from started_at plus uptime: another server may reply for it"
        ))
        .advise("use the address of the proxy itself");
    }
    if skew.abs() <= MAX_CLOCK_SKEW {
        return CheckResult::ok("within 2s of this machine's");
    }
    let side = if skew.is_negative() { "behind" } else { "ahead of" };
    CheckResult::warning(format!("{} {side} this machine's", whole(skew)))
        .advise("ages are correct, but log times do not match: check time synchronization (NTP) on both")
}

/// Returns the proxy's time, computed from its process start and uptime.
fn since_start(instance: &crate::model::Instance) -> Option<Timestamp> {
    let started = instance.process.as_ref()?.started_at.as_str();
    let uptime = i64::try_from(instance.uptime?.as_millis()).ok()?;
    let started = parse_moment(started, None)?;
    started.checked_add(SignedDuration::from_millis(uptime)).ok()
}

/// Formats a span without its sign, in whole seconds.
fn whole(span: SignedDuration) -> String {
    let seconds = span.as_secs().unsigned_abs().max(1);
    exact_text(Duration::from_secs(seconds))
}
