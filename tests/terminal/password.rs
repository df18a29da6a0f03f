//! The password prompt: before the screen and before a command, without echo, and the terminal is restored
//! however it ends.

use std::net::SocketAddr;

use maxtop::demo::ServedDialects;

use crate::endpoint::Endpoint;
use crate::pty::Pty;
use crate::screen::has_rows;
use crate::start::Start;
use crate::tls_front::{Authority, Times, TlsFront};

const PASSWORD: &str = "tr0ub4dor-marker";

fn locked(dialects: ServedDialects) -> Endpoint {
    Endpoint::with(12, |spec| {
        spec.dialects = dialects;
        spec.auth = Some(("admin".to_owned(), PASSWORD.into()));
    })
}

fn maxtop(url: &str, args: &[&str]) -> Start {
    Start::new([&["--endpoint", url], args].concat())
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Waits for the prompt, and checks the modes of the terminal.
fn is_asked(pty: &Pty, url: &str) {
    pty.sees(&format!("password of admin at {url}: "));
    pty.look(|screen| assert!(!screen.alternate_screen(), "the screen is not open yet"));
    assert!(!pty.modes_are_as_found(), "what is typed must not be seen");
}

/// Number of replies so far that rejected the credentials. The endpoint issues no tokens over plain http, and
/// does not know that TLS is in front of it.
fn refusals(endpoint: &Endpoint) -> usize {
    let log = endpoint.running().log();
    let rejected = log.iter().filter(|line| line.status == 401);
    rejected.filter(|line| line.target != "/v1/auth").count()
}

fn was_never_shown(pty: &Pty) {
    let bytes = pty.bytes();
    assert!(!String::from_utf8_lossy(&bytes).contains(PASSWORD));
}

#[test]
fn over_tls_the_screen_opens_with_what_was_typed() {
    let (endpoint, authority) = (locked(ServedDialects::Both), Authority::new("our CA"));
    let certificate = authority.server(&["localhost"], Times::Now);
    let front = TlsFront::start(endpoint.addr(), &certificate, None);
    let home = tempfile::tempdir().unwrap();
    let place = home.path().join("ca.pem");
    std::fs::write(&place, &authority.pem).unwrap();
    let place: &'static str = place.to_str().unwrap().to_owned().leak();
    let url = front.url("localhost");
    let mut pty = maxtop(&url, &[]).env("SSL_CERT_FILE", place).open();
    is_asked(&pty, &url);
    pty.keys(&format!("{PASSWORD}\r"));
    pty.wait("a table", |screen| has_rows(screen, 3));
    pty.sees("live");
    assert_eq!(refusals(&endpoint), 1, "the one that led to the question");
    pty.keys("q");
    pty.ends_with(0);
    was_never_shown(&pty);
}

#[test]
fn a_command_asks_before_it_writes_anything() {
    for dialects in [ServedDialects::JsonApi, ServedDialects::Draft] {
        let endpoint = locked(dialects);
        let url = url(endpoint.addr());
        let mut pty = maxtop(&url, &["list"]).size(120, 40).open();
        is_asked(&pty, &url);
        pty.keys(&format!("wrong\x15{PASSWORD}\n"));
        pty.ends_anyhow_with(0);
        let text = pty.text();
        assert!(text.contains("SERVICE"), "{text}");
        was_never_shown(&pty);
        assert_eq!(refusals(&endpoint), 1);
    }
}

#[test]
fn a_rejected_password_is_not_prompted_for_again() {
    for args in [&[][..], &["list"], &["show", "7"], &["kill", "7"]] {
        let endpoint = locked(ServedDialects::JsonApi);
        let url = url(endpoint.addr());
        let mut pty = maxtop(&url, args).size(200, 24).open();
        is_asked(&pty, &url);
        pty.keys("wrong\n");
        pty.ends_anyhow_with(4);
        let text = pty.text();
        assert!(text.contains("check user and password"), "{text}");
        assert_eq!(text.matches("password of admin at").count(), 1, "{text}");
        assert_eq!(refusals(&endpoint), 2);
        assert!(!String::from_utf8_lossy(&pty.bytes()).contains("\x1b[?1049h"));
    }
}

#[test]
fn a_configured_password_is_not_prompted_for() {
    for args in [&[][..], &["list"]] {
        let endpoint = locked(ServedDialects::JsonApi);
        let url = url(endpoint.addr());
        let mut pty = maxtop(&url, args)
            .size(200, 24)
            .env("MAXTOP_PASSWORD", "wrong")
            .open();
        pty.ends_anyhow_with(4);
        let text = pty.text();
        assert!(text.contains("check user and password"), "{text}");
        assert!(!text.contains("password of admin at"), "{text}");
        assert_eq!(refusals(&endpoint), 1);
    }
}

#[test]
fn no_answer_is_no_password() {
    for nothing in ["\n", "\x04"] {
        let endpoint = locked(ServedDialects::JsonApi);
        let url = url(endpoint.addr());
        let mut pty = maxtop(&url, &[]).size(200, 24).open();
        is_asked(&pty, &url);
        pty.keys(nothing);
        pty.ends_anyhow_with(4);
        let words = "no password was typed: not allowed (401)";
        assert!(pty.text().contains(words), "{}", pty.text());
        assert_eq!(refusals(&endpoint), 1, "nothing was tried");
    }
}

#[test]
fn whatever_ends_it_gives_the_terminal_back() {
    for (end, status) in [
        ("\x03", 130),
        ("\x1c", 131),
        ("INT", 130),
        ("TERM", 143),
        ("HUP", 129),
        ("ALRM", 142),
        ("USR1", 138),
        ("USR2", 140),
    ] {
        for args in [&[][..], &["list"]] {
            let endpoint = locked(ServedDialects::JsonApi);
            let url = url(endpoint.addr());
            let mut pty = maxtop(&url, args).open();
            is_asked(&pty, &url);
            if end.len() == 1 {
                pty.keys(end);
            } else {
                pty.signal(end);
            }
            pty.ends_anyhow_with(status);
            assert_eq!(refusals(&endpoint), 1);
        }
    }
}

#[test]
fn after_a_stop_it_asks_again() {
    let endpoint = locked(ServedDialects::JsonApi);
    let url = url(endpoint.addr());
    let mut pty = maxtop(&url, &["list"]).size(120, 40).open();
    is_asked(&pty, &url);
    pty.keys("half of it");
    pty.signal("STOP");
    pty.is_stopped();
    pty.signal("CONT");
    pty.wait("the question again", |screen| {
        screen.contents().matches("password of").count() == 2
    });
    pty.keys(&format!("{PASSWORD}\n"));
    pty.ends_anyhow_with(0);
    was_never_shown(&pty);
}

/// There is no prompt if the password would cross the network unencrypted. 0.0.0.0 is this machine, but not
/// under a loopback name.
#[test]
fn there_is_no_prompt_for_a_password_that_must_not_be_sent() {
    let endpoint = locked(ServedDialects::JsonApi);
    let url = format!("http://0.0.0.0:{}", endpoint.addr().port());
    for args in [&[][..], &["list"]] {
        let mut pty = maxtop(&url, args).size(200, 24).open();
        pty.ends_anyhow_with(2);
        let text = pty.text();
        assert!(
            text.contains("not sent over plain http to another machine"),
            "{text}"
        );
        assert!(!text.contains("password of admin at"), "{text}");
    }
    let mut pty = maxtop(&url, &["list", "--allow-plain-http"]).open();
    is_asked(&pty, &url);
    pty.keys(&format!("{PASSWORD}\n"));
    pty.ends_anyhow_with(0);
}

/// The screen does not wait for an endpoint that never replies.
#[test]
fn an_endpoint_that_hangs_does_not_delay_the_screen() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut pty = maxtop(&url(listener.local_addr().unwrap()), &[]).open();
    pty.wait("the screen", vt100::Screen::alternate_screen);
    pty.sees("connecting");
    pty.keys("q");
    pty.ends_with(0);
}

/// A kill is confirmed after the password prompt, and Ctrl-C in its grace period still cancels it.
#[test]
fn a_kill_can_be_canceled_after_a_password() {
    let endpoint = locked(ServedDialects::JsonApi);
    let url = url(endpoint.addr());
    let named = |world: &mut maxtop::demo::World| {
        let ready = world
            .sessions()
            .find(|session| session.user().is_some() && session.state() == maxtop::demo::State::Ready);
        ready.map(|session| session.id())
    };
    let id = endpoint.running().with_world(named).unwrap();
    let args = ["kill", &id.to_string(), "--yes", "--grace", "10m"];
    let mut pty = maxtop(&url, &args).size(120, 40).open();
    is_asked(&pty, &url);
    pty.keys(&format!("{PASSWORD}\n"));
    pty.sees("press Ctrl-C to cancel");
    pty.keys("\x03");
    pty.ends_anyhow_with(130);
    assert_eq!(endpoint.deletes(), Vec::<String>::new());
}
