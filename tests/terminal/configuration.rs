//! Effects of the configuration on the screen.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use tempfile::TempDir;

use crate::endpoint::Endpoint;
use crate::screen::has_rows;
use crate::start::Start;

/// A directory with a file that only its owner can read, and the name of the file.
fn home(name: &str, text: &str) -> (TempDir, &'static str) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let name = home.path().display().to_string().leak();
    (home, name)
}

#[test]
fn the_file_of_the_official_tool_is_named_when_it_says_where_to_ask() {
    let endpoint = Endpoint::frozen(20);
    let url = endpoint.addr().to_string();
    let (_kept, home) = home(".maxctrl.cnf", &format!("[maxctrl]\nhosts = {url}\n"));
    for (args, is_named) in [(&[][..], true), (&["-e", url.as_str()], false)] {
        let mut pty = Start::new(args.iter().copied()).env("HOME", home).open();
        pty.sees(" live ");
        assert_eq!(pty.text().contains("~/.maxctrl.cnf"), is_named, "{}", pty.text());
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn the_section_of_the_proxys_own_file_is_named_when_it_says_where_to_ask() {
    let endpoint = Endpoint::frozen(20);
    let url = endpoint.addr().to_string();
    let text = format!("[maxscale]\nthreads=auto\n\n[maxctrl]\nhosts = {url}\n");
    let (_kept, directory) = home("maxscale.cnf", &text);
    let path: &str = format!("{directory}/maxscale.cnf").leak();
    for (args, is_named) in [(&[][..], true), (&["-e", url.as_str()], false)] {
        let start = Start::new(args.iter().copied()).env("HOME", directory);
        let mut pty = start.env("MAXTOP_MAXSCALE_CNF", path).open();
        pty.sees(" live ");
        assert_eq!(pty.text().contains("maxscale.cnf"), is_named, "{}", pty.text());
        pty.keys("q");
        pty.ends_with(0);
    }
}

#[test]
fn a_profile_names_the_endpoint_and_moves_the_thresholds() {
    let endpoint = Endpoint::frozen(20);
    let text = format!(
        "[profiles.p]\nendpoints = [{{ url = '{}', name = 'standby', read-only = true }}]\n\
         filter = 'reason=idle'\ndialect = 'jsonapi'\n[profiles.p.thresholds]\nidle = '1s'\n",
        endpoint.addr()
    );
    let (_kept, home) = home("maxtop/config.toml", &text);
    let mut pty = Start::new(["--profile", "p"]).env("XDG_CONFIG_HOME", home).open();
    pty.sees(" standby ");
    pty.sees("  read-only");
    pty.wait("who is idle for seconds", |screen| has_rows(screen, 3));
    pty.keys("q");
    pty.ends_with(0);
}

#[test]
fn capital_w_lists_what_it_saves_before_it_is_written() {
    let endpoint = Endpoint::frozen(12);
    let mut pty = endpoint.watched("draft").open();
    pty.sees("USER");
    let file = pty.audit_log().with_file_name("config.toml");
    pty.keys("W");
    pty.sees("sort      \"-idle\"");
    pty.keys("y");
    pty.sees("saved sort to ");
    assert_eq!(fs::read_to_string(&file).unwrap(), "sort = \"-idle\"\n");
    assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    pty.keys("I");
    pty.keys("W");
    pty.sees("\"idle\"   now \"-idle\"");
    pty.keys("n");
    pty.sees("not saved");
    assert_eq!(fs::read_to_string(&file).unwrap(), "sort = \"-idle\"\n");
    pty.keys("W");
    pty.sees("\"idle\"   now \"-idle\"");
    pty.keys("y");
    pty.sees("saved sort to ");
    assert_eq!(fs::read_to_string(&file).unwrap(), "sort = \"idle\"\n");
    pty.keys("q");
    pty.ends_with(0);
}
