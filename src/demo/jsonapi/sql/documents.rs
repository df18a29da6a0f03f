//! Documents of `/sql`.

use std::time::Duration;

use serde_json::{Value, json};

use crate::demo::jsonapi::context::DocContext;
use crate::demo::profile::SqlForm;
use crate::demo::sql::{FieldKind, SqlConnection, SqlError, SqlField, SqlResult};

/// Returns a document, with the token of a new connection if it is sent in the body.
pub(super) fn document(link: &str, data: &Value, token: Option<&str>) -> Value {
    let mut document = json!({ "data": data, "links": { "self": link } });
    if let (Some(token), Some(members)) = (token, document.as_object_mut()) {
        members.insert("meta".to_owned(), json!({ "token": token }));
    }
    document
}

/// Returns a connection as a resource.
pub(super) fn connection(
    context: DocContext<'_>,
    form: SqlForm,
    id: &str,
    connection: &SqlConnection,
) -> Value {
    let idle = connection.used.elapsed();
    let attributes = if form.has_timeout {
        json!({
            "seconds_idle": idle.as_secs_f64(),
            "sql": connection.sql,
            "target": connection.server.name,
            "thread_id": connection.thread_id,
        })
    } else {
        json!({ "seconds_idle": idle.as_secs(), "thread_id": connection.thread_id })
    };
    json!({
        "attributes": attributes,
        "id": id,
        "links": {
            "related": context.collection(&format!("sql/{id}/queries")),
            "self": context.object(&format!("sql/{id}")),
        },
        "type": "sql",
    })
}

/// Returns the document of a statement and its result. An SQL error is a result, too.
pub(super) fn query(
    context: DocContext<'_>,
    form: SqlForm,
    (id, number): (&str, u64),
    sql: &str,
    (result, time): (&Result<SqlResult, SqlError>, Duration),
) -> Value {
    let result = match result {
        Ok(SqlResult::Rows {
            fields,
            data,
            complete,
        }) => rows(form, fields, data, *complete),
        Ok(SqlResult::Done) => json!({ "affected_rows": 0, "last_insert_id": 0, "warnings": 0 }),
        Err(error) => json!(error),
    };
    let query = format!("{id}.{number}");
    let link = context.object(&format!("sql/{id}/queries/{query}"));
    let data = json!({
        "attributes": {
            "execution_time": time.as_secs_f64(),
            "results": [result],
            "sql": sql,
        },
        "id": query,
        "type": "queries",
    });
    document(&link, &data, None)
}

fn rows(form: SqlForm, fields: &[SqlField], data: &[Vec<Value>], complete: bool) -> Value {
    let names: Vec<_> = fields.iter().map(|field| field.name.as_str()).collect();
    let mut result = json!({ "complete": complete, "data": data, "fields": names });
    if let Some(result) = result.as_object_mut().filter(|_| form.metadata) {
        let metadata = fields.iter().map(metadata).collect();
        result.insert("metadata".to_owned(), metadata);
    }
    result
}

fn metadata(field: &SqlField) -> Value {
    let (kind, decimals, flags, length) = match field.kind {
        FieldKind::Number => ("BIGINT", 0, 36_897, 21),
        FieldKind::Decimal => ("DECIMAL", 3, 36_865, 24),
        FieldKind::Text => ("VARCHAR", 39, 0, 200),
    };
    json!({
        "catalog": "def",
        "decimals": decimals,
        "flags": flags,
        "length": length,
        "name": field.name,
        "schema": "",
        "table": field.table,
        "type": kind,
    })
}
