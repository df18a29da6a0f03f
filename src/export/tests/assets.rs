//! The files in `assets/prometheus` use only metrics and labels that exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex::Regex;
use serde_json::Value;

use crate::export::counts::Breakdown;
use crate::export::metric::Metric;
use crate::export::metrics;

fn asset(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/prometheus");
    fs::read_to_string(folder.join(name)).unwrap()
}

/// Names in a text that begin as those of metrics.
fn names(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\bmaxtop_[a-z_0-9]+").unwrap();
    name.find_iter(text)
        .map(|found| found.as_str().to_owned())
        .collect()
}

#[test]
fn every_metric_in_rules_dashboard_and_text_exists() {
    let known: BTreeSet<_> = metrics::all().flat_map(Metric::sample_names).collect();
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let document = fs::read_to_string(document).unwrap();
    let (document, _) = document.split_once("## All metrics").unwrap();
    for text in [asset("rules.yml"), asset("dashboard.json"), document.to_owned()] {
        let used = names(&text);
        assert!(used.len() > 3, "{used:?}");
        let unknown: Vec<_> = used.difference(&known).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}

#[test]
fn every_recorded_series_that_a_rule_uses_is_recorded() {
    let rules = asset("rules.yml");
    let recorded = Regex::new(r"record: (maxtop:\S+)").unwrap();
    let recorded: BTreeSet<_> = recorded
        .captures_iter(&rules)
        .map(|found| found[1].to_owned())
        .collect();
    let used = Regex::new(r"maxtop:[a-z_0-9:]+").unwrap();
    for name in used.find_iter(&rules) {
        assert!(recorded.contains(name.as_str()), "{name:?}");
    }
    assert_eq!(recorded.len(), 6);
}

#[test]
fn every_label_in_the_rules_belongs_to_a_metric() {
    let labels: BTreeSet<_> = metrics::all().flat_map(Metric::all_labels).collect();
    let used = Regex::new(r"\$labels\.([a-z_]+)").unwrap();
    for label in used.captures_iter(&asset("rules.yml")) {
        assert!(labels.contains(&label[1]), "{}", &label[1]);
    }
}

#[test]
fn the_dashboard_has_valid_panels_with_distinct_ids() {
    let dashboard: Value = serde_json::from_str(&asset("dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let ids: BTreeSet<_> = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), panels.len());
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let place = &panel["gridPos"];
        let end = place["x"].as_u64().unwrap() + place["w"].as_u64().unwrap();
        assert!(end <= 24, "{panel}");
        for target in panel["targets"].as_array().unwrap() {
            let query = target["expr"].as_str().unwrap();
            assert_eq!(query.matches('(').count(), query.matches(')').count(), "{query}");
            assert!(query.contains("endpoint=~\"$endpoint\""), "{query}");
        }
    }
}

#[test]
fn every_number_of_sessions_by_a_label_is_in_the_dashboard() {
    let dashboard = asset("dashboard.json");
    for field in Breakdown::ALL {
        let metric = format!("maxtop_{}_sessions", format!("{field:?}").to_lowercase());
        assert!(dashboard.contains(&metric), "{metric}");
    }
}
