//! All state of the screen, and the only place that changes it: [`update`](App::update).
//!
//! The shell feeds it messages and executes the effects; `ui` draws it without changing it. Uses only
//! the pure rooms (`model`, `filter`, `diagnosis`, `kill`), and no terminal, network or clock.

pub mod build_view;
pub(crate) mod chooser;
pub(crate) mod column;
pub(crate) mod columns;
pub(crate) mod counter_series;
pub(crate) mod cursor;
pub(crate) mod detail;
pub mod endpoint;
pub(crate) mod endpoints;
pub mod groups;
pub(crate) mod keymap;
pub(crate) mod kill_dialog;
pub(crate) mod killing;
pub(crate) mod layout;
pub(crate) mod marks;
pub(crate) mod modal;
pub mod msg;
pub(crate) mod overlay;
pub(crate) mod prompt;
pub(crate) mod proxies;
pub(crate) mod recent_buckets;
pub(crate) mod row;
pub(crate) mod servers;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod table_view;
pub(crate) mod trend;
pub(crate) mod trend_point;
pub(crate) mod view_query;

mod copying;
mod filtering;
mod grouping;
mod keys;
mod marking;
mod navigate;
mod outbox;
mod quitting;
mod reason_names;
mod rebuild;
mod sampling;
mod sorting;
mod update;
mod wake;

use std::time::Duration;

use jiff::tz::TimeZone;

use self::build_view::Sort;
use self::columns::ColumnId;
use self::detail::DetailPane;
use self::endpoint::EndpointState;
use self::endpoints::Endpoints;
use self::keymap::KeyContext;
use self::killing::Kills;
use self::layout::{Area, Areas, areas};
use self::marks::Marks;
use self::modal::Modal;
use self::msg::Now;
use self::status::Status;
use self::table::TableState;
use crate::diagnosis::DiagnosisSettings;
use crate::filter::Filter;
use crate::model::defaults::{DUTY, GRACE, INTERVAL};

/// Settings of the screen.
#[derive(Clone, Debug)]
pub struct AppSettings {
    /// Interval between polls.
    pub interval: Duration,
    /// Maximum share of the proxy's time spent on list requests, 0 to 1.
    pub duty: f64,
    /// Whether to use only ASCII characters.
    pub ascii: bool,
    /// Whether colors are off.
    pub plain: bool,
    /// The initial filter.
    pub filter: Filter,
    /// The initial columns; `None` for the default ones.
    pub columns: Option<Vec<ColumnId>>,
    /// The initial sort.
    pub sort: Sort,
    /// Grace period in which a confirmed kill can be canceled.
    pub grace: Duration,
    /// Filter of sessions that are never killed. An empty filter protects no session.
    pub protect: Filter,
    /// Display form of the audit log's path.
    pub audit: String,
    /// Limits of the stuck reasons, and the sessions that never have one.
    pub diagnosis: DiagnosisSettings,
    /// Time zone of displayed times.
    pub zone: TimeZone,
    /// Whether the terminal is a pane of tmux.
    pub in_tmux: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            interval: INTERVAL.value,
            duty: DUTY.value,
            ascii: false,
            plain: false,
            filter: Filter::default(),
            columns: None,
            sort: Sort::default(),
            grace: GRACE.value,
            protect: Filter::default(),
            audit: String::new(),
            diagnosis: DiagnosisSettings::default(),
            zone: TimeZone::UTC,
            in_tmux: false,
        }
    }
}

/// A pending exit of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Whether to leave the last frame as text.
    pub keep_frame: bool,
    /// Deadline for requests in flight, since the program began.
    pub until: Duration,
    /// Whether the shell was already ordered to exit.
    is_said: bool,
}

