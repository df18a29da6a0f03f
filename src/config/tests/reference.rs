//! The sample file and `docs/configuration.md` have the table of settings.

use std::fmt::Write as _;

use super::*;

const CONFIGURATION: &str = include_str!("../../../docs/configuration.md");
const SAMPLE: &str = include_str!("../../../assets/config.toml");

#[test]
fn the_sample_file_is_what_is_printed() {
    assert_eq!(
        SAMPLE,
        sample(),
        "maxtop config --print-sample > assets/config.toml"
    );
}

/// Every setting of the sample, uncommented.
fn uncommented() -> String {
    let lines = SAMPLE.lines().map(|line| match line.strip_prefix('#') {
        Some(setting) if !setting.is_empty() && !setting.starts_with(' ') => setting,
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_sample_says_nothing_and_uncommented_it_says_the_defaults() {
    let defaults = ConfigWorld::new();
    for text in [SAMPLE, &uncommented()] {
        let world = ConfigWorld::new().with_file(text);
        let without_home = |world: &ConfigWorld| {
            let home = world.home.path().display().to_string();
            format!("{:#?}", world.config()).replace(&home, "HOME")
        };
        assert_eq!(without_home(&world), without_home(&defaults));
    }
    let said = ConfigWorld::new().with_file(&uncommented()).read().unwrap();
    let all = said.endpoints[0].iter().chain(&said.values);
    for effective in
        all.filter(|effective| matches!(effective.setting().key, KeyScope::Usual | KeyScope::Endpoint))
    {
        let path = effective.setting().path();
        // An empty text means not set.
        let is_empty = SAMPLE.contains(&format!("#{path} = \"\""));
        let from_file = matches!(effective.origin(), Origin::File { .. });
        assert!(from_file || is_empty, "{path}");
    }
}

#[test]
fn the_examples_of_profiles_can_be_read() {
    let of_docs = CONFIGURATION
        .split("```toml")
        .nth(1)
        .unwrap()
        .split("```")
        .next()
        .unwrap();
    let of_sample = SAMPLE.split("# [profiles.production]").nth(1).unwrap();
    let of_sample: Vec<_> = of_sample
        .lines()
        .map(|line| line.trim_start_matches('#'))
        .collect();
    let of_sample = format!("[profiles.production]{}", of_sample.join("\n"));
    for text in [of_docs, &of_sample] {
        let config = ConfigWorld::new().with_file(text).profile("production").config();
        assert_eq!(urls(&config), ["https://proxy-1:8989", "https://proxy-2:8989"]);
        assert_eq!(config.thresholds.query_act.as_secs(), 120);
        let standby = &config.endpoints[1];
        assert_eq!(standby.name.as_deref(), Some("standby"));
        assert!(standby.read_only && !config.endpoints[0].read_only);
    }
}

#[test]
fn every_example_can_be_used() {
    for setting in SettingId::all().map(SettingId::setting) {
        if !setting.example.is_empty() {
            let given = SourceValue::new(setting.example, Origin::Default);
            assert_eq!(setting.check(&given), Ok(()), "{}", setting.name);
        }
    }
}

#[test]
fn docs_have_the_table_of_settings() {
    let mut table =
        "| setting | option | variable | default | what it is |\n|---|---|---|---|---|\n".to_owned();
    for setting in SettingId::all().map(SettingId::setting) {
        let code = |text: &str| match text {
            "" => String::new(),
            text => format!("`{text}`"),
        };
        let option = match (setting.flag, setting.short) {
            (false, _) => String::new(),
            (true, None) => format!("--{}", setting.name),
            (true, Some(short)) => format!("-{short}, --{}", setting.name),
        };
        let key = match setting.key {
            KeyScope::Nowhere => String::new(),
            _ => setting.path(),
        };
        writeln!(
            table,
            "| {} | {} | {} | {} | {} |",
            code(&key),
            code(&option),
            code(setting.variable.unwrap_or_default()),
            code(setting.default),
            setting.about
        )
        .unwrap();
    }
    crate::docs::assert_table("configuration.md", "settings", &table);
}

#[test]
fn no_two_settings_have_a_name_in_common() {
    let mut names: Vec<_> = SettingId::all().map(|id| id.setting().path()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
