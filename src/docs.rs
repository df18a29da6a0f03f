//! Checks that the tables in `docs/` are those of the program.
//!
//! `UPDATE_DOCS=1 cargo test --lib docs_have` writes the tables instead of comparing them.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

/// Two tests may write the same file.
static FILES: Mutex<()> = Mutex::new(());
const END: &str = "<!-- end of table -->";

/// Checks that `docs/FILE` has `table` between `<!-- table: NAME -->` and `<!-- end of table -->`.
///
/// # Panics
///
/// If the file cannot be read, has no such marks, or has another table.
pub(crate) fn assert_table(file: &str, name: &str, table: &str) {
    let _guard = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file);
    let text = fs::read_to_string(&path).unwrap();
    let begin = format!("<!-- table: {name} -->\n");
    let (before, rest) = text.split_once(&begin).expect(&begin);
    let (found, after) = rest.split_once(END).expect(END);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, format!("{before}{begin}{table}{END}{after}")).unwrap();
        return;
    }
    assert_eq!(
        found, table,
        "the table in docs/{file} is out of date: UPDATE_DOCS=1 cargo test --lib docs_have"
    );
}
