//! The README's reference is the table of fields.

use std::fmt::Write as _;

use super::*;

const README: &str = include_str!("../../../README.md");

#[test]
fn the_readme_has_the_table_of_fields() {
    let mut table = "| field | kind | what it is | for example |\n|---|---|---|---|\n".to_owned();
    for field in &FIELDS {
        let Field {
            name, about, example, ..
        } = field;
        writeln!(table, "| `{name}` | {} | {about} | `{example}` |", field.kind()).unwrap();
    }
    assert!(
        README.contains(&table),
        "paste into the README's section 'Filter':\n{table}"
    );
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
        assert!(filter(field.example).asks(field.name), "{}", field.example);
        assert_eq!(Field::named(&field.name.to_uppercase()), Some(field));
    }
}
