//! The answers to the statements of maxtop, as a table by their names.

mod rows;

use std::time::Duration;

use serde_json::Value;

use super::SqlSettings;
use super::statement::{SelectedColumn, SqlStatement};
use crate::demo::world::{Server, ServerTrouble, World, WorldThread};
use rows::ANSWERS;
pub(in crate::demo) use rows::own_thread;

/// Maximum length of the text that a syntax error quotes.
const QUOTED: usize = 80;

/// The server and the account of a statement.
#[derive(Debug, Clone, Copy)]
pub(in crate::demo) struct Execution<'a> {
    pub(in crate::demo) settings: &'a SqlSettings,
    pub(in crate::demo) server: &'static Server,
    /// Thread of the connection that sends the statement.
    pub(in crate::demo) thread_id: u64,
    /// Threads of all connections of `/v1/sql` to this server.
    pub(in crate::demo) own: &'a [WorldThread],
    pub(in crate::demo) max_rows: usize,
    /// Whether the statement takes longer than its maximum.
    pub(in crate::demo) exceeds: bool,
}

/// An error of a server.
#[derive(Debug, PartialEq, Eq, serde::Serialize)]
pub(in crate::demo) struct SqlError {
    pub(in crate::demo) errno: u16,
    pub(in crate::demo) message: String,
    pub(in crate::demo) sqlstate: &'static str,
}

/// The result of a statement.
#[derive(Debug, PartialEq)]
pub(in crate::demo) enum SqlResult {
    /// Rows of a `SELECT` or `SHOW`.
    Rows {
        fields: Vec<SqlField>,
        data: Vec<Vec<Value>>,
        /// Whether `max_rows` has cut off no rows.
        complete: bool,
    },
    /// A statement without rows.
    Done,
}

/// Name, table and type of a column of a result.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::demo) struct SqlField {
    pub(in crate::demo) name: String,
    pub(in crate::demo) table: &'static str,
    pub(in crate::demo) kind: FieldKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::demo) enum FieldKind {
    Number,
    Decimal,
    Text,
}

/// The answer to the statements of one name.
struct Answer {
    name: &'static str,
    /// Whether the statement fails without `PROCESS`.
    needs_process: bool,
    columns: &'static [AnswerColumn],
    rows: fn(&AnswerContext<'_>) -> Vec<Vec<Cell>>,
}

/// A column of an answer.
struct AnswerColumn {
    /// Aliases and column names, in lower case. The first column whose names match the alias is selected, then
    /// the longest name that is a part of the expression. An empty name matches everything.
    names: &'static [&'static str],
}

const fn column(names: &'static [&'static str]) -> AnswerColumn {
    AnswerColumn { names }
}

/// Input of the functions in the table.
struct AnswerContext<'a> {
    world: &'a World,
    execution: Execution<'a>,
    statement: &'a SqlStatement<'a>,
}

/// A value of an answer.
#[derive(Debug, Clone)]
enum Cell {
    Null,
    Number(u64),
    Text(String),
    /// Whole seconds, or microseconds if the expression has this unit.
    Age(Duration),
    /// Milliseconds as a decimal number, or rounded if the expression does that.
    Millis(Duration),
}

