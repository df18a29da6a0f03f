//! `maxtop man`: man pages, from the definitions of the command line, the keys and the settings.

use std::io::Write as _;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

use super::exit::{CommandError, ExitStatus};
use super::output;
use crate::app::keymap::{BINDINGS, PLACES};
use crate::cli::{self, ManArgs};
use crate::config::{CommandName, ConfigError, Form, SettingId};
use crate::model::{nearest, visible};

/// Runs the command.
pub(super) fn run(args: &ManArgs) -> Result<ExitStatus, CommandError> {
    let page = page(args.command.as_deref())?;
    output::print(|out| out.write_all(&page))?;
    Ok(ExitStatus::Done)
}

/// Returns the page of a command; without one that of the program.
fn page(word: Option<&str>) -> Result<Vec<u8>, CommandError> {
    let mut all = cli::command();
    all.build();
    let Some(word) = word else {
        let mut page = described(&all)?;
        for section in [keys(), environment(), files(), see_also()] {
            section.to_writer(&mut page)?;
        }
        return Ok(page);
    };
    let Some(one) = all.find_subcommand(word) else {
        let names = CommandName::ALL.iter().filter_map(|name| name.word());
        let names: Vec<_> = names.collect();
        return Err(ConfigError::Setting {
            place: "COMMAND".to_owned(),
            why: format!(
                "no command '{}'{}; commands: {}",
                visible(word),
                nearest(word, names.iter().copied())
                    .map(|near| format!(" (did you mean '{near}'?)"))
                    .unwrap_or_default(),
                names.join(", ")
            ),
        }
        .into());
    };
    described(one)
}

/// Returns name, synopsis, description, options, commands, examples and exit statuses.
fn described(command: &Command) -> Result<Vec<u8>, CommandError> {
    let endings = command.get_after_long_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let source = concat!("maxtop ", env!("CARGO_PKG_VERSION"));
    let man = Man::new(command.clone()).manual("maxtop").source(source);
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    synopsis(command).to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_commands {
        man.render_subcommands_section(&mut page)?;
    }
    for section in endings.iter().flat_map(|text| endings_of(text)) {
        section.to_writer(&mut page)?;
    }
    Ok(page)
}

/// Returns the usage, without the names of all options.
fn synopsis(command: &Command) -> Roff {
    let usage = command.clone().render_usage().to_string();
    let mut section = Roff::new();
    section.control("SH", ["SYNOPSIS"]);
    section.control("nf", []);
    for line in usage.trim_start_matches("Usage:").lines() {
        section.text([roman(line.trim())]);
    }
    section.control("fi", []);
    section
}

/// Returns the end of a long help as sections, with its lines as they are.
fn endings_of(text: &str) -> Vec<Roff> {
    let mut sections = Vec::new();
    for part in text.split("\n\n") {
        let (heading, lines) = match part.split_once(":\n") {
            Some((heading, lines)) if !heading.contains('\n') => (heading.to_uppercase(), lines),
            _ => ("NOTES".to_owned(), part),
        };
        let mut section = Roff::new();
        section.control("SH", [heading.as_str()]);
        section.control("nf", []);
        for line in lines.lines() {
            section.text([roman(line)]);
        }
        section.control("fi", []);
        sections.push(section);
    }
    sections
}

fn keys() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["KEYS"]);
    for (context, place) in PLACES {
        section.control("SS", [place]);
        let own = BINDINGS.iter().filter(|binding| binding.context == context);
        for binding in own.filter(|binding| !binding.about.is_empty()) {
            term(&mut section, binding.shown, binding.about);
        }
    }
    section
}

fn environment() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["ENVIRONMENT"]);
    for setting in SettingId::all().map(SettingId::setting) {
        if let Some(variable) = setting.variable {
            term(&mut section, variable, setting.about);
        }
    }
    section
}

/// Returns the files whose places are settings, and the configuration file.
fn files() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["FILES"]);
    term(
        &mut section,
        "$XDG_CONFIG_HOME/maxtop/config.toml",
        "settings and profiles; maxtop config --print-sample prints one with all of them",
    );
    for setting in SettingId::all().map(SettingId::setting) {
        if matches!(setting.form, Form::Path) && !setting.default.is_empty() {
            term(&mut section, setting.default, setting.about);
        }
    }
    section
}

fn see_also() -> Roff {
    let mut section = Roff::new();
    section.control("SH", ["SEE ALSO"]);
    let built = CommandName::ALL.iter().filter(|name| name.is_built());
    let pages = built
        .filter_map(|name| name.word())
        .map(|word| format!("maxtop-{word}(1)"));
    section.text([roman(pages.collect::<Vec<_>>().join(", "))]);
    section
}

/// Adds a term with its description.
fn term(section: &mut Roff, term: &str, about: &str) {
    section.control("TP", []);
    section.text([bold(term)]);
    section.text([roman(about)]);
}
