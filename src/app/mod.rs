//! All state of the screen, and the only place that changes it: [`update`](App::update).
//!
//! The shell feeds it messages and carries out the effects; `ui` draws it and changes nothing. It
//! may use the pure rooms (`model`, `query`, `triage`, `kill`); it knows no terminal, no network, no clock.

pub mod build_view;
pub mod chooser;
pub mod columns;
pub mod counter_series;
pub mod detail;
pub mod endpoint;
pub mod groups;
pub mod keymap;
pub mod kill_dialog;
pub mod killing;
pub mod layout;
pub mod marks;
pub mod msg;
pub mod overlay;
pub mod prompt;
pub mod proxies;
pub mod recent_buckets;
pub mod row;
pub mod servers;
pub mod status;
pub mod table;
pub mod table_view;
pub mod trend;
pub mod trend_point;
pub mod view_query;

mod copying;
mod filtering;
mod grouping;
mod marking;
mod navigate;
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
use self::chooser::Chooser;
use self::columns::ColumnId;
use self::detail::DetailPane;
use self::endpoint::EndpointState;
use self::keymap::KeyContext;
use self::killing::Kills;
use self::layout::{Area, Areas, areas};
use self::marks::Marks;
use self::msg::Now;
use self::overlay::Overlay;
use self::prompt::FilterPrompt;
use self::status::Status;
use self::table::TableState;
use crate::diagnosis::Thresholds;
use crate::filter::Filter;
use crate::model::{EndpointId, SessionId};

/// What is set from outside before the first frame.
#[derive(Clone, Debug)]
pub struct AppSettings {
    /// How often to poll.
    pub interval: Duration,
    /// The share of its time that listing may cost an endpoint, 0 to 1.
    pub duty: f64,
    /// Nothing but ASCII on the screen.
    pub ascii: bool,
    /// No colour.
    pub plain: bool,
    /// The filter to begin with.
    pub filter: Filter,
    /// The columns to begin with; the usual ones without a choice.
    pub columns: Option<Vec<ColumnId>>,
    /// The order to begin with.
    pub sort: Sort,
    /// So long a confirmed kill can be taken back.
    pub grace: Duration,
    /// Who must never be ended; an empty one is nobody.
    pub protect: Filter,
    /// Where kills are logged, as it is shown.
    pub audit: String,
    /// From when on a session counts as stuck.
    pub thresholds: Thresholds,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// The terminal is a pane of tmux.
    pub in_tmux: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            duty: 0.1,
            ascii: false,
            plain: false,
            filter: Filter::default(),
            columns: None,
            sort: Sort::default(),
            grace: Duration::from_secs(3),
            protect: Filter::default(),
            audit: String::new(),
            thresholds: Thresholds::default(),
            zone: TimeZone::UTC,
            in_tmux: false,
        }
    }
}

/// How the program is about to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Leave the last frame as text.
    pub keep_frame: bool,
    /// Until when what is in flight may finish, since the program began.
    pub until: Duration,
    /// The shell was told to end.
    is_said: bool,
}

/// All state of the screen.
#[derive(Clone, Debug)]
pub struct App {
    /// What was set from outside; the interval changes by key.
    pub settings: AppSettings,
    /// The time, as it was told last.
    pub now: Now,
    /// Columns and lines of the terminal.
    pub size: (u16, u16),
    /// The endpoints, in the order of the command line.
    pub endpoints: Vec<EndpointState>,
    /// The table.
    pub table: TableState,
    /// The details, when they are open.
    pub detail: Option<DetailPane>,
    /// Whether the details have the keys while both panes are shown.
    pub detail_focused: bool,
    /// The filter while it is typed.
    pub prompt: Option<FilterPrompt>,
    /// The columns while they are chosen.
    pub chooser: Option<Chooser>,
    /// What is read over the table.
    pub overlay: Option<Overlay>,
    /// Which sessions are marked.
    pub marks: Marks,
    /// What is being ended.
    pub kills: Kills,
    /// What happened last.
    pub status: Option<Status>,
    /// The table stands still.
    pub paused: bool,
    /// The program is about to end.
    pub leaving: Option<Leaving>,
    arranging: rebuild::Arranging,
    last_key: Option<Duration>,
    goto: Option<navigate::Goto>,
    /// The sessions of the draft that were on the screen last.
    shown: Vec<(EndpointId, SessionId)>,
}

impl App {
    /// Nothing heard, nothing open.
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
            endpoints,
            table,
            detail: None,
            detail_focused: false,
            prompt: None,
            chooser: None,
            overlay: None,
            marks: Marks::default(),
            kills: Kills::default(),
            status: None,
            paused: false,
            leaving: None,
            arranging: rebuild::Arranging::default(),
            last_key: None,
            goto: None,
            shown: Vec::new(),
        }
    }

    /// Where everything stands.
    pub fn areas(&self) -> Areas {
        areas(self.size, self.endpoints.len(), self.detail.is_some())
    }

    /// How many rows of the table the screen shows, or would show without the details in its place.
    pub fn page(&self) -> usize {
        self.table_area().rows().max(1)
    }

    /// Where the table stands, or would stand without the details in its place.
    fn table_area(&self) -> Area {
        let shown = self.areas().table;
        if shown.is_empty() {
            areas(self.size, self.endpoints.len(), false).table
        } else {
            shown
        }
    }

    /// Who gets the keys.
    pub fn context(&self) -> KeyContext {
        if let Some(asking) = &self.kills.asking {
            if asking.types_reason {
                KeyContext::Reason
            } else {
                KeyContext::Dialog
            }
        } else if self.overlay.is_some() {
            KeyContext::Overlay
        } else if self.chooser.is_some() {
            KeyContext::Columns
        } else if self.prompt.is_some() {
            KeyContext::Prompt
        } else if self.detail_has_keys() {
            KeyContext::Detail
        } else if self.shows_groups() {
            KeyContext::Groups
        } else {
            KeyContext::Table
        }
    }

    /// Whether keys go to the details: they have the focus, or the table has no room.
    pub fn detail_has_keys(&self) -> bool {
        self.detail.is_some() && (self.detail_focused || self.areas().table.is_empty())
    }

    /// What an endpoint is called, if it is not the only one.
    pub fn name_among_several(&self, endpoint: EndpointId) -> Option<&str> {
        let endpoint = self.endpoint(endpoint).filter(|_| self.endpoints.len() > 1)?;
        Some(&endpoint.name)
    }

    /// One endpoint.
    pub fn endpoint(&self, id: EndpointId) -> Option<&EndpointState> {
        self.endpoints.get(usize::from(id.0))
    }

    fn endpoint_mut(&mut self, id: EndpointId) -> Option<&mut EndpointState> {
        self.endpoints.get_mut(usize::from(id.0))
    }

    /// How old the oldest list is that the table shows.
    pub fn shown_age(&self) -> Option<Duration> {
        let shown = self
            .table
            .view
            .snapshots
            .iter()
            .map(|snapshot| snapshot.taken_at)
            .min()?;
        Duration::try_from(self.now.wall.duration_since(shown)).ok()
    }

    /// Rows do not change places: a dialog is open, or a key was pressed a moment ago.
    pub fn keeps_order(&self) -> bool {
        let recently = self
            .last_key
            .is_some_and(|at| self.now.elapsed.saturating_sub(at) < HOLD_AFTER_KEY);
        self.kills.asking.is_some() || recently
    }
}

/// So long after a key nothing re-orders.
const HOLD_AFTER_KEY: Duration = Duration::from_secs(5);

#[cfg(test)]
pub(crate) mod harness;
#[cfg(test)]
mod tests;
