//! The only POST requests of the client, and the DELETE that closes a connection.
//!
//! A request can be created only here and only for `/v1/sql`, so that no other part of the program can send
//! a POST. A read-only client has them too: they change nothing but the own connection.

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

use super::OpenConnection;
use crate::client::spec::Credentials;
use crate::client::url::EndpointUrl;
use crate::wire::sql::{MAX_ROWS, SqlText};

/// Maximum time in which MaxScale connects to a server, in seconds.
const CONNECT_TIMEOUT: u64 = 5;
/// Maximum time of a statement, in seconds. MaxScale 22.08 and older ignore it.
const STATEMENT_TIMEOUT: u64 = 1;

/// A request of `/v1/sql`.
pub(in crate::client) struct SqlRequest<'a> {
    method: Method,
    target: String,
    cookies: Option<&'a SecretString>,
    body: Option<SecretString>,
}

impl<'a> SqlRequest<'a> {
    /// Opens a connection to a server. The token comes as a cookie, so that no URL contains it.
    pub(super) fn open(server: &str, credentials: &Credentials) -> Self {
        let body = json!({
            "target": server,
            "user": credentials.user,
            "password": credentials.password.expose_secret(),
            "timeout": CONNECT_TIMEOUT,
        });
        Self {
            method: Method::POST,
            target: "/v1/sql?persist=yes".to_owned(),
            cookies: None,
            body: Some(body.to_string().into()),
        }
    }

    /// Runs a built-in statement.
    pub(super) fn query(connection: &'a OpenConnection, text: &SqlText) -> Self {
        let body = json!({
            "sql": text.as_str(),
            "max_rows": MAX_ROWS,
            "timeout": STATEMENT_TIMEOUT,
        });
        Self {
            method: Method::POST,
            target: format!("/v1/sql/{}/queries", connection.id.as_str()),
            cookies: Some(&connection.cookies),
            body: Some(body.to_string().into()),
        }
    }

    /// Closes a connection.
    pub(super) fn close(connection: &'a OpenConnection) -> Self {
        Self {
            method: Method::DELETE,
            target: format!("/v1/sql/{}", connection.id.as_str()),
            cookies: Some(&connection.cookies),
            body: None,
        }
    }

    /// Returns the HTTP request, without the credentials of the admin API.
    pub(in crate::client) fn into_http(self, http: &reqwest::Client, url: &EndpointUrl) -> RequestBuilder {
        let mut request = http.request(self.method, url.join(&self.target));
        if let Some(cookies) = self.cookies
            && let Ok(mut value) = HeaderValue::from_str(cookies.expose_secret())
        {
            value.set_sensitive(true);
            request = request.header(COOKIE, value);
        }
        if let Some(body) = self.body {
            request = request
                .header(CONTENT_TYPE, HeaderValue::from_static("application/json"))
                .body(body.expose_secret().to_owned());
        }
        request
    }
}
