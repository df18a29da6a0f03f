//! The database user of each endpoint and the sources of its password.

use secrecy::ExposeSecret as _;

use super::*;

const MARKER: &str = "tr0ub4dor-marker";

fn password(endpoint: &EndpointConfig) -> String {
    let source = endpoint.sql_password.as_ref().unwrap();
    source
        .read_as(SecretKind::Password)
        .unwrap()
        .expose_secret()
        .to_owned()
}

#[test]
fn the_database_password_has_the_same_sources_as_the_other() {
    let world = ConfigWorld::new();
    let path = world.file("sql", "from-file\n");
    let world = world
        .flag("sql-user", "maxtop")
        .flag("sql-password-file", path.to_str().unwrap())
        .variable("MAXTOP_SQL_PASSWORD", MARKER);
    let endpoint = &world.config().endpoints[0];
    assert_eq!(endpoint.sql_user.as_deref(), Some("maxtop"));
    assert_eq!(
        password(endpoint),
        "from-file",
        "an option comes before a variable"
    );
    assert!(endpoint.password.is_none(), "the other password is not affected");

    let world = ConfigWorld::new().flag("sql-user", "maxtop");
    let by_variable = world.variable("MAXTOP_SQL_PASSWORD", MARKER);
    let report = by_variable.read().unwrap();
    assert_eq!(password(&report.config.endpoints[0]), MARKER);
    assert!(!format!("{report:?}").contains(MARKER));
    let shown: Vec<_> = report.endpoints[0]
        .iter()
        .filter_map(EffectiveValue::shown)
        .collect();
    assert!(shown.contains(&"***".to_owned()) && !shown.contains(&MARKER.to_owned()));

    let by_command = ConfigWorld::new()
        .flag("sql-user", "maxtop")
        .flag("sql-password-command", "echo from-command");
    assert_eq!(password(&by_command.config().endpoints[0]), "from-command");
}

#[test]
fn without_a_database_user_there_is_no_server_access() {
    let world = ConfigWorld::new().variable("MAXTOP_SQL_PASSWORD", MARKER);
    assert_eq!(world.config().endpoints[0].sql_user, None);
}

#[test]
fn several_endpoints_share_no_database_password_outside_a_profile() {
    let expected = "with several endpoints, set the database password in a profile";
    let two = || ConfigWorld::new().with_file("endpoints = ['a', 'b']\nsql-user = 'maxtop'");
    for world in [
        two().variable("MAXTOP_SQL_PASSWORD", MARKER),
        two().flag("sql-password-file", "/p"),
        ConfigWorld::new().with_file("endpoints = ['a', 'b']\nsql-user = 'm'\nsql-password-file = 'p'"),
    ] {
        let error = world.error();
        assert!(error.contains(expected) && !error.contains(MARKER), "{error}");
    }
    let profile = "[profiles.p]\nendpoints = ['a', 'b']\nsql-user = 'm'\nsql-password-file = 'p'";
    let config = ConfigWorld::new().with_file(profile).profile("p").config();
    assert!(
        config
            .endpoints
            .iter()
            .all(|endpoint| endpoint.sql_password.is_some())
    );
    let own = "endpoints = [{ url = 'a', sql-user = 'm', sql-password-file = 'p' }, { url = 'b' }]";
    let config = ConfigWorld::new().with_file(own).config();
    assert_eq!(config.endpoints[0].sql_user.as_deref(), Some("m"));
    assert_eq!(config.endpoints[1].sql_user, None);
}
