//! The pictures of the documents: screens of the program that shows a recording, so they are always the same.
//!
//! `UPDATE_PICTURES=1` writes them.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::pty::Pty;
use crate::start::Start;
use crate::svg::{Picture, animated};
use crate::themes::QUERY;

/// Recording of a simulated MaxScale with incidents.
const RECORDING: &str = "tests/fixtures/pictures/incidents.mxr";
/// Moment that the pictures show.
const MOMENT: &str = "14s";
const SIZE: (u16, u16) = (110, 30);

/// A screen: its name, the keys that lead from the one before to it, and a text of it.
struct Scene {
    name: &'static str,
    title: &'static str,
    keys: &'static str,
    text: &'static str,
    /// Time that it is shown for in the animation, in seconds.
    seconds: u32,
}

const SCENES: [Scene; 4] = [
    Scene {
        name: "table",
        title: "The sessions, the stuck ones first",
        keys: "",
        text: "blocks",
        seconds: 4,
    },
    Scene {
        name: "details",
        title: "One session: why it is stuck, and what to do",
        keys: "\r",
        text: "TRANSACTION",
        seconds: 6,
    },
    Scene {
        name: "blockers",
        title: "Who waits for which session",
        keys: "\x1bb",
        text: "root blocker",
        seconds: 6,
    },
    Scene {
        name: "overview",
        title: "The last minutes, and the largest groups",
        keys: "\x1bo",
        text: "STUCK",
        seconds: 5,
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn path(name: &str) -> PathBuf {
    root().join(format!("assets/pictures/{name}.svg"))
}

/// Whether the pictures are written instead of compared.
fn is_update() -> bool {
    std::env::var_os("UPDATE_PICTURES").is_some()
}

/// Waits until the screen is that of the kept picture. For an update, until it no longer changes.
fn picture(pty: &Pty, scene: &Scene) -> Picture {
    pty.sees(scene.text);
    if is_update() {
        while pty.changes(Duration::from_millis(500)) {}
    } else {
        let kept = fs::read_to_string(path(scene.name)).unwrap();
        pty.wait(
            "the picture: run 'just pictures' if the screen has changed",
            |screen| Picture::of(screen).alone(scene.title) == kept,
        );
    }
    pty.look(Picture::of)
}

#[test]
fn the_pictures_are_screens_of_the_program() {
    let recording = root().join(RECORDING);
    let args = ["replay", recording.to_str().unwrap(), "--at", MOMENT];
    let mut pty = Start::new(args).size(SIZE.0, SIZE.1).env("TZ", "UTC").open();
    pty.writes(0, QUERY);
    pty.keys("\x1b]11;rgb:1414/1717/1c1c\x1b\\\x1b[?62;22c");
    let mut all = Vec::new();
    for scene in &SCENES {
        if !scene.keys.is_empty() {
            pty.keys(scene.keys);
        }
        let picture = picture(&pty, scene);
        keep(scene.name, &picture.alone(scene.title));
        all.push((picture, scene.seconds));
    }
    pty.keys("qq");
    pty.ends_with(0);
    keep("tour", &animated("From the first screen to the cause", &all));
}

/// Writes a picture, or compares it with the kept one.
fn keep(name: &str, svg: &str) {
    if is_update() {
        fs::write(path(name), svg).unwrap();
    }
    let is_same = fs::read_to_string(path(name)).unwrap() == svg;
    assert!(
        is_same,
        "assets/pictures/{name}.svg differs from the screen: run 'just pictures'"
    );
}
