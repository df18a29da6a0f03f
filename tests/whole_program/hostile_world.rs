//! A proxy whose every text is hostile: it changes all strings in the replies of the embedded endpoint.

use serde_json::Value;

use crate::exchange::{Reply, Request};
use crate::fault_proxy::Step;

/// Control characters, sequences of a terminal, and characters that hide or turn text.
pub(crate) const HOSTILE: &str = concat!(
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{1b}]52;c;cm0gLXJmIH4K\u{7}\u{1b}P+q\u{1b}\\\u{9b}31m\u{9d}0;x\u{9c}",
    "\u{202e}\u{2066}\u{200b}\u{feff}\u{200d}\u{2028}\u{fff9}\u{13430}\u{e0041}\u{115f}\r\n\t\0\u{8}\u{7f}=cmd|'x'!A0",
);

/// The same as the bytes of a header: a reply cannot have line breaks or NUL there.
pub(crate) const HOSTILE_HEADER: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{202e}\u{200b}\u{7f}";

/// Keys of JSON:API whose values are identities or paths, not texts.
const STRUCTURE: [&str; 9] = [
    "id", "type", "self", "related", "next", "last", "first", "fields", "token",
];
/// Keys whose values the program parses.
const PARSED: [&str; 8] = [
    "connected",
    "started",
    "started_at",
    "activated_at",
    "state",
    "completed",
    "received",
    "Idle",
];

/// Adds hostile text behind every text. Values that the program parses stay, so that all views have rows.
pub(crate) fn behind(_: &Request, reply: Reply) -> Vec<Step> {
    let change = |key: &str, text: &str| {
        (!STRUCTURE.contains(&key) && !PARSED.contains(&key)).then(|| format!("{text}{HOSTILE}"))
    };
    changed(reply, &change)
}

/// Adds hostile text before every text, also before names of states, dates and identities.
pub(crate) fn before(_: &Request, reply: Reply) -> Vec<Step> {
    changed(reply, &|key, text| {
        (key != "type" && key != "fields").then(|| format!("{HOSTILE}{text}"))
    })
}

/// Adds hostile text to every error, and fails every request.
pub(crate) fn failing(_: &Request, _: Reply) -> Vec<Step> {
    let body = serde_json::json!({"errors": [{"detail": HOSTILE}], "error": HOSTILE, "description": HOSTILE});
    vec![Step::Send(
        headed(Reply::new("500 Internal Server Error", body.to_string())).bytes(),
    )]
}

/// Rejects every request.
pub(crate) fn rejecting(_: &Request, _: Reply) -> Vec<Step> {
    let body = serde_json::json!({"errors": [{"detail": HOSTILE}]});
    vec![Step::Send(
        headed(Reply::new("401 Unauthorized", body.to_string())).bytes(),
    )]
}

/// Redirects every request to a hostile place.
pub(crate) fn redirecting(_: &Request, _: Reply) -> Vec<Step> {
    let to = format!("Location: http://127.0.0.1:1/{}", "\u{202e}\u{200b}\u{9b}");
    vec![Step::Send(Reply::new("302 Found", "").with(&to).bytes())]
}

/// Replies with a head of hostile text.
pub(crate) fn no_http(_: &Request, _: Reply) -> Vec<Step> {
    vec![Step::Send(HOSTILE.into()), Step::Close]
}

/// Encodes every reply in a hostile way.
pub(crate) fn encoded(_: &Request, reply: Reply) -> Vec<Step> {
    let reply = reply.with("Content-Encoding: \u{202e}\u{200b}gzip");
    vec![Step::Send(reply.bytes())]
}

/// Adds headers that a server may set. Bytes that HTTP forbids in a header would only be a broken reply.
fn headed(reply: Reply) -> Reply {
    ["Server", "WWW-Authenticate", "ETag"]
        .iter()
        .fold(reply, |reply, name| {
            reply.replacing(name, "\u{202e}\u{200b}\u{9b}31m")
        })
}

fn changed(mut reply: Reply, change: &dyn Fn(&str, &str) -> Option<String>) -> Vec<Step> {
    if let Ok(mut json) = serde_json::from_slice(&reply.body) {
        change_texts("", &mut json, change);
        reply.body = json.to_string().into();
    }
    vec![Step::Send(headed(reply).bytes())]
}

fn change_texts(key: &str, value: &mut Value, change: &dyn Fn(&str, &str) -> Option<String>) {
    match value {
        Value::String(text) => {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            if let Some(hostile) = change(key, text).filter(|_| !is_number) {
                *text = hostile;
            }
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| change_texts(key, value, change)),
        Value::Object(fields) if key != "links" => {
            for (key, value) in fields {
                change_texts(key, value, change);
            }
        }
        _ => {}
    }
}
