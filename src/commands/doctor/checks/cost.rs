//! What a list is, what it costs, and how often it may be asked for.

use std::time::Duration;

use super::short;
use crate::client::ListForm;
use crate::commands::doctor::check_result::CheckResult;
use crate::commands::doctor::facts::{Facts, Unavailable};
use crate::model::{Dialect, Version, counted, size_text};

/// A small question that takes longer waits for something.
const SLOW_REPLY: Duration = Duration::from_millis(500);
/// A list that comes less often than this shows many sessions never.
const RARE_LIST: Duration = Duration::from_secs(10);

/// The first release that heeds `fields`.
const FIRST_WITH_FIELDS: Version = Version { major: 2, minor: 5 };

pub(super) fn list(facts: &Facts) -> CheckResult {
    let list = match &facts.list {
        Ok(list) => list,
        // A fault of all there is was told before.
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
        .advise("is something between maxtop and MaxScale? what could not be read is left blank"),
    }
}

/// How much of each session polling asks for, and why.
fn form(facts: &Facts, form: ListForm) -> &'static str {
    match form {
        ListForm::Whole if facts.dialect == Some(Dialect::Draft) => "asked for whole: all is needed",
        ListForm::Whole if facts.url.is_loopback() => "asked for whole: this machine is near",
        ListForm::Whole => "asked for whole: it is mostly statements",
        ListForm::Sparse if facts.release().is_some_and(|release| release < FIRST_WITH_FIELDS) => {
            "whole: before 2.5 fields are not heeded"
        }
        ListForm::Sparse => "only fields that are read: no statements are kept",
    }
}

pub(super) fn latency(facts: &Facts) -> CheckResult {
    let small = facts.proxy.as_ref().ok().map(|proxy| proxy.cost);
    let list = match &facts.list {
        Ok(list) => list.cost,
        Err(missing) => return missing.into(),
    };
    let list_took = format!("a list {}", short(list));
    let Some(small) = small else {
        return CheckResult::ok(list_took);
    };
    let found = format!("/v1/maxscale {}, {list_took}", short(small));
    if small < SLOW_REPLY {
        return CheckResult::ok(found);
    }
    CheckResult::warning(format!("{found}: something holds the proxy's main thread")).advise(
        "look for others who poll it (the GUI, monitoring, maxctrl in a loop), with rdns=true above all",
    )
}

pub(super) fn interval(facts: &Facts) -> CheckResult {
    let cost = match &facts.list {
        Ok(list) => list.cost,
        Err(missing) => return missing.into(),
    };
    let (asked, duty) = (facts.asker.interval, facts.asker.duty.clamp(0.001, 1.0));
    let due = Duration::try_from_secs_f64(cost.as_secs_f64() / duty).unwrap_or(Duration::MAX);
    let share = percent(duty);
    if due <= asked {
        let taken = percent(cost.as_secs_f64() / asked.as_secs_f64());
        let every = humantime::format_duration(asked);
        return CheckResult::ok(format!(
            "every {every}, as asked for: lists take {taken} of its time ({share} allowed)"
        ));
    }
    let found = format!(
        "every {}: a list costs {}, at a duty of {share}",
        short(due),
        short(cost)
    );
    if due <= RARE_LIST {
        return CheckResult::ok(found);
    }
    CheckResult::warning(found).advise("--duty raises the share of its time that listing may take")
}

/// `10%`, `0.4%`.
fn percent(share: f64) -> String {
    let percent = share * 100.0;
    let is_whole = (percent - percent.round()).abs() < 0.05;
    if percent < 10.0 && !is_whole {
        format!("{percent:.1}%")
    } else {
        format!("{percent:.0}%")
    }
}
