//! HTTP client for the admin API of one endpoint, in either dialect.
//!
//! Used by the poller and the one-shot commands. Each request has one deadline. Most use a new
//! connection; samples and the checks of a kill share one. A DELETE is never repeated, a GET only after a
//! rejected token. Errors are returned as [`RequestError`]. Bodies are decoded outside the runtime's threads.

mod access;
mod account;
mod checked;
mod connected;
mod continuity;
mod decode;
mod dialect;
mod exchange;
mod fault;
mod http;
mod inspection;
mod list_gate;
mod logging;
mod login;
mod open_reply;
mod reply;
mod resource;
mod snapshot;
mod spec;
mod sql;
mod target;
mod tls;
mod tls_fault;
mod token;
mod url;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use self::checked::CheckedState;
use self::dialect::{DialectDetector, DialectStep, next};
use self::exchange::DeletePermission;
use self::exchange::Exchange;
use self::list_gate::ListGate;
use self::logging::OpenFaults;
use self::sql::SqlAccess;
use jiff::Timestamp;

use crate::clock;
use crate::model::{
    Dialect, EndpointId, Instance, RequestError, Session, SessionDetail, SessionId, Snapshot,
};
use crate::wire::{Bounds, Interner, shape};

pub use checked::Checked;
pub(crate) use continuity::PROCESS_READS;
pub(super) use decode::off_thread;
pub(crate) use inspection::Inspection;
pub use spec::{ClientError, ClientSpec, Credentials, DEFAULT_BODY_CAP, Login, TlsSpec, TokenUse};
pub use sql::{LockTablesTurn, StatementResult};
pub(crate) use sql::{MAX_CLOSE_WAIT, close_server_connections};
pub use target::ListReply;
pub use target::{ListForm, ListRequest};
pub use token::{TokenReport, TokenSpec};
pub(crate) use url::{EndpointUrl, UrlError};

/// Maximum age of a process that the preflight has read and the first list uses.
const MAX_PROBE_AGE: Duration = Duration::from_secs(1);

/// A client of one endpoint. Clones share all state.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoint: EndpointId,
    exchange: Exchange,
    dialects: DialectDetector,
    deletion: Option<DeletePermission>,
    /// Whether sessions keep their last statements, according to the last reply.
    keeps_statements: AtomicBool,
    warnings: Vec<&'static str>,
    /// User and source of the password, for messages.
    login: Option<Login>,
    /// Limits of the decoder. Larger lists are not decoded.
    bounds: Bounds,
    /// Keeps lists apart from each other and from checks.
    lists: ListGate,
    /// State shared by the checks and DELETEs of kills.
    kills: CheckedState,
    /// Connections to servers. `None` without a database user.
    sql: Option<SqlAccess>,
    /// Names and timestamps of earlier lists, shared because the next list has most of them too.
    interner: Arc<Mutex<Interner>>,
    /// The process that the preflight has read, and when. Taken by the first list.
    probed: Mutex<Option<(Instant, Instance)>>,
    open_faults: OpenFaults,
}

impl Client {
    /// Creates a client. Sends nothing.
    ///
    /// # Errors
    ///
    /// Returns [`ClientError`] if the password must not be sent to this URL, the user name contains a colon,
    /// or a certificate or key cannot be used.
    pub fn new(spec: ClientSpec) -> Result<Self, ClientError> {
        if let Some(credentials) = &spec.credentials {
            if credentials.user.contains(':') {
                return Err(ClientError::User(spec.url));
            }
            if !spec.url.may_carry_passwords(spec.allow_plain_http) {
                return Err(ClientError::PlainHttp(spec.url));
            }
        }
        if spec.server_access.is_some() && !spec.url.may_carry_passwords(spec.allow_plain_http) {
            return Err(ClientError::PlainHttp(spec.url));
        }
        if spec.token.is_some() && !spec.url.may_carry_passwords(spec.allow_plain_http) {
            return Err(ClientError::PlainHttpToken(spec.url));
        }
        Ok(Self(Arc::new(Inner {
            endpoint: spec.endpoint,
            dialects: DialectDetector::new(spec.dialect),
            deletion: DeletePermission::unless_read_only(spec.read_only),
            warnings: spec.warnings(),
            login: spec.login.clone(),
            bounds: spec.bounds,
            sql: spec.server_access.clone().map(SqlAccess::new),
            exchange: Exchange::new(spec)?,
            keeps_statements: AtomicBool::default(),
            lists: ListGate::default(),
            kills: CheckedState::default(),
            interner: Arc::default(),
            probed: Mutex::default(),
            open_faults: OpenFaults::default(),
        })))
    }

