//! The client of one endpoint: what may be asked of an admin API, in either dialect.
//!
//! For the poller and the one-shot commands. Every request goes on its own connection, within one
//! deadline, and is never repeated by itself; what went wrong comes back as a [`RequestError`]. Bytes are
//! decoded off the runtime's threads.

mod access;
mod checked;
mod connected;
mod continuity;
mod decode;
mod dialect;
mod exchange;
mod fault;
mod inspection;
mod list_gate;
mod login;
mod reply;
mod resource;
mod spec;
mod target;
mod tls;
mod tls_fault;
mod url;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use self::checked::CheckedState;
use self::dialect::{DialectDetector, DialectStep, next};
use self::exchange::DeletePermission;
use self::exchange::Exchange;
use self::list_gate::ListGate;
use jiff::Timestamp;

use crate::clock;
use crate::model::{Dialect, EndpointId, Instance, RequestError, SessionDetail, SessionId};
use crate::wire::{Bounds, Interner, draft, jsonapi, shape};

pub use checked::Checked;
pub use continuity::PROCESS_READS;
pub(super) use decode::off_thread;
pub use inspection::Inspection;
pub use spec::{ClientError, ClientSpec, Credentials, DEFAULT_BODY_CAP, TlsSpec, TokenUse};
pub use target::ListReply;
pub use target::{ListForm, ListRequest};
pub use url::{EndpointUrl, UrlError};

/// The client of one endpoint; a clone is the same client.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    endpoint: EndpointId,
    exchange: Exchange,
    dialects: DialectDetector,
    deletion: Option<DeletePermission>,
    /// Its sessions hold their last statements, as far as it was asked.
    keeps_statements: AtomicBool,
    warnings: Vec<&'static str>,
    /// Larger lists are not decoded.
    bounds: Bounds,
    /// Keeps lists apart from one another and from checks.
    lists: ListGate,
    /// What the checks and DELETEs of kills share.
    kills: CheckedState,
    /// Names and moments of the lists so far: the next one has most of them again.
    interner: Arc<Mutex<Interner>>,
}

impl Client {
    /// A client; nothing is sent yet.
    pub fn new(spec: ClientSpec) -> Result<Self, ClientError> {
        if let Some(credentials) = &spec.credentials {
            if credentials.user.contains(':') {
                return Err(ClientError::User(spec.url));
            }
            if !spec.url.may_carry_passwords(spec.allow_plain_http) {
                return Err(ClientError::PlainHttp(spec.url));
            }
        }
        Ok(Self(Arc::new(Inner {
            endpoint: spec.endpoint,
            dialects: DialectDetector::new(spec.dialect),
            deletion: DeletePermission::unless_read_only(spec.read_only),
            warnings: spec.warnings(),
            bounds: spec.bounds,
            exchange: Exchange::new(spec)?,
            keeps_statements: AtomicBool::default(),
            lists: ListGate::default(),
            kills: CheckedState::default(),
            interner: Arc::default(),
        })))
    }

    /// Which of the watched endpoints it is.
    pub fn endpoint(&self) -> EndpointId {
        self.0.endpoint
    }

    /// Whether it sends nothing but GET.
    pub fn is_read_only(&self) -> bool {
        self.0.deletion.is_none()
    }

    /// Where it is.
    pub fn url(&self) -> &EndpointUrl {
        self.0.exchange.url()
    }

    /// Its dialect, once it was found.
    pub fn dialect(&self) -> Option<Dialect> {
        self.0.dialects.known()
    }

    /// Who asks, if credentials are sent.
    pub fn user(&self) -> Option<&str> {
        self.0.exchange.access().user()
    }

    /// Whether credentials are sent.
    pub fn has_credentials(&self) -> bool {
        self.0.exchange.access().has_credentials()
    }

