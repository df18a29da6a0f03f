//! Passes over one JSON value without decoding it, in parts.

use super::bounds::MAX_ROW_LENGTH;

/// State between two parts of the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passing {
    /// Number of arrays and objects around the next character.
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
}

/// Maximum depth of a row that is waited for. Rows of MaxScale have less than ten levels.
const MAX_DEPTH: usize = 128;
/// Length from which the depth of an incomplete row is checked, in bytes.
const MIN_CHECKED: usize = 64 * 1024;

/// Whether it is not worth waiting for the end of the value at the start of a text: it is too long or too deep.
pub(super) fn is_hopeless(text: &str) -> bool {
    let is_deep = || {
        let mut passing = Passing::default();
        passing.over(text.as_bytes());
        passing.depth > MAX_DEPTH
    };
    text.len() > MAX_ROW_LENGTH || (text.len() >= MIN_CHECKED && is_deep())
}

impl Passing {
    /// Reads on. Returns the number of bytes that belong to the value, and whether it is complete.
    pub(super) fn over(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, byte) in bytes.iter().enumerate() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.is_in_string => self.is_escaped = true,
                b'"' => {
                    self.is_in_string = !self.is_in_string;
                    if !self.is_in_string && self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ if self.is_in_string => {}
                b'[' | b'{' => self.depth += 1,
                // A number ends before the next separator.
                b',' | b']' | b'}' if self.depth == 0 => return (at, true),
                b']' | b'}' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                _ => {}
            }
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_it_is_closed() {
        for (value, rest) in [
            (r#"{"a":[1,{"b":"]}\"\\"}],"c":2}"#, ",{}"),
            (r#""x\"]""#, "]"),
            ("[[[[]]]]", "]"),
            ("17", ",18"),
            ("1e5", "}"),
        ] {
            let text = format!("{value}{rest}");
            for split in 0..value.len() {
                let mut passing = Passing::default();
                let (start, end) = text.as_bytes().split_at(split);
                assert_eq!(passing.over(start), (split, false), "{value}");
                assert_eq!(passing.over(end), (value.len() - split, true), "{value}");
            }
        }
    }
}
