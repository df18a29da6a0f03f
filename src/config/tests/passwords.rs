//! Sources of passwords, and that no output shows them.

use secrecy::ExposeSecret as _;

use super::*;

const MARKER: &str = "tr0ub4dor-marker";

fn read(world: &ConfigWorld) -> Result<String, String> {
    let config = world.config();
    let source = config.endpoints[0].password.as_ref().unwrap();
    let password = source
        .read_as(SecretKind::Password)
        .map_err(|error| error.to_string())?;
    Ok(password.expose_secret().to_owned())
}

#[test]
fn one_newline_at_the_end_is_dropped() {
    for (text, expected) in [("a\n", "a"), ("a\r\n", "a"), ("a", "a"), ("a \n\n", "a \n")] {
        let world = ConfigWorld::new();
        let path = world.file("password", text);
        let world = world.flag("password-file", path.to_str().unwrap());
        assert_eq!(read(&world).unwrap(), expected);
        let command = format!("cat '{}'", path.display());
        let world = ConfigWorld::new().flag("password-command", &command);
        assert_eq!(read(&world).unwrap(), expected);
    }
}

#[test]
fn a_password_file_is_for_its_owner_only() {
    let world = ConfigWorld::new();
    let path = world.file("password", MARKER);
    let world = world.flag("password-file", path.to_str().unwrap());
    for mode in [0o640, 0o604, 0o644] {
        chmod(&path, mode);
        let error = read(&world).unwrap_err();
        assert!(
            error.contains("can be read by others") && error.contains("chmod 600"),
            "{error}"
        );
    }
    fs::remove_file(&path).unwrap();
    assert!(
        read(&world)
            .unwrap_err()
            .contains("cannot read the password file")
    );
}

#[test]
fn a_command_that_fails_or_prints_nothing_says_so() {
    for (command, words) in [
        ("exit 3", "(--password-command) failed: exit status: 3"),
        ("true", "printed nothing"),
        ("printf '\\377'", "printed text that is not valid UTF-8"),
        ("printf 'tr0ub4dor-marker'; exit 1", "failed"),
    ] {
        let error = read(&ConfigWorld::new().flag("password-command", command)).unwrap_err();
        assert!(error.contains(words) && !error.contains(MARKER), "{error}");
    }
}

#[test]
fn an_empty_password_is_an_error() {
    for text in ["", "\n", "\r\n"] {
        let world = ConfigWorld::new();
        let path = world.file("password", text);
        let error = read(&world.flag("password-file", path.to_str().unwrap())).unwrap_err();
        assert_eq!(
            error,
            format!(
                "the password file {} is empty: write the password into it",
                path.display()
            )
        );
    }
    let error = ConfigWorld::new().variable("MAXTOP_PASSWORD", "").error();
    assert_eq!(
        error,
        "MAXTOP_PASSWORD: the password is empty: set it, or unset the variable"
    );
    let other = ConfigWorld::new()
        .variable("MAXTOP_PASSWORD", "")
        .flag("password-command", "echo x");
    assert_eq!(read(&other).unwrap(), "x", "the command line comes first");
}

#[test]
fn what_is_no_file_is_refused_without_waiting_for_it() {
    let world = ConfigWorld::new();
    let pipe = world.path("pipe");
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let directory = world.home.path().to_owned();
    for (path, why) in [
        (pipe.as_path(), "it is a named pipe"),
        (directory.as_path(), "it is a directory"),
        (Path::new("/dev/zero"), "it is a device"),
        (Path::new("/dev/null"), "it is a device"),
    ] {
        let path = path.to_str().unwrap();
        let error = read(&ConfigWorld::new().flag("password-file", path)).unwrap_err();
        assert_eq!(
            error,
            format!("cannot read the password file {path}: {why}") + rest(why)
        );
        let mut world = ConfigWorld::new()
            .flag("client-cert", path)
            .flag("client-key", path);
        let error = world.config().endpoints[0].tls.read().unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        world.line.file = Some(path.into());
        if path != "/dev/null" {
            assert!(world.error().contains(why), "{}", world.error());
        }
    }
}

/// Advice in the error.
fn rest(why: &str) -> &'static str {
    if why.contains("pipe") {
        ", which may never end: use a regular file"
    } else {
        ""
    }
}

#[test]
fn the_pipe_of_a_shell_is_read_to_its_end() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    let asked = std::thread::spawn(move || read(&ConfigWorld::new().flag("password-file", &path)));
    std::io::Write::write_all(&mut writer, b"secret\n").unwrap();
    drop(writer);
    assert_eq!(asked.join().unwrap().unwrap(), "secret");
    drop(reader);
}

