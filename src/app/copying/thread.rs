//! Texts to copy in the view of blockers.

use super::{CopyChoice, CopyOffer};
use crate::app::App;
use crate::app::blockers::{CREATE_USER, ThreadKey};

impl App {
    /// Returns what can be copied about the thread under the cursor: first the statement that ends it. Without a
    /// database user it is the statement that creates one.
    pub(super) fn thread_offer(&self) -> CopyOffer {
        let Some(row) = self.chosen_blocker() else {
            return self.offer_without_thread();
        };
        let mut offer = CopyOffer::default();
        match self.kill_statement(&row.key) {
            Ok(text) => offer.choices.push(CopyChoice::new(
                format!("execute it on {}, not on MaxScale", row.key.server),
                text,
            )),
            Err(why) => offer.no_kill = Some(why),
        }
        offer.choices.extend(self.thread_choices(&row.key));
        let latest = self
            .endpoints
            .get(row.key.endpoint)
            .and_then(|endpoint| endpoint.latest.as_ref());
        let session = row.session.and_then(|id| {
            let latest = latest?;
            latest.sessions.get(latest.position(id)?)
        });
        if let Some((session, latest)) = session.zip(latest) {
            let about = self.session_choices(&latest.identity(session), session);
            offer.choices.extend(about);
        }
        offer
    }

    /// Returns statement, thread and user, as the server reports them.
    fn thread_choices(&self, key: &ThreadKey) -> Vec<CopyChoice> {
        let server = self
            .table
            .view
            .locks_of(key.endpoint)
            .and_then(|locks| locks.server(&key.server));
        let Some(thread) = server.and_then(|server| server.report.thread(key.thread)) else {
            return Vec::new();
        };
        let statement = thread.statement.as_ref();
        let statement = statement.map(|sql| CopyChoice::new("running statement", sql.to_string()));
        let user = thread.user.as_ref();
        let host = thread.host.as_ref();
        let client = user.map(|user| match host {
            Some(host) => format!("{user} {host}"),
            None => user.to_string(),
        });
        let client = client.map(|text| CopyChoice::new("user and address on the server", text));
        let id = CopyChoice::new(format!("thread id on {}", key.server), key.thread.to_string());
        statement
            .into_iter()
            .chain([id].into_iter().filter(|_| key.thread != 0))
            .chain(client)
            .collect()
    }

    /// Returns what can be copied if no thread is listed.
    fn offer_without_thread(&self) -> CopyOffer {
        let mut endpoints = self.endpoints.iter();
        if endpoints.any(|endpoint| endpoint.server_access.is_set) {
            return CopyOffer {
                choices: Vec::new(),
                no_kill: Some("no thread waits".to_owned()),
            };
        }
        CopyOffer {
            choices: vec![CopyChoice::new("creates a database user", CREATE_USER.to_owned())],
            no_kill: None,
        }
    }
}
