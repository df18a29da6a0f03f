//! All state of the screen, and the only place that changes it: [`update`](App::update).
//!
//! The shell feeds it messages and executes the effects; `ui` draws it without changing it. Uses only
//! the pure rooms (`model`, `filter`, `diagnosis`, `kill`, `recording`), and no terminal, network or clock.

pub(crate) mod alert;
pub(crate) mod blockers;
pub mod build_view;
pub mod calculation;
pub(crate) mod chooser;
pub(crate) mod column;
pub(crate) mod columns;
pub(crate) mod condition;
pub(crate) mod counter_series;
pub(crate) mod cursor;
pub(crate) mod detail;
pub mod endpoint;
pub(crate) mod endpoint_health;
pub(crate) mod endpoint_view;
pub(crate) mod endpoints;
pub mod events;
pub mod groups;
pub(crate) mod help;
pub(crate) mod key_names;
pub(crate) mod keymap;
pub(crate) mod kill_dialog;
pub(crate) mod kill_log;
mod kill_news;
mod kill_reason;
pub(crate) mod kill_selection;
mod kill_totals;
pub(crate) mod killing;
pub(crate) mod layout;
pub(crate) mod list_costs;
pub(crate) mod marks;
pub(crate) mod modal;
pub mod mouse;
pub mod msg;
pub(crate) mod overlay;
pub mod past;
pub(crate) mod prompt;
pub(crate) mod proxies;
pub(crate) mod recent_buckets;
pub mod remap;
pub mod replay;
pub(crate) mod row;
pub mod saving;
pub mod screen_file;
pub(crate) mod searching;
pub mod server_access;
pub(crate) mod server_trouble;
pub(crate) mod server_view;
pub(crate) mod servers;
pub(crate) mod status;
pub(crate) mod table;
pub(crate) mod table_view;
pub mod theme;
pub(crate) mod tour;
pub(crate) mod trend;
pub(crate) mod trend_point;
pub(crate) mod view_query;

mod awaiting;
pub(crate) mod copying;
mod filtering;
mod grouping;
mod keys;
mod layers;
pub(crate) mod links;
pub(crate) mod list_rounds;
mod marking;
mod navigate;
mod no_effect;
mod outbox;
mod quitting;
mod reason_names;
mod rebuild;
pub mod recorded;
pub mod recording;
mod request_shares;
mod sampling;
pub(crate) mod session_record;
mod settings;
mod sorting;
mod travel;
mod undo;
mod update;
mod victim_counts;
mod victim_presence;
mod victim_rows;
mod victim_selection;
mod waiters;
mod wake;

use std::time::Duration;

use self::blockers::BlockersPane;
use self::columns::ColumnId;
use self::detail::DetailPane;
use self::endpoint::EndpointState;
use self::endpoint_view::EndpointPane;
use self::endpoints::Endpoints;
use self::help::Help;
use self::keymap::KeyContext;
use self::killing::Kills;
use self::layout::{Area, Areas, areas};
use self::marks::Marks;
use self::modal::Modal;
use self::msg::Now;
use self::server_view::ServerPane;
pub use self::settings::AppSettings;
use self::status::Status;
use self::table::TableState;
use self::theme::Background;
use self::tour::Tour;
use crate::kill::open_work::OpenWork;
use crate::model::{Dialect, EndpointId, EndpointLocks, LockNumbers, Session};

