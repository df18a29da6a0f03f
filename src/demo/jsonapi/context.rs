//! Data that every JSON:API document needs in addition to the world.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::demo::accounts::{Accounts, ShownAccount};
use crate::demo::profile::VersionProfile;
use crate::demo::settings::ProxyOverrides;

/// Context of a document: version, settings, zone and links.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocContext<'a> {
    /// Base URL: `http://HOST/v1`, or without `/v1` if the request had none.
    pub(super) base: &'a str,
    pub(super) zone: &'a TimeZone,
    pub(super) profile: &'static VersionProfile,
    pub(super) settings: &'a ProxyOverrides,
    pub(super) accounts: &'a Accounts,
    /// The account that sent the request.
    pub(super) sender: &'a ShownAccount,
}

impl DocContext<'_> {
    /// Returns the link of one object, such as `sessions/7`.
    pub(super) fn object(&self, path: &str) -> String {
        let slash = if self.profile.links.slash { "/" } else { "" };
        format!("{}/{path}{slash}", self.base)
    }

    /// Returns the link of a collection, or of a resource that exists only once.
    pub(super) fn collection(&self, path: &str) -> String {
        format!("{}/{path}/", self.base)
    }
}

/// The `links` of a document or a resource.
#[derive(Debug, Serialize)]
pub(super) struct SelfLink {
    #[serde(rename = "self")]
    pub(super) myself: String,
}

/// The `links` of a relationship.
#[derive(Debug, Serialize)]
pub(super) struct RelationshipLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<String>,
    #[serde(rename = "self")]
    myself: String,
}

impl RelationshipLinks {
    /// Returns the links from the object `owner` to its related objects of a kind.
    pub(super) fn of(context: DocContext<'_>, owner: &str, kind: &str) -> Self {
        let related = context.collection(kind);
        if context.profile.links.related {
            Self {
                related: Some(related),
                myself: context.object(&format!("{owner}/relationships/{kind}")),
            }
        } else {
            Self {
                related: None,
                myself: related,
            }
        }
    }
}
