//! `/sql`: connections to the servers, and statements on them.

mod documents;

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::Value;

use super::context::DocContext;
use super::failure;
use super::layout::{Layout, dump};
use crate::demo::accounts::DEFAULT_TOKEN_SECONDS;
use crate::demo::dates::{http_date, timestamp};
use crate::demo::endpoint::SimEndpoint;
use crate::demo::http::{SimReply, SimRequest, etag};
use crate::demo::profile::SqlForm;
use crate::demo::sql::{Execution, SqlConnection, SqlConnections, execute, own_thread};

/// Maximum number of rows, unless the request sets another.
const DEFAULT_MAX_ROWS: usize = 1_000;

/// A request to `/sql` with everything that its reply needs.
#[derive(Clone, Copy)]
struct SqlCall<'a> {
    endpoint: &'a SimEndpoint,
    request: &'a SimRequest,
    form: SqlForm,
    context: DocContext<'a>,
}

/// Body of a request that opens a connection.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ConnectBody {
    target: Option<String>,
    user: Option<String>,
    password: Option<String>,
}

/// Body of a request with a statement.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct QueryBody {
    sql: Option<String>,
    max_rows: Option<usize>,
    /// Maximum time of the statement, in seconds.
    timeout: Option<u64>,
}

pub(super) fn answer(
    endpoint: &SimEndpoint,
    request: &SimRequest,
    form: SqlForm,
    context: DocContext<'_>,
    segments: &[&str],
) -> SimReply {
    let asked = SqlCall {
        endpoint,
        request,
        form,
        context,
    };
    match (&request.method, segments) {
        (&Method::GET, ["sql"]) => asked.list(),
        (&Method::POST, ["sql"]) => asked.connect(),
        (&Method::GET, ["sql", id]) => asked.with_connection(id, false, |sql| asked.one(sql, id)),
        (&Method::DELETE, ["sql", id]) => asked.with_connection(id, true, |sql| asked.close(sql, id)),
        (&Method::POST, ["sql", id, "queries"]) => {
            asked.with_connection(id, true, |sql| asked.query(sql, id))
        }
        (&Method::POST, ["sql", id, "cancel"]) => asked.with_connection(id, true, |sql| {
            if let Some(connection) = sql.open.get_mut(*id) {
                connection.busy_until = None;
            }
            SimReply::new(StatusCode::OK)
        }),
        _ => SimReply::new(StatusCode::NOT_FOUND),
    }
}

