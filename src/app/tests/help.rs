//! The help: opens over every view, returns to it, and finds texts.

use std::time::Duration;

use super::stage;
use crate::app::AppSettings;
use crate::app::harness::{AppHarness, draft};
use crate::app::help::HelpLine;
use crate::app::keymap::{Code, KeyContext};
use crate::diagnosis::{DiagnosisSettings, REASONS, Thresholds};
use crate::model::{Dialect, Span};

fn page(stage: &AppHarness) -> Vec<String> {
    let pages = stage.app.help_pages().unwrap();
    let top = stage.app.help.as_ref().unwrap().top;
    let shown = pages.lines.iter().skip(top).take(pages.page);
    shown.map(HelpLine::text).collect()
}

fn number(stage: &AppHarness) -> (usize, usize) {
    let pages = stage.app.help_pages().unwrap();
    (pages.number(stage.app.help.as_ref().unwrap().top), pages.count())
}

#[test]
fn the_first_page_has_the_reasons_with_the_configured_limits() {
    let settings = AppSettings {
        diagnosis: DiagnosisSettings {
            thresholds: Thresholds {
                query_look: Span::from_secs(7),
                ..Thresholds::default()
            },
            ..DiagnosisSettings::default()
        },
        ..AppSettings::default()
    };
    for keys in ["", "t", "\n"] {
        let mut stage = AppHarness::with(settings.clone(), Dialect::Draft, (80, 24));
        stage.list(&draft(&[(1, "ann", 9)]));
        match keys {
            "\n" => stage.press(Code::Enter),
            keys => stage.type_text(keys),
        }
        stage.press(Code::Char('?'));
        let shown = page(&stage);
        for reason in &REASONS {
            assert!(
                shown.iter().any(|line| line.starts_with(reason.name)),
                "{} {shown:#?}",
                reason.name
            );
        }
        let query = shown.iter().find(|line| line.starts_with("query")).unwrap();
        assert!(query.ends_with("● over 7s, ▲ 5m"), "{query}");
    }
}

#[test]
fn it_opens_at_its_view_and_closes_to_the_same_view() {
    let views: [(&[Code], KeyContext, Code, &str); 6] = [
        (&[], KeyContext::Table, Code::Char('?'), "KEYS"),
        (
            &[Code::Char('K')],
            KeyContext::Dialog,
            Code::Char('?'),
            "KILL DIALOG",
        ),
        (&[Code::Char('/')], KeyContext::Prompt, Code::F(1), "FILTER"),
        (
            &[Code::Char('c')],
            KeyContext::Columns,
            Code::Char('?'),
            "CHOOSING COLUMNS",
        ),
        (&[Code::Char('b')], KeyContext::Blockers, Code::F(1), "BLOCKERS"),
        (
            &[Code::Char('o')],
            KeyContext::Overlay,
            Code::Char('?'),
            "OVERVIEW, KILL LOG",
        ),
    ];
    for (keys, context, key, heading) in views {
        let mut stage = AppHarness::new(Dialect::Draft, (80, 40));
        stage.list(&draft(&[(1, "ann", 9)]));
        for key in keys {
            stage.press(*key);
        }
        assert_eq!(stage.app.context(), context);
        stage.press(key);
        assert_eq!(stage.app.context(), KeyContext::Help, "{context:?}");
        assert!(
            page(&stage)[0].starts_with(heading),
            "{context:?}: {:?}",
            page(&stage)[0]
        );
        stage.press(Code::Esc);
        assert_eq!(stage.app.context(), context);
    }
}

#[test]
fn a_check_that_arrives_under_the_help_reaches_the_dialog_and_yes_waits_for_a_frame() {
    let mut stage = stage();
    stage.press(Code::Char('K'));
    stage.press(Code::Char('?'));
    let detail = stage.detail(1);
    stage.on_check(stage.last_check().unwrap(), Ok(detail));
    stage.press(Code::Char('y'));
    assert!(stage.deletes().is_empty());
    stage.press(Code::Esc);
    assert_eq!(stage.app.context(), KeyContext::Dialog);
    stage.draw();
    stage.wait(Duration::from_secs(1));
    stage.draw();
    stage.press(Code::Char('y'));
    assert!(stage.app.modal.is_closed());
}

