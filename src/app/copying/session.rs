//! Texts to copy about one session, in the details and in the table.

use super::{CopyChoice, CopyOffer};
use crate::app::App;
use crate::app::detail::DetailPane;
use crate::app::session_record::{LockFacts, SessionRecord};
use crate::model::{
    Dialect, Identity, ServerActivity, ServerLocks, ServerThread, Session, Text, curl_line, maxctrl,
};

impl App {
    /// Returns what can be copied from the details: the `KILL` of the thread that runs the statement
    /// first.
    pub(super) fn pane_offer(&self, pane: &DetailPane) -> CopyOffer {
        let refusal = self.protection_of(&pane.identity, pane.session());
        let mut choices = self.kill_choices(pane);
        choices.extend(statement(pane).map(|(text, about)| CopyChoice::new(about, text)));
        choices.extend(self.session_choices(&pane.identity, pane.session()));
        CopyOffer {
            choices,
            no_kill: refusal.map(|refusal| refusal.short()),
        }
    }

    /// Returns what can be copied about any session.
    pub(super) fn session_choices(&self, identity: &Identity, session: &Session) -> Vec<CopyChoice> {
        let id = identity.id;
        let mut choices = vec![
            CopyChoice::new("session id", id.to_string()),
            CopyChoice::new("user and address", session.client()),
        ];
        let endpoint = self.endpoints.get(identity.endpoint);
        let dialect = endpoint.and_then(|endpoint| endpoint.dialect);
        let access = endpoint.and_then(|endpoint| endpoint.access.as_ref());
        if dialect != Some(Dialect::Draft) {
            choices.push(CopyChoice::new(
                "all details, with maxctrl",
                maxctrl::at(
                    access.map_or("", |access| &access.url),
                    &maxctrl::show_session(id),
                ),
            ));
        }
        if let Some(access) = access {
            let target = match dialect {
                Some(Dialect::Draft) => format!("/sessions/{id}"),
                _ => format!("/v1/sessions/{id}"),
            };
            choices.push(CopyChoice::new(
                "all details, with curl",
                curl_line(&access.url, access.user.as_deref(), "", &target),
            ));
        }
        let view = &self.table.view;
        let diagnosis = view.diagnosis(&identity.key()).unwrap_or_default();
        let servers = view.locks_of(identity.endpoint);
        let locks = LockFacts {
            numbers: view.lock_numbers(identity.endpoint, session),
            servers: servers.map(|locks| locks.servers.as_slice()).unwrap_or_default(),
            fault: None,
        };
        let url = access.map_or("", |access| access.url.as_str());
        let record = SessionRecord::new(url, identity, session, &diagnosis, locks);
        choices.extend(
            record
                .json_line()
                .map(|json| CopyChoice::new("JSON, as in maxtop list", json)),
        );
        choices
    }

    /// Returns the `KILL` of each thread of the session, that of a thread with a statement first. A session
    /// that is or may be protected has none, and neither has a past one.
    fn kill_choices(&self, pane: &DetailPane) -> Vec<CopyChoice> {
        // The thread of a past session may belong to another one by now.
        let is_protected = self.protection_of(&pane.identity, pane.session()).is_some();
        if is_protected || self.is_past() {
            return Vec::new();
        }
        let mut threads = pane.threads();
        let runs = |server: Option<&Text>, id: u32| {
            let running = server.and_then(|server| self.thread_of(pane, server, id));
            running.is_some_and(|thread| thread.statement.is_some())
                || pane
                    .running_server()
                    .is_some_and(|running| Some(running) == server)
        };
        threads.sort_by_key(|(server, id)| !runs(server.as_ref(), *id));
        let choices = threads.into_iter().filter_map(|(server, id)| {
            let full_id = self.full_thread_id(pane, server.as_ref(), id)?;
            let running = if runs(server.as_ref(), id) {
                "ends the thread that runs its statement; "
            } else {
                "ends the thread; "
            };
            let place = server.map_or_else(|| "its server".to_owned(), |server| server.to_string());
            Some(CopyChoice::new(
                format!("{running}execute it on {place}, not on MaxScale"),
                format!("KILL {full_id}"),
            ))
        });
        choices.collect()
    }

    /// Returns the whole id of a thread, which only its server knows: the API sends the low 32 bits. Without
    /// a report of the server those are all that is known. `None` if the thread is gone, or if several threads
    /// have these bits.
    fn full_thread_id(&self, pane: &DetailPane, server: Option<&Text>, id: u32) -> Option<u64> {
        let low = (id != 0).then_some(u64::from(id));
        let locks = self.locks_of(pane.identity.endpoint);
        let report = server.and_then(|name| locks?.server(name).filter(|server| !server.is_outdated));
        let Some(activity) = report.and_then(|server| server.report.activity.as_ref().ok()) else {
            return low;
        };
        if let Some(thread) = server.and_then(|server| self.thread_of(pane, server, id)) {
            return Some(thread.id);
        }
        let threads = activity.threads.rows.iter().map(|thread| thread.id);
        let mut own = threads.filter(|thread| thread & u64::from(u32::MAX) == u64::from(id));
        match (own.next(), own.next()) {
            (Some(only), None) => low.map(|_| only),
            (Some(_), Some(_)) => None,
            // Not all threads are visible, or were read.
            (None, _) => low.filter(|_| !sees_all(activity, report)),
        }
    }

    /// Returns a thread of the session, as its server reports it.
    pub(crate) fn thread_of(&self, pane: &DetailPane, server: &Text, id: u32) -> Option<&ServerThread> {
        let locks = self.locks_of(pane.identity.endpoint)?;
        let server = locks.server(server).filter(|server| !server.is_outdated)?;
        let activity = server.report.activity.as_ref().ok()?;
        // The API sends the low 32 bits of a thread id.
        let user = &pane.session().user;
        let is_own =
            |thread: &&ServerThread| thread.id & u64::from(u32::MAX) == u64::from(id) && thread.user == *user;
        activity.threads.rows.iter().find(is_own).filter(|_| id != 0)
    }
}

/// Returns the running statement, otherwise the last one, and which of both it is.
fn statement(pane: &DetailPane) -> Option<(String, &'static str)> {
    let session: &Session = pane.session();
    let running = session.extra.as_ref().and_then(|extra| extra.running.as_ref());
    if let Some(sql) = running.and_then(|running| running.sql.as_ref()) {
        return Some((sql.to_string(), "running statement"));
    }
    let detail = &pane.observation.as_ref()?.detail;
    let last = detail.queries.as_ref()?.last()?;
    Some((last.sql.as_ref()?.to_string(), "last statement"))
}

/// Whether a report has all threads of its server.
fn sees_all(activity: &ServerActivity, server: Option<&ServerLocks>) -> bool {
    let grants = server.and_then(|server| server.report.grants);
    !activity.threads.has_more && grants.is_some_and(|grants| grants.may_see_all)
}
