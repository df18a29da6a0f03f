//! `--ascii`: no output of a command holds another character.

use maxtop::demo::ServedDialects;

use crate::program::{Demo, command, ran};

#[test]
fn a_kill_in_ascii_writes_nothing_else_and_keeps_names_apart() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = Demo::start(dialects);
        let list = demo.list();
        let ready = list.iter().filter(|session| {
            let is_ready = ["Session started", "Session ready for routing"];
            !session["user"].is_null() && is_ready.iter().any(|ready| session["state"] == *ready)
        });
        let ids: Vec<u64> = ready.map(|session| session["id"].as_u64().unwrap()).collect();
        for (id, name) in ids.iter().zip(["日本", "中国", "été", "Ωmega"]) {
            assert!(demo.running.rename(*id, name));
        }
        let [one, two, three, four] = [0, 1, 2, 3].map(|place| ids[place].to_string());
        for (args, is_named) in [
            (vec!["kill", &one, "--dry-run", "--ascii", "-o", "table"], true),
            (vec!["kill", &one, "--dry-run", "--ascii", "-o", "json"], false),
            (vec!["kill", &one, "--yes", "--ascii"], true),
            (
                vec!["kill", &two, &three, "--yes", "--ascii", "--config", "/dev/null"],
                true,
            ),
        ] {
            let ran = demo.maxtop(&args);
            assert_eq!(ran.status, 0, "{args:?} {ran:?}");
            assert!(ran.out.is_ascii() && ran.err.is_ascii(), "{args:?} {ran:?}");
            let escape = if is_named { r"\u{" } else { r"\u65e5\u672c" };
            assert!(ran.out.contains(escape), "{args:?} {ran:?}");
        }
        let mut without_utf_8 = command(&["kill", &four, "--yes", "-e", &demo.running.url()]);
        without_utf_8.env("LC_ALL", "C");
        let ran = ran(&mut without_utf_8);
        assert_eq!(ran.status, 0, "{ran:?}");
        assert!(
            ran.out.contains(r"killed ") && ran.out.contains(r"\u{3a9}mega@"),
            "{ran:?}"
        );
    }
}
