use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use nix::unistd::{Uid, geteuid};

use super::*;
use crate::kill::KillOutcome;
use crate::model::{Connected, EndpointId, Identity, Session, SessionId, Text, TextLimit};
use crate::runtime::append_file::is_trusted;

fn entry(kill: u32, outcome: Option<KillOutcome>) -> AuditEntry {
    let text = |raw| Some(Text::clean(raw, TextLimit::Name));
    let session = Session {
        user: text("bob\u{202e}"),
        address: text("10.0.0.9"),
        port: Some(4711),
        connected: text("Mon, 23 Nov 2026 16:17:13 GMT").map(|sent| Arc::new(Connected { sent, at: None })),
        ..Session::bare(SessionId(17))
    };
    AuditEntry {
        at: Timestamp::UNIX_EPOCH,
        kill,
        identity: Identity::new(EndpointId(0), None, &session),
        reason: text("deploy gone wrong"),
        filter: None,
        statement: None,
        outcome,
    }
}

fn log(path: &Path) -> AuditLog {
    AuditLog::new(Some(path.to_owned()), vec!["http://127.0.0.1:8989".to_owned()])
}

fn lines(path: &Path) -> Vec<Result<Value, serde_json::Error>> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(serde_json::from_str).collect()
}

#[test]
fn an_intent_and_its_outcome_are_two_lines_of_json() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("state/maxtop/audit.jsonl");
    let log = log(&path);
    log.append(&[entry(3, None)], true).unwrap();
    log.append(&[entry(3, Some(KillOutcome::AlreadyGone))], false)
        .unwrap();
    let lines: Vec<Value> = lines(&path).into_iter().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 2);
    for (line, what) in lines.iter().zip(["intent", "outcome"]) {
        assert_eq!(line["what"], what);
        assert_eq!(line["kill"], 3);
        assert_eq!(line["id"], 17);
        assert_eq!(line["user"], "bob\u{202e}");
        assert_eq!(line["endpoint"], "http://127.0.0.1:8989");
        assert_eq!(line["reason"], "deploy gone wrong");
        assert_eq!(line["by"]["pid"], std::process::id());
    }
    assert_eq!(lines[0]["outcome"], Value::Null);
    assert_eq!(lines[1]["outcome"], "already gone");
    assert_eq!(lines[0]["run"], lines[1]["run"]);
    let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
    assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
}

#[test]
fn after_a_crash_within_a_line_the_rest_stays_readable() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    let log = log(&path);
    log.append(&[entry(1, None), entry(2, None)], true).unwrap();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() - 20]).unwrap();
    log.append(&[entry(3, None)], true).unwrap();
    let read: Vec<_> = lines(&path).into_iter().map(|line| line.is_ok()).collect();
    assert_eq!(read, [true, false, true]);
}

#[test]
fn what_others_could_read_is_closed_and_links_are_not_followed() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    fs::write(&path, "").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    log(&path).append(&[entry(1, None)], true).unwrap();
    assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);

    let link = home.path().join("link");
    symlink(&path, &link).unwrap();
    let refused = log(&link)
        .append(&[entry(2, None)], true)
        .unwrap_err()
        .to_string();
    assert!(refused.contains("link (of "), "{refused}");
    assert!(refused.contains("--audit FILE"), "{refused}");
    assert_eq!(lines(&path).len(), 1);
}

#[test]
fn a_file_of_another_user_is_refused() {
    let (user, root) = (Uid::from_raw(1000), Uid::from_raw(0));
    assert!(is_trusted(1000, user) && is_trusted(0, user) && is_trusted(0, root));
    assert!(!is_trusted(1234, user) && !is_trusted(1234, root));
    // Only root can change the owner of a file.
    if !geteuid().is_root() {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    log(&path).append(&[entry(1, None)], true).unwrap();
    std::os::unix::fs::chown(&path, Some(1234), None).unwrap();
    let refused = log(&path).append(&[entry(2, None)], true).unwrap_err();
    let words = "(of uid 1234): it belongs to another user, who could rewrite it";
    assert!(refused.to_string().ends_with(words), "{refused}");
    assert_eq!(lines(&path).len(), 1);
}

#[test]
fn directories_that_are_missing_are_made_for_their_owner_only() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b/c/audit.jsonl");
    log(&path).append(&[entry(1, None)], true).unwrap();
    for made in ["a", "a/b", "a/b/c"] {
        let mode = home.path().join(made).metadata().unwrap().mode();
        assert_eq!(mode & 0o777, 0o700, "{made}");
    }
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let home = tempfile::tempdir().unwrap();
    let pipe = home.path().join("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    for path in [pipe, home.path().to_owned(), PathBuf::from("/dev/null")] {
        let error = log(&path).append(&[entry(1, None)], true).unwrap_err();
        assert!(matches!(error, AuditError::File { .. }), "{}", path.display());
    }
    let nowhere = AuditLog::new(None, Vec::new()).append(&[entry(1, None)], true);
    assert!(matches!(nowhere, Err(AuditError::NoPlace)));
}

#[test]
fn the_name_of_each_file_is_synced_with_its_first_intent() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("audit.jsonl");
    let log = log(&path);
    let synced = || *log.named.lock().unwrap();
    let inode = || path.metadata().unwrap().ino();
    log.append(&[entry(1, Some(KillOutcome::AlreadyGone))], false)
        .unwrap();
    assert_eq!(synced(), None, "an outcome does not wait for the disk");
    log.append(&[entry(2, None)], true).unwrap();
    assert_eq!(synced().map(|(_, inode)| inode), Some(inode()));
    let rotated = home.path().join("audit.jsonl.1");
    fs::rename(&path, &rotated).unwrap();
    fs::write(&path, "").unwrap();
    log.append(&[entry(3, None)], true).unwrap();
    assert_eq!(synced().map(|(_, inode)| inode), Some(inode()));
}
