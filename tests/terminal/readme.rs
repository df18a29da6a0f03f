//! The picture in the README is the screen of `maxtop demo`.

use std::fs;
use std::path::Path;

use crate::endpoint::Endpoint;
use crate::screen::{has_rows, lines};
use crate::start::Start;

/// Returns the lines of the first picture.
fn picture() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let picture = readme.split("```").nth(1).unwrap();
    picture.lines().skip(1).map(str::to_owned).collect()
}

/// Returns id, sign, user and reason of a row with a stuck session.
fn stuck(line: &str) -> Option<[String; 4]> {
    let words: Vec<_> = line.split_whitespace().collect();
    let (id, sign, user) = (words.first()?, words.get(1)?, words.get(2)?);
    let reasons = ["idle", "back-pressure", "closing"];
    let reason = words.iter().find(|word| reasons.contains(word))?;
    let is_stuck = ["▲", "●"].contains(sign);
    is_stuck.then(|| [id, sign, user, reason].map(|word| (*word).to_owned()))
}

#[test]
fn the_picture_of_the_readme_is_the_screen_of_the_demo() {
    let picture = picture();
    let rows: Vec<_> = picture.iter().filter_map(|line| stuck(line)).collect();
    assert_eq!(rows.len(), 5, "{rows:?}");
    let height = u16::try_from(picture.len()).unwrap();
    let mut pty = Start::new(["demo"]).size(80, height).open();
    pty.wait("the stuck sessions of the picture", |screen| {
        let shown: Vec<_> = lines(screen).iter().filter_map(|line| stuck(line)).collect();
        shown == rows
    });
    let shown = pty.look(lines);
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    for place in [2, picture.len() - 1] {
        assert_eq!(words(&shown[place]), words(&picture[place]), "headings and keys");
    }
    pty.keys("q");
    pty.ends_with(0);
}

/// Returns the commands of the README: the lines of its shell blocks, without comments.
fn commands() -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(path).unwrap();
    let blocks = readme.split("```sh\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap().lines());
    let commands = lines.map(|line| line.split('#').next().unwrap().trim().to_owned());
    commands.filter(|command| !command.is_empty()).collect()
}

#[test]
fn every_command_of_the_readme_does_what_the_readme_says() {
    let endpoint = Endpoint::new(40);
    let url = endpoint.running().url();
    let commands = commands();
    assert!(commands.len() >= 7, "{commands:?}");
    for command in commands {
        let mut words = command.split_whitespace();
        if words.next() == Some("cargo") {
            // The binary of this test was built so.
            assert_eq!(command, "cargo install --locked --path .");
            continue;
        }
        let words: Vec<_> = words.collect();
        let start = Start::new(words.clone());
        // Without an option the endpoint is that of this machine.
        let needs_endpoint = words.first() != Some(&"demo") && !words.contains(&"-e");
        let mut pty = if needs_endpoint {
            start.args(["-e", &url]).open()
        } else {
            start.open()
        };
        if words.first() == Some(&"doctor") {
            // There is no such machine.
            pty.ends_anyhow_with(3);
            assert!(pty.text().contains("no such host: proxy-1"), "{}", pty.text());
            continue;
        }
        pty.wait(&command, |screen| {
            let text = screen.contents();
            has_rows(screen, 5) || text.contains("Cannot reach proxy-1:8989")
        });
        // In the tour the first q ends the tour.
        pty.keys("q");
        if words.contains(&"--tour") {
            pty.no_longer_sees("Tour, step");
            pty.keys("q");
        }
        pty.ends_with(0);
    }
}
