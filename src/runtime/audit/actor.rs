//! The user of the program, and the machine, as the audit log has them.

use jiff::Timestamp;
use nix::unistd::{User, getuid};
use serde::Serialize;

use crate::model::{Text, TextLimit};

/// The user, the machine and the run. Read once per run.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AuditActor {
    user: Option<String>,
    uid: u32,
    sudo_user: Option<String>,
    ssh_connection: Option<String>,
    host: Option<String>,
    pid: u32,
    /// Identifies the run; a separate field of each line.
    #[serde(skip)]
    pub(super) run: String,
}

impl AuditActor {
    pub(super) fn find() -> Self {
        let pid = std::process::id();
        let began = Timestamp::now().as_second();
        let clean = |text: String| Text::clean(&text, TextLimit::Name).to_string();
        let variable = |name| std::env::var(name).ok().map(clean);
        let user = User::from_uid(getuid()).ok().flatten();
        let host = nix::unistd::gethostname().ok();
        Self {
            user: user.map(|user| clean(user.name)),
            uid: getuid().as_raw(),
            sudo_user: variable("SUDO_USER"),
            ssh_connection: variable("SSH_CONNECTION"),
            host: host.and_then(|host| host.into_string().ok()).map(clean),
            pid,
            run: format!("{began}-{pid}"),
        }
    }
}
