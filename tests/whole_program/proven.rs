//! The faults that are not of an endpoint's replies: each with the test of this repository that proves its
//! outcome.

use std::path::Path;

use crate::printed_table::PrintedTable;

/// A fault, the file of its test, and the name of the test.
type Proof = (&'static str, &'static str, &'static str);

const TERMINAL: &[Proof] = &[
    (
        "resize to 1x1 and back",
        "tests/terminal/resize.rs",
        "everything_that_can_be_open_survives_a_single_cell",
    ),
    (
        "begins at 1x1",
        "tests/terminal/resize.rs",
        "it_begins_in_a_single_cell",
    ),
    (
        "no UTF-8",
        "tests/terminal/plain.rs",
        "without_utf_8_it_is_ascii_only",
    ),
    (
        "TERM=dumb",
        "tests/terminal/leaving.rs",
        "a_dumb_terminal_is_refused_with_what_to_try",
    ),
    (
        "slow terminal",
        "tests/terminal/leaving.rs",
        "a_line_that_has_stalled_does_not_hold_it",
    ),
    (
        "closed terminal",
        "tests/terminal/leaving.rs",
        "it_ends_with_its_terminal",
    ),
    (
        "ssh is gone, no signal",
        "tests/terminal/leaving.rs",
        "it_ends_with_its_terminal_without_changes_or_signals",
    ),
    (
        "SIGTERM, SIGHUP, SIGINT",
        "tests/terminal/signals.rs",
        "it_ends_by_signals_with_their_status",
    ),
    (
        "SIGTSTP, SIGCONT",
        "tests/terminal/signals.rs",
        "it_stops_with_the_terminal_given_back_and_comes_back",
    ),
    (
        "SIGSTOP, SIGCONT",
        "tests/terminal/signals.rs",
        "stopped_without_a_word_it_repaints_when_it_goes_on",
    ),
    ("panic in a task", "src/poller.rs", "a_panic_in_a_lane_is_noticed"),
];

const SECRETS: &[Proof] = &[
    (
        "in an output or a log",
        "tests/commands_oneshot/program_log.rs",
        "every_command_appends_events_without_secrets",
    ),
    (
        "in an error or a Debug text",
        "src/config/tests/passwords.rs",
        "no_debug_text_has_a_secret",
    ),
    (
        "file that others can read",
        "src/config/tests/passwords.rs",
        "a_password_file_is_for_its_owner_only",
    ),
    (
        "sent in the clear",
        "tests/client/requests.rs",
        "a_password_goes_over_plain_http_to_this_machine_only",
    ),
    (
        "sent to another endpoint",
        "src/config/tests/passwords.rs",
        "a_secret_of_a_file_is_not_for_other_endpoints_of_the_environment",
    ),
    (
        "audit file 0600",
        "tests/terminal/audit.rs",
        "an_intent_and_an_outcome_with_the_reason",
    ),
    (
        "recording 0600",
        "tests/commands_oneshot/recordings.rs",
        "everything_that_is_fetched_is_recorded_in_both_dialects",
    ),
    (
        "damaged recording",
        "src/recording/tests/damage.rs",
        "changed_bytes_never_cause_a_panic",
    ),
];

const ATTACKS: &[Proof] = &[
    (
        "warnings at every width",
        "src/ui/tests/truth.rs",
        "warnings_have_room_at_every_width_and_in_every_state",
    ),
    (
        "warnings of more than 3 endpoints",
        "src/ui/tests/truth.rs",
        "the_summary_of_many_endpoints_counts_the_warnings",
    ),
    (
        "config of another user",
        "src/config/tests/files.rs",
        "a_file_that_another_user_could_have_written_is_refused",
    ),
    (
        "long user in the details",
        "src/ui/tests/truth.rs",
        "a_long_user_does_not_hide_that_the_session_ended",
    ),
    (
        "name like a client",
        "src/ui/tests/truth.rs",
        "the_dialog_quotes_a_name_that_looks_like_a_client",
    ),
    (
        "bound of a decoded list",
        "src/wire/tests/hostile.rs",
        "rows_that_take_more_memory_than_the_bound_end_the_list",
    ),
    // A name that is too long for the dialog on a small screen cannot be killed there.
    (
        "long hostile user in the dialog",
        "tests/terminal/hostile.rs",
        "hostile_names_are_only_text",
    ),
    // A test cannot change how the system resolves names.
    (
        "localhost resolved elsewhere",
        "src/client/url.rs",
        "localhost_has_fixed_addresses_and_other_names_are_looked_up",
    ),
    (
        "SIGQUIT, SIGABRT, …",
        "tests/terminal/signals.rs",
        "it_ends_by_signals_with_their_status",
    ),
    (
        "core dump",
        "tests/commands_oneshot/process.rs",
        "it_leaves_no_core_dump",
    ),
    (
        "bidi in a typed filter",
        "tests/terminal/names.rs",
        "a_filter_typed_as_the_name_finds_its_row",
    ),
    (
        "empty password file",
        "src/config/tests/passwords.rs",
        "an_empty_password_is_an_error",
    ),
    (
        "FIFO as a file",
        "tests/commands_oneshot/config.rs",
        "a_named_pipe_as_a_password_file_does_not_hang",
    ),
    (
        "password in a child",
        "tests/commands_oneshot/config.rs",
        "a_command_does_not_inherit_the_password_of_the_environment",
    ),
    (
        "terminal 65535x65535",
        "tests/terminal/resize.rs",
        "a_terminal_beyond_every_screen_is_drawn_in_part",
    ),
    (
        "panic in the writer",
        "src/runtime/terminal.rs",
        "the_last_bytes_are_written_although_the_lock_is_held",
    ),
    (
        "invisible characters",
        "src/model/text/tests.rs",
        "every_invisible_character_is_escaped",
    ),
    (
        "help to /dev/full",
        "tests/commands_oneshot/process.rs",
        "help_that_cannot_be_written_is_an_error",
    ),
    (
        "color in a pipe",
        "tests/commands_oneshot/process.rs",
        "help_has_color_only_where_it_is_wanted",
    ),
];

#[test]
fn every_other_fault_has_a_test() {
    let mut table = PrintedTable::new(&["fault of", "fault", "test"]);
    for (source, proofs) in [("terminal", TERMINAL), ("secrets", SECRETS), ("attacks", ATTACKS)] {
        for (fault, file, name) in proofs {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            let code = std::fs::read_to_string(path).unwrap_or_default();
            let found = code.contains(&format!("fn {name}("));
            let proof = format!("{file} {name}");
            let proof = if found {
                Ok(proof)
            } else {
                Err(format!("no test {proof}"))
            };
            table.push(vec![Ok(source.to_owned()), Ok((*fault).to_owned()), proof]);
        }
    }
    table.judge();
}
