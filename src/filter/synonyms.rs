//! Other words for the names of fields, for the suggestion in an error.

/// A word that people use for a field, and the name of the field.
pub(super) static SYNONYMS: [(&str, &str); 38] = [
    ("app", "program"),
    ("application", "program"),
    ("backend", "server"),
    ("blocked", "waits"),
    ("blocker", "blocks"),
    ("cause", "reason"),
    ("client", "address"),
    ("connected", "age"),
    ("connection", "thread_id"),
    ("db", "server"),
    ("duration", "age"),
    ("fingerprint", "key"),
    ("host", "address"),
    ("inactive", "idle"),
    ("instance", "endpoint"),
    ("io_activity", "io"),
    ("ip", "address"),
    ("listener", "service"),
    ("lock", "rows_locked"),
    ("locks", "rows_locked"),
    ("login", "user"),
    ("name", "user"),
    ("node", "server"),
    ("phase", "state"),
    ("problem", "reason"),
    ("proxy", "endpoint"),
    ("ram", "memory"),
    ("session", "id"),
    ("severity", "stuck"),
    ("sleep", "idle"),
    ("sql", "query"),
    ("statement", "query"),
    ("status", "state"),
    ("transaction", "trx"),
    ("txn", "trx"),
    ("username", "user"),
    ("waiting", "waits"),
    ("why", "reason"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filter::FilterField;

    #[test]
    fn a_synonym_is_no_field_and_stands_for_one() {
        assert!(SYNONYMS.is_sorted());
        for (word, field) in SYNONYMS {
            assert!(FilterField::named(word).is_none(), "{word}");
            assert!(FilterField::named(field).is_some(), "{field}");
        }
    }

    #[test]
    fn a_known_word_suggests_its_field_and_a_value_suggests_the_field_that_has_it() {
        for (word, field) in [
            ("why", "reason"),
            ("WHY", "reason"),
            ("usr", "user"),
            ("host", "address"),
            ("no-backend", "reason"),
            ("stopping", "state"),
        ] {
            let near = FilterField::near(word).map(|field| field.name);
            assert_eq!(near, Some(field), "{word}");
        }
        assert!(FilterField::near("zzzzz").is_none());
    }
}
