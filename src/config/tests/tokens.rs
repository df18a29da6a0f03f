//! Sources of tokens, and that no output shows them.

use secrecy::ExposeSecret as _;

use super::*;

const MARKER: &str = "marker.of-the.token";

fn read(world: &ConfigWorld) -> Result<String, String> {
    let config = world.config();
    let source = config.endpoints[0].token.as_ref().unwrap();
    let token = source.read().map_err(|error| error.to_string())?;
    Ok(token.expose_secret().to_owned())
}

#[test]
fn a_token_comes_from_a_file_a_command_or_the_variable() {
    let by_variable = ConfigWorld::new().variable("MAXTOP_TOKEN", MARKER);
    assert_eq!(read(&by_variable).unwrap(), MARKER);
    assert!(
        !by_variable.config().endpoints[0]
            .token
            .as_ref()
            .unwrap()
            .is_renewable()
    );
    let world = ConfigWorld::new();
    let path = world.file("token", &format!("{MARKER}\n"));
    let by_file = world.flag("token-file", path.to_str().unwrap());
    assert_eq!(read(&by_file).unwrap(), MARKER);
    let by_command = ConfigWorld::new().flag("token-command", &format!("echo {MARKER}"));
    assert_eq!(read(&by_command).unwrap(), MARKER);
    assert!(
        by_command.config().endpoints[0]
            .token
            .as_ref()
            .unwrap()
            .is_renewable()
    );
    chmod(&path, 0o640);
    let error = read(&by_file).unwrap_err();
    assert!(
        error.starts_with("the token file ") && error.contains("can be read by others"),
        "{error}"
    );
}

#[test]
fn a_text_that_is_no_token_is_an_error_without_the_text() {
    for command in [
        "echo marker two",
        "printf 'marker\\001'",
        "printf 'marker\\303\\251'",
    ] {
        let error = read(&ConfigWorld::new().flag("token-command", command)).unwrap_err();
        assert!(
            error.contains("no token has") && !error.contains("marker"),
            "{error}"
        );
    }
    for (command, words) in [
        (
            "exit 3",
            "the token command (--token-command) failed: exit status: 3",
        ),
        ("true", "the token command (--token-command) printed nothing"),
    ] {
        assert_eq!(
            read(&ConfigWorld::new().flag("token-command", command)).unwrap_err(),
            words
        );
    }
    let empty = ConfigWorld::new().variable("MAXTOP_TOKEN", "").error();
    assert_eq!(
        empty,
        "MAXTOP_TOKEN: the token is empty: set it, or unset the variable"
    );
}

#[test]
fn the_highest_source_of_a_token_or_a_password_is_used_alone() {
    let file = "password-command = 'echo x'\n";
    let token = ConfigWorld::new()
        .with_file(file)
        .variable("MAXTOP_TOKEN", MARKER)
        .config();
    assert!(token.endpoints[0].token.is_some() && token.endpoints[0].password.is_none());
    let password = ConfigWorld::new()
        .variable("MAXTOP_TOKEN", MARKER)
        .flag("password-command", "echo x")
        .config();
    assert!(password.endpoints[0].token.is_none() && password.endpoints[0].password.is_some());
    for world in [
        ConfigWorld::new()
            .variable("MAXTOP_TOKEN", MARKER)
            .variable("MAXTOP_PASSWORD", "x"),
        ConfigWorld::new().with_file("password-file = 'a'\ntoken-file = 'b'\n"),
    ] {
        let error = world.error();
        assert!(
            error.ends_with("a token and a password exclude each other: remove one"),
            "{error}"
        );
    }
    let both = ConfigWorld::new()
        .flag("token-file", "a")
        .flag("token-command", "b")
        .error();
    assert!(
        both.ends_with("token-file and token-command exclude each other: remove one"),
        "{both}"
    );
}

#[test]
fn with_several_endpoints_a_token_comes_only_from_a_profile() {
    let two = "endpoints = ['https://a', 'https://b']\n";
    for world in [
        ConfigWorld::new().with_file(two).variable("MAXTOP_TOKEN", MARKER),
        ConfigWorld::new().with_file(two).flag("token-file", "t"),
        ConfigWorld::new().with_file(&format!("{two}token-command = 'echo {MARKER}'\n")),
    ] {
        let error = world.error();
        assert!(
            error.contains("a token comes only from a profile") && !error.contains(MARKER),
            "{error}"
        );
    }
    let profile = ConfigWorld::new()
        .with_file(&format!("[profiles.p]\n{two}token-command = 'echo {MARKER}'\n"))
        .profile("p")
        .config();
    assert!(profile.endpoints.iter().all(|endpoint| endpoint.token.is_some()));
    let one = ConfigWorld::new()
        .flag("endpoint", "https://a")
        .variable("MAXTOP_TOKEN", MARKER);
    assert!(one.config().endpoints[0].token.is_some());
}

#[test]
fn no_text_shows_a_token() {
    for world in [
        ConfigWorld::new().variable("MAXTOP_TOKEN", MARKER),
        ConfigWorld::new().flag("token-command", &format!("echo {MARKER}")),
    ] {
        let report = world.read().unwrap();
        let shown: Vec<_> = report.endpoints[0]
            .iter()
            .filter_map(EffectiveValue::shown)
            .collect();
        assert!(shown.contains(&"***".to_owned()));
        assert!(!format!("{report:?} {report:#?} {shown:?} {:?}", world.line).contains(MARKER));
    }
}