#[test]
fn what_endpoints_have_in_common_is_read_once() {
    let world = ConfigWorld::new();
    let count = world.path("count");
    let command = format!("echo x >> '{}'; echo secret", count.display());
    let mut world = world.flag("password-command", &command);
    for url in ["a", "b", "c"] {
        world = world.flag("endpoint", url);
    }
    let endpoints = world.config().endpoints;
    let sources = endpoints.iter().map(|endpoint| endpoint.password.as_ref());
    let passwords = PasswordSource::read_all(sources).unwrap();
    assert_eq!(passwords.len(), 3);
    assert!(
        passwords
            .iter()
            .flatten()
            .all(|password| password.expose_secret() == "secret")
    );
    assert_eq!(fs::read_to_string(count).unwrap(), "x\n");
}

#[test]
fn the_files_of_tls_are_read_and_the_key_is_its_owners() {
    let world = ConfigWorld::new();
    let [ca, certificate, key] = ["ca", "certificate", "key"].map(|name| world.file(name, name));
    let world = world
        .flag("ca-file", ca.to_str().unwrap())
        .flag("client-cert", certificate.to_str().unwrap())
        .flag("client-key", key.to_str().unwrap());
    let tls = world.config().endpoints.remove(0).tls;
    let texts = tls.read().unwrap();
    assert_eq!(texts.ca.as_deref(), Some(&b"ca"[..]));
    assert_eq!(
        texts.identity.as_ref().unwrap().expose_secret(),
        "certificate\nkey"
    );
    assert!(!format!("{texts:?}").contains("nkey"));
    chmod(&key, 0o640);
    assert!(tls.read().unwrap_err().to_string().contains("the client key"));
    fs::remove_file(ca).unwrap();
    assert!(
        tls.read()
            .unwrap_err()
            .to_string()
            .contains("cannot read the CA file")
    );
}

#[test]
fn no_debug_text_has_a_secret() {
    let world = ConfigWorld::new()
        .variable("MAXTOP_PASSWORD", MARKER)
        .with_file(&format!("password-command = 'echo {MARKER}'"));
    let reading = world.read().unwrap();
    let shown: Vec<_> = reading.endpoints[0]
        .iter()
        .filter_map(EffectiveValue::shown)
        .collect();
    assert!(shown.contains(&"***".to_owned()));
    assert!(!format!("{reading:?} {shown:?}").contains(MARKER));
    let by_command = ConfigWorld::new().flag("password-command", MARKER);
    let text = format!("{:?} {:?}", by_command.line, by_command.read().unwrap());
    assert!(!text.contains(MARKER), "{text}");
}

#[test]
fn a_secret_of_a_file_is_not_for_other_endpoints_of_the_environment() {
    let secrets = [
        "password-file = '/secret'",
        "password-command = 'pass'",
        "token-file = '/secret'",
        "sql-password-file = '/secret'",
    ];
    for secret in secrets {
        let top = format!("endpoint = 'https://a:1'\n{secret}\n[profiles.p]\nuser = 'pia'\n");
        let world = || ConfigWorld::new().with_file(&top);
        let name = secret.split(' ').next().unwrap();
        let expected = format!(
            "MAXTOP_ENDPOINT: {name} (config.toml line 2) is only for the endpoints of its file: unset the variable, \
             or choose with --endpoint"
        );
        let elsewhere = |world: ConfigWorld| world.variable("MAXTOP_ENDPOINT", "https://b:2");
        assert_eq!(elsewhere(world()).error(), expected);
        assert_eq!(elsewhere(world().profile("p")).error(), expected);
        let same = world().variable("MAXTOP_ENDPOINT", "https://a:1/");
        assert_eq!(urls(&same.config()), ["https://a:1/"]);
        let chosen = elsewhere(world()).flag("endpoint", "https://c:3");
        assert_eq!(urls(&chosen.config()), ["https://c:3"]);
        let general = elsewhere(ConfigWorld::new().with_file(secret));
        assert_eq!(
            urls(&general.config()),
            ["https://b:2"],
            "the file names no endpoint"
        );
    }
    let own = ConfigWorld::new()
        .with_file("endpoint = 'a:1'\npassword-file = '/secret'\n")
        .variable("MAXTOP_ENDPOINT", "b:2")
        .variable("MAXTOP_PASSWORD", "x");
    assert_eq!(
        read(&own).unwrap(),
        "x",
        "the password of the environment is used"
    );
}
