//! maxctrl's file.

use super::*;
use crate::config::maxctrl::entries;

const FILE: &str = ".maxctrl.cnf";

fn world(text: &str) -> ConfigWorld {
    let world = ConfigWorld::new();
    world.file(FILE, text);
    world
}

#[test]
fn it_is_read_as_the_tool_reads_it() {
    let text = "; a comment\n[other]\nuser = nobody\n[maxctrl]\n# another\n  u = bob\np='a;b'\n\
                hosts = \"db1:8989,db2\" \nsecure\nt=500 ; half a second\ntls-cert = a\\;b\\\\c\\d\nx = a=b\n";
    let found = entries(text).unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|entry| (entry.name.as_str(), entry.value.as_str(), entry.line))
        .collect();
    let expected = [
        ("user", "bob", 6),
        ("password", "a;b", 7),
        ("hosts", "db1:8989,db2", 8),
        ("secure", "true", 9),
        ("timeout", "500", 10),
        ("tls-cert", "a;b\\c\\d", 11),
        ("x", "a=b", 12),
    ];
    assert_eq!(found, expected);
}

#[test]
fn its_options_are_settings() {
    let config = world(
        "[maxctrl]\nuser=bob\npassword=geheim\nhosts=db1:8989, db2:8990\ntimeout=2500\nsecure=true\n\
         tls-ca-cert=~/ca.pem\ntls-cert=/c.pem\ntls-key=/c.key\ntls-verify-server-cert=false\nquiet=true\n",
    );
    let home = config.path("ca.pem");
    let config = config.config();
    assert_eq!(urls(&config), ["https://db1:8989", "https://db2:8990"]);
    assert_eq!(config.timeout, Duration::from_millis(2500));
    for endpoint in &config.endpoints {
        assert_eq!(endpoint.user, "bob");
        assert!(endpoint.maxctrl_file.is_some() && endpoint.tls.insecure);
        assert_eq!(endpoint.tls.ca.as_ref(), Some(&home));
        assert_eq!(endpoint.tls.key.as_deref(), Some(Path::new("/c.key")));
        assert!(matches!(endpoint.password, Some(PasswordSource::Known { .. })));
        assert!(!format!("{config:?}").contains("geheim"));
    }
    let config = world("[maxctrl]\nsecure = true\nt = 1m\np=\n").config();
    assert_eq!(urls(&config), ["https://127.0.0.1:8989"]);
    assert_eq!(config.timeout, Duration::from_mins(1));
    assert!(
        config.endpoints[0].password.is_none(),
        "the tool would ask for it"
    );
}

#[test]
fn it_counts_only_where_nothing_else_names_an_endpoint_or_a_user() {
    let text = "[maxctrl]\nuser=bob\nhosts=db1:8989\n";
    assert!(world(text).config().endpoints[0].maxctrl_file.is_some());
    let interval = world(text).flag("interval", "2s").with_file("timeout = '3s'");
    assert!(
        interval.config().endpoints[0].maxctrl_file.is_some(),
        "they name neither"
    );
    for other in [
        world(text).flag("user", "uwe"),
        world(text).flag("endpoint", "other"),
        world(text).variable("MAXTOP_USER", "uwe"),
        world(text).variable("MAXTOP_ENDPOINT", "other"),
        world(text).with_file("user = 'uwe'"),
        world(text)
            .with_file("[profiles.p]\nendpoint = 'other'")
            .profile("p"),
    ] {
        let config = other.config();
        assert!(config.endpoints[0].maxctrl_file.is_none() && config.endpoints[0].url != "http://db1:8989");
    }
    let asked = world(text).with_file("user = 'uwe'").profile("maxctrl").config();
    assert_eq!(
        (asked.endpoints[0].user.as_str(), urls(&asked)),
        ("bob", vec!["http://db1:8989"])
    );
    let own = world(text)
        .with_file("[profiles.maxctrl]\nuser = 'mine'")
        .profile("maxctrl");
    assert_eq!(own.config().endpoints[0].user, "mine");
    let reading = world(text).read().unwrap();
    assert_eq!(reading.profile.as_deref(), Some("maxctrl"));
}

