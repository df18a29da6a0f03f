//! `R`: a recording of what is fetched, beside the screen.

use std::sync::Arc;

use super::App;
use super::endpoint::EndpointState;
use super::msg::{Effect, Now};
use super::status::Status;
use crate::model::{EndpointId, size_text};
use crate::recording::{Fact, FactKind};

/// A message about the recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordingMsg {
    /// It has started, in this file.
    Started(String),
    /// Number of bytes written.
    Size(u64),
    /// It has ended as requested, with this size.
    Finished(u64),
    /// It could not be started or continued, for this reason.
    Failed(String),
}

/// The recording in progress.
#[derive(Clone, Debug)]
pub(crate) struct ScreenRecording {
    /// When it was requested.
    pub since: Now,
    /// The file, once it is created.
    pub file: Option<String>,
    /// Number of bytes written.
    pub size: u64,
}

impl App {
    /// `R`: starts a recording, or finishes it.
    pub(super) fn record(&mut self) {
        let starts = self.recording.is_none();
        if starts {
            self.recording = Some(ScreenRecording {
                since: self.now,
                file: None,
                size: 0,
            });
        }
        self.outbox.push(Effect::Record(starts));
    }

    /// Handles a message about the recording.
    pub(super) fn on_recording(&mut self, msg: RecordingMsg) {
        match msg {
            RecordingMsg::Started(file) => {
                let key = self.settings.keys.first(super::keymap::Action::Record);
                let text = format!("recording to {file}; {key} ends it");
                self.status = Some(Status::note(text));
                if let Some(recording) = &mut self.recording {
                    recording.file = Some(file);
                }
            }
            RecordingMsg::Size(size) => {
                if let Some(recording) = &mut self.recording {
                    recording.size = size;
                }
            }
            RecordingMsg::Finished(size) => {
                // Without one, its failure was reported before.
                let Some(file) = self.recording.take().and_then(|recording| recording.file) else {
                    return;
                };
                let text = format!("recorded {}: maxtop replay {file}", size_text(size));
                self.status = Some(Status::done(text));
            }
            RecordingMsg::Failed(why) => {
                self.recording = None;
                self.status = Some(Status::warning(format!("the recording has ended: {why}")));
            }
        }
    }

    /// Returns what is known now, for the start of a recording.
    pub(crate) fn known_facts(&self) -> Vec<Fact> {
        let all = self.endpoints.ids().zip(self.endpoints.iter());
        all.flat_map(|(id, endpoint)| endpoint.known_facts(id, self.now))
            .collect()
    }
}

impl EndpointState {
    fn known_facts(&self, id: EndpointId, at: Now) -> Vec<Fact> {
        let (servers, services) = (&self.servers.latest, &self.services.latest);
        let single = [
            self.dialect.map(FactKind::Dialect),
            self.may_only_read.then_some(FactKind::MayOnlyRead),
            servers.clone().map(|servers| FactKind::Servers(Ok(servers))),
            services.clone().map(|services| FactKind::Services(Ok(services))),
            self.latest.clone().map(FactKind::Listed),
        ];
        let reports = self.server_access.reports.values();
        let reports = reports.map(|report| FactKind::ServerReport(Arc::clone(report)));
        let kinds = single.into_iter().flatten().chain(reports);
        let endpoint = Some(id);
        kinds.map(|kind| Fact { at, endpoint, kind }).collect()
    }
}
