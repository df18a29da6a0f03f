# Shortcuts. Each recipe is an ordinary cargo command.

# Lists the recipes.
default:
    @just --list

# Runs the program on simulated sessions.
demo *ARGS:
    cargo run -- demo {{ARGS}}

# Checks types and lints.
check:
    cargo fmt --check
    cargo clippy --all-targets --locked -- -D warnings

# Runs tests; arguments go to cargo test.
test *ARGS:
    cargo test --locked --no-fail-fast {{ARGS}}

# Runs the built-in SQL statements on a MariaDB server that the test starts.
test-mariadb:
    cargo test --locked --test mariadb -- --ignored --test-threads=2

# Writes the tables in docs/ and the sample configuration from the program's tables.
docs:
    UPDATE_DOCS=1 cargo test --locked --lib docs_have
    cargo run --locked -- config --print-sample > config.toml.new
    mv config.toml.new assets/config.toml

# Accepts changed frames of the screen. Read the difference first.
frames:
    INSTA_UPDATE=always cargo test --locked --lib ui

# Writes the pictures of the documents from the program's screens. Look at them.
pictures:
    UPDATE_PICTURES=1 cargo test --locked --test terminal pictures

# Runs the screen for half an hour with churn and faults, and prints what happened.
soak TIME="30m":
    MAXTOP_SOAK={{TIME}} cargo test --locked --release --test whole_program soak -- --nocapture

# Runs the benchmarks.
bench:
    cargo bench --locked

# Installs the tools that .ci/run uses if they are there.
tools:
    cargo install --locked cargo-machete cargo-deny

# Runs everything that a change must pass.
ci:
    .ci/run
