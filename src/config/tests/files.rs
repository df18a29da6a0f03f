//! The configuration file: allowed keys, and errors with file, line and expectation.

use super::*;

/// Contents of a file, the line in the error, and a part of the error.
const WRONG: &[(&str, usize, &str)] = &[
    (
        "intervall = '1s'",
        1,
        "unknown setting 'intervall': did you mean interval?",
    ),
    (
        "\nread_only = true",
        2,
        "unknown setting 'read_only': did you mean read-only?",
    ),
    ("xyzzy = 1", 1, "known: endpoint, user, password-file"),
    ("name = 'a'", 1, "move it to an entry of endpoints"),
    ("query-act = '1m'", 1, "move it to [thresholds]"),
    ("[keys]\nkil = 'X'", 2, "unknown action 'kil': did you mean kill?"),
    (
        "[keys]\nkill = 'I'",
        2,
        "kill: I is also the key of invert in the table",
    ),
    (
        "[keys]\n\nkill = 'x'",
        3,
        "kill: x is too easily pressed by mistake",
    ),
    (
        "[keys]\nkill = 'XX'",
        2,
        "kill: expected the name of a key in quotes",
    ),
    ("[keys]\nkill = 1", 2, "found integer"),
    ("[keys]\npause = 'Esc'", 2, "pause: Esc cannot be changed"),
    ("key = 'X'", 1, "did you mean keys?"),
    ("[threshold]\nidle = '1m'", 1, "did you mean thresholds?"),
    (
        "[thresholds]\n\nidel = '1m'",
        3,
        "unknown threshold 'idel': did you mean idle?",
    ),
    (
        "[thresholds]\nidle = '1 fortnight'",
        2,
        "thresholds.idle: expected a time such as 30m or 1h, or a number of seconds",
    ),
    (
        "[thresholds]\nmemory = '1x'",
        2,
        "expected a number of times such as 10x",
    ),
    ("[thresholds]\nidle = '0s'", 2, "minimum 1s"),
    (
        "[thresholds]\nquery-act = '10s'",
        2,
        "query-look (30s) must not exceed query-act (10s)",
    ),
    (
        "[thresholds]\nquery-look = '1h'",
        2,
        "must not exceed query-act (5m)",
    ),
    (
        "interval = true",
        1,
        "interval: expected a time such as '30s', or a number of seconds, found boolean",
    ),
    (
        "interval = '5 parsecs'",
        1,
        "interval: expected a time such as 500ms or 2m, or a number of seconds",
    ),
    ("ascii = 'true'", 1, "ascii: expected true or false, found string"),
    (
        "[filters]\nslow = 'usr=a'",
        2,
        "filters.slow: column 1: unknown field 'usr': did you mean user?",
    ),
    (
        "[filters]\n'a b' = 'x'",
        2,
        "a name has letters, digits, - and _, found 'a b'",
    ),
    (
        "[filters]\nslow = 1",
        2,
        "slow: expected a text in quotes, found integer",
    ),
    (
        "[filters]\nslow = 'idle>1h'\nall = ' '",
        3,
        "filters.all: is empty and would match every session",
    ),
    ("filters = 'x'", 1, "filters: expected a table, [filters]"),
    (
        "filter = '@slwo'\n[filters]\nslow = 'reason=query'",
        1,
        "unknown filter '@slwo': did you mean @slow?",
    ),
    ("columns = 'id'", 1, "columns: expected a list of texts in quotes"),
    ("columns = ['id', 'idd']", 1, "no column 'idd'"),
    ("columns = ['id', 'id']", 1, "named twice"),
    ("sort = 'colour'", 1, "no column 'colour'"),
    (
        "filter = 'usr=a'",
        1,
        "column 1: unknown field 'usr': did you mean user?",
    ),
    ("protect = 'usr=a'", 1, "did you mean user?"),
    (
        "color = 'red'",
        1,
        "expected auto or always or never, found 'red'",
    ),
    ("endpoints = []", 1, "a list of URLs, or of tables with a url"),
    (
        "endpoints = ['a', 3]",
        1,
        "a list of URLs, or of tables with a url",
    ),
    ("endpoints = [\n{ user = 'a' }]", 2, "an endpoint without a url"),
    (
        "endpoints = [\n{ url = 'a', interval = '1s' }]",
        2,
        "it applies to all endpoints",
    ),
    (
        "endpoints = [\n{ url = 'a', nmae = 'x' }]",
        2,
        "did you mean name?",
    ),
    ("endpoint = 'a'\nendpoints = ['b']", 2, "exclude each other"),
    (
        "endpoints = ['http://u:geheim@a']",
        1,
        "must not contain a user or password",
    ),
    ("[profiles]\np = 3", 2, "profiles.p: expected a table"),
    ("[profiles.p]\nprofiles = 3", 2, "unknown setting 'profiles'"),
    (
        "[profiles.p]\n[profiles.p.thresholds]\nx = 1",
        3,
        "unknown threshold 'x'",
    ),
    ("a = 1\na = 2", 2, "duplicate key"),
    ("a = \n", 1, ""),
];

