//! The table of keys, and the one in `docs/keys.md`.

use std::fmt::Write as _;

use crate::app::keymap::{BINDINGS, KeyContext};

#[test]
fn docs_have_the_table_of_keys() {
    let contexts = [
        (KeyContext::Table, "everywhere"),
        (KeyContext::Groups, "groups"),
        (KeyContext::Detail, "details"),
        (KeyContext::Dialog, "kill dialog"),
        (KeyContext::Prompt, "filter"),
        (KeyContext::Search, "search"),
        (KeyContext::Columns, "list of columns"),
        (KeyContext::Copy, "menu of copies"),
        (KeyContext::Blockers, "blockers"),
        (KeyContext::Servers, "servers"),
        (KeyContext::Overlay, "help, overview, kill log"),
    ];
    let mut table = "| where | keys | what they do |\n|---|---|---|\n".to_owned();
    for (context, place) in contexts {
        let all = BINDINGS.iter().filter(|binding| binding.context == context);
        for binding in all.filter(|binding| !binding.about.is_empty()) {
            let keys: Vec<_> = binding
                .shown
                .split(' ')
                .map(|key| format!("`{}`", key.replace('|', "\\|")))
                .collect();
            let (keys, about) = (keys.join(" "), binding.about);
            writeln!(table, "| {place} | {keys} | {about} |").unwrap();
        }
    }
    crate::docs::assert_table("keys.md", "keys", &table);
}