#[test]
fn what_the_tool_would_pass_over_is_used_where_its_meaning_is_clear() {
    for text in [
        "\u{feff}[maxctrl]\nuser=bob\nhosts=db1:8989,db2\n",
        "user=bob\nhosts=db1:8989,db2\n",
        "\u{feff}u=bob\nh=db1:8989,db2\n",
        "[maxctrl] ; mine\r\n--user=bob\r\n-h = db1:8989,db2\r\n",
        "[MaxCtrl]\nuser=bob\nhosts[]=db1:8989\nhosts[] = db2\n",
        "[maxctrl]\nuser=bob\nhosts=db9\nhosts=db1:8989,db2\n",
    ] {
        let config = world(text).config();
        assert_eq!(urls(&config), ["http://db1:8989", "http://db2"], "{text:?}");
        assert_eq!(config.endpoints[0].user, "bob", "{text:?}");
        assert!(config.endpoints[0].maxctrl_file.is_some());
    }
    let underscores = world("[maxctrl]\ntls_verify_server_cert=false\ntls_ca_cert=/ca\n").config();
    let tls = &underscores.endpoints[0].tls;
    assert!(tls.insecure && tls.ca.as_deref() == Some(Path::new("/ca")));
    for nothing in ["", "; user=bob\n", "[maxctrl]\n"] {
        let config = world(nothing).config();
        assert!(config.endpoints[0].maxctrl_file.is_none(), "{nothing:?}");
    }
}

#[test]
fn a_link_that_leads_nowhere_is_an_error() {
    for link in [FILE, ".config/maxtop/config.toml", ".config/maxtop", ".config"] {
        let world = ConfigWorld::new();
        let path = world.path(link);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(world.path("missing"), &path).unwrap();
        let error = world.error();
        let words = format!("{} is a link to something that does not exist", path.display());
        assert!(error.contains(&words), "{error}");
    }
}

#[test]
fn nobody_else_may_read_or_write_it() {
    let secret = world("[maxctrl]\np=geheim\n");
    for mode in [0o640, 0o604, 0o620, 0o602] {
        chmod(&secret.path(FILE), mode);
        let error = secret.error();
        assert!(
            error.contains(FILE) && error.contains("chmod"),
            "{mode:o}: {error}"
        );
        assert!(!error.contains("geheim"));
    }
    let harmless = world("[maxctrl]\nuser=bob\n");
    chmod(&harmless.path(FILE), 0o644);
    assert_eq!(harmless.config().endpoints[0].user, "bob", "it holds no secret");
    chmod(&harmless.path(FILE), 0o664);
    assert!(harmless.error().contains("others can write it"));
    // The target of a link is checked, not the link.
    let linked = ConfigWorld::new();
    let file = linked.file("dotfiles/maxctrl", "[maxctrl]\np=geheim\n");
    std::os::unix::fs::symlink(&file, linked.path(FILE)).unwrap();
    assert!(linked.config().endpoints[0].maxctrl_file.is_some());
    chmod(&file, 0o640);
    assert!(linked.error().contains("others can read it"));
}

#[test]
fn what_cannot_be_used_is_told_with_its_line() {
    for (text, words) in [
        (
            "[maxctrl]\nuser=a\nsecure=perhaps\n",
            "line 3: secure: expected true or false",
        ),
        ("[maxctrl]\ntimeout=soon\n", "line 2: timeout: expected a time"),
        (
            "[maxctrl]\ntls-passphrase=geheim\n",
            "line 2: tls-passphrase: an encrypted key",
        ),
        ("[maxctrl]\nhosts=a:geheim@b\n", "line 2: hosts: bad endpoint"),
        ("[maxctrl]\nuser=a\nhosts=\n", "line 3: hosts: expected HOST:PORT"),
        (
            "# a\n[other]\nuser=bob\n",
            "line 2: the file has no section [maxctrl]",
        ),
        (
            "user=a\n[other]\nx=y\n",
            "line 2: the file has no section [maxctrl]",
        ),
        (
            "user=a\n[maxctrl]\np=geheim\n",
            "line 1: user: it is above the section [maxctrl]",
        ),
        ("[maxctrl\nuser=a\n", "line 1: a section ends with ']'"),
        (
            "[maxctrl]\npassword geheim\n",
            "line 2: expected 'option = value'",
        ),
        (
            "[maxctrl]\nusre = bob\n",
            "line 2: unknown option 'usre': did you mean user?",
        ),
        (
            "colour = red\n",
            "line 1: unknown option 'colour': the file has no option of maxctrl",
        ),
        (
            "[maxctrl]\nuser[]=bob\n",
            "line 2: user: only hosts can be a list",
        ),
        (
            "[maxctrl]\npassword=geheim\nsecretsdir=/s\n",
            "line 3: secretsdir: an encrypted password",
        ),
    ] {
        let error = world(text).error();
        assert!(error.contains(words) && !error.contains("geheim"), "{error}");
    }
}

/// A world without a file of the user, and MaxScale's own file with this text.
fn with_server_file(text: impl AsRef<[u8]>, mode: u32) -> ConfigWorld {
    let world = ConfigWorld::new();
    let path = world.file("maxscale.cnf", "");
    fs::write(&path, text).unwrap();
    chmod(&path, mode);
    let path = path.to_str().unwrap().to_owned();
    world.variable("MAXTOP_MAXSCALE_CNF", &path)
}

