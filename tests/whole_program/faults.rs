//! The faults of an endpoint, one entry each.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use crate::exchange::{Reply, Request};
use crate::fault_proxy::{Fault, Script, Step};

/// Start of a fault.
#[derive(Clone, Copy)]
pub(crate) enum Trigger {
    Fault(Fault),
    /// The process restarts, with ids from 1.
    Restart,
    /// The endpoint changes its dialect.
    OtherDialect,
}

/// Expected rows on the screen.
#[derive(Clone, Copy)]
pub(crate) enum Rows {
    /// The last rows stay and are dimmed.
    Dimmed,
    /// The list is good: the same sessions, not dimmed.
    Live,
    /// The list is good and has other sessions.
    Others,
    /// The old sessions have ended.
    Ended,
}

impl Rows {
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Dimmed => "kept, dim",
            Self::Live => "live",
            Self::Others => "new ones",
            Self::Ended => "ended",
        }
    }
}

/// Place of TLS.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    No,
    /// The fault is in the replies within TLS.
    BeforeFault,
    /// The fault is in the bytes of TLS itself.
    BehindFault,
}

/// A command during the fault, its exit status, and a text in its output.
pub(crate) struct OneShot {
    pub(crate) words: &'static [&'static str],
    pub(crate) status: i32,
    pub(crate) text: &'static str,
}

/// A fault, and what the program has to make of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) trigger: Trigger,
    /// State of the proxy without the fault.
    pub(crate) before: Fault,
    /// Texts in the header of the screen.
    pub(crate) shown: &'static [&'static str],
    pub(crate) rows: Rows,
    pub(crate) one_shot: OneShot,
    pub(crate) timeout: &'static str,
    /// Maximum time until the screen shows the cause.
    pub(crate) patience: Duration,
    pub(crate) tls: Tls,
    /// Limit of memory in MB.
    pub(crate) memory: u64,
    /// The dialects of the case.
    pub(crate) dialects: &'static [&'static str],
}

/// Limit of memory if the reply is small.
const SMALL: u64 = 64;

impl Case {
    /// A fault after which the last rows stay. `maxtop list` ends with this status.
    const fn failing(name: &'static str, fault: Fault, cause: &'static [&'static str], status: i32) -> Self {
        Self {
            name,
            trigger: Trigger::Fault(fault),
            before: Fault::None,
            shown: cause,
            rows: Rows::Dimmed,
            one_shot: OneShot {
                words: &["list"],
                status,
                text: cause[0],
            },
            timeout: "10s",
            patience: Duration::from_secs(20),
            tls: Tls::No,
            memory: SMALL,
            dialects: &["draft", "jsonapi"],
        }
    }

    /// A fault that leaves a good list.
    const fn harmless(name: &'static str, fault: Fault, shown: &'static [&'static str], rows: Rows) -> Self {
        let mut case = Self::failing(name, fault, shown, 0);
        case.rows = rows;
        case.one_shot.text = "";
        case
    }

    /// A fault that shows only when the time is up.
    const fn in_time(mut self) -> Self {
        self.timeout = "700ms";
        self
    }

    /// A fault that takes an unoptimized program some time.
    const fn slow(mut self) -> Self {
        self.timeout = "1m";
        self.patience = Duration::from_mins(1);
        self
    }

    const fn with_tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    const fn command(mut self, words: &'static [&'static str], status: i32, text: &'static str) -> Self {
        self.one_shot = OneShot { words, status, text };
        self
    }

    const fn memory(mut self, megabytes: u64) -> Self {
        self.memory = megabytes;
        self
    }

    const fn only(mut self, dialects: &'static [&'static str]) -> Self {
        self.dialects = dialects;
        self
    }
}

const TIMED_OUT: &[&str] = &["timed out after 700ms", "stale"];

fn is_list(request: &Request) -> bool {
    request.line().ends_with("/sessions")
}

