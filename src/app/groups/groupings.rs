//! What sessions can be grouped by: one entry each, from which `t`, the heads, the names and the
//! filters of groups come.

use crate::app::row::TableRow;
use crate::filter::FilterField;
use crate::model::{Dialect, RawText, ServerConnection, SessionPhase, Text};

/// A value that a session is grouped by; the session lends it.
#[derive(Clone, Copy, Debug)]
pub enum GroupValue<'a> {
    /// As the server sent it.
    Sent(&'a Text),
    /// The name of an endpoint.
    Named(&'a str),
    /// One of our own words.
    Word(&'static str),
}

impl<'a> GroupValue<'a> {
    /// Returns the raw text: sessions with equal ones are a group.
    pub fn raw(&self) -> RawText<'a> {
        match self {
            Self::Sent(text) => text.raw(),
            Self::Named(name) => RawText::from(*name),
            Self::Word(word) => RawText::from(*word),
        }
    }
}

/// Shows the values of a session to a function, each once; `None`: it is not known.
type Each = for<'a> fn(&TableRow<'a>, &mut dyn FnMut(Option<GroupValue<'a>>));

/// Something that sessions have in common.
pub struct Grouping {
    /// Its name, which is also that of the field by which a filter asks for it.
    pub name: &'static str,
    /// The head over the names of the groups.
    pub heading: &'static str,
    /// Several of its values, in words.
    pub plural: &'static str,
    /// What stands for the empty text.
    pub nothing: &'static str,
    /// The one dialect that can know it; `None`: both.
    pub only: Option<Dialect>,
    /// Tells sessions apart only where there are several endpoints.
    pub several: bool,
    /// The values of a session: exactly those that a filter on the field matches it by.
    pub(super) each: Each,
}

/// All of them, in the order in which `t` goes through them.
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
        nothing: "(none)",
        only: None,
        several: false,
        each: |row, see| {
            let diagnosis = row.diagnosis;
            for finding in diagnosis.found {
                see(Some(GroupValue::Word(finding.reason.name)));
            }
            if diagnosis.found.is_empty() {
                let is_open = diagnosis.unjudged.names().next().is_some();
                see((!is_open).then_some(GroupValue::Word("")));
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

/// Several connections to one server make it no other group.
fn servers<'a>(backends: &'a [ServerConnection], see: &mut dyn FnMut(Option<GroupValue<'a>>)) {
    for (place, backend) in backends.iter().enumerate() {
        let mut before = backends.iter().take(place);
        if !before.any(|other| other.server == backend.server) {
            see(Some(GroupValue::Sent(&backend.server)));
        }
    }
}

/// The word that the table shows, where the state is one of those that mean something.
fn state(sent: &Text) -> GroupValue<'_> {
    match SessionPhase::of(sent.as_str()) {
        SessionPhase::Other => GroupValue::Sent(sent),
        phase => GroupValue::Word(phase.name()),
    }
}

/// A grouping, by its place in [`GROUPINGS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupingId(usize);

impl GroupingId {
    /// All, in the order in which `t` goes through them.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        (0..GROUPINGS.len()).map(Self)
    }

    /// Its entry.
    #[expect(
        clippy::indexing_slicing,
        reason = "an id is only made from a place in the table"
    )]
    pub fn grouping(self) -> &'static Grouping {
        &GROUPINGS[self.0]
    }
}

impl Grouping {
    /// The field by which a filter asks for it.
    pub fn field(&self) -> Option<&'static FilterField> {
        FilterField::named(self.name)
    }
}
