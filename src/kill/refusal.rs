//! Why nothing was sent, in values and in words.

use crate::model::{Difference, Part, RequestError, Text, Version};

/// Why nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RefusalReason {
    /// `--read-only`, or an account that may not.
    ReadOnly,
    /// The account may only read.
    MayOnlyRead,
    /// No DELETE exists before 22.08.
    TooOld(Version),
    /// The id is larger than this version can read.
    IdTooLarge(Version),
    /// A part of the identity is unknown.
    Unknown(Part),
    /// It is somebody else now.
    Changed(Vec<Difference>),
    /// Listed, but not started: 24.02 finds only started sessions.
    NotKillableYet,
    /// Listed as stopping, and no longer found by its id.
    Closing,
    /// The endpoint could not say who it is.
    Unreadable(RequestError),
    /// Every check took longer than one second.
    SlowEndpoint,
    /// Several proxies answer at the endpoint's address, so a DELETE may reach another one than its
    /// check did.
    SeveralProxies,
    /// The configuration says that it is never a victim.
    Protected,
    /// The configuration protects by something that is not known of it.
    PerhapsProtected(String),
    /// Another process answers now, with sessions of its own.
    Restarted,
    /// The audit log could not be written, so nothing was done.
    Unlogged(Text),
    /// Whoever asked stopped it before its turn had come.
    Stopped,
}

impl RefusalReason {
    /// Whether somebody stopped it, and nothing spoke against it.
    pub const fn is_a_stop(&self) -> bool {
        matches!(self, Self::Stopped)
    }

    /// In words, without the session.
    pub fn words(&self) -> String {
        match self {
            Self::ReadOnly => "read-only: nothing is ended here".to_owned(),
            Self::MayOnlyRead => {
                "this account may only read: use an account of type admin to kill sessions".to_owned()
            }
            Self::TooOld(version) => {
                format!("MaxScale {version} cannot end sessions over its API (22.08 and later can)")
            }
            Self::IdTooLarge(version) => {
                format!("MaxScale {version} would take this id for another one")
            }
            Self::Unknown(Part::User) => {
                "its user is unknown (not logged in, or unreadable), so it cannot be told from another"
                    .to_owned()
            }
            Self::Unknown(part) => format!(
                "its {} is unknown, so it cannot be told from another",
                part.name()
            ),
            Self::Changed(differences) => {
                let each = differences
                    .iter()
                    .map(|d| format!("{} was {}, is {}", d.part.name(), d.was, d.now));
                format!("somebody else now: {}", each.collect::<Vec<_>>().join("; "))
            }
            Self::NotKillableYet => {
                "not killable yet: the server finds only sessions that have started".to_owned()
            }
            Self::Closing => "closing already: listed, but the server no longer answers for it".to_owned(),
            Self::Unreadable(fault) => format!("cannot be checked: {fault}"),
            Self::SlowEndpoint => {
                "cannot be checked: the endpoint takes longer than 1 s to answer".to_owned()
            }
            Self::SeveralProxies => {
                "several proxies answer at this address: use each proxy's own address".to_owned()
            }
            Self::Protected => "protected by the configuration".to_owned(),
            Self::PerhapsProtected(filter) => {
                format!("perhaps protected: what 'protect = {filter}' asks is not told here")
            }
            Self::Restarted => "the proxy was restarted: its sessions are others now".to_owned(),
            Self::Unlogged(why) => why.to_string(),
            Self::Stopped => "stopped before its turn".to_owned(),
        }
    }
}
