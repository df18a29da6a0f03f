//! One endpoint, with what holds for it.

use super::password::PasswordSource;
use super::tls::TlsFiles;

/// One endpoint, with what holds for it.
#[derive(Clone, Debug, Default)]
pub struct EndpointConfig {
    /// URL or HOST:PORT, as given; without user, password or query.
    pub url: String,
    /// What it is called on the screen; host and port unless given.
    pub name: Option<String>,
    /// Who asks.
    pub user: String,
    /// Where the password comes from; nothing: there is none.
    pub password: Option<PasswordSource>,
    /// How the server's certificate is judged, and what is shown to the server.
    pub tls: TlsFiles,
    /// Credentials may go over plain http to another machine.
    pub allow_plain_http: bool,
    /// Nothing but GET.
    pub read_only: bool,
    /// The official tool's file says where it is or who asks, and nothing else does.
    pub by_maxctrl: bool,
}