    /// Returns the id of the endpoint.
    pub fn endpoint(&self) -> EndpointId {
        self.0.endpoint
    }

    /// Whether the client sends only GET requests, and fixed SELECTs if a database user is configured.
    pub(crate) fn is_read_only(&self) -> bool {
        self.0.deletion.is_none()
    }

    /// Returns the URL of the endpoint.
    pub fn url(&self) -> &EndpointUrl {
        self.0.exchange.url()
    }

    /// Returns the dialect. `None` until it is known.
    pub fn dialect(&self) -> Option<Dialect> {
        self.0.dialects.known()
    }

    /// Returns the user, if credentials are sent.
    pub fn user(&self) -> Option<&str> {
        self.0.exchange.access().user()
    }

    /// Returns user and source of the password, for messages.
    pub(crate) fn login(&self) -> Option<&Login> {
        self.0.login.as_ref()
    }

    /// Whether credentials are sent.
    pub(crate) fn has_credentials(&self) -> bool {
        self.0.exchange.access().has_credentials()
    }

    /// Returns the token that was given instead of a password, if any.
    pub fn given_token(&self) -> Option<TokenReport> {
        self.0.exchange.access().given_token()
    }

    /// Returns the security warnings to show permanently: no encryption, or no verification of the
    /// server.
    pub fn warnings(&self) -> Vec<&'static str> {
        self.0.warnings.clone()
    }

    /// Returns the expiry of the server's certificate. `None` before it was trusted, with `--insecure`
    /// and without TLS.
    pub fn certificate_end(&self) -> Option<Timestamp> {
        self.0.exchange.certificate_end()
    }

    /// Lets the next request try rejected credentials once more.
    pub(super) fn retry_access(&self) {
        self.0.exchange.access().retry();
    }

    /// Waits until the credentials are not rejected.
    pub(super) async fn allowed(&self) {
        self.0.exchange.access().allowed().await;
    }

    /// Sends a small request to find out whether access is granted.
    ///
    /// # Errors
    ///
    /// Returns the error of the request: [`RequestError::NotAllowed`] if credentials are missing or rejected.
    pub async fn probe(&self) -> Result<(), RequestError> {
        let asked_at = Instant::now();
        if let Some(instance) = self.instance().await? {
            *self.probed() = Some((asked_at, instance));
            return Ok(());
        }
        // No `/v1/maxscale`, which every release has: most likely the draft.
        let least = ListRequest {
            fields: Some(&["id"]),
            range: Some((0, 0)),
        };
        let list = || self.list(Dialect::Draft, |dialect| target::list(dialect, &least), None);
        self.0.lists.run(list).await?;
        Ok(())
    }

    /// Takes the process that [`probe`](Self::probe) has read, so that the first list does not read it
    /// again. `None` if it is too old.
    pub(super) fn take_probed(&self) -> Option<Instance> {
        let (asked_at, instance) = self.probed().take()?;
        (asked_at.elapsed() <= MAX_PROBE_AGE).then_some(instance)
    }

    fn probed(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Instance)>> {
        self.0.probed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how much of each session [`poll_sessions`](Self::poll_sessions) requests in the known
    /// dialect.
    pub fn list_form(&self) -> ListForm {
        let dialect = self.dialect().unwrap_or(Dialect::JsonApi);
        self.form().within(dialect)
    }

    /// Gets all sessions, with the fields that the program reads, by the cheapest request.
    ///
    /// # Errors
    ///
    /// Returns an error if the endpoint is unreachable, replies with a status that is not a success, or its
    /// reply is not a session list within the limits.
    pub async fn poll_sessions(&self) -> Result<ListReply, RequestError> {
        self.poll_after(None).await
    }

    /// Gets all sessions after an earlier snapshot. What did not change is shared with it.
    pub(super) async fn poll_after(
        &self,
        previous: Option<&Arc<Snapshot>>,
    ) -> Result<ListReply, RequestError> {
        let list = || self.list(Dialect::JsonApi, |dialect| self.polled_target(dialect), previous);
        self.0.lists.run(list).await
    }

    /// Gets the sessions. Detects the dialect if it is unknown; the reply that shows it is the list.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`poll_sessions`](Self::poll_sessions).
    pub async fn sessions(&self, request: &ListRequest<'_>) -> Result<ListReply, RequestError> {
        let list = || self.list(Dialect::JsonApi, |dialect| target::list(dialect, request), None);
        self.0.lists.run(list).await
    }

    fn polled_target(&self, dialect: Dialect) -> String {
        target::polled(dialect, self.form())
    }

    fn form(&self) -> ListForm {
        ListForm::over(self.url(), self.0.keeps_statements.load(Ordering::Relaxed))
    }

    /// Gets a list in the known dialect, otherwise in `likely` first.
    async fn list(
        &self,
        likely: Dialect,
        target: impl Fn(Dialect) -> String,
        previous: Option<&Arc<Snapshot>>,
    ) -> Result<ListReply, RequestError> {
        let mut dialect = self.dialect().unwrap_or(likely);
        let mut asked_at = clock::now();
        let mut body = self.open_list(dialect, &target).await?;
        if let DialectStep::Ask(other) = next(dialect, body.status(), shape(body.start()))
            && !self.0.dialects.is_forced()
        {
            dialect = other;
            asked_at = clock::now();
            body = self.open_list(dialect, &target).await?;
        }
        let list = self.decode_list(dialect, body, asked_at, previous).await?;
        self.0.dialects.set(dialect);
        Ok(list)
    }

    /// Gets one session with all details.
    ///
    /// # Errors
    ///
    /// Returns [`RequestError::NotFound`] if the admin API reports that the session does not exist, and the
    /// error of the request otherwise.
    pub async fn session(&self, id: SessionId) -> Result<SessionDetail, RequestError> {
        let mut detail = self.get_session_row(id).await?;
        if self.dialect() == Some(Dialect::Draft) {
            let (connections, blanked) = self.connections(id).await?;
            detail.connections = connections;
            detail.blanked = detail.blanked.saturating_add(blanked);
        }
        Ok(detail)
    }

    /// Gets a session by id, without the resources that belong to it.
    async fn get_session_row(&self, id: SessionId) -> Result<SessionDetail, RequestError> {
        let dialect = self.dialect_or_find().await?;
        let target = target::session(dialect, id);
        let reply = self.0.exchange.get(dialect, &target).await?;
        if !reply.is_success() {
            return Err(fault::of_status(&reply, dialect, self.has_credentials()));
        }
        self.decode_session(dialect, id, reply).await
    }

    /// Gets a session by id as a list would report it. Polled repeatedly, so the connection is kept.
    ///
    /// # Errors
    ///
    /// Returns the errors of [`session`](Self::session).
    pub(crate) async fn session_row(&self, id: SessionId) -> Result<Session, RequestError> {
        let dialect = self.dialect_or_find().await?;
        let target = target::session(dialect, id);
        let reply = self.0.exchange.get_often(dialect, &target).await?;
        if !reply.is_success() {
            return Err(fault::of_status(&reply, dialect, self.has_credentials()));
        }
        Ok(self.decode_session(dialect, id, reply).await?.session)
    }

    /// Returns the dialect. Detects it with a list if it is unknown; a 404 to that list is not about a
    /// session.
    async fn dialect_or_find(&self) -> Result<Dialect, RequestError> {
        if let Some(dialect) = self.dialect() {
            return Ok(dialect);
        }
        let _only_one = self.0.lists.list().await;
        if let Some(dialect) = self.dialect() {
            return Ok(dialect);
        }
        let list = self.list(Dialect::JsonApi, |dialect| self.polled_target(dialect), None);
        match list.await {
            Ok(list) => Ok(list.dialect),
            Err(RequestError::NotFound) => Err(fault::missing_resource("no MaxScale admin API there")),
            Err(fault) => Err(fault),
        }
    }
}
