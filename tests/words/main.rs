//! The words of this project: `patterns.txt` has the ones to avoid in comments, texts and documents.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod prose;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::prose::{Prose, of_document, of_source};

/// Folders and documents with prose, relative to the project.
const PLACES: [&str; 9] = [
    "src",
    "tests",
    "benches",
    "docs",
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "assets/config.toml",
];

/// A line of `patterns.txt`.
struct Pattern {
    /// Whether only the first line of a doc comment is checked.
    first_only: bool,
    avoid: Regex,
    instead: String,
    except: Option<Regex>,
}

impl Pattern {
    fn parse(line: &str) -> Self {
        let mut parts = line.split(" => ");
        let pattern = parts.next().unwrap();
        let (first_only, pattern) = pattern
            .strip_prefix("first ")
            .map_or((false, pattern), |rest| (true, rest));
        Self {
            first_only,
            avoid: Regex::new(pattern).unwrap(),
            instead: parts.next().unwrap().to_owned(),
            except: parts.next().map(|except| Regex::new(except).unwrap()),
        }
    }

    fn matches(&self, prose: &Prose) -> bool {
        if self.first_only && !prose.opens_doc {
            return false;
        }
        let excepted: Vec<_> = match &self.except {
            Some(except) => except.find_iter(&prose.text).map(|hit| hit.range()).collect(),
            None => Vec::new(),
        };
        self.avoid.find_iter(&prose.text).any(|hit| {
            let is_within =
                |range: &std::ops::Range<usize>| range.start <= hit.start() && hit.end() <= range.end;
            !excepted.iter().any(is_within)
        })
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Lines of a list in this folder, without comments and empty lines.
fn list(name: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join("tests/words").join(name)).unwrap();
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

/// Files with prose below `place`, in alphabetical order.
fn files(place: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![place.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path
            .extension()
            .is_some_and(|ending| ["rs", "md", "toml"].iter().any(|known| ending == *known))
        {
            found.push(path);
        }
    }
    found.sort_unstable();
    found
}

/// Every hit below `place`, one line each.
fn hits(place: &Path, patterns: &[Pattern], allowed: &[String]) -> Vec<String> {
    let mut hits = Vec::new();
    for file in files(place) {
        let source = fs::read_to_string(&file).unwrap();
        let name = file.strip_prefix(root()).unwrap_or(&file).display().to_string();
        let is_rust = file.extension().is_some_and(|ending| ending == "rs");
        let is_test = name.starts_with("tests/") || name.contains("/tests/") || name.ends_with("tests.rs");
        let prose = if is_rust {
            of_source(&source, !is_test)
        } else {
            of_document(&source)
        };
        for piece in prose {
            let line = source.lines().nth(piece.line - 1).unwrap_or_default().trim();
            if allowed.iter().any(|fine| fine == line) {
                continue;
            }
            for pattern in patterns.iter().filter(|pattern| pattern.matches(&piece)) {
                hits.push(format!(
                    "{name}:{}: {line}\n    write: {}",
                    piece.line, pattern.instead
                ));
            }
        }
    }
    hits
}

#[test]
fn words_to_avoid_are_in_no_clean_place() {
    let patterns: Vec<_> = list("patterns.txt")
        .iter()
        .map(|line| Pattern::parse(line))
        .collect();
    let allowed = list("allowed.txt");
    let places = match env::var("WORDS") {
        Ok(all) if all == "all" => PLACES.map(str::to_owned).to_vec(),
        Ok(place) => vec![place],
        Err(_) => list("clean.txt"),
    };
    let mut found = Vec::new();
    for place in places {
        let place = root().join(place);
        if place.exists() {
            found.extend(hits(&place, &patterns, &allowed));
        }
    }
    for hit in &found {
        eprintln!("{hit}");
    }
    assert!(found.is_empty(), "{} words to avoid", found.len());
}

#[test]
fn clean_places_exist() {
    for place in list("clean.txt") {
        assert!(root().join(&place).exists(), "{place}");
    }
}

#[test]
fn a_pattern_finds_its_words_and_leaves_its_exceptions() {
    let pattern = Pattern::parse(r"\b(is|are) over\b => is finished => \b(is|are) over \d");
    let prose = |text: &str| Prose {
        line: 1,
        text: text.to_owned(),
        opens_doc: false,
    };
    assert!(pattern.matches(&prose("The wait is over.")));
    assert!(!pattern.matches(&prose("The body is over 16 MB.")));
    assert!(pattern.matches(&prose("It is over 16 MB, and the wait is over.")));
    let first = Pattern::parse(r"first ^What\b => a noun first");
    assert!(!first.matches(&prose("What is shown.")));
    assert!(first.matches(&Prose {
        opens_doc: true,
        ..prose("What is shown.")
    }));
}
