//! Passes over one JSON value without decoding it, in parts.

/// State between two parts of the value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Passing {
    /// Number of arrays and objects around the next character.
    depth: usize,
    is_in_string: bool,
    is_escaped: bool,
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