/// All state of the screen.
#[derive(Clone, Debug)]
pub struct App {
    /// The settings. A key changes the interval.
    pub(crate) settings: AppSettings,
    /// The time of the last `Clock` message.
    pub(crate) now: Now,
    /// Columns and lines of the terminal.
    pub(crate) size: (u16, u16),
    /// Background of the terminal.
    pub(crate) background: Background,
    /// The endpoints, in the order of the command line.
    pub(crate) endpoints: Endpoints,
    /// The table.
    pub(crate) table: TableState,
    /// The details, if they are open.
    pub(crate) detail: Option<DetailPane>,
    /// Whether the details have the focus while both panes are shown.
    pub(crate) detail_focused: bool,
    /// The view of blockers, if it is open. It covers table and details.
    pub(crate) blockers: Option<BlockersPane>,
    /// The view of servers and services, if it is open. It covers table and details.
    pub(crate) servers: Option<ServerPane>,
    /// The view of endpoints, if it is open. It covers table and details.
    pub(crate) endpoint_pane: Option<EndpointPane>,
    /// The dialog, prompt or overlay that is open over them.
    pub(crate) modal: Modal,
    /// The help over everything, if it is open.
    pub(crate) help: Option<Help>,
    /// The tour of the demo, until the user leaves it.
    pub(crate) tour: Option<Tour>,
    /// The marked sessions.
    pub(crate) marks: Marks,
    /// Marks and filters that a key has removed.
    pub(crate) undo: undo::Undo,
    /// The levels of Esc, in the order in which they were opened.
    layers: layers::Layers,
    /// The kills of this run.
    pub(crate) kills: Kills,
    /// The last event.
    pub(crate) status: Option<Status>,
    /// Whether the table is frozen.
    pub(crate) paused: bool,
    /// The pending exit.
    pub(crate) leaving: Option<quitting::Leaving>,
    /// The events.
    pub(crate) events: events::EventList,
    /// The moment that is shown, if it is not live.
    pub(crate) past: Option<past::PastMoment>,
    /// The recording in progress, if there is one.
    pub(crate) recording: Option<recording::ScreenRecording>,
    rebuilds: rebuild::RebuildSchedule,
    /// When the order of the table is no longer held because of a key.
    hold_until: Option<Duration>,
    goto: Option<navigate::Goto>,
    search: Option<searching::Search>,
    searches: searching::Searches,
    /// The victims that a key has requested, until their dialog opens.
    victims: Option<victim_selection::AwaitedVictims>,
    /// The values that a key has requested for the filter prompt.
    values: Option<filtering::AwaitedValues>,
    /// Input that waits for a result.
    waiting: awaiting::Waiting,
    /// Number of the last calculation that a key has requested.
    calculations: u64,
    mouse: mouse::Mouse,
    alerts: alert::TerminalAlerts,
    /// The settings that are being saved, until the next key.
    saving: Option<saving::SavedSettings>,
    prioritized: sampling::PrioritizedRows,
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
        let tour = settings.tour.then(Tour::default);
        let mut table = TableState::new(settings.filter.clone(), columns, settings.sort);
        if let Some(by) = settings.group_by {
            table.groups.set_grouping(by, None);
        }
        Self {
            settings,
            now: Now::default(),
            size,
            background: Background::Unknown,
            endpoints: Endpoints::new(endpoints),
            table,
            detail: None,
            detail_focused: false,
            blockers: None,
            servers: None,
            endpoint_pane: None,
            modal: Modal::Closed,
            help: None,
            tour,
            marks: Marks::default(),
            undo: undo::Undo::default(),
            layers: layers::Layers::default(),
            kills: Kills::default(),
            status: None,
            paused: false,
            leaving: None,
            events: events::EventList::default(),
            past: None,
            recording: None,
            rebuilds: rebuild::RebuildSchedule::default(),
            hold_until: None,
            goto: None,
            search: None,
            searches: searching::Searches::default(),
            victims: None,
            values: None,
            waiting: awaiting::Waiting::default(),
            calculations: 0,
            mouse: mouse::Mouse::default(),
            alerts: alert::TerminalAlerts::default(),
            saving: None,
            prioritized: sampling::PrioritizedRows::default(),
            outbox: outbox::Outbox::default(),
        }
    }

    /// Returns the transactions and locks of an endpoint that the table shows.
    pub(crate) fn locks_of(&self, endpoint: EndpointId) -> Option<&EndpointLocks> {
        self.newest_view().locks_of(endpoint)
    }

    /// Returns the numbers of a session's transaction and locks.
    pub(crate) fn lock_numbers(&self, endpoint: EndpointId, session: &Session) -> LockNumbers {
        self.newest_view().lock_numbers(endpoint, session)
    }

    /// Whether no endpoint can read locks, because all of them have the draft's API.
    pub(crate) fn has_only_drafts(&self) -> bool {
        let mut dialects = self.endpoints.iter().map(|endpoint| endpoint.dialect);
        !self.endpoints.is_empty() && dialects.all(|dialect| dialect == Some(Dialect::Draft))
    }

    /// Returns what a session has open. `None` before the first list of its endpoint.
    pub(crate) fn open_work(&self, endpoint: EndpointId, session: &Session) -> Option<OpenWork> {
        let latest = self.endpoints.get(endpoint)?.latest.as_ref()?;
        let locks = self.locks_of(endpoint);
        let known = locks.map(|locks| locks.of(session)).unwrap_or_default();
        let api = (latest.dialect, latest.instance.as_ref());
        Some(OpenWork::of(session, api, known, |server| locks?.server(server)))
    }

    /// Returns the layout of the screen.
    pub(crate) fn areas(&self) -> Areas {
        let tour = self.tour_height();
        let size = (self.size.0, self.size.1 - tour);
        areas(size, self.endpoints.len(), self.detail.is_some()).with_tour(tour)
    }

    /// Returns the number of table rows on the screen, or without the details in their place.
    pub(crate) fn page(&self) -> usize {
        self.table_area().rows().max(1)
    }

    /// Returns the area of the table, or the one that it would have without the details.
    fn table_area(&self) -> Area {
        let shown = self.areas().table;
        if shown.is_empty() {
            let size = (self.size.0, self.size.1 - self.tour_height());
            areas(size, self.endpoints.len(), false).table
        } else {
            shown
        }
    }

    /// Returns the context that receives the keys.
    pub(crate) fn context(&self) -> KeyContext {
        if let Some(help) = &self.help {
            help.context()
        } else if let Some(context) = self.modal.context() {
            context
        } else if self.blockers.is_some() {
            KeyContext::Blockers
        } else if self.servers.is_some() {
            KeyContext::Servers
        } else if self.endpoint_pane.is_some() {
            KeyContext::Endpoints
        } else if self.detail_has_keys() {
            KeyContext::Detail
        } else if self.table.shows_groups() {
            KeyContext::Groups
        } else {
            KeyContext::Table
        }
    }

    /// Whether a view is open in place of the table.
    pub(crate) fn covers_table(&self) -> bool {
        self.modal.is_overview() || self.shows_view()
    }

    /// Whether a past moment or a recording is shown.
    pub(crate) const fn is_past(&self) -> bool {
        self.past.is_some()
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
}

#[cfg(any(test, fuzzing))]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    dead_code,
    reason = "only tests and fuzzing use it, and they may panic"
)]
pub(crate) mod harness;
#[cfg(test)]
pub(crate) mod locked;
#[cfg(test)]
pub(crate) mod tests;