fn is_draft(request: &Request) -> bool {
    !request.line().starts_with("GET /v1")
}

/// Sends these bytes of a reply and then takes a step.
fn part(reply: &Reply, share: (usize, usize), then: Step) -> Vec<Step> {
    let bytes = reply.bytes();
    let length = bytes.len() * share.0 / share.1;
    vec![Step::Send(bytes[..length].to_vec()), then]
}

/// A reply with another body to every list. Other requests get the endpoint's own reply.
fn list_of(request: &Request, mut reply: Reply, body: impl Into<Vec<u8>>) -> Vec<Step> {
    if is_list(request) {
        reply.body = body.into();
    }
    vec![Step::Send(reply.bytes())]
}

/// A reply with a changed body to every list.
fn changed_list(request: &Request, reply: Reply, from: &str, to: &str) -> Vec<Step> {
    let body = String::from_utf8_lossy(&reply.body).into_owned();
    assert!(!is_list(request) || body.contains(from), "no {from} in {body}");
    list_of(request, reply, body.replacen(from, to, 1))
}

/// Changes every row of a list, as JSON.
fn changed_rows(request: &Request, reply: Reply, change: impl Fn(&mut Vec<serde_json::Value>)) -> Vec<Step> {
    if !is_list(request) {
        return vec![Step::Send(reply.bytes())];
    }
    let mut json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let rows = if json.is_array() {
        &mut json
    } else {
        &mut json["data"]
    };
    change(rows.as_array_mut().unwrap());
    list_of(request, reply, json.to_string())
}

/// The attributes of a row in either dialect.
fn attributes(row: &mut serde_json::Value) -> &mut serde_json::Value {
    if row.get("attributes").is_some() {
        &mut row["attributes"]
    } else {
        row
    }
}

/// A status with MaxScale's own words.
macro_rules! status {
    ($status:literal) => {
        Fault::Replies(|_, _| {
            let body = r#"{"errors":[{"detail":"words of the server"}]}"#;
            vec![Step::Send(Reply::new($status, body).bytes())]
        })
    };
}

macro_rules! redirect {
    ($status:literal) => {
        Fault::Replies(|_, _| {
            let reply = Reply::new($status, "").with("Location: http://127.0.0.1:1/other");
            vec![Step::Send(reply.bytes())]
        })
    };
}

const fn replies(script: Script) -> Fault {
    Fault::Replies(script)
}

