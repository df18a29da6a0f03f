//! Checks of the session list: contents, response time and interval.

use std::time::Duration;

use crate::client::ListForm;
use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Dialect, Version, counted, exact_text, measured_text, size_text};

/// A small request that takes longer than this had to wait.
const SLOW_REPLY: Duration = Duration::from_millis(500);
/// With a longer interval many sessions are never seen.
const RARE_LIST: Duration = Duration::from_secs(10);

/// First release that supports `fields`.
const FIRST_WITH_FIELDS: Version = Version { major: 2, minor: 5 };

pub(super) fn list(facts: &Facts) -> CheckResult {
    let list = match &facts.list {
        Ok(list) => list,
        // Without a dialect, an earlier check has reported the error.
        Err(Unavailable::Fault(fault)) if facts.dialect.is_some() => return CheckResult::fault(fault),
        Err(missing) => return missing.into(),
    };
    let sessions = counted(list.sessions, "session");
    let size = size_text(u64::try_from(list.bytes).unwrap_or(u64::MAX));
    let found = format!("{sessions}, {size}; {}", form(facts, list.form));
    match (list.dropped, list.blanked) {
        (0, 0) => CheckResult::ok(found),
        (dropped, blanked) => CheckResult::warning(format!(
            "{found}; {} without a valid id or of another type, {} that cannot be read",
            counted(dropped, "row"),
            counted(blanked, "field")
        ))
        .advise("check for a proxy between maxtop and MaxScale; unreadable fields are left blank"),
    }
}

/// Returns which fields of a session polling requests, and why.
fn form(facts: &Facts, form: ListForm) -> &'static str {
    match form {
        ListForm::Whole if facts.dialect == Some(Dialect::Draft) => {
            "whole sessions requested: every field is used"
        }
        ListForm::Whole if facts.url.is_loopback() => {
            "whole sessions requested: the proxy is on this machine"
        }
        ListForm::Whole => "whole sessions requested: most of it is statements",
        ListForm::Sparse if facts.release().is_some_and(|release| release < FIRST_WITH_FIELDS) => {
            "whole sessions: 'fields' is ignored before 2.5"
        }
        ListForm::Sparse => "only the needed fields requested: no statements are retained",
    }
}

pub(super) fn latency(facts: &Facts) -> CheckResult {
    let small = facts.proxy.as_ref().ok().map(|proxy| proxy.cost);
    let list = match &facts.list {
        Ok(list) => list.cost,
        Err(missing) => return missing.into(),
    };
    let list_took = format!("list {}", measured_text(list));
    let Some(small) = small else {
        return CheckResult::ok(list_took);
    };
    let found = format!("/v1/maxscale {}, {list_took}", measured_text(small));
    if small < SLOW_REPLY {
        return CheckResult::ok(found);
    }
    CheckResult::warning(format!("{found}: MaxScale's main thread is busy")).advise(
        "check for other clients that poll it (GUI, monitoring, maxctrl in a loop), especially with rdns=true",
    )
}

pub(super) fn interval(facts: &Facts) -> CheckResult {
    let cost = match &facts.list {
        Ok(list) => list.cost,
        Err(missing) => return missing.into(),
    };
    let (wanted, duty) = (facts.request.interval, facts.request.duty.clamp(0.001, 1.0));
    let due = Duration::try_from_secs_f64(cost.as_secs_f64() / duty).unwrap_or(Duration::MAX);
    let share = percent(duty);
    if due <= wanted {
        let taken = percent(cost.as_secs_f64() / wanted.as_secs_f64());
        let every = exact_text(wanted);
        return CheckResult::ok(format!(
            "every {every}, as configured: lists take {taken} of the proxy's time ({share} allowed)"
        ));
    }
    let found = format!(
        "every {}: a list takes {}, with a duty of {share}",
        measured_text(due),
        measured_text(cost)
    );
    if due <= RARE_LIST {
        return CheckResult::ok(found);
    }
    CheckResult::warning(found).advise("raise --duty to allow lists a larger share of the proxy's time")
}

/// Formats a share as `10%` or `0.4%`.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let is_whole = (percent - percent.round()).abs() < 0.05;
    if percent < 10.0 && !is_whole {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    }
}
