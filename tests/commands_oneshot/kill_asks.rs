//! `maxtop kill` at a terminal: it prompts, and only `y` or `yes` confirms.

use maxtop::demo::ServedDialects;

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
        screen.contains("\r\nmaxtop: Canceled: nothing was sent\r\n"),
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
