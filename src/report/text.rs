//! The sections of a report, from top to bottom.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::markdown::{Table, block, code, plain};
use super::{ReportSource, Reporter};
use crate::app::events::{Event, EventKind};
use crate::diagnosis::Severity;
use crate::model::{EndpointId, Now, Text, counted, exact_text, measured_text};

/// Maximum number of rows about stuck sessions.
const MAX_STUCK: usize = 50;
/// Maximum number of groups of each field.
const MAX_GROUPS: usize = 10;
/// Maximum number of events, the newest.
const MAX_EVENTS: usize = 200;
/// Time span from which times have a date.
const DAY_SECONDS: u64 = 86_400;

impl Reporter {
    /// Returns the report.
    pub(crate) fn text(&self) -> String {
        let sections = [
            self.title(),
            self.endpoints(),
            self.stuck_sessions(),
            self.blockers(),
            self.top_groups(),
            self.event_list(),
            self.server_states(),
            self.method(),
        ];
        sections.join("\n")
    }

    fn zoned(&self, at: Timestamp, format: &str) -> String {
        self.options.zone.to_datetime(at).strftime(format).to_string()
    }

    /// Returns a time of the report, with a date if it spans more than a day.
    fn time(&self, at: Now) -> String {
        let span = self
            .span
            .map(|(from, to)| to.elapsed.saturating_sub(from.elapsed));
        let is_long = span.is_some_and(|span| span.as_secs() >= DAY_SECONDS);
        self.zoned(at.wall, if is_long { "%m-%d %H:%M:%S" } else { "%H:%M:%S" })
    }

    fn has_several(&self) -> bool {
        self.header.endpoints.len() > 1
    }

    fn endpoint_name(&self, id: EndpointId) -> String {
        let endpoint = self.header.endpoints.get(usize::from(id.0));
        endpoint
            .map(|endpoint| plain(endpoint.name.as_str()))
            .unwrap_or_default()
    }

