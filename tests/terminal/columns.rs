//! Choosing columns: the table follows, Esc undoes, Enter keeps, and the option and the file do the same.

use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::{ids, lines};

/// Waits until the head of the table is `head`.
fn has_head(pty: &Pty, head: &str) {
    pty.wait(head, |screen| {
        let words: Vec<String> = lines(screen)[2].split_whitespace().map(str::to_owned).collect();
        words.join(" ") == head
    });
}

const USUAL: &str = "ID USER ADDRESS SERVICE AGE IDLE▾ WHY";

#[test]
fn the_table_follows_and_esc_undoes_what_enter_keeps() {
    let endpoint = Endpoint::frozen(30);
    let mut pty = endpoint.watched("jsonapi").open();
    pty.wait("a table", |screen| ids(screen).len() == 19);
    has_head(&pty, USUAL);
    pty.keys("c");
    pty.sees("Columns, from left to right");
    pty.sees("default columns");
    // SERVICE goes.
    pty.keys("jjjj ");
    has_head(&pty, "ID USER ADDRESS AGE IDLE▾ WHY");
    pty.sees("--columns id,severity,user,address,age,idle,why,servers,");
    // The address to the left of the user.
    pty.keys("k<");
    has_head(&pty, "ID ADDRESS USER AGE IDLE▾ WHY");
    pty.keys("\x1b");
    has_head(&pty, USUAL);
    pty.no_longer_sees("Columns, from left to right");

    pty.keys("cjjjj \r");
    pty.no_longer_sees("Columns, from left to right");
    has_head(&pty, "ID USER ADDRESS AGE IDLE▾ WHY");
    // They stay when the list is opened again, and one key restores the defaults.
    pty.keys("c");
    pty.sees("--columns id,severity,user,address,age,idle,why,servers,");
    pty.keys("r\r");
    has_head(&pty, USUAL);
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn the_option_chooses_before_the_file_does() {
    let endpoint = Endpoint::frozen(30);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "columns = [\"id\", \"user\", \"memory\"]\n").unwrap();
    let file = file.to_str().unwrap();
    for (options, head) in [
        (&["--config", file][..], "ID USER MEMORY"),
        (
            &["--config", file, "--columns", "worker,id,user,pid,I/O"],
            "WORKER ID USER PID I/O",
        ),
    ] {
        let mut start = endpoint.watched("jsonapi");
        for option in options {
            start = start.args([*option]);
        }
        let mut pty = start.open();
        has_head(&pty, head);
        // The order is still by IDLE, which is hidden.
        pty.sees("sorted by IDLE, largest first");
        pty.keys(">");
        pty.wait("sorted by the first column", |screen| {
            lines(screen)[2].contains(if head.starts_with("ID") {
                "ID▴"
            } else {
                "WORKER▴"
            })
        });
        pty.sees("smallest first");
        pty.keys("j");
        pty.no_longer_sees("sorted by");
        pty.keys("q");
        pty.ends_with(0);
    }
}
