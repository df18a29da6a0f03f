//! The structure of a document: paths, types and forms.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

pub(crate) type Shape = BTreeMap<String, BTreeSet<String>>;

/// Collects every path in a document with the types of its values, and the forms of dates and links. All
/// names of servers share one path.
fn shape(value: &Value, place: &str, found: &mut Shape) {
    let kind = match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "bool".to_owned(),
        Value::Number(number) if number.is_f64() => "real".to_owned(),
        Value::Number(_) => "integer".to_owned(),
        Value::String(text) if has_a_form(place) => format!("like {}", form(text)),
        Value::String(_) => "string".to_owned(),
        Value::Array(_) => "array".to_owned(),
        Value::Object(_) => "object".to_owned(),
    };
    found.entry(place.to_owned()).or_default().insert(kind);
    match value {
        Value::Array(items) => items
            .iter()
            .for_each(|item| shape(item, &format!("{place}[]"), found)),
        Value::Object(map) => {
            for (key, item) in map {
                let name = if place.ends_with(".backends") {
                    "SERVER"
                } else {
                    key
                };
                shape(item, &format!("{place}.{name}"), found);
            }
        }
        _ => {}
    }
}

/// Whether the path is a date or a link.
fn has_a_form(place: &str) -> bool {
    let dates = [
        "connected",
        "received",
        "completed",
        "started_at",
        "activated_at",
        "started",
    ];
    let name = place.rsplit('.').next().unwrap_or_default();
    dates.contains(&name) || place.contains("links.")
}

/// Replaces each number by 9, each word outside links by a, and each run of blanks by one.
fn form(text: &str) -> String {
    let is_link = text.contains("://");
    let mut form = String::new();
    for c in text.chars() {
        let sign = match c {
            '0'..='9' => '9',
            c if c.is_alphabetic() && !is_link => 'a',
            c => c,
        };
        if is_link && sign != '9' || !form.ends_with(sign) {
            form.push(sign);
        }
    }
    form
}

pub(crate) fn shape_of(value: &Value) -> Shape {
    let mut found = Shape::new();
    shape(value, "", &mut found);
    found
}

/// Asserts that both have the same paths with the same content.
#[track_caller]
pub(crate) fn assert_alike(ours: &Shape, recorded: &Shape, what: &str) {
    let places: BTreeSet<_> = ours.keys().chain(recorded.keys()).collect();
    let differing: Vec<_> = places
        .into_iter()
        .filter(|place| ours.get(*place) != recorded.get(*place))
        .map(|place| {
            format!(
                "{place}: {:?}, recorded {:?}",
                ours.get(place),
                recorded.get(place)
            )
        })
        .collect();
    assert!(differing.is_empty(), "{what}: {differing:#?}");
}
