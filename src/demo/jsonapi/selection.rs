//! The parameters `pretty`, `filter`, `page` and `fields`, which select and format parts of a document.
//!
//! They work on the finished document.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::filter::RequestFilter;
use super::layout::{Layout, dump};
use crate::demo::profile::{Filtering, ParameterSupport};

/// The selected part of a document.
#[derive(Debug)]
pub(super) struct DocOptions {
    layout: Layout,
    /// Selected fields by type, as paths.
    fields: Vec<(String, Vec<Vec<String>>)>,
    filters: Result<Vec<RequestFilter>, String>,
    page: Option<Page>,
    /// Whether fields are removed before the filter is evaluated.
    fields_first: bool,
    /// Whether `filter[…]` is rejected for a single resource.
    only_lists: bool,
}

#[derive(Debug, Clone, Copy)]
struct Page {
    size: usize,
    number: usize,
}

impl DocOptions {
    /// Parses the parameters. With `bare`, only `pretty` is used.
    pub(super) fn of(parameters: &[(String, String)], bare: bool, can: ParameterSupport) -> Self {
        let map: BTreeMap<&str, &str> = parameters
            .iter()
            .rev()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let layout = Layout::of(map.get("pretty").copied(), can);
        if bare {
            return Self {
                layout,
                fields: Vec::new(),
                filters: Ok(Vec::new()),
                page: None,
                fields_first: false,
                only_lists: false,
            };
        }
        let size = map
            .get("page[size]")
            .and_then(|size| size.parse().ok())
            .filter(|size| *size > 0);
        let number = map
            .get("page[number]")
            .and_then(|number| number.parse().ok())
            .unwrap_or(0);
        Self {
            layout,
            fields: parameters
                .iter()
                .filter(|_| can.fields)
                .filter_map(|(name, value)| parse_fields(name, value))
                .collect(),
            filters: RequestFilter::all(parameters, can.filter),
            page: size.filter(|_| can.page).map(|size| Page { size, number }),
            fields_first: can.fields_first,
            only_lists: can.filter == Filtering::Expressions
                && parameters.iter().any(|(name, _)| name.starts_with("filter[")),
        }
    }

    /// Returns the document to send.
    ///
    /// # Errors
    ///
    /// Returns MaxScale's message if the filter is not valid.
    pub(super) fn write<T: Serialize>(&self, document: &T, is_list: bool) -> Result<Vec<u8>, String> {
        let filters = self.filters.as_deref().map_err(Clone::clone)?;
        if !is_list && self.only_lists {
            return Err("Filtering is not supported for a single resource".to_owned());
        }
        let paged = self.page.filter(|_| is_list);
        if self.fields.is_empty() && paged.is_none() && (filters.is_empty() || !is_list) {
            return Ok(dump(document, self.layout));
        }
        let mut value = serde_json::to_value(document).unwrap_or_default();
        if self.fields_first {
            self.prune_all(&mut value);
        }
        if let Some(rows) = value.get_mut("data").and_then(Value::as_array_mut) {
            rows.retain(|row| filters.iter().all(|filter| filter.accepts(row)));
        }
        if let Some(page) = paged {
            turn_to(page, &mut value);
        }
        if !self.fields_first {
            self.prune_all(&mut value);
        }
        Ok(dump(&value, self.layout))
    }

    fn prune_all(&self, document: &mut Value) {
        match document.get_mut("data") {
            Some(Value::Array(rows)) => rows.iter_mut().for_each(|row| self.prune(row)),
            Some(row) => self.prune(row),
            None => {}
        }
    }

    /// Keeps the selected attributes and relationships, and `id`, `type` and `links`.
    fn prune(&self, row: &mut Value) {
        let kind = row.get("type").and_then(Value::as_str).unwrap_or_default();
        let Some((_, paths)) = self.fields.iter().find(|(selected, _)| selected == kind) else {
            return;
        };
        let Some(row) = row.as_object_mut() else { return };
        for part in ["attributes", "relationships"] {
            let Some(old) = row.remove(part) else { continue };
            let mut kept = Map::new();
            for path in paths {
                keep(&old, path, &mut kept);
            }
            if !kept.is_empty() {
                row.insert(part.to_owned(), Value::Object(kept));
            }
        }
    }
}

/// Parses `fields[TYPE]=a,b/c`. Returns `None` without a type or a name.
fn parse_fields(name: &str, value: &str) -> Option<(String, Vec<Vec<String>>)> {
    let kind = name.strip_prefix("fields[")?.strip_suffix(']')?;
    let names = value.split(',').filter(|name| !name.is_empty());
    let paths: Vec<Vec<String>> = names
        .map(|name| name.split('/').map(str::to_owned).collect())
        .collect();
    (!paths.is_empty()).then(|| (kind.to_owned(), paths))
}

/// Copies the value at the path. A path cannot lead into an array.
fn keep(from: &Value, path: &[String], to: &mut Map<String, Value>) {
    let Some((name, rest)) = path.split_first() else {
        return;
    };
    let Some(value) = from.get(name) else { return };
    if rest.is_empty() || value.is_array() {
        to.insert(name.clone(), value.clone());
        return;
    }
    let mut below = match to.remove(name) {
        Some(Value::Object(below)) => below,
        _ => Map::new(),
    };
    keep(value, rest, &mut below);
    if !below.is_empty() {
        to.insert(name.clone(), Value::Object(below));
    }
}

/// Keeps one page of the rows, and adds its links and the total. A list that fits on one page is on every
/// page.
fn turn_to(page: Page, document: &mut Value) {
    let base = document
        .pointer("/links/self")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let Some(rows) = document.get_mut("data").and_then(Value::as_array_mut) else {
        return;
    };
    let total = rows.len();
    if total > page.size {
        let first = page.number.saturating_mul(page.size).min(total);
        rows.drain(..first);
        rows.truncate(page.size);
    }
    let last = total.saturating_sub(1) / page.size;
    let link = |number: usize| {
        json!(format!(
            "{base}?page%5Bsize%5D={}&page%5Bnumber%5D={number}",
            page.size
        ))
    };
    let mut links = Map::new();
    links.insert("first".to_owned(), link(0));
    links.insert("last".to_owned(), link(last));
    links.insert("self".to_owned(), link(page.number));
    if page.number <= last && page.number > 0 {
        links.insert("prev".to_owned(), link(page.number - 1));
    }
    if page.number < last {
        links.insert("next".to_owned(), link(page.number + 1));
    }
    if let Some(document) = document.as_object_mut() {
        document.insert("links".to_owned(), Value::Object(links));
        document.insert("meta".to_owned(), json!({ "total": total }));
    }
}