/// A list of this many sessions with equal texts.
fn sessions(is_draft: bool, count: usize) -> String {
    let mut body = String::from(if is_draft { "[" } else { r#"{"data":["# });
    for id in 1..=count {
        let comma = if id == 1 { "" } else { "," };
        let row = if is_draft {
            write!(body, r#"{comma}{{"id":{id},"user":"app","remote":"10.0.0.1"}}"#)
        } else {
            let attributes = r#"{"user":"app","remote":"10.0.0.1"}"#;
            write!(
                body,
                r#"{comma}{{"id":"{id}","type":"sessions","attributes":{attributes}}}"#
            )
        };
        row.unwrap();
    }
    body.push_str(if is_draft { "]" } else { "]}" });
    body
}

/// A list whose users are all different and long to show.
fn many_users(count: usize) -> String {
    let mut body = String::from("[");
    for id in 1..=count {
        let comma = if id == 1 { "" } else { "," };
        write!(body, r#"{comma}{{"id":{id},"user":"\u0001{id}"}}"#).unwrap();
    }
    body.push(']');
    body
}

/// Number of sessions of the largest list.
const LARGEST: usize = 100_000;

fn largest(is_draft: bool) -> &'static str {
    static BODIES: [OnceLock<String>; 2] = [OnceLock::new(), OnceLock::new()];
    BODIES[usize::from(is_draft)].get_or_init(|| sessions(is_draft, LARGEST))
}

/// Replaces the version of the proxy by a text that looks like a good state.
fn forge_version(request: &Request, mut reply: Reply) -> Reply {
    if request.line().ends_with("/maxscale") {
        let mut json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        let version = format!("24.02.3 up 9d  live  every 1s{}", " ".repeat(150));
        json["data"]["attributes"]["version"] = version.into();
        reply.body = json.to_string().into();
    }
    reply
}

/// Faults of endpoints that the program must survive.
pub(crate) static ENDPOINT_FAULTS: &[Case] = &[
    Case::failing("refused", Fault::Refused, &["connection refused", "stale"], 3),
    Case::failing("unreachable", Fault::Unreachable, TIMED_OUT, 3).in_time(),
    Case::failing("accepts, reads nothing", Fault::Deaf, TIMED_OUT, 3).in_time(),
    Case::failing(
        "hangs before the reply",
        replies(|_, _| vec![Step::Hold]),
        TIMED_OUT,
        3,
    )
    .in_time(),
    Case::failing(
        "hangs inside the head",
        replies(|_, _| vec![Step::Send(b"HTTP/1.1 200 OK\r\nCont".to_vec()), Step::Hold]),
        TIMED_OUT,
        3,
    )
    .in_time(),
    Case::failing(
        "hangs inside the body",
        replies(|_, reply| part(&reply, (4, 5), Step::Hold)),
        TIMED_OUT,
        3,
    )
    .in_time(),
    Case::failing(
        "one byte a second",
        replies(|_, reply| vec![Step::Trickle(reply.bytes(), Duration::from_secs(1))]),
        TIMED_OUT,
        3,
    )
    .in_time(),
    Case::failing(
        "one byte a second, body only",
        replies(|_, reply| {
            let head = Step::Send(reply.head().into());
            vec![head, Step::Trickle(reply.body, Duration::from_secs(1))]
        }),
        TIMED_OUT,
        3,
    )
    .in_time(),
    Case::failing(
        "closed without a reply",
        replies(|_, _| vec![Step::Close]),
        &["cut off", "stale"],
        3,
    ),
    Case::failing(
        "reset",
        replies(|_, _| vec![Step::Reset]),
        &["cut off", "stale"],
        3,
    ),
    Case::failing(
        "cut body",
        replies(|_, reply| part(&reply, (4, 5), Step::Close)),
        &["the reply was cut off", "stale"],
        3,
    ),
    Case::failing(
        "Content-Length too short",
        replies(|_, reply| {
            let head = reply.head_for(reply.body.len() as u64 / 2);
            vec![Step::Send(head.into()), Step::Send(reply.body), Step::Close]
        }),
        &["unexpected JSON", "stale"],
        1,
    ),
    Case::failing(
        "Content-Length too long",
        replies(|_, reply| {
            let head = reply.head_for(reply.body.len() as u64 + 100);
            vec![Step::Send(head.into()), Step::Send(reply.body), Step::Close]
        }),
        &["the reply was cut off", "stale"],
        3,
    ),
    Case::failing(
        "4 GB body, announced",
        replies(|_, reply| {
            let head = reply.head_for(4 << 30);
            vec![Step::Send(head.into()), Step::Repeat(vec![b' '; 65_536])]
        }),
        &["the reply is larger than", "stale"],
        1,
    ),
    Case::failing(
        "endless body",
        replies(|_, _| {
            let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[";
            vec![Step::Send(head.into()), Step::Repeat(vec![b' '; 65_536])]
        }),
        &["the reply is larger than", "stale"],
        1,
    )
    .slow()
    .memory(400)
    .only(&["draft"]),
    // A list of 10^6 sessions takes an unoptimized program too long.
    Case::harmless(
        "10^5 sessions",
        replies(|request, reply| {
            let body = largest(is_draft(request));
            list_of(request, reply, body)
        }),
        &["sessions 100000"],
        Rows::Others,
    )
    .memory(400),
    Case::failing(
        "deep nesting",
        replies(|request, reply| list_of(request, reply, "[".repeat(1_000_000))),
        &["unexpected JSON", "stale"],
        1,
    ),
    Case::failing(
        "HTML",
        replies(|_, _| {
            vec![Step::Send(
                Reply::new("200 OK", "<!DOCTYPE html><html>It works!</html>").bytes(),
            )]
        }),
        &["HTML instead of JSON", "stale"],
        1,
    ),
    Case::failing(
        "an empty reply",
        replies(|request, reply| list_of(request, reply, "")),
        &["an empty reply instead of JSON", "stale"],
        1,
    ),
    Case::failing(
        "no HTTP",
        replies(|_, _| vec![Step::Send(b"SSH-2.0-OpenSSH_9.2p1\r\n".to_vec()), Step::Close]),
        &["a non-HTTP reply instead of JSON", "stale"],
        1,
    ),
    Case::failing(
        "wrong type of the list",
        replies(|request, reply| list_of(request, reply, r#"{"data":{"id":"1"}}"#)),
        &["unexpected JSON", "stale"],
        1,
    ),
    Case::harmless(
        "wrong types of fields",
        replies(|request, reply| {
            changed_rows(request, reply, |rows| {
                for row in rows {
                    let fields = attributes(row).as_object_mut().unwrap().values_mut();
                    let mut texts =
                        fields.filter(|value| value.as_str().is_some_and(|text| text.starts_with("10.")));
                    *texts.next().unwrap() = serde_json::json!(["not an address"]);
                }
            })
        }),
        &["fields unreadable", "live"],
        Rows::Live,
    )
    .command(&["list"], 0, "fields that cannot be read"),
    // A session that moves between two threads of MaxScale can be in one list twice: that is not an error.
    Case::harmless(
        "duplicate ids",
        replies(|request, reply| {
            changed_rows(request, reply, |rows| {
                let again = rows.clone();
                rows.extend(again);
            })
        }),
        &["live", "sessions 12"],
        Rows::Live,
    ),
    Case::harmless(
        "invalid UTF-8",
        replies(|request, reply| {
            if !is_list(request) {
                return vec![Step::Send(reply.bytes())];
            }
            let place = reply
                .body
                .windows(6)
                .position(|part| part == b"\"user\"")
                .unwrap();
            let value = place
                + 6
                + reply.body[place + 6..]
                    .iter()
                    .position(|byte| *byte == b'"')
                    .unwrap();
            let body = [&reply.body[..=value], b"\xff\xfe", &reply.body[value + 1..]].concat();
            list_of(request, reply, body)
        }),
        &["live"],
        Rows::Live,
    )
    .command(&["list"], 0, r"\u{10feff}"),
    Case::failing(
        "status 401",
        status!("401 Unauthorized"),
        &["not allowed (401)", "stale"],
        4,
    ),
    Case::failing(
        "status 403",
        status!("403 Forbidden"),
        &["not allowed (403)", "stale"],
        4,
    ),
    Case::failing(
        "status 404 of a gateway",
        replies(|_, _| {
            vec![Step::Send(
                Reply::new("404 Not Found", "404 page not found").bytes(),
            )]
        }),
        &["404", "stale"],
        1,
    ),
    // A single session that is not found has ended, so only the list fails.
    Case::failing(
        "status 404 of MaxScale, lists only",
        replies(|request, reply| {
            let missing = Reply::new("404 Not Found", r#"{"errors":[{"detail":"no such resource"}]}"#);
            vec![Step::Send(if is_list(request) {
                missing.bytes()
            } else {
                reply.bytes()
            })]
        }),
        &["404", "stale"],
        1,
    ),
    Case::failing(
        "status 500",
        status!("500 Internal Server Error"),
        &["status 500", "stale"],
        1,
    ),
    Case::failing(
        "status 503",
        status!("503 Service Unavailable"),
        &["status 503", "stale"],
        1,
    ),
    Case::failing(
        "redirect 301",
        redirect!("301 Moved Permanently"),
        &["redirected", "stale"],
        1,
    ),
    Case::failing(
        "redirect 302",
        redirect!("302 Found"),
        &["redirected", "stale"],
        1,
    ),
    Case::failing(
        "redirect 307",
        redirect!("307 Temporary Redirect"),
        &["redirected", "stale"],
        1,
    ),
    Case::failing(
        "redirect 308",
        redirect!("308 Permanent Redirect"),
        &["redirected", "stale"],
        1,
    ),
    Case {
        trigger: Trigger::Restart,
        ..Case::harmless("restarted, ids from 1", Fault::None, &["live"], Rows::Ended)
    },
    Case::harmless(
        "clock skew",
        replies(|_, reply| {
            let reply = reply.replacing("Date", "Thu, 01 Jan 2037 00:00:00 GMT");
            vec![Step::Send(reply.bytes())]
        }),
        &["live"],
        Rows::Live,
    )
    .command(&["doctor"], 0, "warning  clock"),
    Case {
        trigger: Trigger::OtherDialect,
        ..Case::harmless("changed dialect", Fault::None, &["live"], Rows::Others)
    },
];

/// Replies of an endpoint that means harm.
pub(crate) static ATTACKS: &[Case] = &[
    Case {
        before: replies(|request, reply| vec![Step::Send(forge_version(request, reply).bytes())]),
        ..Case::failing(
            "forged version",
            replies(|request, reply| {
                let failure = Reply::new("500 Internal Server Error", "");
                let reply = if is_list(request) {
                    failure
                } else {
                    forge_version(request, reply)
                };
                vec![Step::Send(reply.bytes())]
            }),
            &["status 500", "stale"],
            1,
        )
        .only(&["jsonapi"])
    },
    Case::failing(
        "long error, insecure TLS",
        replies(|_, _| {
            let detail = "a long text of the server that fills every column ".repeat(5);
            let body = format!(r#"{{"errors":[{{"detail":"{detail}"}}]}}"#);
            vec![Step::Send(Reply::new("500 Internal Server Error", body).bytes())]
        }),
        &["status 500", "stale", "insecure TLS"],
        1,
    )
    .with_tls(Tls::BeforeFault),
    Case::failing(
        "no row is a session",
        replies(|request, reply| {
            let body = if is_draft(request) {
                r#"[{"error":"x"}]"#
            } else {
                r#"{"data":[[],[]]}"#
            };
            list_of(request, reply, body)
        }),
        &["a session", "stale"],
        1,
    ),
    // The bound of the list is not reached: this much has to fit.
    Case::harmless(
        "all texts different",
        replies(|request, reply| {
            static BODY: OnceLock<String> = OnceLock::new();
            list_of(request, reply, BODY.get_or_init(|| many_users(LARGEST)).as_str())
        }),
        &["sessions 100000"],
        Rows::Others,
    )
    .memory(400)
    .only(&["draft"]),
    Case::harmless(
        "number out of range",
        replies(|request, reply| changed_list(request, reply, "\"idle\":", "\"idle\":1e400,\"x\":")),
        &["1 field unreadable", "live"],
        Rows::Live,
    )
    .command(&["list"], 0, "1 field"),
    Case::failing(
        "only TLS 1.1",
        // The alert protocol_version.
        Fault::Greeting(b"\x15\x03\x01\x00\x02\x02\x46"),
        &["stale", "TLS"],
        3,
    )
    .with_tls(Tls::BehindFault)
    .command(&["list"], 3, "TLS"),
    Case::failing(
        "deeply nested rows",
        replies(|request, reply| {
            let row = format!("{}{}", "[".repeat(100), "]".repeat(100));
            let rows = vec![row; 20_000].join(",");
            let body = if is_draft(request) {
                format!("[{rows}]")
            } else {
                format!(r#"{{"data":[{rows}]}}"#)
            };
            list_of(request, reply, body)
        }),
        &["a session", "stale"],
        1,
    ),
];