/// All state of the screen.
#[derive(Clone, Debug)]
pub struct App {
    /// The settings. A key changes the interval.
    pub(crate) settings: AppSettings,
    /// The time of the last `Clock` message.
    pub(crate) now: Now,
    /// Columns and lines of the terminal.
    pub(crate) size: (u16, u16),
    /// The endpoints, in the order of the command line.
    pub(crate) endpoints: Endpoints,
    /// The table.
    pub(crate) table: TableState,
    /// The details, if they are open.
    pub(crate) detail: Option<DetailPane>,
    /// Whether the details have the focus while both panes are shown.
    pub(crate) detail_focused: bool,
    /// The dialog, prompt or overlay that is open over them.
    pub(crate) modal: Modal,
    /// The marked sessions.
    pub(crate) marks: Marks,
    /// The kills of this run.
    pub(crate) kills: Kills,
    /// The last event.
    pub(crate) status: Option<Status>,
    /// Whether the table is frozen.
    pub(crate) paused: bool,
    /// The pending exit.
    pub(crate) leaving: Option<Leaving>,
    rebuilds: rebuild::RebuildSchedule,
    last_key: Option<Duration>,
    goto: Option<navigate::Goto>,
    sampled: sampling::SampledRows,
    /// The effects of the update in progress.
    outbox: outbox::Outbox,
}

impl App {
    /// Creates the state before the first reply.
    pub fn new(settings: AppSettings, endpoints: Vec<EndpointState>, size: (u16, u16)) -> Self {
        let columns = settings
            .columns
            .clone()
            .unwrap_or_else(|| ColumnId::defaults(endpoints.len()));
        let table = TableState::new(settings.filter.clone(), columns, settings.sort);
        Self {
            settings,
            now: Now::default(),
            size,
            endpoints: Endpoints::new(endpoints),
            table,
            detail: None,
            detail_focused: false,
            modal: Modal::Closed,
            marks: Marks::default(),
            kills: Kills::default(),
            status: None,
            paused: false,
            leaving: None,
            rebuilds: rebuild::RebuildSchedule::default(),
            last_key: None,
            goto: None,
            sampled: sampling::SampledRows::default(),
            outbox: outbox::Outbox::default(),
        }
    }

    /// Returns the layout of the screen.
    pub(crate) fn areas(&self) -> Areas {
        areas(self.size, self.endpoints.len(), self.detail.is_some())
    }

    /// Returns the number of table rows on the screen, or without the details in their place.
    pub(crate) fn page(&self) -> usize {
        self.table_area().rows().max(1)
    }

    /// Returns the area of the table, or the one that it would have without the details.
    fn table_area(&self) -> Area {
        let shown = self.areas().table;
        if shown.is_empty() {
            areas(self.size, self.endpoints.len(), false).table
        } else {
            shown
        }
    }

    /// Returns the context that receives the keys.
    pub(crate) fn context(&self) -> KeyContext {
        if let Some(context) = self.modal.context() {
            context
        } else if self.detail_has_keys() {
            KeyContext::Detail
        } else if self.table.shows_groups() {
            KeyContext::Groups
        } else {
            KeyContext::Table
        }
    }

    /// Whether keys go to the details: they have the focus, or the table is not shown.
    pub(crate) fn detail_has_keys(&self) -> bool {
        self.detail.is_some() && (self.detail_focused || self.areas().table.is_empty())
    }

    /// Returns the age of the oldest snapshot that the table shows.
    pub(crate) fn shown_age(&self) -> Option<Duration> {
        let shown = self
            .table
            .view
            .snapshots
            .iter()
            .map(|snapshot| snapshot.taken_at)
            .min()?;
        Duration::try_from(self.now.wall.duration_since(shown)).ok()
    }

    /// Whether rows keep their places: a dialog is open, or a key was pressed recently.
    pub(crate) fn keeps_order(&self) -> bool {
        let is_recent = self.hold_ends_at().is_some_and(|at| self.now.elapsed < at);
        self.modal.kill_dialog().is_some() || is_recent
    }

    /// Returns when the order is no longer held because of the last key.
    fn hold_ends_at(&self) -> Option<Duration> {
        Some(self.last_key? + HOLD_AFTER_KEY)
    }

    /// Returns when a hold ends that is in effect.
    fn hold_wake_at(&self) -> Option<Duration> {
        self.hold_ends_at().filter(|_| self.keeps_order())
    }
}

/// How long the order is held after a key.
const HOLD_AFTER_KEY: Duration = Duration::from_secs(5);

#[cfg(test)]
pub(crate) mod harness;
#[cfg(test)]
mod tests;
