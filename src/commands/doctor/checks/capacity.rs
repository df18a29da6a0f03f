//! Checks of limits: open files of the process, connections of each service.

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Load, ServiceState, counted, maxctrl};

/// Share of the limit, in percent, from which the number of open files is reported.
const FILES_WARN_PERCENT: u64 = 80;
/// Maximum number of services named.
const MAX_NAMED: usize = 4;

/// Compares open files with the limit. The API reports the open files, but not the limit.
pub(super) fn files(facts: &Facts) -> CheckResult {
    let workers = match &facts.workers {
        Ok(workers) => workers,
        Err(missing) => return missing.into(),
    };
    let known: Vec<_> = workers.iter().filter_map(|worker| worker.descriptors).collect();
    if known.is_empty() {
        return CheckResult::skipped("the number of open files is not reported");
    }
    let open = known.iter().fold(0_u64, |sum, open| sum.saturating_add(*open));
    let Some(limit) = facts.file_limit.filter(|limit| *limit > 0) else {
        let pid = facts.proxy.as_ref().ok().and_then(|proxy| proxy.instance.pid());
        let pid = pid.map_or_else(|| "PID".to_owned(), |pid| pid.to_string());
        return CheckResult::skipped(format!("{open} open; the API does not report the limit"))
            .advise("on the proxy's machine:")
            .advise(format!("grep 'open files' /proc/{pid}/limits"));
    };
    let found = format!("{open} of {limit} open");
    if open.saturating_mul(100) / limit < FILES_WARN_PERCENT {
        return CheckResult::ok(found);
    }
    CheckResult::warning(format!("{found}: new clients will soon be rejected"))
        .advise("raise LimitNOFILE of the maxscale unit, or check which clients keep sessions open")
}

pub(super) fn services(facts: &Facts) -> CheckResult {
    let services = match &facts.services {
        Ok(services) => services,
        Err(Unavailable::Fault(fault)) => return CheckResult::fault(fault),
        Err(missing) => return missing.into(),
    };
    if services.states.is_empty() {
        return CheckResult::warning("no services: no client can connect");
    }
    let mut states: Vec<_> = services.states.iter().collect();
    // Stopped ones first, then the fullest.
    states.sort_by_key(|service| {
        let load = service.load().map_or(0, Load::percent);
        (service.is_started(), std::cmp::Reverse(load))
    });
    let named: Vec<_> = states
        .iter()
        .take(MAX_NAMED)
        .map(|service| describe(service))
        .collect();
    let more = match states.len().saturating_sub(MAX_NAMED) {
        0 => String::new(),
        more => format!(", {}", counted(more, "more service")),
    };
    let found = format!("{} connections{more}", named.join(", "));
    let loads = || {
        states
            .iter()
            .filter_map(|service| Some((service, service.load()?)))
    };
    let nearly_full: Vec<_> = loads().filter(|(_, load)| load.is_nearly_full()).collect();
    let result = if nearly_full.iter().any(|(_, load)| load.is_full()) {
        CheckResult::failure(found)
    } else if nearly_full.is_empty() && states.iter().all(|service| service.is_started()) {
        CheckResult::ok(found)
    } else {
        CheckResult::warning(found)
    };
    nearly_full
        .iter()
        .take(MAX_NAMED)
        .fold(result, |result, (service, load)| {
            let more = load.limit.saturating_mul(2);
            result.advise(maxctrl::allow_connections(&service.name, more))
        })
}

/// Formats a service as `RW-Split 180 of 200`.
fn describe(service: &ServiceState) -> String {
    let name = &service.name;
    let state = match &service.state {
        Some(state) if !service.is_started() => format!(" ({state})"),
        _ => String::new(),
    };
    match (service.load(), service.connections) {
        (Some(load), _) => format!("{name}{state} {} of {}", load.connections, load.limit),
        (None, Some(connections)) => format!("{name}{state} {connections}"),
        (None, None) => format!("{name}{state} ?"),
    }
}
