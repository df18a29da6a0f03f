//! `/v1/users/inet/:name`: what a user of the admin API may do.

use serde::Deserialize;

use crate::model::{Account, Limit, Text};
use crate::wire::WireError;
use crate::wire::body::broken;
use crate::wire::field::{Field, Object, Raw};

#[derive(Deserialize)]
struct RawResource<'a> {
    #[serde(borrow, default)]
    attributes: Field<Object<RawAttributes<'a>>>,
}

#[derive(Debug, Deserialize)]
struct RawAttributes<'a> {
    #[serde(borrow, default)]
    account: Field<Raw<'a>>,
}

/// Reads the `data` of the reply.
pub(super) fn account(data: &str) -> Result<Option<Account>, WireError> {
    let raw: RawResource<'_> = serde_json::from_str(data).map_err(|error| broken(&error))?;
    let attributes = raw.attributes.known().map(|attributes| attributes.0);
    let account = attributes.and_then(|attributes| attributes.account.known());
    Ok(account.map(|Raw(account)| match account.as_ref() {
        "admin" => Account::Admin,
        "basic" => Account::Basic,
        other => Account::Other(Text::clean(other, Limit::Name)),
    }))
}
