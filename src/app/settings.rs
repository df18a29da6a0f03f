//! Settings of the screen, from the command line and the configuration file.

use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::build_view::Sort;
use super::columns::ColumnId;
use super::groups::groupings::GroupingId;
use super::remap::RemappedKeys;
use super::theme::{self, ThemeStyles};
use crate::diagnosis::DiagnosisSettings;
use crate::filter::{Filter, SavedFilters};
use crate::model::defaults::{DUTY, GRACE, INTERVAL};

/// Settings of the screen.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "independent settings")]
pub struct AppSettings {
    /// Interval between polls.
    pub interval: Duration,
    /// Maximum share of the proxy's time spent on list requests, 0 to 1.
    pub duty: f64,
    /// Whether to use only ASCII characters.
    pub ascii: bool,
    /// Whether colors are off.
    pub plain: bool,
    /// The theme, if colors are on.
    pub theme: Arc<ThemeStyles>,
    /// Name of the theme, or the path of its file.
    pub theme_name: String,
    /// Whether the mouse is used.
    pub mouse: bool,
    /// Whether the terminal rings when a session becomes ▲, and shows the number of stuck sessions in its title.
    pub bell: bool,
    /// Keys that the configuration file gives to actions.
    pub keys: RemappedKeys,
    /// The initial filter.
    pub filter: Filter,
    /// The named filters.
    pub saved_filters: SavedFilters,
    /// The initial columns; `None` for the default ones.
    pub columns: Option<Vec<ColumnId>>,
    /// The initial sort.
    pub sort: Sort,
    /// The initial grouping; `None` to show sessions one by one.
    pub group_by: Option<GroupingId>,
    /// Grace period in which a confirmed kill can be canceled.
    pub grace: Duration,
    /// Filter of sessions that are never killed. An empty filter protects no session.
    pub protect: Filter,
    /// Whether the dialog of a kill proposes to end the statements too.
    pub kill_statements: bool,
    /// Display form of the audit log's path.
    pub audit: String,
    /// Limits of the stuck reasons, and the sessions that never have one.
    pub diagnosis: DiagnosisSettings,
    /// Time zone of displayed times.
    pub zone: TimeZone,
    /// Whether the terminal is a pane of tmux.
    pub in_tmux: bool,
    /// Whether the tour of the demo is shown.
    pub tour: bool,
}

impl AppSettings {
    /// Whether the theme depends on the terminal's background.
    pub fn needs_background(&self) -> bool {
        !self.plain && self.theme.needs_background()
    }
}

impl Default for AppSettings {
    fn default() -> Self {
        Self {
            interval: INTERVAL.value,
            duty: DUTY.value,
            ascii: false,
            plain: false,
            theme: ThemeStyles::usual(),
            theme_name: theme::DEFAULT.to_owned(),
            mouse: false,
            bell: false,
            keys: RemappedKeys::default(),
            filter: Filter::default(),
            saved_filters: SavedFilters::default(),
            columns: None,
            sort: Sort::default(),
            group_by: None,
            grace: GRACE.value,
            protect: Filter::default(),
            kill_statements: false,
            audit: String::new(),
            diagnosis: DiagnosisSettings::default(),
            zone: TimeZone::UTC,
            in_tmux: false,
            tour: false,
        }
    }
}
