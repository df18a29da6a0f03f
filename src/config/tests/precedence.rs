//! Priority of the sources: command line, environment, profile, file, defaults.

use proptest::prelude::*;

use super::*;

/// Four values of a form that differ, none of them a default.
fn values(form: Form, name: &str) -> [String; 4] {
    let of = |written: fn(usize) -> String| [1, 2, 3, 4].map(written);
    match (form, name) {
        (Form::Endpoints, _) => of(|n| format!("http://h{n}")),
        (Form::Name, "group-by") => ["user", "state", "none", "user"].map(str::to_owned),
        (Form::Name | Form::Secret | Form::Command, _) => of(|n| format!("v{n}")),
        (Form::Path, _) => of(|n| format!("/p{n}")),
        (Form::Time, look) if look.ends_with("-look") => of(|n| format!("{}s", 40 + n)),
        (Form::Time, _) => of(|n| format!("{}s", 60 + n)),
        (Form::Share, _) => of(|n| format!("{}%", 10 + n)),
        (Form::Times, _) => of(|n| format!("{}x", 10 + n)),
        (Form::Count, "export-top") => of(|n| n.to_string()),
        (Form::Count, _) => of(|n| (1000 + n).to_string()),
        (Form::Size, _) => of(|n| format!("{n}MB")),
        (Form::Switch, _) => of(|n| (n % 2 == 1).to_string()),
        (Form::Choice(_), "dialect") => ["draft", "jsonapi", "auto", "draft"].map(str::to_owned),
        (Form::Theme, _) => ["light", "mono", "high-contrast", "light"].map(str::to_owned),
        (Form::Choice(_), _) => ["always", "never", "auto", "always"].map(str::to_owned),
        (Form::Filter, _) => of(|n| format!("user=u{n}")),
        (Form::Column, _) => ["id", "-age", "user", "-idle"].map(str::to_owned),
        (Form::Columns, _) => ["id", "id,user", "user,id", "why"].map(str::to_owned),
    }
}

fn toml(setting: &Setting, value: &str) -> String {
    let value = match setting.form {
        Form::Switch => value.to_owned(),
        Form::Columns => format!("['{}']", value.replace(',', "', '")),
        _ => format!("'{value}'"),
    };
    format!("{} = {value}\n", setting.name)
}

/// The sources that set a value.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a source of its own")]
struct Say {
    flag: bool,
    variable: bool,
    profile: bool,
    file: bool,
}