impl SqlCall<'_> {
    /// Runs `act` on the connections if this one exists and the request has its token.
    fn with_connection(
        self,
        id: &str,
        needs_token: bool,
        act: impl FnOnce(&mut SqlConnections) -> SimReply,
    ) -> SimReply {
        self.endpoint.with_sql(|sql| {
            if !sql.open.contains_key(id) {
                let detail = format!("{id} is not a connection_id");
                return failure(StatusCode::NOT_FOUND, &detail);
            }
            if needs_token && !self.has_token(id) {
                return failure(StatusCode::BAD_REQUEST, "Malformed connection token");
            }
            act(sql)
        })
    }

    fn parameter(self, name: &str) -> Option<String> {
        let mut parameters = self.request.parameters().into_iter();
        parameters
            .find(|(given, _)| given == name)
            .map(|(_, value)| value)
    }

    /// Whether the request has the token of this connection, as a parameter or in cookies.
    fn has_token(self, id: &str) -> bool {
        let cookie = |kind: &str| {
            let name = format!("conn_id_{kind}_{id}");
            let cookies = self.request.headers.get_all(header::COOKIE).into_iter();
            let pairs = cookies
                .filter_map(|cookies| cookies.to_str().ok())
                .flat_map(|cookies| cookies.split(';'));
            pairs
                .filter_map(|pair| pair.trim().split_once('='))
                .find(|(given, _)| *given == name)
                .map(|(_, value)| value.to_owned())
        };
        let token = self.parameter("token").or_else(|| {
            let signature = cookie("sig")?;
            let body = if self.form.split_cookie {
                cookie("body")?
            } else {
                String::new()
            };
            Some(body + &signature)
        });
        let accounts = &self.endpoint.accounts;
        token.is_some_and(|token| accounts.accepts_connection_token(&token, id))
    }

    fn list(self) -> SimReply {
        self.endpoint.with_sql(|sql| {
            let data: Vec<Value> = sql
                .open
                .iter()
                .map(|(id, connection)| documents::connection(self.context, self.form, id, connection))
                .collect();
            self.found(&documents::document(
                &self.context.collection("sql"),
                &data.into(),
                None,
            ))
        })
    }

    fn one(self, sql: &SqlConnections, id: &str) -> SimReply {
        match sql.open.get(id) {
            Some(connection) => self.found(&self.document(id, connection, None)),
            None => SimReply::new(StatusCode::NOT_FOUND),
        }
    }

    fn document(self, id: &str, connection: &SqlConnection, token: Option<&str>) -> Value {
        documents::document(
            &self.context.object(&format!("sql/{id}")),
            &documents::connection(self.context, self.form, id, connection),
            token,
        )
    }

    fn found(self, document: &Value) -> SimReply {
        let started = self.endpoint.with_world(|world| world.started_unix());
        let reply = self.json(StatusCode::OK, document);
        let tag = etag(&reply.body);
        reply
            .with(header::ETAG, tag)
            .with(header::LAST_MODIFIED, http_date(timestamp((started, 0))))
    }

    fn json(self, status: StatusCode, document: &Value) -> SimReply {
        let pretty = self.parameter("pretty");
        let layout = Layout::of(pretty.as_deref(), self.context.profile.parameters);
        SimReply::json(status, dump(document, layout))
    }

    fn connect(self) -> SimReply {
        let body: ConnectBody = serde_json::from_slice(&self.request.body).unwrap_or_default();
        let [target, user, password] = match body.fields() {
            Ok(fields) => fields,
            Err(field) => {
                let detail = format!("The `{field}` field is mandatory");
                return failure(StatusCode::BAD_REQUEST, &detail);
            }
        };
        self.endpoint.with_sql(|sql| {
            let fields = (target.as_str(), user.as_str(), password.as_str());
            let connected = self
                .endpoint
                .with_world(|world| sql.connect(world, self.form, fields));
            match connected {
                Ok(id) => self.connected(sql, &id),
                Err(error) => failure(StatusCode::BAD_REQUEST, &error.to_string()),
            }
        })
    }

    /// Returns the reply to a request that opened a connection, with the token in the body or in cookies.
    fn connected(self, sql: &SqlConnections, id: &str) -> SimReply {
        let Some(connection) = sql.open.get(id) else {
            return SimReply::new(StatusCode::NOT_FOUND);
        };
        let max_age = self.parameter("max-age").and_then(|age| age.parse::<u64>().ok());
        let lifetime = max_age.unwrap_or(DEFAULT_TOKEN_SECONDS);
        let accounts = &self.endpoint.accounts;
        let token = accounts.connection_token(id, self.form.issuer, lifetime);
        let persists = self.parameter("persist").as_deref() == Some("yes");
        let shown = (!persists).then_some(token.as_str());
        let location = format!("{}/sql/{id}", self.context.base);
        let mut reply = self
            .json(StatusCode::CREATED, &self.document(id, connection, shown))
            .with(header::LOCATION, location);
        if persists {
            let age = max_age.map_or_else(String::new, |age| format!(" Max-Age={age};"));
            for (kind, value, flag) in self.cookies(&token) {
                let cookie = format!("conn_id_{kind}_{id}={value}; Path=/;{age} SameSite=Strict{flag}");
                reply = reply.with(header::SET_COOKIE, cookie);
            }
        }
        reply
    }

    /// Returns the cookies of a token: kind, value and flag. Two if this version splits it.
    fn cookies(self, token: &str) -> Vec<(&'static str, String, &'static str)> {
        match token.rsplit_once('.').filter(|_| self.form.split_cookie) {
            Some((body, signature)) => vec![
                ("body", body.to_owned(), ""),
                ("sig", format!(".{signature}"), "; HttpOnly"),
            ],
            None => vec![("sig", token.to_owned(), "; HttpOnly")],
        }
    }

    fn close(self, sql: &mut SqlConnections, id: &str) -> SimReply {
        sql.open.remove(id);
        let cookie = |kind| {
            format!(
                "conn_id_{kind}_{id}=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Strict; HttpOnly"
            )
        };
        let reply = SimReply::new(StatusCode::NO_CONTENT).with(header::SET_COOKIE, cookie("sig"));
        if self.form.split_cookie {
            reply.with(header::SET_COOKIE, cookie("body"))
        } else {
            reply
        }
    }

    fn query(self, sql: &mut SqlConnections, id: &str) -> SimReply {
        let body: QueryBody = serde_json::from_slice(&self.request.body).unwrap_or_default();
        let Some(text) = body.sql else {
            return failure(StatusCode::BAD_REQUEST, "No `sql` defined");
        };
        let busy = sql.open.get(id).is_some_and(SqlConnection::is_busy);
        if busy || sql.settings.busy {
            return failure(StatusCode::SERVICE_UNAVAILABLE, &format!("ID {id} is busy."));
        }
        let delay = sql.settings.delay;
        let limit = self.time_limit(body.timeout, &text);
        let time = limit.map_or(delay, |limit| limit.min(delay));
        let number = sql.record(id, &text, time);
        let begun = Instant::now();
        let Some(connection) = sql.open.get(id) else {
            return SimReply::new(StatusCode::NOT_FOUND);
        };
        let server = connection.server;
        let same = sql.open.values().filter(|one| one.server.name == server.name);
        let own: Vec<_> = same
            .map(|one| {
                let running = one
                    .sql
                    .as_deref()
                    .filter(|_| one.thread_id == connection.thread_id);
                own_thread(one.thread_id, &sql.settings.user, running, one.used.elapsed())
            })
            .collect();
        let execution = Execution {
            settings: &sql.settings,
            server,
            thread_id: connection.thread_id,
            own: &own,
            max_rows: body.max_rows.unwrap_or(DEFAULT_MAX_ROWS),
            exceeds: time < delay,
        };
        let result = self.endpoint.with_world(|world| execute(world, execution, &text));
        let taken = begun.elapsed() + time;
        let document = documents::query(self.context, self.form, (id, number), &text, (&result, taken));
        let mut reply = self.json(StatusCode::CREATED, &document);
        reply.hold = time;
        reply
    }

    /// Returns the maximum time of a statement: its own, or that of the request if this version supports it.
    fn time_limit(self, timeout: Option<u64>, sql: &str) -> Option<Duration> {
        let own = sql.split_once("max_statement_time=").and_then(|(_, rest)| {
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        });
        let given = timeout.filter(|_| self.form.has_timeout);
        own.into_iter().chain(given).min().map(Duration::from_secs)
    }
}

impl ConnectBody {
    /// Returns target, user and password, or the name of the first missing one.
    fn fields(self) -> Result<[String; 3], &'static str> {
        Ok([
            self.target.ok_or("target")?,
            self.user.ok_or("user")?,
            self.password.ok_or("password")?,
        ])
    }
}
