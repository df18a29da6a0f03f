//! Properties of every filter, session and text.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::ast::Operator;
use super::super::ast::{Comparison, Expr, Operand};
use super::super::glob::Glob;
use super::super::glob::Pattern;
use super::super::word::Word;
use super::*;

const PARTS: [&str; 25] = [
    "user",
    "idle",
    "stuck",
    "known(",
    "and",
    "or",
    "not",
    "(",
    ")",
    "=",
    "!=",
    "~",
    ">=",
    "<",
    " ",
    "\t ",
    "'",
    "\"",
    "\\",
    "*",
    "5m",
    "1.5GB",
    "18446744073709551615s",
    "é",
    "日",
];

/// Generates texts that resemble the language, and any others.
fn typed() -> impl Strategy<Value = String> {
    let near = vec(select(&PARTS[..]), 0..24).prop_map(|parts| parts.concat());
    prop_oneof![any::<String>(), near]
}

fn value() -> impl Strategy<Value = String> {
    let value = prop_oneof![any::<String>(), "[a-c*? '\"\\\\=()]{0,8}", "[a-z]{1,8}"];
    value.prop_map(|text| text.chars().take(30).collect())
}

fn pattern() -> impl Strategy<Value = Pattern> {
    let source = prop_oneof![
        value().prop_map(|text| regex::escape(&text)),
        Just(r"^\w+'\\$".to_owned())
    ];
    source.prop_map(|source| Pattern::new(&source).unwrap())
}

fn field() -> impl Strategy<Value = &'static FilterField> {
    (0..FIELDS.len()).prop_map(|place| &FIELDS[place])
}

fn comparison() -> impl Strategy<Value = Expr> {
    let number = prop_oneof![any::<u64>(), 0..5000_u64];
    let parts = (field(), any::<Index>(), value(), pattern(), number);
    parts.prop_map(|(field, choice, text, pattern, number)| {
        if field.kind() == FieldType::Flag {
            return Expr::Flag(field);
        }
        let operator = *choice.get(field.kind().operators());
        let operand = match field.kind() {
            FieldType::Text if operator == Operator::Matches => Operand::Pattern(pattern),
            FieldType::Text if field.name == "reason" => {
                // `none` stands for the empty text.
                Operand::Glob(Glob::new(choice.get::<&str>(&field.closed_values()[1..])))
            }
            FieldType::Text => Operand::Glob(Glob::new(&text)),
            // As long as a duration may be.
            FieldType::Duration => Operand::Number(number % 999_999_999_000),
            _ => Operand::Number(number),
        };
        Expr::Compare(Comparison {
            field,
            operator,
            operand,
        })
    })
}

pub(super) fn expr() -> impl Strategy<Value = Expr> {
    let leaf = prop_oneof![
        3 => comparison(),
        1 => value().prop_map(|text| Word::new(&text).map_or(Expr::Known(&FIELDS[0]), Expr::Word)),
        1 => field().prop_map(Expr::Known),
    ];
    leaf.prop_recursive(4, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 1..4).prop_map(Expr::all),
            vec(inner.clone(), 1..4).prop_map(Expr::any),
            inner.prop_map(opposite),
        ]
    })
}

fn opposite(expr: Expr) -> Expr {
    Expr::Not(Box::new(expr))
}

/// Generates a session with some fields unknown.
fn known_or_not() -> impl Strategy<Value = Session> {
    let name = || option::of("[a-c]{0,3}".prop_map(|raw| text(&raw)));
    let backends = vec(("[a-c]{1,2}", option::of(0..9_u32)), 0..3);
    let extra = option::of((name(), option::of(0..9_u64), backends));
    let parts = (0..20_u64, name(), name(), name(), option::of(0..900_i64), extra);
    parts.prop_map(|(id, user, service, state, idle, extra)| Session {
        user,
        service,
        state,
        idle: idle.map(Span::from_secs),
        extra: extra.map(|(program, memory, backends)| {
            let backends = backends.into_iter().map(|(server, thread_id)| ServerConnection {
                server: text(&server),
                thread_id,
            });
            Arc::new(JsonApiFields {
                program,
                memory,
                backends: Some(backends.collect()),
                ..JsonApiFields::default()
            })
        }),
        ..Session::bare(SessionId(id))
    })
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in typed()) {
        match Filter::parse(&text) {
            Ok(filter) => _ = filter.matches(&session()),
            Err(error) => {
                prop_assert!(error.column <= error.end && error.end <= text.chars().count());
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }

    #[test]
    fn what_is_printed_means_the_same(expr in expr()) {
        let printed = expr.to_string();
        prop_assume!(printed.len() <= MAX_FILTER_LEN);
        let read = parse::parse(&printed);
        prop_assert_eq!(read, Ok(Some(expr)), "{}", printed);
    }

    #[test]
    fn unknown_never_matches_under_not_either(expr in expr(), session in known_or_not()) {
        let subject = FilterInput::new(&session);
        let (plain, negated) = (expr.evaluate(&subject), opposite(expr).evaluate(&subject));
        prop_assert_eq!(plain == Ternary::Unknown, negated == Ternary::Unknown);
        prop_assert!(!(plain.is_yes() && negated.is_yes()));
    }

    #[test]
    fn de_morgan_holds(parts in vec(expr(), 2..4), session in known_or_not()) {
        let subject = FilterInput::new(&session);
        let opposites: Vec<_> = parts.iter().cloned().map(opposite).collect();
        let both = opposite(Expr::all(parts.clone())).evaluate(&subject);
        prop_assert_eq!(both, Expr::any(opposites.clone()).evaluate(&subject));
        let either = opposite(Expr::any(parts)).evaluate(&subject);
        prop_assert_eq!(either, Expr::all(opposites).evaluate(&subject));
    }

    #[test]
    fn a_comparison_of_a_known_field_is_certain(expr in comparison(), session in known_or_not()) {
        let subject = FilterInput::new(&session);
        if let Expr::Compare(comparison) = &expr
            && Expr::Known(comparison.field).evaluate(&subject).is_yes()
        {
            prop_assert_ne!(expr.evaluate(&subject), Ternary::Unknown);
        }
    }

    #[test]
    fn a_glob_is_what_its_regular_expression_is(glob in "[ab*?]{0,8}", text in "[ab]{0,10}") {
        let source = glob.replace('*', ".*").replace('?', ".");
        let pattern = Pattern::new(&format!("^(?:{source})$")).unwrap();
        prop_assert_eq!(Glob::new(&glob).matches(&text), pattern.matches(&text));
    }

    #[test]
    fn completion_never_panics(text in typed()) {
        if let Some(found) = complete(&text, |_| vec!["a b".to_owned(), "é".to_owned()]) {
            prop_assert!(found.start <= text.chars().count() && !found.choices.is_empty());
        }
    }
}
