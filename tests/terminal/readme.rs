//! The picture in the README is the screen of `maxtop demo`.

use std::fs;
use std::path::Path;

use crate::screen::lines;
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
