//! The parameters `filter=<pointer>=<value>` and `filter[<path>]=<expression>`.

use std::cmp::Ordering;

use serde_json::Value;

use crate::demo::profile::Filtering;

/// A condition on the rows of a list.
#[derive(Debug)]
pub(super) struct RequestFilter {
    path: Vec<String>,
    expression: Expression,
}

#[derive(Debug)]
enum Expression {
    Equal(Value),
    NotEqual(Value),
    Less(Value),
    LessOrEqual(Value),
    Greater(Value),
    GreaterOrEqual(Value),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
}

type MakeExpression = fn(Value) -> Expression;

const COMPARISONS: [(&str, MakeExpression); 6] = [
    ("eq", Expression::Equal),
    ("ne", Expression::NotEqual),
    ("lt", Expression::Less),
    ("le", Expression::LessOrEqual),
    ("gt", Expression::Greater),
    ("ge", Expression::GreaterOrEqual),
];

impl RequestFilter {
    /// Parses all filters among the parameters.
    pub(super) fn all(parameters: &[(String, String)], can: Filtering) -> Result<Vec<Self>, String> {
        let mut all = parameters.iter();
        match can {
            Filtering::None => Ok(Vec::new()),
            Filtering::Equality => {
                let first = all.find(|(name, _)| name == "filter");
                let (pointer, value) = first.and_then(|(_, value)| value.split_once('=')).unzip();
                let value = value.and_then(|value| serde_json::from_str(value).ok());
                let filter = pointer.zip(value).map(|(pointer, value)| Self {
                    path: split(pointer, '/'),
                    expression: Expression::Equal(value),
                });
                Ok(filter.into_iter().collect())
            }
            Filtering::Expressions => all
                .filter_map(|(name, value)| Self::of(name, value).transpose())
                .collect(),
        }
    }

    /// Parses one parameter. Returns `None` if it is not a filter.
    fn of(name: &str, value: &str) -> Result<Option<Self>, String> {
        if let Some(path) = name
            .strip_prefix("filter[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            let path = if path.starts_with('/') {
                split(path, '/')
            } else {
                split(path, '.')
            };
            return Ok(Some(Self {
                path,
                expression: parse(value)?,
            }));
        }
        let Some((pointer, value)) = value.split_once('=').filter(|_| name == "filter") else {
            return Ok(None);
        };
        let plain = serde_json::from_str(value).map(Expression::Equal);
        let expression = plain.or_else(|_| parse(value))?;
        Ok(Some(Self {
            path: split(pointer, '/'),
            expression,
        }))
    }

    /// Whether the row matches. A row without the value does not.
    pub(super) fn accepts(&self, row: &Value) -> bool {
        let found = self.path.iter().try_fold(row, |value, name| match value {
            Value::Array(items) => items.get(name.parse::<usize>().ok()?),
            _ => value.get(name),
        });
        found.is_some_and(|value| self.expression.accepts(value))
    }
}

fn split(path: &str, separator: char) -> Vec<String> {
    let path = path.strip_prefix('$').unwrap_or(path);
    let names = path.split([separator, '[', ']']).filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

fn parse(text: &str) -> Result<Expression, String> {
    expression(text.trim()).ok_or_else(|| format!("Not a valid filter expression: {text}"))
}

fn expression(text: &str) -> Option<Expression> {
    let (name, rest) = text.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    if let Some((_, comparison)) = COMPARISONS.iter().find(|(known, _)| *known == name) {
        return serde_json::from_str(inner).ok().map(comparison);
    }
    let parts = || {
        arguments(inner)
            .into_iter()
            .map(expression)
            .collect::<Option<Vec<_>>>()
    };
    match name {
        "and" => parts().map(Expression::And),
        "or" => parts().map(Expression::Or),
        "not" => expression(inner).map(|inner| Expression::Not(Box::new(inner))),
        _ => None,
    }
}

/// Splits at commas outside parentheses and strings.
fn arguments(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut escaped) = (0_i32, false, false);
    let split = text.split(|c| {
        let separates = c == ',' && depth == 0 && !quoted;
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        separates
    });
    split.map(str::trim).collect()
}

impl Expression {
    fn accepts(&self, value: &Value) -> bool {
        match self {
            Self::Equal(other) => value == other,
            Self::NotEqual(other) => value != other,
            Self::Less(other) => order(value, other) == Some(Ordering::Less),
            Self::Greater(other) => order(value, other) == Some(Ordering::Greater),
            // MaxScale negates here. So values of different types are both at most and at least each other.
            Self::LessOrEqual(other) => order(value, other) != Some(Ordering::Greater),
            Self::GreaterOrEqual(other) => order(value, other) != Some(Ordering::Less),
            Self::And(parts) => parts.iter().all(|part| part.accepts(value)),
            Self::Or(parts) => parts.iter().any(|part| part.accepts(value)),
            Self::Not(inner) => !inner.accepts(value),
        }
    }
}

/// Compares two integers, reals or strings. Returns `None` if the types differ.
fn order(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
        (Value::Number(one), Value::Number(other)) if one.is_f64() && other.is_f64() => {
            one.as_f64()?.partial_cmp(&other.as_f64()?)
        }
        (Value::Number(one), Value::Number(other)) => Some(one.as_i64()?.cmp(&other.as_i64()?)),
        _ => None,
    }
}