#[test]
fn what_cannot_be_is_told_with_its_line_and_what_was_expected() {
    for (text, line, words) in WRONG {
        let error = ConfigWorld::new().with_file(text).error();
        let place = format!(".config/maxtop/config.toml, line {line}: ");
        assert!(error.contains(&place) && error.contains(words), "{text}\n{error}");
        assert!(!error.contains("geheim"), "{error}");
    }
}

#[test]
fn a_password_in_the_file_is_refused_with_a_hint_and_not_repeated() {
    for text in [
        "password = 'geheim'",
        "Passwd = 'geheim'",
        "[profiles.p]\npassword = 'geheim'",
        "endpoints = [{ url = 'a', password = 'geheim' }]",
    ] {
        let error = ConfigWorld::new().with_file(text).error();
        assert!(
            error.contains("password-file") && error.contains("password-command"),
            "{error}"
        );
        assert!(!error.contains("geheim"), "{error}");
    }
}

#[test]
fn profiles_that_are_not_taken_are_checked_and_do_nothing_else() {
    let text = "[profiles.p]\nuser = 'pia'\n[profiles.\"q r\"]\nuser = 'uwe'\n";
    let named = || ConfigWorld::new().with_file(text);
    assert_eq!(named().config().endpoints[0].user, "admin");
    let error = ConfigWorld::new().with_file("[profiles.p]\nusr = 'a'\n").error();
    assert!(error.contains("did you mean user?"), "{error}");
    let taken = named().profile("q r");
    let reading = taken.read().unwrap();
    assert_eq!(reading.config.endpoints[0].user, "uwe");
    let user = reading.endpoints[0]
        .iter()
        .find(|value| value.setting().name == "user");
    assert_eq!(
        user.unwrap().origin().to_string(),
        "profile q r, config.toml line 4"
    );
    let error = named().profile("pp").error();
    assert_eq!(error, "--profile: no profile 'pp': did you mean p?");
    let error = ConfigWorld::new().profile("x").error();
    assert_eq!(
        error,
        "--profile: no profile 'x': there is no configuration file, and so no profile"
    );
    let error = named().profile("other").error();
    assert_eq!(error, "--profile: no profile 'other': profiles: p, q r");
    let error = named().profile("maxctrl").error();
    let words = "no profile 'maxctrl': found neither ~/.maxctrl.cnf nor a section [maxctrl] in maxscale.cnf";
    assert_eq!(error, format!("--profile: {words}"));
}

#[test]
fn paths_begin_at_the_file_or_at_home() {
    let world = ConfigWorld::new().with_file("password-file = 'p'\naudit = '~/a'\nca-file = '/etc/ca'\n");
    let config = world.config();
    let endpoint = &config.endpoints[0];
    let Some(PasswordSource::File(path)) = &endpoint.password else {
        panic!("{endpoint:?}")
    };
    assert_eq!(*path, world.path(".config/maxtop/p"));
    assert_eq!(config.audit.unwrap(), world.path("a"));
    assert_eq!(endpoint.tls.ca.as_deref(), Some(Path::new("/etc/ca")));
}