#[test]
fn pages_and_their_numbers() {
    for size in [(80, 24), (60, 15), (120, 40), (20, 5)] {
        let mut stage = AppHarness::new(Dialect::Draft, size);
        stage.press(Code::Char('?'));
        let (first, count) = number(&stage);
        assert_eq!(first, 1);
        for expected in 2..=count {
            stage.press(Code::PageDown);
            assert_eq!(number(&stage), (expected, count), "{size:?}");
        }
        stage.press(Code::PageDown);
        assert_eq!(number(&stage), (count, count));
        let pages = stage.app.help_pages().unwrap();
        assert_eq!(page(&stage).len(), pages.page, "the last page is full");
        stage.press(Code::Home);
        assert_eq!(number(&stage).0, 1);
    }
}

#[test]
fn no_line_is_wider_than_the_screen() {
    for width in [40_u16, 60, 80, 120, 200] {
        let mut stage = AppHarness::new(Dialect::Draft, (width, 24));
        for key in ['?', '/'] {
            stage.press(Code::Char(key));
        }
        let pages = stage.app.help_pages().unwrap();
        for line in &pages.lines {
            let text = line.text();
            let used = unicode_width::UnicodeWidthStr::width(text.trim_end());
            assert!(used <= usize::from(width) - 2, "{width}: {text}");
        }
    }
}

#[test]
fn a_text_is_found_while_it_is_typed_and_n_goes_on() {
    let mut stage = stage();
    stage.press(Code::Char('?'));
    stage.press(Code::Char('/'));
    stage.type_text("MEMORY");
    let first = stage.app.help.as_ref().unwrap().hit.unwrap();
    stage.press(Code::Enter);
    let matches = stage.app.help_pages().unwrap().matches("memory");
    assert!(matches.len() > 2 && matches[0] == first, "{matches:?}");
    for expected in matches[1..].iter().chain(&matches[..1]) {
        stage.press(Code::Char('n'));
        let help = stage.app.help.as_ref().unwrap();
        assert_eq!(help.hit, Some(*expected));
        assert!(
            page(&stage)
                .iter()
                .any(|line| line.to_lowercase().contains("memory"))
        );
    }
    stage.press(Code::Char('N'));
    assert_eq!(stage.app.help.as_ref().unwrap().hit, matches.last().copied());
    let top = stage.app.help.as_ref().unwrap().top;
    stage.press(Code::Char('/'));
    stage.type_text("kill q?");
    assert_eq!(stage.app.help.as_ref().unwrap().hit, None, "no match");
    stage.press(Code::Esc);
    let help = stage.app.help.as_ref().unwrap();
    assert_eq!((help.top, help.term.as_str()), (top, "MEMORY"));
    stage.press(Code::Esc);
    assert!(stage.app.help.is_none());
}

#[test]
fn no_page_begins_with_a_blank_line() {
    for height in [5, 12, 15, 20, 23, 24, 25, 30, 37, 40, 50, 60] {
        for view in ["", "t", "/", "K"] {
            let mut stage = AppHarness::new(Dialect::Draft, (80, height));
            stage.list(&draft(&[(1, "ann", 9)]));
            stage.type_text(view);
            stage.press(Code::F(1));
            let pages = stage.app.help_pages().unwrap();
            let last = pages.last_top();
            let tops = (0..last).step_by(pages.page).chain([last]);
            for first in tops.map(|top| pages.lines[top].text()) {
                assert!(!first.trim().is_empty(), "{view} at {height}");
            }
        }
    }
}

#[test]
fn a_limit_reads_as_a_comparison() {
    let mut stage = AppHarness::new(Dialect::Draft, (60, 15));
    stage.press(Code::Char('?'));
    let pages = stage.app.help_pages().unwrap();
    let text: Vec<_> = pages.lines.iter().map(HelpLine::text).collect();
    let text = text.join("\n");
    assert!(
        text.contains("over 1h") && text.contains("● over 30s, ▲ 5m"),
        "{text}"
    );
    assert!(!text.contains("1h 0m"), "{text}");
}
