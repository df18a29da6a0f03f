//! `maxtop kill` at a terminal: it asks, and only the whole word is a yes.

use std::io::{Read as _, Write as _};

use maxtop::demo::Dialects;
use portable_pty::{CommandBuilder, NativePtySystem, PtySize, PtySystem as _};

use crate::program::{Demo, home};

/// Types one line at the question; the status, and all that stood on the terminal.
fn answered(demo: &Demo, id: &str, answer: &str) -> (u32, String) {
    let pair = NativePtySystem::default().openpty(PtySize::default()).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_maxtop"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("MAXTOP_") {
            command.env_remove(name);
        }
    }
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(name, home());
    }
    command.args(["-e", &demo.running.url(), "--grace", "0s", "kill", id]);
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let (mut screen, mut chunk) = (Vec::new(), [0; 1024]);
    let mut writer = pair.master.take_writer().unwrap();
    let mut typed = false;
    // A terminal whose last user is gone reads as an error on Linux.
    while let Ok(length @ 1..) = reader.read(&mut chunk) {
        screen.extend_from_slice(&chunk[..length]);
        if !typed && screen.ends_with(b"type yes: ") {
            writer.write_all(format!("{answer}\n").as_bytes()).unwrap();
            typed = true;
        }
    }
    let status = child.wait().unwrap();
    assert!(typed, "{}", String::from_utf8_lossy(&screen));
    (status.exit_code(), String::from_utf8(screen).unwrap())
}

#[test]
fn anything_but_the_whole_word_ends_nothing() {
    for answer in ["", "y", "no", "YES", "yes please"] {
        let demo = Demo::start(Dialects::JsonApi);
        let (status, screen) = answered(&demo, &demo.ready_id(), answer);
        assert_eq!(status, 1, "{screen}");
        assert!(screen.contains("nothing was ended"), "{screen}");
        assert_eq!(demo.deletes(), [""; 0]);
    }
}

#[test]
fn the_whole_word_ends_the_one_that_was_shown() {
    for dialects in [Dialects::Draft, Dialects::JsonApi] {
        let demo = Demo::start(dialects);
        let id = demo.ready_id();
        let (status, screen) = answered(&demo, &id, "yes");
        assert_eq!(status, 0, "{screen}");
        assert!(screen.contains("end 1 session? type yes: "), "{screen}");
        assert!(screen.contains(&format!("killed {id} ")), "{screen}");
        assert!(!screen.contains('\u{1b}'), "{screen:?}");
        assert_eq!(demo.deletes().len(), 1);
    }
}