/// Creates a world in which the given sources set these settings.
fn world(said: &[(&'static Setting, Say)]) -> ConfigWorld {
    let mut world = ConfigWorld::new();
    let mut tables = [String::new(), String::new(), String::new(), String::new()];
    for (setting, say) in said {
        let values = values(setting.form, setting.name);
        if say.flag && setting.flag {
            world = world.flag(setting.name, &values[0]);
        }
        let conflicts = is_conflict(setting, *say);
        if let Some(variable) = setting.variable.filter(|_| say.variable && !conflicts) {
            world = world.variable(variable, &values[1]);
        }
        let below = if setting.table.is_some() { 2 } else { 0 };
        for (says, value, place) in [(say.file, 3, 0), (say.profile, 2, 1)] {
            if says && setting.key != KeyScope::Nowhere {
                tables[place + below] += &toml(setting, &values[value]);
            }
        }
    }
    let [top, profile, limits, profile_limits] = tables;
    let file = format!(
        "{top}\n[thresholds]\n{limits}\n[profiles.p]\n{profile}\n[profiles.p.thresholds]\n{profile_limits}"
    );
    world.with_file(&file).profile("p")
}

/// Whether the environment and the profile name endpoints and no option does, which is refused.
fn is_conflict(setting: &Setting, say: Say) -> bool {
    setting.form == Form::Endpoints && say.variable && say.profile && !say.flag
}

/// Expected origin and value.
fn expected(setting: &Setting, say: Say, values: &[String; 4]) -> (&'static str, String) {
    let in_files = setting.key != KeyScope::Nowhere;
    match say {
        Say { flag: true, .. } if setting.flag => ("flag", values[0].clone()),
        Say { variable: true, .. } if setting.variable.is_some() && !is_conflict(setting, say) => {
            ("variable", values[1].clone())
        }
        Say { profile: true, .. } if in_files => ("profile", values[2].clone()),
        Say { file: true, .. } if in_files => ("file", values[3].clone()),
        _ => ("default", setting.default.to_owned()),
    }
}

fn kind(origin: &Origin) -> &'static str {
    match origin {
        Origin::Flag(_) => "flag",
        Origin::Variable(_) => "variable",
        Origin::File { profile: Some(_), .. } => "profile",
        Origin::File { .. } => "file",
        Origin::Default => "default",
    }
}

/// Every setting comes from the highest source that sets it.
fn assert_precedence(said: &[(&'static Setting, Say)]) {
    let reading = world(said).read().unwrap();
    for (setting, say) in said {
        let mut all = reading.endpoints[0].iter().chain(&reading.values);
        let effective = all.find(|effective| effective.setting().path() == setting.path());
        let (effective, path) = (effective.unwrap(), setting.path());
        let (origin, value) = expected(setting, *say, &values(setting.form, setting.name));
        assert_eq!(kind(effective.origin()), origin, "{path}: {say:?}");
        if !["audit", "recordings"].contains(&path.as_str()) || origin != "default" {
            assert_eq!(effective.given.text(), value, "{path}: {say:?}");
        }
    }
}

/// Returns the settings that every source can set in the same way.
fn sayable() -> impl Iterator<Item = &'static Setting> {
    let settings = SettingId::all().map(SettingId::setting);
    settings.filter(|setting| setting.key != KeyScope::EndpointOnly)
}

fn say() -> impl Strategy<Value = Say> {
    any::<[bool; 4]>().prop_map(|[flag, variable, profile, file]| Say {
        flag,
        variable,
        profile,
        file,
    })
}

#[test]
fn each_source_is_above_the_next_for_every_setting() {
    for setting in sayable() {
        for bits in 0..16 {
            let [flag, variable, profile, file] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let say = Say {
                flag,
                variable,
                profile,
                file,
            };
            let pair = |name: &str| setting.name.starts_with("client-") && name.starts_with("client-");
            let said = sayable().filter(|other| other.path() == setting.path() || pair(other.name));
            assert_precedence(&said.map(|setting| (setting, say)).collect::<Vec<_>>());
        }
    }
}

proptest! {
    #[test]
    fn settings_do_not_get_in_each_others_way(says in proptest::collection::vec(say(), 64), group in 0..3_usize) {
        let password = ["password", "password-file", "password-command"][group];
        let said = sayable().filter(|setting| setting.group.is_none() || setting.name == password);
        let mut said: Vec<_> = said.zip(says).collect();
        let certificate = said.iter().find(|(setting, _)| setting.name == "client-cert").map(|(_, say)| *say);
        for (setting, say) in &mut said {
            if setting.name == "client-key" {
                *say = certificate.unwrap();
            }
            if setting.name == "endpoint" {
                // Secrets of a file are not for endpoints of the environment.
                say.flag |= say.variable;
            }
        }
        assert_precedence(&said);
    }
}

#[test]
fn values_take_effect() {
    let world = ConfigWorld::new()
        .with_file(
            "interval = '2s'\nduty = 0.25\nread-only = true\nsort = 'id'\ncolumns = ['id', 'WHY']\n\
             [thresholds]\nidle = '2m'\nhistory = 3\n[profiles.p]\ntimeout = '4s'\ngrace = '0s'\n\
             [profiles.p.thresholds]\nquery-look = '1m'\n",
        )
        .profile("p")
        .flag("sort", "-age")
        .flag("filter", "user=app*");
    let config = world.config();
    assert_eq!(config.interval, Duration::from_secs(2));
    assert_eq!(config.timeout, Duration::from_secs(4));
    assert!((config.duty - 0.25).abs() < 1e-9 && config.grace.is_zero());
    assert!(config.endpoints[0].read_only && config.sort.descending);
    let columns = config.columns.unwrap();
    let names: Vec<_> = columns.iter().map(|id| id.column().name).collect();
    assert_eq!(names, ["id", "why"]);
    assert_eq!(config.filter.text(), "user=app*");
    let expected = Thresholds {
        idle: crate::model::Span::from_secs(120),
        query_look: crate::model::Span::from_secs(60),
        history: 3,
        ..Thresholds::default()
    };
    assert_eq!(config.thresholds, expected);
}

#[test]
fn an_empty_variable_is_not_the_default_endpoint() {
    for empty in ["", " ", ","] {
        let world = || ConfigWorld::new().variable("MAXTOP_ENDPOINT", empty);
        assert_eq!(
            world().error(),
            "MAXTOP_ENDPOINT: bad endpoint: it is empty; give HOST:PORT or http[s]://HOST:PORT"
        );
        // One that is not used does not matter.
        assert_eq!(urls(&world().flag("endpoint", "e:5").config()), ["e:5"]);
    }
}

#[test]
fn protected_and_expected_sessions_can_be_named_filters() {
    let config = |text: &str| ConfigWorld::new().with_file(text);
    let text = "protect = '@keep'\nexpected = '@keep'\n[filters]\nkeep = 'user=app*'\n";
    let found = config(text).config();
    assert_eq!(found.protect.text(), "user=app*");
    assert_eq!(found.expected, ExpectedFilter::parse("user=app*").unwrap());
    let error = config("protect = '@kep'\n[filters]\nkeep = 'user=app*'\n").error();
    assert!(error.contains("did you mean @keep?"), "{error}");
    let error = config("protect = 'user=a or @keep'\n[filters]\nkeep = 'user=app*'\n").error();
    assert!(
        error.contains("'@keep' names a filter only as the whole text"),
        "{error}"
    );
}

#[test]
fn endpoints_come_from_one_source_and_what_is_said_with_them_holds_for_all() {
    let text = "endpoint = 'top:1'\n[profiles.p]\nuser = 'pia'\nendpoints = ['a:1', 'b:2']\n";
    let world = ConfigWorld::new().with_file(text);
    assert_eq!(urls(&world.config()), ["top:1"]);
    let world = world.profile("p");
    assert_eq!(urls(&world.config()), ["a:1", "b:2"]);
    let world = world.variable("MAXTOP_ENDPOINT", "c:3, d:4,");
    assert_eq!(
        world.error(),
        "--profile: MAXTOP_ENDPOINT and the endpoint of profile p differ: unset the variable, or choose with \
         --endpoint"
    );
    let no_profile = ConfigWorld::new()
        .with_file(text)
        .variable("MAXTOP_ENDPOINT", "c:3, d:4,");
    assert_eq!(urls(&no_profile.config()), ["c:3", "d:4"]);
    let same = ConfigWorld::new().with_file(text).profile("p");
    let same = same.variable("MAXTOP_ENDPOINT", "b:2,http://a:1/");
    assert_eq!(urls(&same.config()), ["b:2", "http://a:1/"]);
    let config = world
        .flag("endpoint", "e:5")
        .flag("endpoint", "f:6")
        .flag("user", "uwe")
        .config();
    assert_eq!(urls(&config), ["e:5", "f:6"]);
    assert!(config.endpoints.iter().all(|endpoint| endpoint.user == "uwe"));
}

#[test]
fn an_endpoint_of_a_list_has_its_own_settings() {
    let text = "
        user = 'top'
        ca-file = '/top.pem'
        [profiles.p]
        user = 'pia'
        password-file = '/pia'
        endpoints = [
            'a:1',
            { url = 'b:2', name = 'standby', user = 'bob', password-command = 'b', read-only = true, \
              insecure = true, allow-plain-http = true, ca-file = '' },
        ]";
    let config = ConfigWorld::new().with_file(text).profile("p").config();
    let [a, b] = config.endpoints.as_slice() else {
        panic!("{config:?}")
    };
    assert_eq!((a.user.as_str(), a.read_only, &a.name), ("pia", false, &None));
    assert_eq!(a.tls.ca.as_deref(), Some(Path::new("/top.pem")));
    assert!(matches!(a.password, Some(PasswordSource::File(_))));
    assert_eq!((b.user.as_str(), b.name.as_deref()), ("bob", Some("standby")));
    assert!(b.read_only && b.tls.insecure && b.allow_plain_http);
    assert_eq!(b.tls.ca, None, "an empty text takes back what is said below");
    assert!(matches!(b.password, Some(PasswordSource::Command { .. })));
    let world = ConfigWorld::new()
        .with_file(text)
        .profile("p")
        .flag("user", "uwe");
    let config = world.variable("MAXTOP_PASSWORD", "x").config();
    for endpoint in &config.endpoints {
        assert_eq!(endpoint.user, "uwe");
        assert!(matches!(endpoint.password, Some(PasswordSource::Known { .. })));
    }
}

#[test]
fn one_that_is_named_by_its_address_has_what_the_list_says_of_it() {
    let text = "endpoints = ['a:1', { url = 'b:2', name = 'standby', read-only = true }]";
    let config = ConfigWorld::new()
        .with_file(text)
        .flag("endpoint", "b:2")
        .config();
    let [b] = config.endpoints.as_slice() else {
        panic!("{config:?}")
    };
    assert_eq!((b.name.as_deref(), b.read_only), (Some("standby"), true));
}

#[test]
fn of_the_ways_to_a_password_the_uppermost_counts_whichever_it_is() {
    let text = "password-file = '/top'\n[profiles.p]\npassword-command = 'p'\n[profiles.none]\n\
                password-file = ''\n";
    let password = |world: ConfigWorld| world.config().endpoints.remove(0).password;
    let file = |password: Option<PasswordSource>| match password {
        Some(PasswordSource::File(path)) => path,
        other => panic!("{other:?}"),
    };
    let world = || ConfigWorld::new().with_file(text);
    assert_eq!(file(password(world())), Path::new("/top"));
    let command = password(world().profile("p"));
    assert!(matches!(command, Some(PasswordSource::Command { .. })));
    assert!(password(world().profile("none")).is_none());
    let known = password(world().profile("p").variable("MAXTOP_PASSWORD", "x"));
    assert!(matches!(known, Some(PasswordSource::Known { .. })));
    let flag = world()
        .variable("MAXTOP_PASSWORD", "x")
        .flag("password-file", "/flag");
    assert_eq!(file(password(flag)), Path::new("/flag"));
    let both = world().flag("password-file", "/f").flag("password-command", "c");
    assert!(
        both.error()
            .ends_with("password-file and password-command exclude each other: remove one")
    );
}

#[test]
fn a_bare_number_is_in_seconds() {
    for (text, seconds) in [("5", 5.0), ("0.5", 0.5), ("90s", 90.0), ("1m 30s", 90.0)] {
        let config = ConfigWorld::new().flag("interval", text).config();
        assert_eq!(config.interval, Duration::from_secs_f64(seconds), "{text}");
    }
    for setting in SettingId::all().map(SettingId::setting) {
        let table = setting
            .table
            .map(|table| format!("[{table}]\n"))
            .unwrap_or_default();
        for value in ["45", "45.5", "'45'"] {
            if setting.form != Form::Time {
                continue;
            }
            let text = format!("{table}{} = {value}", setting.name);
            let reading = ConfigWorld::new().with_file(&text).read().expect(&text);
            let values = reading.values.iter();
            let found: Vec<_> = values
                .filter(|one| one.setting().path() == setting.path())
                .filter_map(EffectiveValue::shown)
                .collect();
            assert_eq!(found, [value.trim_matches('\'')], "{text}");
        }
    }
}

#[test]
fn errors_name_the_source() {
    let error = |name, value| ConfigWorld::new().flag(name, value).error();
    assert!(error("sort", "x").starts_with("--sort: no column 'x'"));
    assert!(error("interval", "soon").starts_with("--interval: expected a time such as 500ms"));
    assert!(error("interval", "1ms").contains("minimum 50ms"));
    assert!(error("duty", "0%").contains("between 0.1% and 100%"));
    assert!(error("dialect", "x").contains("expected auto or draft or jsonapi, found 'x'"));
    assert!(error("ascii", "maybe").contains("expected true or false"));
    let lonely = ConfigWorld::new().flag("client-cert", "/c").error();
    assert!(lonely.contains("client-key"), "{lonely}");
    let variable = ConfigWorld::new()
        .variable("MAXTOP_ENDPOINT", "http://a@b")
        .error();
    assert!(
        variable.starts_with("MAXTOP_ENDPOINT: bad endpoint"),
        "{variable}"
    );
}

#[test]
fn a_choice_takes_the_words_that_the_help_names_and_no_others() {
    let mut choices = 0;
    for setting in SettingId::all().map(SettingId::setting) {
        let Form::Choice(words) = setting.form else {
            continue;
        };
        choices += 1;
        let check = |word: &str| setting.check(&SourceValue::new(word, Origin::Default));
        assert!(
            words.split('|').all(|word| check(word).is_ok()),
            "{}",
            setting.name
        );
        assert_eq!(
            check("x").unwrap_err(),
            format!("expected {}, found 'x'", words.replace('|', " or "))
        );
    }
    assert_eq!(choices, 2);
}
