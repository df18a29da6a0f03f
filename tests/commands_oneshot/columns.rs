//! `--columns` in `maxtop list`.

use maxtop::demo::ServedDialects;

use crate::program::Demo;

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
fn what_the_file_chooses_is_for_the_screen() {
    let demo = Demo::start(ServedDialects::JsonApi);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config.toml");
    std::fs::write(&file, "columns = [\"id\"]\n").unwrap();
    let ran = demo.maxtop(&["list", "-o", "table", "--config", file.to_str().unwrap()]);
    assert!(head(&ran.out).contains(&"USER"), "{}", ran.out);
    std::fs::write(&file, "columns = [\"id\", \"memry\"]\n").unwrap();
    let ran = demo.maxtop(&["list", "--config", file.to_str().unwrap()]);
    ran.failed(
        2,
        "config.toml, line 1: columns: no column 'memry' (did you mean 'memory'?)",
    );
}

#[test]
fn columns_that_cannot_be_shown_are_a_usage_error() {
    let demo = Demo::start(ServedDialects::JsonApi);
    for (columns, said) in [
        (
            "id,usr",
            "--columns: no column 'usr' (did you mean 'user'?); columns: id, severity, user, address",
        ),
        ("colour", "--columns: no column 'colour'; columns: id,"),
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