impl Cell {
    fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    fn known<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::Null, cell)
    }

    fn value(&self, expression: &str) -> Value {
        let expression = expression.to_ascii_lowercase();
        match self {
            _ if expression == "null" => Value::Null,
            Self::Null => Value::Null,
            Self::Number(number) => (*number).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Age(age) if expression.contains("microsecond") => micros(*age).into(),
            Self::Age(age) => age.as_secs().into(),
            Self::Millis(time) if expression.contains("* 1000") => micros(*time).into(),
            Self::Millis(time) if expression.contains("1000") => time.as_secs().into(),
            Self::Millis(time) if expression.contains('(') => (micros(*time) / 1_000).into(),
            Self::Millis(time) => {
                let micros = micros(*time);
                format!("{}.{:03}", micros / 1_000, micros % 1_000).into()
            }
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// Carries out a statement.
pub(in crate::demo) fn execute(
    world: &mut World,
    execution: Execution<'_>,
    sql: &str,
) -> Result<SqlResult, SqlError> {
    if world.trouble_of(execution.server.name) == Some(ServerTrouble::Down) {
        return Err(error(2013, "HY000", "Lost connection to server during query"));
    }
    let statement = SqlStatement::parse(sql).ok_or_else(|| syntax(sql))?;
    let is_cut = execution.settings.cut.iter().any(|name| name == statement.name);
    if execution.exceeds || is_cut {
        let message = "Query execution was interrupted (max_statement_time exceeded)";
        return Err(error(1969, "70100", message));
    }
    match statement.name {
        "setup" => Ok(SqlResult::Done),
        "kill" => kill(world, execution, &statement),
        name => {
            let mut answers = ANSWERS.iter();
            let answer = answers.find(|answer| answer.name == name);
            let context = AnswerContext {
                world,
                execution,
                statement: &statement,
            };
            answer.ok_or_else(|| syntax(sql))?.select(&context)
        }
    }
}

impl Answer {
    fn select(&self, context: &AnswerContext<'_>) -> Result<SqlResult, SqlError> {
        let settings = context.execution.settings;
        // The tables of InnoDB need it.
        let needs_process = self.needs_process || context.statement.text.contains("INNODB_");
        if needs_process && !settings.process {
            let message =
                "Access denied; you need (at least one of) the PROCESS privilege(s) for this operation";
            return Err(error(1227, "42000", message));
        }
        if self.name == "metadata-locks" && !settings.metadata_plugin {
            let message = "Unknown table 'METADATA_LOCK_INFO' in information_schema";
            return Err(error(1109, "42S02", message));
        }
        let grants = [SelectedColumn {
            field: "Grants for maxtop@%",
            expression: "",
        }];
        let selected = if self.name == "grants" {
            &grants[..]
        } else {
            &context.statement.columns[..]
        };
        let places = selected
            .iter()
            .map(|selected| self.place(selected))
            .collect::<Result<Vec<_>, _>>()?;
        let rows = (self.rows)(context);
        let total = rows.len().min(context.statement.limit.unwrap_or(usize::MAX));
        let shown = total.min(context.execution.max_rows);
        let cell = |row: &[Cell], place: usize| row.get(place).cloned().unwrap_or(Cell::Null);
        let fields = selected.iter().zip(&places).map(|(selected, place)| SqlField {
            name: selected.field.to_owned(),
            table: "",
            kind: kind(rows.iter().map(|row| cell(row, *place)), selected),
        });
        let data = rows.iter().take(shown).map(|row| {
            let values = selected.iter().zip(&places);
            values
                .map(|(selected, place)| cell(row, *place).value(selected.expression))
                .collect()
        });
        Ok(SqlResult::Rows {
            fields: fields.collect(),
            data: data.collect(),
            complete: shown == total,
        })
    }

    /// Returns the place of a selected column.
    fn place(&self, selected: &SelectedColumn<'_>) -> Result<usize, SqlError> {
        let alias = selected.field.to_ascii_lowercase();
        let exact = self
            .columns
            .iter()
            .position(|column| column.names.contains(&alias.as_str()));
        let expression = selected.expression.to_ascii_lowercase();
        let part = || {
            let names = self.columns.iter().enumerate().flat_map(|(place, column)| {
                let contained = column.names.iter().filter(|name| expression.contains(**name));
                contained.map(move |name| (name.len(), place))
            });
            names.max_by_key(|(length, place)| (*length, std::cmp::Reverse(*place)))
        };
        exact.or_else(|| part().map(|(_, place)| place)).ok_or_else(|| {
            let message = format!("Unknown column '{}' in 'SELECT'", selected.field);
            error(1054, "42S22", &message)
        })
    }
}

/// Returns the type of a column with these cells.
fn kind(mut cells: impl Iterator<Item = Cell>, selected: &SelectedColumn<'_>) -> FieldKind {
    match cells.find(|cell| !matches!(cell, Cell::Null)) {
        Some(Cell::Millis(_)) if !selected.expression.contains(['(', '/']) => FieldKind::Decimal,
        Some(Cell::Text(_)) | None => FieldKind::Text,
        Some(_) => FieldKind::Number,
    }
}

/// Ends a statement: `KILL SOFT QUERY ID n`. Other forms are syntax errors here.
fn kill(
    world: &mut World,
    execution: Execution<'_>,
    statement: &SqlStatement<'_>,
) -> Result<SqlResult, SqlError> {
    let words: Vec<_> = statement
        .text
        .trim_end_matches(';')
        .split_ascii_whitespace()
        .map(str::to_ascii_uppercase)
        .collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let ["KILL", "SOFT", "QUERY", "ID", number] = words[..] else {
        return Err(syntax(statement.text));
    };
    let query_id: u64 = number.parse().map_err(|_| syntax(statement.text))?;
    if !execution.settings.connection_admin {
        let message = format!("You are not owner of thread {query_id}");
        return Err(error(1095, "HY000", &message));
    }
    if world.kill_query(execution.server.name, query_id) {
        Ok(SqlResult::Done)
    } else {
        Err(error(1957, "HY000", &format!("Unknown query id: {query_id}")))
    }
}

fn error(errno: u16, sqlstate: &'static str, message: &str) -> SqlError {
    SqlError {
        errno,
        message: message.to_owned(),
        sqlstate,
    }
}

fn syntax(sql: &str) -> SqlError {
    let near: String = sql.chars().take(QUOTED).collect();
    let message = format!(
        "You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server \
         version for the right syntax to use near '{near}' at line 1"
    );
    error(1064, "42000", &message)
}
