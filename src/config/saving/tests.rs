//! Saving to files.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

fn file(folder: &TempDir, text: &str) -> SettingsFile {
    let path = folder.path().join("config.toml");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    SettingsFile {
        path: Some(path),
        profile: None,
    }
}

fn text(file: &SettingsFile) -> String {
    fs::read_to_string(file.path.as_ref().unwrap()).unwrap()
}

/// Saves after the question was confirmed.
fn confirmed(file: &SettingsFile, values: &[(&'static str, String)]) -> Vec<&'static str> {
    let Saved::Planned { changes, .. } = file.save(values, None).unwrap() else {
        panic!("written without a question");
    };
    match file.save(values, Some(&changes)).unwrap() {
        Saved::Written { names, .. } => names,
        Saved::Planned { .. } => Vec::new(),
    }
}

fn sort(text: &str) -> [(&'static str, String); 1] {
    [("sort", text.to_owned())]
}

#[test]
fn a_new_file_is_private() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("maxtop/config.toml");
    let file = SettingsFile {
        path: Some(path.clone()),
        profile: None,
    };
    let values = [
        ("columns", "id,user".to_owned()),
        ("sort", "-idle".to_owned()),
        ("filter", String::new()),
    ];
    assert_eq!(confirmed(&file, &values), ["columns", "sort"]);
    assert_eq!(text(&file), "columns = [\"id\", \"user\"]\nsort = \"-idle\"\n");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(
        fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777,
        0o700
    );
    assert!(confirmed(&file, &values).is_empty());
}

#[test]
fn nothing_is_written_but_what_was_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "sort = 'id' # by id\n");
    let Saved::Planned { changes, .. } = file.save(&sort("-idle"), None).unwrap() else {
        panic!("written without a question");
    };
    let change = SettingChange {
        name: "sort",
        written: "\"-idle\"".to_owned(),
        present: Some("'id'".to_owned()),
    };
    assert_eq!(changes, [change]);
    assert_eq!(text(&file), "sort = 'id' # by id\n");
    fs::write(file.path.as_ref().unwrap(), "sort = 'user' # by id\n").unwrap();
    let again = file.save(&sort("-idle"), Some(&changes)).unwrap();
    assert!(
        matches!(again, Saved::Planned { changes, .. } if changes[0].present.as_deref() == Some("'user'")),
        "the file has changed since the question"
    );
    assert_eq!(confirmed(&file, &sort("-idle")), ["sort"]);
    assert_eq!(text(&file), "sort = \"-idle\" # by id\n");
    assert_eq!(
        fs::metadata(file.path.as_ref().unwrap()).unwrap().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn the_default_is_saved_only_over_another_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "filter = 'etl'\n");
    let values = [("filter", String::new()), ("sort", "-why".to_owned())];
    assert_eq!(confirmed(&file, &values), ["filter"]);
    assert_eq!(text(&file), "filter = \"\"\n");
}

#[test]
fn a_profile_gets_the_default_over_another_value_at_the_top() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = file(&folder, "sort = 'id'\n\n[profiles.prod]\nuser = 'u'\n");
    file.profile = Some("prod".to_owned());
    assert_eq!(confirmed(&file, &sort("-why")), ["sort"]);
    assert!(text(&file).ends_with("[profiles.prod]\nuser = 'u'\nsort = \"-why\"\n"));
    assert!(confirmed(&file, &sort("-why")).is_empty());
}

#[test]
fn a_grouping_and_a_theme_are_saved_too() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "");
    let values = |grouping: &str| [("group-by", grouping.to_owned()), ("theme", "light".to_owned())];
    assert_eq!(confirmed(&file, &values("user")), ["group-by", "theme"]);
    assert_eq!(text(&file), "group-by = \"user\"\ntheme = \"light\"\n");
    assert_eq!(confirmed(&file, &values("none")), ["group-by"]);
}

#[test]
fn owner_and_group_of_the_file_stay_the_same() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "");
    let path = file.path.clone().unwrap();
    // The owner stays: other owners are refused. Only root can give the file to any group.
    std::os::unix::fs::chown(&path, None, Some(12345)).unwrap();
    assert_eq!(confirmed(&file, &sort("-idle")), ["sort"]);
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.gid(), metadata.mode() & 0o777), (12345, 0o640));
}

#[test]
fn programs_that_save_at_once_leave_one_complete_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "sort = 'id'\n");
    std::thread::scope(|scope| {
        for user in 0..8 {
            let file = &file;
            scope.spawn(move || {
                let filter = format!("user=app{user}{}", "x".repeat(20_000));
                confirmed(file, &[("filter", filter)]);
            });
        }
    });
    let table: toml::Table = text(&file).parse().unwrap();
    assert_eq!(table["sort"].as_str(), Some("id"));
    assert!(table["filter"].as_str().unwrap().len() > 20_000);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn quotes_and_hidden_characters_are_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "");
    let filter = "user='a\"b\\c' or user=\u{202e}é\t";
    confirmed(&file, &[("filter", filter.to_owned())]);
    assert_eq!(
        text(&file),
        "filter = \"user='a\\\"b\\\\c' or user=\\u202Eé\\u0009\"\n"
    );
    let table: toml::Table = text(&file).parse().unwrap();
    assert_eq!(table["filter"].as_str(), Some(filter));
}

#[test]
fn links_and_read_only_files_are_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = file(&folder, "");
    let path = file.path.clone().unwrap();
    let link = folder.path().join("link.toml");
    symlink("config.toml", &link).unwrap();
    file.path = Some(link);
    let error = file.save(&sort("-idle"), None).unwrap_err().to_string();
    assert!(error.contains(&format!("--config {}", path.display())), "{error}");
    file.path = Some(path.clone());
    fs::set_permissions(&path, Permissions::from_mode(0o440)).unwrap();
    let error = file.save(&sort("-idle"), None).unwrap_err().to_string();
    assert!(error.ends_with("is read-only: chmod u+w it"), "{error}");
    fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(
        file.save(&sort("-idle"), None),
        Err(SaveError::Mistrusted(..))
    ));
    file.path = None;
    assert!(matches!(file.save(&sort("-idle"), None), Err(SaveError::NoFile)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn a_profile_is_named_in_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = file(&folder, "[profiles.prod]\nuser = 'u'\n");
    file.profile = Some("prod".to_owned());
    let saved = file.save(&sort("-idle"), None).unwrap();
    assert!(matches!(saved, Saved::Planned { place, .. } if place.starts_with("profile prod of /")));
    assert_eq!(confirmed(&file, &sort("-idle")), ["sort"]);
    assert_eq!(text(&file), "[profiles.prod]\nuser = 'u'\nsort = \"-idle\"\n");
}
