//! The table in `docs/filters.md` is the table of fields.

use std::fmt::Write as _;

use super::*;

#[test]
fn docs_have_the_table_of_fields() {
    let mut table = "| field | kind | what it is | for example |\n|---|---|---|---|\n".to_owned();
    for field in &FIELDS {
        let FilterField {
            name, about, example, ..
        } = field;
        writeln!(table, "| `{name}` | {} | {about} | `{example}` |", field.kind()).unwrap();
    }
    crate::docs::assert_table("filters.md", "fields", &table);
}

#[test]
fn every_entry_fits_the_help() {
    for field in &FIELDS {
        assert!(field.name.len() < 16 && field.about.len() <= 56, "{}", field.name);
    }
}

#[test]
fn every_example_is_a_filter_for_its_field() {
    for field in &FIELDS {
        assert!(filter(field.example).uses(field.name), "{}", field.example);
        assert_eq!(FilterField::named(&field.name.to_uppercase()), Some(field));
    }
}
