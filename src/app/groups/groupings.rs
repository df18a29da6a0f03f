//! The table of groupings. `t`, the heads, and the names and filters of groups are generated from it.

use crate::app::row::TableRow;
use crate::filter::FilterField;
use crate::model::{Dialect, RawText, ServerConnection, SessionPhase, Text};

/// A value that a session is grouped by, borrowed from the session.
#[derive(Clone, Copy, Debug)]
pub enum GroupValue<'a> {
    /// Text as the server sent it.
    Sent(&'a Text),
    /// Name of an endpoint.
    Named(&'a str),
    /// A word of maxtop.
    Word(&'static str),
}

impl<'a> GroupValue<'a> {
    /// Returns the raw text. Sessions with equal raw texts form a group.
    pub fn raw(&self) -> RawText<'a> {
        match self {
            Self::Sent(text) => text.raw(),
            Self::Named(name) => RawText::from(*name),
            Self::Word(word) => RawText::from(*word),
        }
    }
}

/// Calls a function with each distinct value of a session; `None` if the value is unknown.
type Each = for<'a> fn(&TableRow<'a>, &mut dyn FnMut(Option<GroupValue<'a>>));

/// A field to group by.
pub struct Grouping {
    /// Name, which is also the name of the filter field.
    pub name: &'static str,
    /// Heading above the names of the groups.
    pub heading: &'static str,
    /// Plural noun for its values.
    pub plural: &'static str,
    /// Placeholder for the empty text.
    pub nothing: &'static str,
    /// The only dialect that reports it; `None` if both do.
    pub only: Option<Dialect>,
    /// Whether it is useful only with several endpoints.
    pub several: bool,
    /// Visits the values of a session: exactly those that a filter on the field matches.
    pub(super) each: Each,
}

/// Value of the setting for sessions that are not grouped.
pub const NO_GROUPING: &str = "none";

/// All groupings, in the order of `t`.
pub static GROUPINGS: [Grouping; 8] = [
    Grouping {
        name: "user",
        heading: "USER",
        plural: "users",
        nothing: "(empty)",
        only: None,
        several: false,
        each: |row, see| see(row.session.user.as_ref().map(GroupValue::Sent)),
    },
    Grouping {
        name: "address",
        heading: "ADDRESS",
        plural: "addresses",
        nothing: "(empty)",
        only: None,
        several: false,
        each: |row, see| see(row.session.address.as_ref().map(GroupValue::Sent)),
    },
    Grouping {
        name: "service",
        heading: "SERVICE",
        plural: "services",
        nothing: "(empty)",
        only: None,
        several: false,
        each: |row, see| see(row.session.service.as_ref().map(GroupValue::Sent)),
    },
    Grouping {
        name: "server",
        heading: "SERVER",
        plural: "servers",
        nothing: "(none)",
        only: Some(Dialect::JsonApi),
        several: false,
        each: |row, see| match row.session.server_connections() {
            None => see(None),
            Some([]) => see(Some(GroupValue::Word(""))),
            Some(backends) => servers(backends, see),
        },
    },
    Grouping {
        name: "state",
        heading: "STATE",
        plural: "states",
        nothing: "(empty)",
        only: None,
        several: false,
        each: |row, see| see(row.session.state.as_ref().map(state)),
    },
    Grouping {
        name: "reason",
        heading: "REASON",
        plural: "reasons",
        nothing: "none",
        only: None,
        several: false,
        each: |row, see| {
            let diagnosis = row.diagnosis;
            for finding in diagnosis.found {
                see(Some(GroupValue::Word(finding.reason.name)));
            }
            if diagnosis.found.is_empty() {
                see(Some(GroupValue::Word("")));
            }
        },
    },
    Grouping {
        name: "program",
        heading: "PROGRAM",
        plural: "programs",
        nothing: "(empty)",
        only: Some(Dialect::JsonApi),
        several: false,
        each: |row, see| {
            let extra = row.session.extra.as_ref();
            see(extra
                .and_then(|extra| extra.program.as_ref())
                .map(GroupValue::Sent));
        },
    },
    Grouping {
        name: "endpoint",
        heading: "ENDPOINT",
        plural: "endpoints",
        nothing: "(empty)",
        only: None,
        several: true,
        each: |row, see| see(Some(GroupValue::Named(row.endpoint))),
    },
];

/// Several connections to one server are one value.
fn servers<'a>(backends: &'a [ServerConnection], see: &mut dyn FnMut(Option<GroupValue<'a>>)) {
    for (place, backend) in backends.iter().enumerate() {
        let mut before = backends.iter().take(place);
        if !before.any(|other| other.server == backend.server) {
            see(Some(GroupValue::Sent(&backend.server)));
        }
    }
}

/// Returns the name of a known state, otherwise the state as sent.
fn state(sent: &Text) -> GroupValue<'_> {
    match SessionPhase::of(sent.as_str()) {
        SessionPhase::Other => GroupValue::Sent(sent),
        phase => GroupValue::Word(phase.name()),
    }
}

/// Index of a grouping in [`GROUPINGS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupingId(usize);

impl GroupingId {
    /// Returns all groupings, in the order of `t`.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..GROUPINGS.len()).map(Self)
    }

    /// Returns the grouping with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|id| id.grouping().name == name)
    }

    /// Returns the name of a grouping as the value of a setting.
    pub(in crate::app) fn text(grouping: Option<Self>) -> &'static str {
        grouping.map_or(NO_GROUPING, |id| id.grouping().name)
    }

    /// Returns the entry in [`GROUPINGS`].
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn grouping(self) -> &'static Grouping {
        &GROUPINGS[self.0]
    }
}

impl Grouping {
    /// Returns the filter field with this name.
    pub fn field(&self) -> Option<&'static FilterField> {
        FilterField::named(self.name)
    }
}
