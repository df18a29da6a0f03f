//! `--columns` in `maxtop list`.

use maxtop::demo::ServedDialects;

use crate::program::{Demo, command, ran};

fn head(text: &str) -> Vec<&str> {
    text.lines().next().unwrap().split_whitespace().collect()
}

#[test]
fn tables_have_the_chosen_columns_in_their_order() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| spec.speed = 0.0);
    for form in ["table", "wide"] {
        let ran = demo.maxtop(&[
            "list",
            "-o",
            form,
            "--columns",
            "idle,id,worker,USER,i/o,endpoint",
        ]);
        assert_eq!(ran.status, 0, "{}", ran.err);
        assert_eq!(
            head(&ran.out),
            ["IDLE", "ID", "WORKER", "USER", "I/O", "ENDPOINT"]
        );
        let authority = demo.running.url().replace("http://", "");
        assert!(
            ran.out.lines().skip(1).all(|line| line.ends_with(&authority)),
            "{}",
            ran.out
        );
        assert_eq!(ran.out.lines().count(), demo.list().len() + 1);
    }
}

#[test]
fn csv_and_tsv_have_the_values_of_json_under_its_names() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| spec.speed = 0.0);
    let columns = ["list", "--columns", "id,age,memory,state,severity,why,threads"];
    let tsv = demo.maxtop(&columns).out;
    let csv = demo.maxtop(&[&columns[..], &["-o", "csv"]].concat()).out;
    let names = [
        "id",
        "age_seconds",
        "memory_bytes",
        "state",
        "severity",
        "why",
        "threads",
    ];
    assert_eq!(head(&tsv), names);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.headers().unwrap(), names.to_vec());
    let list = demo.list();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), list.len());
    for ((row, line), session) in rows.iter().zip(tsv.lines().skip(1)).zip(&list) {
        // A dash could begin a formula.
        assert_eq!(row.iter().collect::<Vec<_>>().join("\t").replace('\'', ""), line);
        assert_eq!(row[0], session["id"].to_string());
        assert_eq!(row[2], session["memory_bytes"].to_string());
        assert_eq!(row[3], *session["state"].as_str().unwrap_or_default());
    }
    assert_eq!(&rows[0][4], "act", "the worst first");
    assert!(rows[0][5].starts_with("idle 4h 12m, keeps"), "{:?}", rows[0]);
}

#[test]
fn tables_use_the_columns_of_the_file_and_its_profile_and_scripts_do_not() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    let text = "columns = [\"id\", \"program\"]\nsort = \"-id\"\nfilter = \"@ours\"\n\n[filters]\nours = \"user=app_*\"\n\n\
                [profiles.night]\ncolumns = [\"why\", \"id\"]\n";
    std::fs::write(&file, text).unwrap();
    let run = |args: &[&str]| {
        let ran = demo.maxtop(&[&["list", "--config", file.to_str().unwrap()], args].concat());
        assert_eq!(ran.status, 0, "{ran:?}");
        ran.out
    };
    let table = run(&["-o", "table"]);
    assert_eq!(head(&table), ["ID", "PROGRAM"]);
    let number = |line: &str| line.split_whitespace().next().unwrap().parse::<u64>().unwrap();
    let ids: Vec<_> = table.lines().skip(1).map(number).collect();
    assert!(
        !ids.is_empty() && ids.len() < demo.list().len(),
        "the filter: {table}"
    );
    assert!(ids.is_sorted_by(|one, next| one > next), "the sort: {table}");
    assert_eq!(head(&run(&["-o", "table", "--profile", "night"])), ["WHY", "ID"]);
    assert_eq!(
        head(&run(&["-o", "table", "--columns", "id,user"])),
        ["ID", "USER"]
    );
    assert!(head(&run(&["-o", "wide"])).contains(&"WORKER"));
    assert!(head(&run(&["-o", "tsv"])).contains(&"io_activity"));
    let json: serde_json::Value = serde_json::from_str(&run(&["-o", "json"])).unwrap();
    assert_eq!(json.as_array().unwrap().len(), ids.len());
    std::fs::write(&file, "columns = [\"id\", \"memry\"]\n").unwrap();
    let ran = demo.maxtop(&["list", "--config", file.to_str().unwrap()]);
    ran.failed(
        2,
        "config.toml, line 1: columns: no column 'memry' (did you mean 'memory'?)",
    );
}

/// Returns the names of the table in docs/columns.md.
fn documented() -> Vec<String> {
    let text = include_str!("../../docs/columns.md");
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = rows.filter_map(|row| row.split_once('`'));
    names.map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn wide_has_every_column_that_the_lists_can_fill() {
    let demo = Demo::with(ServedDialects::JsonApi, |spec| {
        spec.world.incidents = true;
        spec.speed = 0.0;
    });
    let url = demo.running.url();
    let mut command = command(&["list", "-o", "wide", "-e", &url, "--sql-user", "maxtop"]);
    let ran = ran(command.env("MAXTOP_SQL_PASSWORD", "maxtop"));
    let all = [
        "ID", "USER", "ADDRESS", "SERVICE", "AGE", "IDLE", "WHY", "STATE", "SERVERS", "PROGRAM", "I/O",
        "MEMORY", "QUERY", "PORT", "PID", "WORKER", "THREADS", "TRX", "BLOCKS", "WAITS", "LOCKED",
    ];
    assert_eq!(head(&ran.out), all, "{ran:?}");
    // Those without a heading or that need samples or several endpoints.
    let others = ["severity", "reads", "writes", "endpoint"];
    let known = documented();
    assert!(known.len() >= all.len() + others.len(), "{known:?}");
    for name in known.iter().map(String::as_str) {
        let is_head = |head: &&str| head.eq_ignore_ascii_case(name) || (name == "io" && *head == "I/O");
        let is_listed = all.iter().any(is_head) || name == "rows_locked";
        let is_key = ["Space", "r", "y", "Enter", "Esc", "←"].contains(&name);
        assert!(is_listed || is_key || others.contains(&name), "{name}");
    }
}

#[test]
fn columns_that_cannot_be_shown_are_a_usage_error() {
    let demo = Demo::start(ServedDialects::JsonApi);
    for (columns, said) in [
        (
            "id,usr",
            "--columns: no column 'usr' (did you mean 'user'?); columns: endpoint, key, id, user, address",
        ),
        (
            "colour",
            "--columns: no column 'colour'; columns: endpoint, key, id,",
        ),
        ("id,user,id", "--columns: column id is named twice"),
        (",", "--columns: no columns given"),
    ] {
        demo.maxtop(&["list", "--columns", columns]).failed(2, said);
    }
    for form in ["json", "jsonl"] {
        demo.maxtop(&["list", "-o", form, "--columns", "id"])
            .failed(2, "--columns does not apply to JSON");
    }
    assert!(demo.running.log().is_empty(), "nothing was asked");
}
