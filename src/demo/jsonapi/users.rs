//! The users of the admin API.
//!
//! Who may enter: the JSON:API dialect.

use serde_json::{Value, json};

use super::context::Context;

/// `/users/inet`.
pub(super) fn users(context: Context<'_>) -> Vec<Value> {
    let users = context.accounts.users().into_iter();
    users
        .map(|(name, account)| one_user(name, account, context))
        .collect()
}

fn one_user(name: &str, account: &str, context: Context<'_>) -> Value {
    json!({
        "attributes": {
            "account": account,
            "created": null,
            "last_login": null,
            "last_update": null,
            "name": name,
        },
        "id": name,
        "links": { "self": context.object(&format!("users/inet/{name}")) },
        "type": "inet",
    })
}
