#!/usr/bin/env python3
"""Measures what looking back costs: recordings, jumps in them, the history of the screen, and the exporter.

    cargo build --release
    benches/peers/history.py

Lists are requested every 50 ms, so an hour of 3,600 lists takes three minutes. On a busy machine every figure grows:
the load is in the first line.
"""

import argparse
import os
import random
import re
import statistics
import subprocess
import tempfile
import time
import urllib.request

from terminal import Program, TICKS
from table import demo, row

FAST = ["--interval", "50ms", "--duty", "100%"]
LISTS_OF_AN_HOUR = 3_600
# Lists of the 15 minutes that the screen looks back by default.
LISTS_OF_HISTORY = 900
JUMPS = 40


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--maxtop", default="target/release/maxtop", help="binary to measure")
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--scrapes", type=int, default=20)
    parser.add_argument("--only", choices=["record", "history", "export"])
    parser.add_argument("--recording", help="measure only jumps in this recording, of an hour")
    return parser.parse_args()


def processor_time(pid):
    """Returns the processor time that a process has used, in seconds."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory(pid):
    """Returns the resident memory and its peak, in MB."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        sizes = dict(re.findall(r"^(Vm\w+):\s+(\d+) kB", status.read(), re.M))
    return int(sizes["VmRSS"]) / 1024, int(sizes["VmHWM"]) / 1024


def ended(process):
    process.terminate()
    process.wait()


def record(options, dialect):
    """Records at one list a second, then an hour's number of lists, and jumps in that."""
    server, url = demo(options.maxtop, dialect, options.sessions)
    with tempfile.TemporaryDirectory() as place:
        try:
            path = os.path.join(place, "second.mxr")
            recorder = subprocess.Popen([options.maxtop, "record", path, "-e", url], stderr=subprocess.DEVNULL)
            time.sleep(5)
            used, began = processor_time(recorder.pid), time.monotonic()
            time.sleep(60)
            used, took = processor_time(recorder.pid) - used, time.monotonic() - began
            resident, peak = memory(recorder.pid)
            ended(recorder)
            size = os.path.getsize(path)
            row(f"record, {dialect}", f"{size / 65 * 3600 / 1e6:.1f} MB an hour", f"{used / took * 100:.2f} % processor",
                f"{resident:.1f} / {peak:.1f} MB")
            path = os.path.join(place, "hour.mxr")
            seconds = LISTS_OF_AN_HOUR // 20
            subprocess.run([options.maxtop, "record", path, "-e", url, "--for", f"{seconds}s", *FAST], check=True,
                           stderr=subprocess.DEVNULL)
        finally:
            ended(server)
        jumps(options, dialect, path)


def jumps(options, dialect, path):
    """Opens a recording at random moments. A jump on the screen takes less: it reads no file."""
    chosen, times = random.Random(7), []
    for _ in range(JUMPS):
        moment = chosen.uniform(0, LISTS_OF_AN_HOUR / 20 - 1)
        program = Program([options.maxtop, "replay", path, "--at", f"{moment * 1e3:.0f}ms"])
        times.append(program.wait_for(rb"RW-Split|Reporting") * 1e3)
        resident, peak = program.memory()
        program.end()
    times.sort()
    row(f"replay of {LISTS_OF_AN_HOUR:,} lists, {dialect}",
        f"opened at a moment: {statistics.median(times):.0f} ms, at most {times[-1]:.0f} ms",
        f"{os.path.getsize(path) / 1e6:.1f} MB", f"{resident:.1f} / {peak:.1f} MB")


def typed_jumps(options):
    """Types random times of an hour. A jump ends with the last output: the prompt closes first."""
    chosen, times = random.Random(7), []
    program = Program([options.maxtop, "replay", options.recording])
    program.wait_for(rb"RW-Split|Reporting")
    # The events are found in the meantime.
    program.read_for(15)
    for _ in range(JUMPS):
        program.key(b":")
        program.read_for(0.1)
        os.write(program.terminal, f"{chosen.randrange(3_599)}s".encode())
        program.read_for(0.3)
        pressed, last = time.monotonic(), 0
        os.write(program.terminal, b"\r")
        while (passed := time.monotonic() - pressed) < 1.5:
            if program.read(1.5 - passed):
                last = time.monotonic() - pressed
        times.append(last * 1e3)
    program.end()
    times.sort()
    row(options.recording, f"jump {statistics.median(times):.0f} ms, at most {times[-1]:.0f} ms")


def history(options, dialect):
    """Compares the memory of the screen with and without a full history, and looks back in it."""
    server, url = demo(options.maxtop, dialect, options.sessions)
    watch = [options.maxtop, "-e", url, *FAST]
    try:
        programs = [Program([*watch, "--history-span", span]) for span in ("15m", "0s")]
        end = time.monotonic() + LISTS_OF_HISTORY / 20
        while time.monotonic() < end:
            for program in programs:
                program.read(0.02)
        (with_history, peak), (without, _) = (program.memory() for program in programs)
        programs[1].end()
        program = programs[0]
        program.key(b"[")
        program.read_for(1)
        times = sorted(program.key(b"[" if step % 3 else b"{") * 1e3 for step in range(JUMPS))
        program.end()
    finally:
        ended(server)
    row(f"history of {LISTS_OF_HISTORY} lists, {dialect}", f"{with_history:.1f} MB, without {without:.1f} MB",
        f"key {statistics.median(times):.0f} ms, at most {times[-1]:.0f} ms", f"peak {peak:.1f} MB")


def export(options, dialect, sessions):
    """Scrapes the exporter."""
    server, url = demo(options.maxtop, dialect, sessions)
    exporter = subprocess.Popen([options.maxtop, "export", "--listen", "127.0.0.1:0", "-e", url],
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        line = exporter.stdout.readline()
        address = re.search(r"127\.0\.0\.1:\d+", line).group()
        time.sleep(5)
        used, began, times = processor_time(exporter.pid), time.monotonic(), []
        for _ in range(options.scrapes):
            start = time.monotonic()
            with urllib.request.urlopen(f"http://{address}/metrics") as reply:
                body = reply.read()
            times.append((time.monotonic() - start) * 1e3)
            time.sleep(1)
        used, took = processor_time(exporter.pid) - used, time.monotonic() - began
        series = sum(1 for line in body.splitlines() if line and not line.startswith(b"#"))
        resident, peak = memory(exporter.pid)
    finally:
        ended(exporter)
        ended(server)
    row(f"export, {sessions:,} sessions, {dialect}", f"scrape {statistics.median(times):.1f} ms, at most {max(times):.1f} ms",
        f"{used / took * 100:.2f} % processor", f"{resident:.1f} / {peak:.1f} MB, {series} series, {len(body) // 1000} kB")


def main():
    options = arguments()
    if options.recording:
        typed_jumps(options)
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load {load}\n")
    for dialect in ("draft", "jsonapi"):
        if options.only in (None, "record"):
            record(options, dialect)
        if options.only in (None, "history"):
            history(options, dialect)
        if options.only in (None, "export"):
            export(options, dialect, 10_000)


if __name__ == "__main__":
    main()
