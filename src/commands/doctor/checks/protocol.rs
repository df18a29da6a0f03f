//! Checks of the dialect, the release and the process.

use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, NOT_ALLOWED, Unavailable};
use crate::commands::doctor::known_limitations::{self, Release};
use crate::model::{Continuity, Dialect, IdleMeaning, Instance};

pub(super) fn dialect(facts: &Facts) -> CheckResult {
    if let Some(dialect) = facts.dialect {
        let what = match dialect {
            Dialect::JsonApi => "jsonapi, the dialect of every MaxScale release",
            Dialect::Draft => "draft, the dialect of the 2016 design document",
        };
        let forced = if facts.request.forced.is_some() {
            " (--dialect)"
        } else {
            ""
        };
        return CheckResult::ok(format!("{what}{forced}"));
    }
    match facts.refusal() {
        Some(fault) if fault.is_not_allowed() => return (&NOT_ALLOWED).into(),
        Some(_) => return CheckResult::skipped(facts.silence()),
        None => {}
    }
    let missing = facts.list.as_ref().err().or(facts.proxy.as_ref().err());
    match missing {
        Some(Unavailable::Fault(fault)) => CheckResult::fault(fault),
        Some(missing) => missing.into(),
        None => CheckResult::skipped("not requested"),
    }
}

pub(super) fn version(facts: &Facts) -> CheckResult {
    let proxy = match &facts.proxy {
        Ok(proxy) => proxy,
        // Without a dialect, the check of the dialect has reported the error.
        Err(Unavailable::Fault(fault)) if facts.dialect.is_some() => return CheckResult::fault(fault),
        Err(missing) => return missing.into(),
    };
    let Some(version) = &proxy.instance.version else {
        return CheckResult::skipped("not reported");
    };
    let up = proxy.instance.uptime.map(|uptime| format!(", up {uptime}"));
    let shown = proxy.instance.shown_version().unwrap_or_default();
    let found = format!("{shown}{}", up.unwrap_or_default());
    let Some(release) = Release::parse(version.as_str()) else {
        return CheckResult::ok(found);
    };
    let is_grave = known_limitations::of(release).any(|limitation| limitation.is_grave);
    let result = if is_grave {
        CheckResult::warning(found)
    } else {
        CheckResult::ok(found)
    };
    known_limitations::of(release).fold(result, |result, limitation| result.advise(limitation.text))
}

/// Detects a load balancer: requests on several connections reach different proxies.
pub(super) fn proxies(facts: &Facts) -> CheckResult {
    let readings = match &facts.instances {
        Ok(readings) => readings,
        Err(Unavailable::Fault(fault)) => return CheckResult::fault(fault),
        Err(missing) => return missing.into(),
    };
    let mut starts: Vec<_> = readings.iter().filter_map(started).collect();
    let count = starts.len();
    starts.sort_unstable();
    starts.dedup();
    match Continuity::of_simultaneous(readings) {
        Continuity::Same if starts.is_empty() => CheckResult::skipped("no process start reported"),
        Continuity::Same => CheckResult::ok(format!("one, on {count} connections")),
        Continuity::Restarted => {
            CheckResult::warning("the proxy was restarted during the check").advise("run doctor again")
        }
        Continuity::SeveralProxies => {
            let all = starts.join("; ");
            CheckResult::failure(format!("several proxies answer at this address: {all}"))
                .advise("use the address of one proxy instead of the load balancer: kills are disabled here")
        }
    }
}

/// Formats a process as `db-proxy-1 since Mon, 23 Nov 2026 15:55:27 GMT`. `None` without a process start.
fn started(instance: &Instance) -> Option<String> {
    let process = instance.process.as_ref()?;
    let node = process
        .node
        .as_ref()
        .map(|node| format!("{node} "))
        .unwrap_or_default();
    Some(format!("{node}since {}", process.started_at))
}

/// Reports the idle meaning. It changed three times, also within a series.
pub(super) fn idle(facts: &Facts) -> CheckResult {
    let proxy = match &facts.proxy {
        Ok(proxy) => proxy,
        Err(missing) => return missing.into(),
    };
    let meaning = proxy.instance.idle_meaning().and_then(IdleMeaning::entry);
    meaning.map_or_else(
        || CheckResult::skipped("unknown: it depends on the release"),
        |meaning| CheckResult::ok(format!("{}: {}", meaning.name, meaning.about)),
    )
}
