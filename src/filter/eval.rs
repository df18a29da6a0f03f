//! Asking: Kleene's logic over what is known of a session. Nothing is allocated here,
//! except to show a text in another form or an address as it was sent.

use super::ast::Operator;
use super::ast::{Comparison, Expr, Operand};
use super::field::Values;
use super::input::FilterInput;
use super::ternary::Ternary;

impl Expr {
    /// Whether it holds for a subject, as far as is known.
    pub(super) fn evaluate(&self, subject: &FilterInput<'_>) -> Ternary {
        match self {
            Self::All(parts) => all(parts, subject),
            Self::Any(parts) => any(parts, subject),
            Self::Not(part) => !part.evaluate(subject),
            Self::Known(field) => Ternary::of(field.is_known(subject)),
            Self::Flag(field) => match field.values {
                Values::Flag(holds) => holds(subject),
                _ => Ternary::Unknown,
            },
            Self::Word(word) => word.evaluate(subject),
            Self::Compare(comparison) => comparison.evaluate(subject),
        }
    }
}

fn all(parts: &[Expr], subject: &FilterInput<'_>) -> Ternary {
    let mut answer = Ternary::Yes;
    for part in parts {
        answer = answer.and(part.evaluate(subject));
        if answer == Ternary::No {
            break;
        }
    }
    answer
}

fn any(parts: &[Expr], subject: &FilterInput<'_>) -> Ternary {
    let mut answer = Ternary::No;
    for part in parts {
        answer = answer.or(part.evaluate(subject));
        if answer == Ternary::Yes {
            break;
        }
    }
    answer
}

impl Comparison {
    /// Of several values one is enough; `!=` is the opposite of `=`: none of them is it.
    fn evaluate(&self, subject: &FilterInput<'_>) -> Ternary {
        let answer = match &self.operand {
            Operand::Glob(glob) => {
                let form = subject.form;
                self.field.texts(subject, &mut |text| glob.judge(text, form))
            }
            Operand::Pattern(pattern) => {
                let form = subject.form;
                let matches = |text: &str| pattern.matches(text);
                self.field.texts(subject, &mut |text| form.judge(text, matches))
            }
            Operand::Number(bound) => {
                let operator = self.operator;
                self.field
                    .numbers(subject, &mut |number| holds(operator, number, *bound))
            }
        };
        if self.operator == Operator::IsNot {
            !answer
        } else {
            answer
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