    /// What must stay in sight while it is watched: what may be overheard, and who may be another.
    pub fn warnings(&self) -> Vec<&'static str> {
        self.0.warnings.clone()
    }

    /// When the server's certificate ends, once it was trusted; nothing with `--insecure` or without TLS.
    pub fn certificate_end(&self) -> Option<Timestamp> {
        self.0.exchange.certificate_end()
    }

    /// The next request may try refused credentials once more; without it none does.
    pub(super) fn retry_access(&self) {
        self.0.exchange.access().retry();
    }

    /// Waits until the credentials are not refused.
    pub(super) async fn allowed(&self) {
        self.0.exchange.access().allowed().await;
    }

    /// Asks for as little as possible, to hear whether that is allowed.
    pub async fn probe(&self) -> Result<(), RequestError> {
        if self.instance().await?.is_none() {
            let least = ListRequest {
                fields: Some(&["id"]),
                range: Some((0, 0)),
            };
            self.sessions(&least).await?;
        }
        Ok(())
    }

    /// Which process answers. The draft dialect cannot tell, and is not asked.
    ///
    /// Before the dialect is known a 404 is no fault: it may be the draft. Never [`RequestError::NotFound`],
    /// which stands for a session that has ended.
    pub async fn instance(&self) -> Result<Option<Instance>, RequestError> {
        let known = self.dialect();
        if known == Some(Dialect::Draft) {
            return Ok(None);
        }
        let reply = self.0.exchange.get(Dialect::JsonApi, target::INSTANCE).await?;
        match reply.status {
            404 if known.is_none() => Ok(None),
            _ if reply.is_success() => {
                let instance = self.decode(reply, |body, _| jsonapi::instance(body)).await?;
                // The draft has no such resource: a whole list need not be asked for to know.
                if known.is_none() {
                    self.0.dialects.set(Dialect::JsonApi);
                }
                self.remember(&instance);
                Ok(Some(instance))
            }
            _ => {
                let missing = "no /v1/maxscale there";
                Err(fault::of_resource_status(&reply, missing, self.has_credentials()))
            }
        }
    }

    /// What of it the next list depends on.
    fn remember(&self, instance: &Instance) {
        let kept = instance.retained_statements.is_some_and(|kept| kept > 0);
        self.0.keeps_statements.store(kept, Ordering::Relaxed);
    }

    /// How much of each session [`polled`](Self::poll_sessions) asks for, as far as the dialect is known.
    pub fn list_form(&self) -> ListForm {
        let dialect = self.dialect().unwrap_or(Dialect::JsonApi);
        self.form().within(dialect)
    }

    /// All sessions, with as much of each as the program reads, by the cheapest request for it.
    pub async fn poll_sessions(&self) -> Result<ListReply, RequestError> {
        let list = || self.list(|dialect| self.polled_target(dialect));
        self.0.lists.run(list).await
    }

    /// The sessions. Finds the dialect where it is not known; the reply that told it is the list.
    pub async fn sessions(&self, request: &ListRequest<'_>) -> Result<ListReply, RequestError> {
        let list = || self.list(|dialect| target::list(dialect, request));
        self.0.lists.run(list).await
    }

    fn polled_target(&self, dialect: Dialect) -> String {
        target::polled(dialect, self.form())
    }

    fn form(&self) -> ListForm {
        ListForm::over(self.url(), self.0.keeps_statements.load(Ordering::Relaxed))
    }

    async fn list(&self, target: impl Fn(Dialect) -> String) -> Result<ListReply, RequestError> {
        let mut dialect = self.dialect().unwrap_or(Dialect::JsonApi);
        let mut asked_at = clock::now();
        let mut reply = self.0.exchange.get(dialect, &target(dialect)).await?;
        if let DialectStep::Ask(other) = next(dialect, reply.status, shape(&reply.body))
            && !self.0.dialects.is_forced()
        {
            dialect = other;
            asked_at = clock::now();
            reply = self.0.exchange.get(dialect, &target(dialect)).await?;
        }
        if !reply.is_success() {
            return Err(fault::of_list_status(&reply, self.has_credentials()));
        }
        let list = self.decode_list(dialect, reply, asked_at).await?;
        self.0.dialects.set(dialect);
        Ok(list)
    }

    /// One session in full. A session that is not there is [`RequestError::NotFound`].
    pub async fn session(&self, id: SessionId) -> Result<SessionDetail, RequestError> {
        let mut detail = self.get_session_row(id).await?;
        if self.dialect() == Some(Dialect::Draft) {
            let (connections, blanked) = self.connections(id).await?;
            detail.connections = connections;
            detail.blanked = detail.blanked.saturating_add(blanked);
        }
        Ok(detail)
    }

    /// What one GET by id tells.
    async fn get_session_row(&self, id: SessionId) -> Result<SessionDetail, RequestError> {
        let dialect = self.dialect_or_find().await?;
        let target = target::session(dialect, id);
        let reply = self.0.exchange.get(dialect, &target).await?;
        if !reply.is_success() {
            return Err(fault::of_status(&reply, dialect, self.has_credentials()));
        }
        let detail = match dialect {
            Dialect::JsonApi => self.decode(reply, jsonapi::session).await?,
            Dialect::Draft => self.decode(reply, draft::session).await?,
        };
        checked::same_id(id, detail)
    }

    /// The dialect; found by a list where nobody asked for one yet. A 404 then is no session's.
    async fn dialect_or_find(&self) -> Result<Dialect, RequestError> {
        if let Some(dialect) = self.dialect() {
            return Ok(dialect);
        }
        let _only_one = self.0.lists.list().await;
        if let Some(dialect) = self.dialect() {
            return Ok(dialect);
        }
        match self.list(|dialect| self.polled_target(dialect)).await {
            Ok(list) => Ok(list.dialect),
            Err(RequestError::NotFound) => Err(fault::missing_resource("no MaxScale admin API there")),
            Err(fault) => Err(fault),
        }
    }
}
