//! Facts about the endpoint under the cursor, one line each, trouble first.

use super::{App, age_text, clock_words, interval_text};
use crate::app::endpoint::{EndpointState, IntervalStretch, LinkState};
use crate::app::server_view::remark;
use crate::diagnosis::Severity;
use crate::model::{Dialect, EndpointId, Instance, counted, measured_text};

/// A labelled text about an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// The label.
    pub label: &'static str,
    /// The text.
    pub text: String,
    /// Severity of what it says.
    pub severity: Option<Severity>,
}

const fn plain(label: &'static str, text: String) -> Fact {
    Fact {
        label,
        text,
        severity: None,
    }
}

impl App {
    /// Returns what is known about an endpoint.
    pub(crate) fn endpoint_facts(&self, id: EndpointId) -> Vec<Fact> {
        let Some(endpoint) = self.endpoints.get(id) else {
            return Vec::new();
        };
        let mut facts = self.link_facts(endpoint);
        facts.extend(self.connections_fact(endpoint));
        facts.extend(self.account_facts(endpoint));
        facts.extend(self.server_facts(endpoint));
        facts.extend(self.list_facts(endpoint));
        facts.extend(outage(self, endpoint).map(|text| plain("OUTAGE", text)));
        facts.extend(product(endpoint).map(|text| plain("VERSION", text)));
        facts
    }

    /// Returns the fault with its time and the next step, and the state of the lists.
    fn link_facts(&self, endpoint: &EndpointState) -> Vec<Fact> {
        let words = self.link_words(endpoint);
        let state = format!("{}, {}", endpoint.name, words.full());
        let LinkState::Failing { fault, retry_at } = &endpoint.link else {
            return vec![Fact {
                severity: self.health(endpoint).severity(),
                ..plain("ENDPOINT", state)
            }];
        };
        let retry = retry_at
            .saturating_sub(self.now.elapsed)
            .as_millis()
            .div_ceil(1000);
        let since = words.since.map(|since| format!(", no list since {since}"));
        let text = format!(
            "{}{}, again in {retry}s",
            fault.one_line(),
            since.unwrap_or_default()
        );
        let mut facts = vec![Fact {
            severity: Some(Severity::Act),
            ..plain("FAULT", text)
        }];
        facts.extend(fault.remedy().map(|remedy| plain("NEXT", remedy.0.to_owned())));
        let failed = counted(endpoint.failures, "request");
        facts.push(plain("ENDPOINT", format!("{state}, {failed} failed")));
        facts
    }

    /// Returns why connections of sessions cannot be read, in full.
    fn connections_fact(&self, endpoint: &EndpointState) -> Option<Fact> {
        let fault = endpoint.connections_fault(self.now.elapsed)?;
        Some(Fact {
            severity: Some(Severity::Look),
            ..plain("CONNECTIONS", fault.one_line())
        })
    }

    /// Returns what limits the account or the connection.
    fn account_facts(&self, endpoint: &EndpointState) -> Vec<Fact> {
        let mut facts = Vec::new();
        if let Some(words) = endpoint
            .token_expiry
            .and_then(|expiry| expiry.words(self.now.wall))
        {
            facts.push(Fact {
                severity: Some(Severity::Look),
                ..plain(
                    "TOKEN",
                    format!("{words}; give a new one by --token-file or MAXTOP_TOKEN"),
                )
            });
        }
        if endpoint.proxies.are_several() {
            let text = "several proxies answer at this address: killing is off; give the address of one";
            facts.push(Fact {
                severity: Some(Severity::Act),
                ..plain("PROXIES", text.to_owned())
            });
        } else if let Some(other) = self.endpoints.shown_by(endpoint) {
            let text = format!("the same proxy as {}: its sessions are shown there", other.name);
            facts.push(plain("PROXIES", text));
        }
        if endpoint.may_only_read {
            facts.push(plain(
                "ACCOUNT",
                "may only read: no session can be killed".to_owned(),
            ));
        } else if endpoint.read_only {
            facts.push(plain("ACCOUNT", "read-only: no session can be killed".to_owned()));
        }
        if !endpoint.warnings.is_empty() {
            facts.push(Fact {
                severity: Some(Severity::Look),
                ..plain("WARNING", endpoint.warnings.join(", "))
            });
        }
        facts
    }

