//! What every document of JSON:API needs besides its data. Who may enter: the dialect's documents.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::demo::accounts::Accounts;
use crate::demo::profile::VersionProfile;
use crate::demo::settings::ProxyOverrides;

/// What the replies need to know besides the world.
#[derive(Debug, Clone, Copy)]
pub(super) struct DocContext<'a> {
    /// `http://HOST/v1`, or without `/v1` if the request had none.
    pub(super) base: &'a str,
    pub(super) zone: &'a TimeZone,
    pub(super) profile: &'static VersionProfile,
    pub(super) settings: &'a ProxyOverrides,
    pub(super) accounts: &'a Accounts,
}

impl DocContext<'_> {
    /// The link of one object, `sessions/7` or the like.
    pub(super) fn object(&self, path: &str) -> String {
        let slash = if self.profile.links.slash { "/" } else { "" };
        format!("{}/{path}{slash}", self.base)
    }

    /// The link of a kind of objects, or of a resource of which there is one.
    pub(super) fn collection(&self, path: &str) -> String {
        format!("{}/{path}/", self.base)
    }
}

/// `links` of a document or a resource.
#[derive(Debug, Serialize)]
pub(super) struct SelfLink {
    #[serde(rename = "self")]
    pub(super) myself: String,
}

/// `links` of a relationship.
#[derive(Debug, Serialize)]
pub(super) struct RelationshipLinks {
    #[serde(skip_serializing_if = "Option::is_none")]
    related: Option<String>,
    #[serde(rename = "self")]
    myself: String,
}

impl RelationshipLinks {
    /// Those of what this object has to do with objects of a kind.
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
