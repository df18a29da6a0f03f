//! Hostile names: the output is plain text in every form.

use maxtop::demo::ServedDialects;

use crate::program::{Demo, Ran};

fn hostile(dialects: ServedDialects) -> Demo {
    Demo::with(dialects, |spec| {
        spec.world.hostile = true;
        spec.world.sessions = 200;
    })
}

#[test]
fn no_control_byte_leaves_in_any_form() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = hostile(dialects);
        let mut forms: Vec<Vec<String>> = ["table", "wide", "json", "jsonl", "csv", "tsv"]
            .iter()
            .map(|form| vec!["list".to_owned(), "-o".to_owned(), (*form).to_owned()])
            .collect();
        for id in demo
            .list()
            .iter()
            .map(|session| session["id"].to_string())
            .take(60)
        {
            for form in ["text", "json"] {
                forms.push(vec![
                    "show".to_owned(),
                    id.clone(),
                    "-o".to_owned(),
                    form.to_owned(),
                ]);
            }
            forms.push(vec!["kill".to_owned(), id, "--dry-run".to_owned()]);
        }
        for form in forms {
            let args: Vec<_> = form.iter().map(String::as_str).collect();
            assert_harmless(&demo.maxtop(&args), form.contains(&"tsv".to_owned()));
        }
    }
}

fn assert_harmless(ran: &Ran, tabs: bool) {
    for text in [&ran.out, &ran.err] {
        for c in text.chars() {
            let separates = c == '\n' || (tabs && c == '\t');
            let hidden =
                matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            assert!(separates || !(c.is_control() || hidden), "{c:?} in {text}");
        }
    }
}

#[test]
fn hostile_names_are_there_and_are_valid_json_and_csv() {
    let demo = hostile(ServedDialects::JsonApi);
    let list = demo.list();
    let raw = list
        .iter()
        .filter_map(|session| session["user"].as_str())
        .filter(|user| user.contains(['\u{1b}', '\u{202e}', '\u{200b}']));
    assert!(raw.count() > 0, "the fleet has hostile names");
    let csv = demo.maxtop(&["list", "-o", "csv"]).out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    for row in reader.records() {
        for field in &row.unwrap() {
            assert!(!field.starts_with(['=', '+', '-', '@']), "{field}");
        }
    }
}
