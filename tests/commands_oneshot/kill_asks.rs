//! `maxtop kill` at a terminal: it prompts, and only `y` or `yes` confirms.

use maxtop::demo::ServedDialects;
use serde_json::Value;

use crate::program::Demo;
use crate::terminal::AtTerminal;

/// Types one line at the prompt. Returns the status and the whole output.
fn answered(demo: &Demo, id: &str, answer: &str) -> (u32, String) {
    let url = demo.running.url();
    let mut maxtop = AtTerminal::start(&["-e", &url, "--grace", "0s", "kill", id]);
    maxtop.awaits("[y/N] ");
    maxtop.types(&format!("{answer}\n"));
    maxtop.ends()
}

#[test]
fn anything_but_yes_kills_nothing() {
    for answer in ["", "no", "1", "yes please"] {
        let demo = Demo::start(ServedDialects::JsonApi);
        let (status, screen) = answered(&demo, &demo.ready_id(), answer);
        assert_eq!(status, 1, "{screen}");
        assert!(screen.contains("nothing was killed"), "{screen}");
        assert_eq!(demo.deletes(), [""; 0]);
    }
}

#[test]
fn yes_kills_the_session_that_was_shown() {
    let answers = [(ServedDialects::Draft, "yes"), (ServedDialects::JsonApi, "y")];
    for (dialects, answer) in answers {
        let demo = Demo::start(dialects);
        let id = demo.ready_id();
        let (status, screen) = answered(&demo, &id, answer);
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains("kill 1 session? [y/N] "), "{screen}");
        assert!(screen.contains(&format!("killed {id} ")), "{screen}");
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
        assert_eq!(demo.deletes().len(), 1);
    }
}

#[test]
fn ctrl_c_at_the_prompt_says_that_nothing_was_sent() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let url = demo.running.url();
    let mut maxtop = AtTerminal::start(&["-e", &url, "kill", &demo.ready_id()]);
    maxtop.awaits("[y/N] ");
    // As Ctrl-C at the terminal does.
    maxtop.signal("INT");
    let (status, screen) = maxtop.ends();
    assert_eq!(status, 130, "{screen}");
    assert!(
        screen.contains("\r\nmaxtop: canceled, nothing was killed: interrupted\r\n"),
        "{screen}"
    );
    assert_eq!(demo.deletes(), [""; 0]);
}

#[test]
fn a_wrong_count_says_what_was_expected() {
    for answer in ["3", "y", "all"] {
        let demo = Demo::start(ServedDialects::JsonApi);
        let url = demo.running.url();
        let mut maxtop = AtTerminal::start(&["-e", &url, "kill", "-f", "user=web"]);
        maxtop.awaits("then Enter: ");
        maxtop.types(&format!("{answer}\n"));
        let (status, screen) = maxtop.ends();
        let count = screen
            .split_once("? type ")
            .and_then(|(_, rest)| rest.split_once(','));
        let count = count.unwrap().0.to_owned();
        assert_eq!(status, 1, "{screen}");
        assert!(
            screen.contains(&format!("expected {count}, not {answer}"))
                && screen.contains("nothing was killed"),
            "{screen}"
        );
        assert_eq!(demo.deletes(), [""; 0]);
    }
}

/// Returns the first element of the JSON that a terminal shows.
fn outcome(screen: &str) -> Value {
    let (start, end) = (screen.find("[\r\n").unwrap(), screen.rfind(']').unwrap());
    let document: Value =
        serde_json::from_str(&screen[start..=end]).unwrap_or_else(|error| panic!("{error}: {screen}"));
    document[0].clone()
}

#[test]
fn a_kill_that_is_not_confirmed_is_a_document_too() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let (url, id) = (demo.running.url(), demo.ready_id());
    let args = ["-e", &url, "kill", &id, "-o", "json"];
    let mut maxtop = AtTerminal::start(&args);
    maxtop.awaits("[y/N] ");
    maxtop.types("n\n");
    let (status, screen) = maxtop.ends();
    let record = outcome(&screen);
    assert_eq!((status, &record["outcome"]), (1, &"canceled".into()), "{screen}");
    assert_eq!(record["detail"], "not confirmed: nothing was sent");
    let mut maxtop = AtTerminal::start(&args);
    maxtop.awaits("[y/N] ");
    // As Ctrl-C at the terminal does.
    maxtop.signal("INT");
    let (status, screen) = maxtop.ends();
    let record = outcome(&screen);
    assert_eq!(
        (status, &record["outcome"]),
        (130, &"canceled".into()),
        "{screen}"
    );
    assert_eq!(record["detail"], "interrupted: nothing was sent");
    assert_eq!(record["id"].to_string(), id);
    assert_eq!(demo.deletes(), [""; 0]);
}