/// Lines of MaxScale's file beside the section.
const SERVER: &str = "[maxscale]\nthreads=auto\n\n[db-01]\ntype=server\npassword=geheim-1\n";

#[test]
fn the_section_of_the_servers_file_is_read_and_named() {
    let text = format!("{SERVER}[maxctrl]\nuser=ann\nhosts=db1:8989\nsecure\n[RW]\npassword=geheim-2\nx");
    let world = with_server_file(text, 0o644);
    let report = world.read().unwrap();
    assert_eq!(report.profile.as_deref(), Some("maxctrl"));
    let endpoint = &report.config.endpoints[0];
    assert_eq!(
        (endpoint.user.as_str(), endpoint.url.as_str()),
        ("ann", "https://db1:8989")
    );
    assert_eq!(endpoint.maxctrl_file, Some("maxscale.cnf"));
    assert!(endpoint.password.is_none());
    let user = report.endpoints[0]
        .iter()
        .find(|value| value.setting().name == "user");
    assert_eq!(
        user.unwrap().origin().to_string(),
        "profile maxctrl, maxscale.cnf line 8"
    );
    assert!(!format!("{report:?}").contains("geheim"));
    assert_eq!(world.profile("maxctrl").config().endpoints[0].user, "ann");
}

#[test]
fn the_users_own_file_and_every_other_source_come_before_the_servers_file() {
    let text = "[maxctrl]\nuser=ann\n";
    let world = with_server_file(text, 0o644);
    world.file(FILE, "[maxctrl]\nuser=bob\n");
    assert_eq!(world.config().endpoints[0].user, "bob");
    assert_eq!(world.config().endpoints[0].maxctrl_file, Some("~/.maxctrl.cnf"));
    let named = with_server_file(text, 0o644)
        .flag("endpoint", "db2:8989")
        .config();
    assert_eq!(
        (named.endpoints[0].user.as_str(), named.endpoints[0].maxctrl_file),
        ("admin", None)
    );
}

#[test]
fn a_servers_file_without_settings_for_maxctrl_is_skipped_silently() {
    for text in [
        SERVER.as_bytes(),
        b"",
        b"[maxctrl]\n",
        b"[broken\n\xff\xfe = 1\nno option\n",
        b"\xff[maxctrl]\nuser=ann\n",
    ] {
        let world = with_server_file(text, 0o666);
        let report = world.read().unwrap();
        let found = (report.profile.as_deref(), report.config.endpoints[0].maxctrl_file);
        assert_eq!(found, (None, None), "{}", String::from_utf8_lossy(text));
    }
    let missing = ConfigWorld::new();
    let path = missing.path("nothing").to_str().unwrap().to_owned();
    assert!(missing.variable("MAXTOP_MAXSCALE_CNF", &path).read().is_ok());
    // A directory cannot be read.
    let unreadable = ConfigWorld::new();
    let path = unreadable.path("").to_str().unwrap().to_owned();
    assert!(unreadable.variable("MAXTOP_MAXSCALE_CNF", &path).read().is_ok());
}

#[test]
fn the_mode_of_the_servers_file_counts_only_with_a_password_of_maxctrl() {
    let with = format!("{SERVER}[maxctrl]\npassword=marker-of-maxctrl\n");
    for mode in [0o600, 0o640, 0o660] {
        assert!(
            with_server_file(&with, mode).config().endpoints[0]
                .password
                .is_some()
        );
    }
    for mode in [0o644, 0o604, 0o602] {
        let error = with_server_file(&with, mode).error();
        assert!(
            error.contains("chmod o-rwx") && !error.contains("marker"),
            "{error}"
        );
    }
    let without = format!("{SERVER}[maxctrl]\nuser=ann\n");
    assert_eq!(with_server_file(without, 0o666).config().endpoints[0].user, "ann");
}

#[test]
fn an_error_in_the_servers_file_quotes_no_line_outside_of_the_section() {
    for (line, words) in [
        ("hots=db1", "line 8: unknown option 'hots': did you mean hosts?"),
        ("two words", "line 8: expected 'option = value'"),
        ("secure=perhaps", "line 8: secure: "),
        ("secretsdir=/var/lib", "line 8: secretsdir: "),
    ] {
        let text = format!("{SERVER}[maxctrl]\n{line}\n[other]\ngeheim-3\n[RW\npassword=geheim-4\n");
        let error = with_server_file(text, 0o644).error();
        assert!(error.contains(words) && !error.contains("geheim"), "{error}");
    }
}