    /// Returns the state of servers and services, and of the access to their locks.
    fn server_facts(&self, endpoint: &EndpointState) -> Vec<Fact> {
        let mut facts = Vec::new();
        let troubles = endpoint.shown_troubles();
        let count = super::servers_words(endpoint).filter(|_| endpoint.dialect != Some(Dialect::Draft));
        let named = troubles
            .iter()
            .map(|trouble| trouble.named_words(self.now.elapsed));
        let named: Vec<_> = named.collect();
        // A service may have trouble while the servers are unknown.
        let parts = [count, (!named.is_empty()).then(|| named.join(", "))];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        if !parts.is_empty() {
            facts.push(Fact {
                severity: troubles.first().map(|trouble| trouble.kind.severity()),
                ..plain("SERVERS", parts.join(": "))
            });
        }
        facts.extend(remark(endpoint).map(|text| plain("SERVERS", text)));
        let access = &endpoint.server_access;
        let failing = access.faults().map(|(server, fault)| Fact {
            severity: Some(Severity::Look),
            ..plain("LOCKS", format!("{server}: {fault}"))
        });
        facts.extend(failing);
        facts.extend(locks(endpoint).map(|text| plain("LOCKS", text)));
        facts
    }

    /// Returns cost, interval and age of the lists, and the difference of the clocks.
    fn list_facts(&self, endpoint: &EndpointState) -> Vec<Fact> {
        let Some(cost) = endpoint.costs.last() else {
            return Vec::new();
        };
        let p95 = endpoint.costs.p95().map(|p95| {
            let count = endpoint.costs.count();
            format!(", 95% of the last {count} at most {}", measured_text(p95))
        });
        let age = endpoint.age(self.now.elapsed);
        let age = age.map(|age| format!(", {} ago", age_text(age)));
        let interval = interval_text(endpoint.kept_interval(self.settings.interval));
        let why = self.stretch(endpoint).map(|stretch| match stretch {
            IntervalStretch::Duty => {
                let share = self.settings.duty * 100.0;
                format!(", so that lists take at most {share:.0}% of the proxy's time")
            }
            IntervalStretch::Decoding => {
                ", so that the lists of all endpoints take little time of this machine".to_owned()
            }
        });
        let text = format!(
            "the last took {}{}{}; every {interval}{}",
            measured_text(cost),
            p95.unwrap_or_default(),
            age.unwrap_or_default(),
            why.unwrap_or_default()
        );
        let clock = clock_words(endpoint).map(|words| match words.as_str() {
            "same" => "as on this machine".to_owned(),
            _ => format!("{words} of this machine"),
        });
        let clock = clock.map(|text| plain("CLOCK", text));
        [plain("LISTS", text)].into_iter().chain(clock).collect()
    }
}

/// Returns where locks are read from, or how to read them.
fn locks(endpoint: &EndpointState) -> Option<String> {
    let access = &endpoint.server_access;
    if !access.is_set {
        let is_possible = endpoint.dialect == Some(Dialect::JsonApi);
        let text = "unknown without --sql-user; 'maxtop doctor --sql-user maxtop' says what it needs";
        return is_possible.then(|| text.to_owned());
    }
    let read = access.reports.len() - access.faults().count();
    let cost = access.cost().map(|cost| format!(" in {}", measured_text(cost)));
    (read > 0).then(|| {
        format!(
            "read from {}{}",
            counted(read, "server"),
            cost.unwrap_or_default()
        )
    })
}

/// Returns the last time without lists: `no lists from 03:00 to 03:20 (20m)`.
fn outage(app: &App, endpoint: &EndpointState) -> Option<String> {
    let outage = endpoint.last_outage?;
    let ago = |at| app.time_of_day(app.now.elapsed.saturating_sub(at));
    let lasted = age_text(outage.to.saturating_sub(outage.from));
    Some(format!(
        "the last: no lists from {} to {} ({lasted})",
        ago(outage.from),
        ago(outage.to)
    ))
}

/// Returns version, uptime and dialect.
fn product(endpoint: &EndpointState) -> Option<String> {
    let dialect = endpoint.dialect?.name();
    let instance = endpoint
        .latest
        .as_ref()
        .and_then(|latest| latest.instance.as_ref());
    let version = instance.and_then(Instance::shown_version);
    let uptime = instance.and_then(|instance| instance.uptime);
    let version = version.map(|version| format!("MaxScale {version}, "));
    let uptime = uptime.map(|uptime| format!("up {uptime}, "));
    Some(format!(
        "{}{}{dialect}",
        version.unwrap_or_default(),
        uptime.unwrap_or_default()
    ))
}