#[test]
fn a_file_that_another_user_could_have_written_is_refused() {
    let world = ConfigWorld::new().with_file("password-command = 'echo x'");
    let path = world.path(".config/maxtop/config.toml");
    for mode in [0o620, 0o602, 0o666] {
        chmod(&path, mode);
        let expected = format!(
            "{}: others can write it (mode {mode:03o}): chmod go-w it",
            path.display()
        );
        assert_eq!(world.error(), expected);
    }
    chmod(&path, 0o644);
    assert!(world.read().is_ok(), "all may read it");
    // Only root can change the owner of a file.
    if nix::unistd::geteuid().is_root() {
        std::os::unix::fs::chown(&path, Some(1234), None).unwrap();
        let expected = "owned by another user (uid 1234): chown it or use a copy";
        assert!(world.error().ends_with(expected), "{}", world.error());
        let mut linked = ConfigWorld::new();
        let target = linked.file("target.toml", "user = 'x'");
        let link = linked.path("link.toml");
        std::os::unix::fs::symlink(target, &link).unwrap();
        linked.line.file = Some(link.clone());
        assert!(linked.read().is_ok());
        std::os::unix::fs::lchown(&link, Some(1234), None).unwrap();
        assert!(linked.error().ends_with(expected), "{}", linked.error());
    }
}

#[test]
fn dev_null_is_no_file() {
    let mut world = ConfigWorld::new().with_file("user = 'unread'");
    world.line.file = Some("/dev/null".into());
    assert_eq!(world.config().endpoints[0].user, "admin");
}

#[test]
fn root_keeps_its_files_below_its_own_home() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let root = nix::unistd::User::from_uid(0.into()).unwrap().unwrap().dir;
    let own = root.join(".local/state/maxtop/audit.jsonl");
    let world = ConfigWorld::new();
    assert_eq!(
        world.config().audit.unwrap(),
        world.path(".local/state/maxtop/audit.jsonl"),
        "a home of root's is root's"
    );
    std::os::unix::fs::chown(world.home.path(), Some(1000), None).unwrap();
    assert_eq!(world.config().audit.unwrap(), own);
    let state = world.path("state");
    let named = world.variable("XDG_STATE_HOME", state.to_str().unwrap());
    assert_eq!(named.config().audit.unwrap(), own);
}

#[test]
fn the_usual_places_are_those_of_xdg() {
    let world = ConfigWorld::new();
    let state = world.path("state");
    let usual = world.path(".local/state/maxtop/audit.jsonl");
    assert_eq!(world.config().audit.unwrap(), usual);
    let state = world.variable("XDG_STATE_HOME", state.to_str().unwrap());
    assert_eq!(
        state.config().audit.unwrap(),
        state.path("state/maxtop/audit.jsonl")
    );
    let relative = ConfigWorld::new().variable("XDG_STATE_HOME", "state");
    let audit = relative.config().audit.unwrap();
    assert_eq!(audit, relative.path(".local/state/maxtop/audit.jsonl"));
    let elsewhere = ConfigWorld::new();
    elsewhere.file("xdg/maxtop/config.toml", "user = 'xenia'");
    let xdg = elsewhere.path("xdg");
    let elsewhere = elsewhere.variable("XDG_CONFIG_HOME", xdg.to_str().unwrap());
    assert_eq!(elsewhere.config().endpoints[0].user, "xenia");
}

#[test]
fn a_file_that_is_named_must_be_there_and_be_text() {
    let mut world = ConfigWorld::new().with_file("user = 'unread'");
    world.line.file = Some(world.path("other.toml"));
    assert!(
        world.error().contains("other.toml: No such file"),
        "{}",
        world.error()
    );
    world.file("other.toml", "user = 'read'");
    assert_eq!(world.config().endpoints[0].user, "read");
    fs::write(world.path("other.toml"), b"user = '\xff'").unwrap();
    assert!(world.error().contains("it is not valid UTF-8"));
}

#[test]
fn a_named_filter_is_used_by_its_name() {
    let file = "filter = '@slow'\n[filters]\nslow = 'reason=query'\nold = 'age>1d'\n\
                [profiles.p.filters]\nold = 'age>2d'\n";
    let world = ConfigWorld::new().with_file(file);
    assert_eq!(world.config().filter.text(), "reason=query");
    let world = ConfigWorld::new()
        .with_file(file)
        .flag("filter", "@old")
        .profile("p");
    assert_eq!(world.config().filter.text(), "age>2d", "the profile comes first");
    let world = ConfigWorld::new().flag("filter", "@old");
    assert_eq!(
        world.error(),
        "--filter: column 1: unknown filter '@old': [filters] of the configuration file has none"
    );
    let world = ConfigWorld::new().flag("filter", "'@old'");
    assert_eq!(
        world.config().filter.text(),
        "'@old'",
        "a quoted text is searched for"
    );
}
