//! Layout of the output: the width of a terminal, a locale without UTF-8, and the requested order.

use maxtop::demo::ServedDialects;
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::program::{Demo, command, ran};
use crate::terminal::AtTerminal;

const FORMS: [&str; 6] = ["table", "wide", "json", "jsonl", "csv", "tsv"];

fn hostile(dialects: ServedDialects) -> Demo {
    Demo::with(dialects, |spec| {
        spec.world.hostile = true;
        spec.world.sessions = 200;
        spec.speed = 0.0;
    })
}

#[test]
fn a_list_on_a_terminal_fits_its_width() {
    for dialects in [ServedDialects::Draft, ServedDialects::JsonApi] {
        let demo = hostile(dialects);
        let url = demo.running.url();
        for columns in ["", "endpoint,id,user,address,service,age,idle,why,state"] {
            let mut args = vec!["-e", &url, "list"];
            if !columns.is_empty() {
                args.extend(["--columns", columns]);
            }
            let (status, shown) = AtTerminal::start(&args).ends();
            assert_eq!(status, 0, "{shown}");
            assert!(shown.lines().count() > 200, "{shown}");
            for line in shown.lines() {
                assert!(line.trim_end().width() <= 80, "{line}");
            }
        }
    }
}

#[test]
fn reports_are_wrapped_at_words_to_the_width_of_a_terminal() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.sessions = 60;
        spec.world.incidents = true;
    });
    let url = demo.running.url();
    let list = demo.list();
    let busy = list.iter().find(|session| !session["query"].is_null()).unwrap();
    let id = busy["id"].to_string();
    // The database user has another password.
    let wrong = [("MAXTOP_SQL_PASSWORD", "wrong")];
    for args in [&["doctor"][..], &["show", &id], &["config"]] {
        for columns in [60, 80] {
            let all = [&["-e", &url, "--sql-user", "maxtop", "--color", "never"], args].concat();
            let (_, shown) = AtTerminal::sized(&all, columns, &wrong).ends();
            let shell = ["maxctrl ", "curl ", "grep "];
            // Messages on stderr are one line each.
            let is_wrapped = |line: &&str| {
                let line = line.trim();
                !line.starts_with("maxtop: ") && !shell.iter().any(|program| line.starts_with(program))
            };
            assert!(shown.lines().count() > 15, "{shown}");
            for line in shown.lines().filter(is_wrapped) {
                assert!(
                    line.trim_end().width() <= columns.into(),
                    "{columns}: {line}\n{shown}"
                );
            }
        }
    }
    let piped = ran(command(&["-e", &url, "--sql-user", "maxtop", "doctor"]).envs(wrong));
    assert!(piped.out.lines().any(|line| line.width() > 100), "{}", piped.out);
}

#[test]
fn a_reason_is_readable_on_a_narrow_terminal() {
    let demo = hostile(ServedDialects::JsonApi);
    let url = demo.running.url();
    let columns = "id,user,address,service,query,why";
    for (width, least) in [(60, 17), (80, 17)] {
        for ascii in [&[][..], &["--ascii"]] {
            let args = [&["-e", &url, "list", "--columns", columns, "-f", "stuck"], ascii].concat();
            let (status, shown) = AtTerminal::sized(&args, width, &[]).ends();
            assert_eq!(status, 0, "{shown}");
            let heading = shown.lines().next().unwrap();
            for name in ["ID", "USER", "ADDRESS", "SERVICE", "QUERY", "WHY"] {
                assert!(heading.contains(name), "{heading}");
            }
            let start = heading.find("WHY").unwrap();
            assert!(usize::from(width) - start >= least, "{shown}");
            assert!(
                shown.lines().all(|line| line.trim_end().width() <= width.into()),
                "{shown}"
            );
            assert!(ascii.is_empty() || shown.is_ascii(), "{shown}");
        }
    }
}

#[test]
fn a_table_in_a_pipe_is_whole_and_lines_up() {
    let demo = hostile(ServedDialects::JsonApi);
    let table = demo.maxtop(&["list", "-o", "table"]).out;
    let users = demo.list();
    let longest = users.iter().filter_map(|session| session["user"].as_str());
    let longest = longest.max_by_key(|user| user.width()).unwrap();
    assert!(longest.width() > 24, "a long name: {longest}");
    assert!(table.contains(longest), "nothing is cut");
    let head = table.lines().next().unwrap();
    let service = head[..head.find("SERVICE").unwrap()].width();
    for line in table.lines().skip(1) {
        let mut used = 0;
        let before = line.chars().take_while(|c| {
            used += c.to_string().width();
            used <= service
        });
        let before: String = before.collect();
        assert!(before.ends_with("  ") || before.width() < service, "{line}");
    }
}

#[test]
fn a_list_in_ascii_holds_nothing_else() {
    let demo = hostile(ServedDialects::JsonApi);
    let url = demo.running.url();
    let list = |form: &str, ascii: &[&str], locale: Option<&str>| {
        let mut command = command(&[&["-e", &url, "list", "-o", form], ascii].concat());
        command.env_remove("LC_ALL");
        command.env("LANG", "C.UTF-8");
        if let Some(locale) = locale {
            command.env("LC_ALL", locale);
        }
        ran(&mut command).out
    };
    for form in FORMS {
        assert!(
            !list(form, &[], None).is_ascii(),
            "{form}: names in other letters"
        );
        assert!(list(form, &["--ascii"], None).is_ascii(), "{form}");
        assert!(list(form, &[], Some("C")).is_ascii(), "{form}");
    }
    let users = |text: &str| -> Vec<Value> {
        let list: Vec<Value> = serde_json::from_str(text).unwrap();
        list.iter().map(|session| session["user"].clone()).collect()
    };
    let plain = users(&list("json", &[], None));
    assert_eq!(users(&list("json", &["--ascii"], None)), plain, "the same values");
}

#[test]
fn a_list_is_sorted_by_two_columns() {
    let demo = Demo::start(ServedDialects::Draft);
    for args in [["-s", "-service,user"], ["--sort", "-service,user"]] {
        let list = demo.maxtop(&[&["list", "-o", "json"], &args[..]].concat());
        assert_eq!(list.status, 0, "{}", list.err);
        let list: Vec<Value> = serde_json::from_str(&list.out).unwrap();
        let text = |session: &Value, name: &str| session[name].as_str().unwrap_or("~").to_owned();
        let keys: Vec<_> = list
            .iter()
            .filter(|session| session["user"].is_string())
            .map(|session| (text(session, "service"), text(session, "user")))
            .collect();
        assert!(keys.windows(2).all(|pair| {
            let [(a, a_user), (b, b_user)] = pair else {
                return false;
            };
            a > b || (a == b && a_user <= b_user)
        }));
    }
    demo.maxtop(&["list", "-s", "-idle,user"]);
    demo.maxtop(&["list", "-s", "idle,user,id"])
        .failed(2, "more than two columns");
}