    fn title(&self) -> String {
        let mut text = String::from("# MaxScale incident report\n\n");
        let Some((from, to)) = self.span else {
            text.push_str("No data.\n");
            return text;
        };
        let span = to.elapsed.saturating_sub(from.elapsed);
        let offset = self.options.zone.to_offset(from.wall);
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{} to {}, {} (times are UTC{offset})",
            self.zoned(from.wall, "%Y-%m-%d %H:%M:%S"),
            self.zoned(to.wall, "%Y-%m-%d %H:%M:%S"),
            exact_text(std::time::Duration::from_secs(span.as_secs())),
        );
        if self.is_redacted() {
            text.push_str("\nUsers, addresses and literals are pseudonyms.\n");
        }
        text
    }

    const fn is_redacted(&self) -> bool {
        self.header.is_redacted
    }

    fn endpoints(&self) -> String {
        let mut table = Table::new(&[
            "endpoint", "URL", "version", "dialect", "sessions", "lists", "failed",
        ]);
        for (endpoint, totals) in self.header.endpoints.iter().zip(&self.totals) {
            let version = totals.version.as_ref().map(|version| plain(version.as_str()));
            table.row(&[
                plain(endpoint.name.as_str()),
                code(endpoint.url.as_str()),
                version.unwrap_or_default(),
                totals
                    .dialect
                    .map(|dialect| dialect.name().to_owned())
                    .unwrap_or_default(),
                match totals.sessions {
                    None => String::new(),
                    Some((least, most)) if least == most => most.to_string(),
                    Some((least, most)) => format!("{least} to {most}"),
                },
                totals.lists.to_string(),
                totals.failed.to_string(),
            ]);
        }
        format!("## Endpoints\n\n{}", table.text())
    }

    fn stuck_sessions(&self) -> String {
        let mut text = String::from("## What was stuck\n\n");
        let all = self.stuck.worst_first();
        if all.is_empty() {
            text.push_str(if self.diagnosed > 0 {
                "No session was stuck.\n"
            } else {
                "Not known: there is no complete list.\n"
            });
            return text;
        }
        let act = all.iter().filter(|one| one.severity == Severity::Act).count();
        let reasons = self.stuck.reasons().into_iter();
        let reasons: Vec<_> = reasons
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        let most = self
            .stuck
            .most
            .map(|(count, at)| format!(" At most {count} at once, at {}.", self.time(at)));
        let _ = writeln!(
            text,
            "{}, {act} of them ▲: {}.{}\n",
            counted(all.len(), "session"),
            reasons.join(", "),
            most.unwrap_or_default()
        );
        let head = ["", "session", "client", "service", "from", "to", "evidence"];
        let mut table = Table::new(&head);
        for session in all.iter().take(MAX_STUCK) {
            let id = if self.has_several() {
                format!("{} on {}", session.id, self.endpoint_name(session.endpoint))
            } else {
                session.id.to_string()
            };
            let to = if session.is_open {
                "still stuck".to_owned()
            } else {
                self.time(session.to)
            };
            let before = if session.is_from_start { "before " } else { "" };
            let from = format!("{before}{}", self.time(session.from));
            table.row(&[
                session.severity.glyph().to_owned(),
                id,
                plain(&session.client),
                plain(&session.service),
                from,
                to,
                format!("{}: {}", session.reason, plain(&session.sentence)),
            ]);
        }
        text.push_str(table.text());
        let more = all.len().saturating_sub(MAX_STUCK);
        if more > 0 {
            let _ = writeln!(text, "\nAnd {}.", counted(more, "more session"));
        }
        if self.stuck.left_out > 0 {
            text.push_str("\nThere were more than are counted here.\n");
        }
        text
    }

    fn blockers(&self) -> String {
        let mut text = String::from("## Blockers and waiters\n\n");
        match &self.blocking.worst {
            Some(worst) => {
                let _ = writeln!(
                    text,
                    "At {}, the worst moment, {}:\n",
                    self.time(worst.at),
                    worst.sentence()
                );
                text.push_str(&block(&worst.lines));
                if worst.more > 0 {
                    let _ = writeln!(text, "\nAnd {}.", counted(worst.more, "more line"));
                }
            }
            None if self.blocking.is_known => text.push_str("No thread waited for another one.\n"),
            None if !self.has_lists() => text.push_str("Not known: there is no complete list.\n"),
            None => text.push_str("Not known: the locks of the servers were not read (`--sql-user`).\n"),
        }
        text
    }

    fn top_groups(&self) -> String {
        let mut text = String::from("## Top groups\n");
        for (field, values) in self.groups.sorted() {
            let mut table = Table::new(&[field, "stuck", "sessions"]);
            for (value, counts) in values.iter().take(MAX_GROUPS) {
                let cells = [name(value), counts.stuck.to_string(), counts.sessions.to_string()];
                table.row(&cells);
            }
            if !table.is_empty() {
                let _ = write!(text, "\n{}", table.text());
            }
            let more = values.len().saturating_sub(MAX_GROUPS);
            if more > 0 {
                let _ = writeln!(text, "\nAnd {more} more.");
            }
        }
        text.push_str("\nThe numbers are the largest at the same time.\n");
        text
    }

    fn event_list(&self) -> String {
        let mut events: Vec<&Event> = self.events.from(0).take(MAX_EVENTS).collect();
        events.reverse();
        let (kills, others): (Vec<&Event>, Vec<&Event>) = events
            .into_iter()
            .partition(|event| event.kind == EventKind::Kill);
        let mut text = format!("## Events\n\n{}", self.lines_of(&others, "No event."));
        if self.events.len() > MAX_EVENTS {
            let _ = writeln!(text, "\nOnly the last {MAX_EVENTS} events are listed.");
        }
        let _ = write!(
            text,
            "\n## Kills\n\n{}",
            self.lines_of(&kills, "No kill was recorded.")
        );
        text
    }

    fn lines_of(&self, events: &[&Event], nothing: &str) -> String {
        if events.is_empty() {
            return format!("{nothing}\n");
        }
        let lines = events.iter().map(|event| {
            let place = if self.has_several() {
                format!(" {}:", self.endpoint_name(event.endpoint))
            } else {
                String::new()
            };
            let count = if event.count > 1 {
                format!(" ({} times)", event.count)
            } else {
                String::new()
            };
            let severity = event.kind.severity().map_or("", Severity::glyph);
            let words = event.kind.words();
            let line = format!("{severity} {words}: {}{count}", plain(&event.text));
            format!("- {}{place} {}\n", self.time(event.at), line.trim_start())
        });
        lines.collect()
    }

    fn server_states(&self) -> String {
        let mut servers = Table::new(&["server", "endpoint", "state", "connections", "during the report"]);
        let mut services = Table::new(&["service", "endpoint", "router", "state", "connections", "limit"]);
        let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
        for (id, state) in (0..).map(EndpointId).zip(self.rounds.endpoints().iter()) {
            let place = self.endpoint_name(id);
            for server in state.servers.latest.iter().flat_map(|servers| &servers.states) {
                servers.row(&[
                    name(&server.name),
                    place.clone(),
                    server.state.as_ref().map(name).unwrap_or_default(),
                    number(server.connections),
                    plain(&self.states.of(id, &server.name)),
                ]);
            }
            for service in state.services.latest.iter().flat_map(|services| &services.states) {
                services.row(&[
                    name(&service.name),
                    place.clone(),
                    service.router.as_ref().map(name).unwrap_or_default(),
                    service.state.as_ref().map(name).unwrap_or_default(),
                    number(service.connections),
                    number(service.max_connections.filter(|limit| *limit > 0)),
                ]);
            }
        }
        let mut text = String::from("## Servers and services\n\n");
        if servers.is_empty() && services.is_empty() {
            text.push_str("Not reported.\n");
        }
        if !servers.is_empty() {
            text.push_str(servers.text());
        }
        if !services.is_empty() {
            let gap = if servers.is_empty() { "" } else { "\n" };
            let _ = write!(text, "{gap}{}", services.text());
        }
        text
    }

    fn method(&self) -> String {
        let mut lines = vec![match self.options.source {
            ReportSource::Live => "From polling the endpoints.".to_owned(),
            ReportSource::Recording { is_complete } => {
                let end = if is_complete {
                    ""
                } else {
                    " It ends in the middle: the recorder was interrupted."
                };
                format!(
                    "From a recording made by maxtop {}.{end}",
                    plain(self.header.program.as_str())
                )
            }
        }];
        for (endpoint, totals) in self.header.endpoints.iter().zip(&self.totals) {
            let interval = totals
                .interval()
                .map(|interval| format!(", one every {}", measured_text(interval)));
            let longest =
                (totals.lists > 0).then(|| format!(", longest response {}", measured_text(totals.longest)));
            lines.push(format!(
                "{}: {}{}{}, {} failed.",
                plain(endpoint.name.as_str()),
                counted(totals.lists, "list"),
                interval.unwrap_or_default(),
                longest.unwrap_or_default(),
                totals.failed,
            ));
        }
        lines.push(format!("Diagnosed: {}.", counted(self.diagnosed, "round")));
        if self.damaged > 0 {
            lines.push(format!(
                "Not read because of damage: {}.",
                counted(self.damaged, "part")
            ));
        }
        lines.push(
            if self.is_redacted() {
                "Redacted: users, addresses and literals in SQL are pseudonyms, other texts are left out."
            } else {
                "Not redacted: it has users, addresses and statements."
            }
            .to_owned(),
        );
        let lines = lines.join("\n- ");
        format!(
            "## How this report was made\n\n- {lines}\n\nWritten by maxtop {}.\n",
            env!("CARGO_PKG_VERSION")
        )
    }
}

fn name(text: &Text) -> String {
    match text.as_str() {
        "" => "(empty)".to_owned(),
        text => plain(text),
    }
}
