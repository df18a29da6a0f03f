//! A field that cannot be read is unknown: nothing else is said of it.

use crate::program::{maxtop, replying};

const ROW: &str = r#"{"id":7,"user":"a\ud83dpp","address":"10.0.0.1","service":"/services/RW","idle":5,
    "connected":"Fri Nov 27 23:39:39 2026"}"#;

fn endpoint() -> String {
    let address = replying(|request| {
        let target = request.split(' ').nth(1).unwrap_or_default();
        match target.split('?').next().unwrap_or_default() {
            "/sessions" | "/sessions/" => (200, format!("[{ROW}]")),
            "/sessions/7" => (200, ROW.to_owned()),
            "/sessions/7/connections" => (200, "[]".to_owned()),
            _ => (
                404,
                r#"{"error":"Not found","description":"There is no resource."}"#.to_owned(),
            ),
        }
    });
    format!("http://{address}")
}

#[test]
fn a_session_with_an_unreadable_user_is_shown_and_the_field_is_counted() {
    let ran = maxtop(&["show", "7", "-e", &endpoint(), "--dialect", "draft"]);
    assert_eq!(ran.status, 0, "{ran:?}");
    assert!(ran.out.starts_with("7  (no user)@10.0.0.1"), "{ran:?}");
    assert!(
        ran.err.contains("left blank: 1 field that cannot be read"),
        "{ran:?}"
    );
}

#[test]
fn a_session_with_an_unreadable_user_is_not_killed_and_the_refusal_says_that_it_is_unknown() {
    let ran = maxtop(&["kill", "7", "--yes", "-e", &endpoint(), "--dialect", "draft"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(
        ran.out
            .contains("its user is unknown (not logged in, or unreadable)"),
        "{ran:?}"
    );
}

#[test]
fn a_session_without_a_user_has_one_name_in_all_commands() {
    let url = endpoint();
    for args in [
        &["list", "-o", "table"][..],
        &["show", "7"],
        &["kill", "7", "--dry-run"],
        &["kill", "7", "--yes"],
    ] {
        let ran = maxtop(&[args, &["-e", &url, "--dialect", "draft"]].concat());
        assert!(ran.out.contains("(no user)"), "{args:?} {ran:?}");
    }
}

#[test]
fn an_id_that_the_endpoint_cannot_read_does_not_stop_the_others() {
    let address = replying(|request| {
        let target = request.split(' ').nth(1).unwrap_or_default();
        match target.split('?').next().unwrap_or_default() {
            "/sessions" | "/sessions/" => (200, format!("[{}]", ROW.replace("\\ud83d", ""))),
            "/sessions/7" => (200, ROW.replace("\\ud83d", "")),
            "/sessions/7/connections" => (200, "[]".to_owned()),
            _ => (500, r#"{"error":"Internal"}"#.to_owned()),
        }
    });
    let url = format!("http://{address}");
    let ran = maxtop(&["kill", "7", "8", "--dry-run", "-e", &url, "--dialect", "draft"]);
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.out.starts_with("7  app@10.0.0.1"), "{ran:?}");
    assert!(
        ran.err.contains("failed: 8: ") && ran.err.contains("status 500"),
        "{ran:?}"
    );
}
