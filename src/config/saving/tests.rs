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
    let saved = file.save(&values, false).unwrap();
    let place = path.display().to_string();
    let names = vec!["columns", "sort"];
    assert_eq!(saved, Saved::Written { names, place });
    assert_eq!(text(&file), "columns = [\"id\", \"user\"]\nsort = \"-idle\"\n");
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(
        fs::metadata(path.parent().unwrap()).unwrap().mode() & 0o777,
        0o700
    );
    assert_eq!(file.save(&values, false).unwrap(), Saved::Unchanged);
}

#[test]
fn a_value_that_differs_is_replaced_only_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "sort = 'id' # by id\n");
    let saved = file.save(&sort("-idle"), false).unwrap();
    assert!(matches!(saved, Saved::Differs { present, .. } if present == ["sort = 'id'"]));
    assert_eq!(text(&file), "sort = 'id' # by id\n");
    assert!(matches!(
        file.save(&sort("-idle"), true),
        Ok(Saved::Written { .. })
    ));
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
    assert!(matches!(file.save(&values, true), Ok(Saved::Written { names, .. }) if names == ["filter"]));
    assert_eq!(text(&file), "filter = \"\"\n");
}

#[test]
fn quotes_and_hidden_characters_are_escaped() {
    let folder = tempfile::tempdir().unwrap();
    let file = file(&folder, "");
    let filter = "user='a\"b\\c' or user=\u{202e}é\t";
    file.save(&[("filter", filter.to_owned())], false).unwrap();
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
    let error = file.save(&sort("-idle"), false).unwrap_err().to_string();
    assert!(error.contains(&format!("--config {}", path.display())), "{error}");
    file.path = Some(path.clone());
    fs::set_permissions(&path, Permissions::from_mode(0o440)).unwrap();
    let error = file.save(&sort("-idle"), false).unwrap_err().to_string();
    assert!(error.ends_with("is read-only: chmod u+w it"), "{error}");
    fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
    assert!(matches!(
        file.save(&sort("-idle"), false),
        Err(SaveError::Mistrusted(..))
    ));
    file.path = None;
    assert!(matches!(file.save(&sort("-idle"), false), Err(SaveError::NoFile)));
    assert_eq!(fs::read_to_string(&path).unwrap(), "");
}

#[test]
fn a_profile_is_named_in_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = file(&folder, "[profiles.prod]\nuser = 'u'\n");
    file.profile = Some("prod".to_owned());
    let saved = file.save(&sort("-idle"), false).unwrap();
    assert!(matches!(saved, Saved::Written { place, .. } if place.starts_with("profile prod of /")));
    assert_eq!(text(&file), "[profiles.prod]\nuser = 'u'\nsort = \"-idle\"\n");
}
