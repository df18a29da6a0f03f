//! `P`: writes the screen to a text file, and the sessions that it shows to a JSON file beside it.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use super::App;
use super::keymap::KeyContext;
use super::msg::Effect;
use super::session_record::SessionRecord;
use super::status::Status;
use super::table_view::TableView;

/// Content of the JSON file.
#[derive(Clone, Debug, Serialize)]
pub struct ScreenData {
    /// Version of maxtop.
    maxtop: &'static str,
    /// Time of what is shown.
    time: Timestamp,
    /// Whether it is a past moment or a recording.
    is_past: bool,
    /// The view that has the keys.
    view: &'static str,
    /// The filter; empty if there is none.
    filter: String,
    /// All endpoints, with what `E` shows about them.
    endpoints: Vec<EndpointData>,
    /// Rows of the table, in their order. They are made when they are written.
    #[serde(serialize_with = "sessions")]
    sessions: Rows,
}

/// An endpoint.
#[derive(Clone, Debug, Serialize)]
struct EndpointData {
    name: String,
    url: Option<String>,
    facts: Vec<FactData>,
}

/// A line about an endpoint.
#[derive(Clone, Debug, Serialize)]
struct FactData {
    label: &'static str,
    text: String,
}

/// The rows, and the displayed URLs of their endpoints.
#[derive(Clone, Debug)]
struct Rows {
    view: Arc<TableView>,
    urls: Vec<String>,
}

fn sessions<S: Serializer>(rows: &Rows, serializer: S) -> Result<S::Ok, S::Error> {
    let window = rows.view.window(0, rows.view.len());
    serializer.collect_seq(window.map(|row| SessionRecord::of(&rows.view, &row, &rows.urls, None)))
}

/// Result of writing, for the status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScreenFileResult {
    /// Both files are written. The text file has this path.
    Written(String),
    /// A file cannot be written, for this reason.
    Failed(String),
}

impl App {
    /// Requests that the screen is written.
    pub(super) fn write_screen(&mut self) {
        let data = self.screen_data();
        self.outbox.push(Effect::WriteScreen(Box::new(data)));
    }

    fn screen_data(&self) -> ScreenData {
        let all = || self.endpoints.ids().zip(self.endpoints.iter());
        let url = |access: &super::endpoint::CommandAccess| access.url.clone();
        let endpoints = all().map(|(id, endpoint)| EndpointData {
            name: endpoint.name.clone(),
            url: endpoint.access.as_ref().map(url),
            facts: self
                .endpoint_facts(id)
                .into_iter()
                .map(|fact| FactData {
                    label: fact.label,
                    text: fact.text,
                })
                .collect(),
        });
        let urls = all().map(|(_, endpoint)| endpoint.access.as_ref().map(url).unwrap_or_default());
        ScreenData {
            maxtop: env!("CARGO_PKG_VERSION"),
            time: self.now.wall,
            is_past: self.is_past(),
            view: view_name(self.context()),
            filter: self.table.filter.text().to_owned(),
            endpoints: endpoints.collect(),
            sessions: Rows {
                view: Arc::clone(&self.table.view),
                urls: urls.collect(),
            },
        }
    }

    /// Handles the result.
    pub(super) fn on_screen_file(&mut self, result: ScreenFileResult) {
        self.status = Some(match result {
            ScreenFileResult::Written(path) => Status::done(format!("written: {path} and .json")),
            ScreenFileResult::Failed(why) => Status::warning(format!("the screen is not written: {why}")),
        });
    }
}

/// Returns the name of a view in the file.
const fn view_name(context: KeyContext) -> &'static str {
    match context {
        KeyContext::Groups => "groups",
        KeyContext::Detail => "details",
        KeyContext::Blockers => "blockers",
        KeyContext::Servers => "servers",
        KeyContext::Endpoints => "endpoints",
        KeyContext::Events => "events",
        KeyContext::Overlay => "overview or kill log",
        _ => "sessions",
    }
}
