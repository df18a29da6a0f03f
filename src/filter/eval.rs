//! Evaluates a filter with Kleene's three-valued logic.
//!
//! Allocates nothing, except for a text in another form or an address as sent.

use super::ast::Operator;
use super::ast::{Comparison, Expr, Operand};
use super::field::Values;
use super::input::FilterInput;
use super::ternary::Ternary;

impl Expr {
    /// Evaluates the condition for a session.
    pub(super) fn evaluate(&self, input: &FilterInput<'_>) -> Ternary {
        match self {
            Self::All(parts) => all(parts, input),
            Self::Any(parts) => any(parts, input),
            Self::Not(part) => !part.evaluate(input),
            Self::Known(field) => Ternary::of(field.is_known(input)),
            Self::Flag(field) => match field.values {
                Values::Flag(holds) => holds(input),
                _ => Ternary::Unknown,
            },
            Self::Word(word) => word.evaluate(input),
            Self::Compare(comparison) => comparison.evaluate(input),
        }
    }
}

fn all(parts: &[Expr], input: &FilterInput<'_>) -> Ternary {
    let mut result = Ternary::Yes;
    for part in parts {
        result = result.and(part.evaluate(input));
        if result == Ternary::No {
            break;
        }
    }
    result
}

fn any(parts: &[Expr], input: &FilterInput<'_>) -> Ternary {
    let mut result = Ternary::No;
    for part in parts {
        result = result.or(part.evaluate(input));
        if result == Ternary::Yes {
            break;
        }
    }
    result
}

impl Comparison {
    /// Evaluates the comparison. A field with several values matches if any value does; `!=` matches if none is
    /// equal.
    fn evaluate(&self, input: &FilterInput<'_>) -> Ternary {
        let result = match &self.operand {
            Operand::Glob(glob) => {
                let form = input.form;
                self.field.texts(input, &mut |text| glob.test(text, form))
            }
            Operand::Pattern(pattern) => {
                let form = input.form;
                let matches = |text: &str| pattern.matches(text);
                self.field.texts(input, &mut |text| form.test(text, matches))
            }
            Operand::Number(bound) => {
                let operator = self.operator;
                self.field
                    .numbers(input, &mut |number| holds(operator, number, *bound))
            }
        };
        if self.operator == Operator::IsNot {
            !result
        } else {
            result
        }
    }
}

const fn holds(operator: Operator, number: u64, bound: u64) -> bool {
    match operator {
        Operator::Is | Operator::IsNot | Operator::Matches => number == bound,
        Operator::Below => number < bound,
        Operator::AtMost => number <= bound,
        Operator::Above => number > bound,
        Operator::AtLeast => number >= bound,
    }
}
