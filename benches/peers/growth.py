#!/usr/bin/env python3
"""Watches a day of simulated sessions in a quarter of an hour, and prints the memory over time.

    cargo build --release
    benches/peers/growth.py

The simulated time runs 100 times as fast as real time, and maxtop gets a list every 50 ms, which is its
minimum: 17,000 lists with all sessions that are opened and closed in a day. Exits with 1 if the memory of
the last quarter is over that of the second quarter by more than 5 %.
"""

import argparse
import statistics
import subprocess
import sys
import time

from terminal import Program

# Minimum interval of lists.
INTERVAL = "50ms"
MAX_GROWTH = 1.05
# Number of readings.
STEPS = 24


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--maxtop", default="target/release/maxtop", help="binary to measure")
    parser.add_argument("--dialect", default="draft", choices=["draft", "jsonapi"])
    parser.add_argument("--sessions", type=int, default=1_000)
    parser.add_argument("--churn", type=float, default=10, help="sessions opened per simulated second")
    parser.add_argument("--hours", type=float, default=24, help="simulated time")
    parser.add_argument("--speed", type=float, default=100)
    return parser.parse_args()


def main():
    options = arguments()
    command = [options.maxtop, "demo", "--headless", "--dialect", options.dialect, "--seed", "7"]
    command += ["--sessions", str(options.sessions), "--churn", str(options.churn)]
    server = subprocess.Popen(command + ["--speed", str(options.speed)], stdout=subprocess.PIPE, text=True)
    url = server.stdout.readline().split()[-1]
    watch = [options.maxtop, "-e", url, "--interval", INTERVAL, "--duty", "100%"]
    program = None
    try:
        program = Program(watch)
        sizes = watch_memory(program, options)
    finally:
        if program:
            program.end()
        server.terminate()
        server.wait()
    compare(sizes)


def watch_memory(program, options):
    """Prints the memory 24 times. Returns the sizes."""
    program.wait_for(rb"RW-Split|Reporting")
    began, sizes = time.monotonic(), []
    for step in range(1, STEPS + 1):
        end = began + step * options.hours * 3600 / options.speed / STEPS
        while (left := end - time.monotonic()) > 0:
            program.read(left)
        resident, peak = program.memory()
        sizes.append(resident)
        hours = options.hours * step / STEPS
        used = program.processor_time()
        print(f"{hours:5.1f} h  {resident:6.1f} MB  peak {peak:6.1f} MB  processor {used:6.1f} s", flush=True)
    return sizes


def compare(sizes):
    """Exits with 1 if the memory has grown."""
    early = statistics.mean(sizes[STEPS // 4:STEPS // 2])
    late = statistics.mean(sizes[-STEPS // 4:])
    print(f"second quarter {early:.1f} MB, last quarter {late:.1f} MB, {late / early * 100 - 100:+.1f} %")
    sys.exit(late > early * MAX_GROWTH)


if __name__ == "__main__":
    main()
