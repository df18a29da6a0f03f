#!/usr/bin/env python3
"""Prints one table, measured in one run: maxtop beside htop, bottom, curl and jq.

    cargo build --release
    benches/peers/table.py

maxtop watches `maxtop demo --headless`, htop and bottom the processes of this machine. Programs that are
not installed are left out. On a busy machine every figure grows: the load is in the first line. `--maxtop`
repeated compares several versions with the sessions of the last one. Keys are pressed in every program that
is started, because their time depends on the processor that the system happens to choose.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import time

from terminal import Program

# Seconds after the first table before anything is measured.
SETTLE = 3
# In htop `k` opens the menu of signals.
KEYS = [b"\x1b[B", b"\x1b[A"]
# A list of more sessions with statements is larger than the 256 MB that maxtop accepts.
MAX_SESSIONS = {"jsonapi": 20_000}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--maxtop", action="append", help="binary to measure [default: target/release/maxtop]")
    parser.add_argument("--sessions", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=10, help="time for processor and terminal")
    parser.add_argument("--starts", type=int, default=7, help="number of starts")
    parser.add_argument("--keys", type=int, default=60, help="number of keys after each start")
    return parser.parse_args()


def demo(maxtop, dialect, sessions):
    """Starts simulated sessions. Returns the process and its URL."""
    command = [maxtop, "demo", "--headless", "--dialect", dialect, "--sessions", str(sessions), "--seed", "7"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1]


def screen(name, command, table, options):
    """Measures a program on a terminal."""
    starts, keys = [], []
    for _ in range(options.starts):
        program = Program(command)
        starts.append(program.wait_for(table))
        program.read_for(SETTLE)
        keys += [program.key(KEYS[count % 2]) * 1e3 for count in range(options.keys)]
        program.end()
    keys.sort()
    program = Program(command)
    program.wait_for(table)
    program.read_for(SETTLE)
    used, written, began = program.processor_time(), program.written, time.monotonic()
    program.read_for(options.seconds)
    took = time.monotonic() - began
    used, written = program.processor_time() - used, program.written - written
    resident, peak = program.memory()
    program.end()
    row(
        name,
        f"{statistics.median(starts) * 1e3:.0f} ms",
        f"{resident:.1f} / {peak:.1f} MB",
        f"{used / took * 100:.2f} %",
        f"{written / took:.0f} B/s",
        f"{statistics.median(keys):.2f} / {keys[len(keys) * 99 // 100]:.1f} ms",
    )


def command(name, line, repeats):
    """Measures a shell command that gets a list once."""
    times = []
    for _ in range(repeats):
        began = time.monotonic()
        subprocess.run(line, shell=True, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        times.append(time.monotonic() - began)
    row(name, f"{statistics.median(times) * 1e3:.0f} ms", "", "", "", "")


def row(*cells):
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    options = arguments()
    maxtops = options.maxtop or ["target/release/maxtop"]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load {load}\n")
    row("", "start to table", "memory, peak", "processor", "terminal", "key, median / 99th")
    row(*["---"] * 6)
    for peer, table in [("htop", rb"PID"), ("btm", rb"CPU")]:
        if shutil.which(peer):
            screen(peer, [peer], table, options)
    for dialect, path in [("draft", "/sessions"), ("jsonapi", "/v1/sessions?pretty=false")]:
        most = MAX_SESSIONS.get(dialect, max(options.sessions))
        for sessions in (count for count in options.sessions if count <= most):
            server, url = demo(maxtops[-1], dialect, sessions)
            try:
                name = f"{sessions:,} sessions, {dialect}"
                for maxtop in maxtops:
                    label = "maxtop" if len(maxtops) == 1 else maxtop
                    screen(f"{label}, {name}", [maxtop, "-e", url], rb"RW-Split|Reporting", options)
                lists = f"{maxtops[-1]} list -e {url}"
                command(f"`list -o json`, {name}", f"{lists} -o json", options.starts)
                if shutil.which("curl"):
                    date = "date: Sat, 28 Nov 2026 10:00:00 GMT"
                    get = f"curl -sf -H '{date}' '{url}{path}'"
                    command(f"curl, {name}", get, options.starts)
                    if shutil.which("jq"):
                        command(f"curl and jq, {name}", f"{get} | jq length", options.starts)
            finally:
                server.terminate()
                server.wait()


if __name__ == "__main__":
    main()
