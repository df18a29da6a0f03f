#!/usr/bin/env python3
"""Measures the screen at its limits: a million sessions, nested JSON, 200 endpoints, and a slow link.

    cargo build --release
    benches/peers/extremes.py
    benches/peers/extremes.py --maxtop OLD --maxtop NEW      # several binaries in one run

The simulated sessions need about 3 GB of memory at a million. On a busy machine every figure grows: the load is in the
first line.
"""

import argparse
import multiprocessing
import os
import socket
import statistics
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from terminal import Program
from table import demo, row

DOWN, UP = b"\x1b[B", b"\x1b[A"
TABLE = rb"RW-Split|Reporting"
KEYS = 100
ENDPOINTS, SESSIONS_OF_ENDPOINT = 200, 500
# A link of 1 Mbit/s with 100 ms each way.
BYTES_PER_SECOND, DELAY = 125_000, 0.1
# Depth and size of the hostile reply.
NESTED_BYTES = 60_000_000


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--maxtop", action="append", help="binary to measure [default: target/release/maxtop]")
    parser.add_argument("--only", choices=["million", "nested", "fleet", "link"])
    parser.add_argument("--sessions", type=int, default=1_000_000)
    return parser.parse_args()


def pressed(program, count=KEYS):
    """Presses keys. Returns their times in ms, in order of size."""
    return sorted(program.key([DOWN, UP][number % 2]) * 1e3 for number in range(count))


def latencies(times):
    return f"key {statistics.median(times):.2f} / {times[len(times) * 99 // 100]:.1f} ms, at most {times[-1]:.0f} ms"


def sizes(program):
    resident, peak = program.memory()
    return f"{resident:.0f} / {peak:.0f} MB"


def million(maxtops, sessions):
    """Keys in a list of a million sessions, while lists arrive, and in the kill dialog for all of them."""
    server, url = demo(maxtops[-1], "draft", sessions)
    try:
        for maxtop in maxtops:
            program = Program([maxtop, "-e", url, "--timeout", "60s"])
            started = program.wait_for(TABLE, 180)
            times = []
            end = time.monotonic() + 40
            while time.monotonic() < end:
                times += pressed(program, 10)
                program.read_for(0.2)
            row(maxtop, f"{sessions:,} sessions", f"start {started:.1f} s", sizes(program), latencies(sorted(times)))
            program.key(b"*")
            program.read_for(3)
            program.key(b"K")
            program.read_for(20)
            times = sorted(program.key(key) * 1e3 for key in [b"\x1b[6~", b"\x1b[5~"] * 20)
            row(maxtop, "dialog for all", "", sizes(program), latencies(times))
            program.end()
    finally:
        server.terminate()
        server.wait()


SESSION = (b'{"id":"%d","type":"sessions","attributes":{"state":"Session started","user":"app",'
           b'"remote":"10.0.0.1","idle":1,"connected":"Mon, 23 Nov 2026 16:16:27 GMT"},'
           b'"relationships":{"services":{"data":[{"id":"RW-Split","type":"services"}]}}}')
ROWS = b'{"data":[' + b",".join(SESSION % number for number in range(1, 30))
GOOD, BAD = ROWS + b"]}", ROWS + b',{"id":"40","x":' + b"[" * NESTED_BYTES


class Nested(BaseHTTPRequestHandler):
    """Sends a good list first, then lists with an endlessly nested value."""

    protocol_version = "HTTP/1.1"
    lists = multiprocessing.Value("i", 0)

    def do_GET(self):
        if not self.path.startswith("/v1/sessions"):
            body = b'{"data":{"id":"maxscale","attributes":{"version":"24.02.3","uptime":5}}}'
        else:
            Nested.lists.value += 1
            body = GOOD if Nested.lists.value == 1 else BAD
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def nested(maxtops):
    """Keys while replies with nested JSON arrive."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Nested)
    # In a process of its own: what it sends must not delay the keys.
    process = multiprocessing.Process(target=server.serve_forever, daemon=True)
    process.start()
    for maxtop in maxtops:
        Nested.lists.value = 0
        program = Program([maxtop, "-e", f"127.0.0.1:{server.server_port}", "--dialect", "jsonapi"])
        program.wait_for(TABLE)
        times, end = [], time.monotonic() + 30
        while time.monotonic() < end:
            times += pressed(program, 4)
            program.read_for(0.1)
        row(maxtop, f"nested JSON, {NESTED_BYTES // 1_000_000} MB", f"{Nested.lists.value} lists", sizes(program),
            latencies(sorted(times)))
        program.end()
    process.terminate()
    process.join()


def fleet(maxtops):
    """Processor and memory for many endpoints."""
    command = [maxtops[-1], "demo", "--headless", "--nodes", str(ENDPOINTS), "--dialect", "jsonapi",
               "--sessions", str(SESSIONS_OF_ENDPOINT), "--seed", "7"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    urls = [server.stdout.readline().split()[-1] for _ in range(ENDPOINTS)]
    try:
        for maxtop in maxtops:
            program = Program([maxtop, *(word for url in urls for word in ("-e", url))])
            started = program.wait_for(rb"USER", 120)
            program.read_for(15)
            used, began = program.processor_time(), time.monotonic()
            program.read_for(30)
            used, took = program.processor_time() - used, time.monotonic() - began
            row(maxtop, f"{ENDPOINTS} endpoints x {SESSIONS_OF_ENDPOINT}", f"start {started:.1f} s",
                f"{used / took * 100:.1f} % processor, {sizes(program)}", latencies(pressed(program)))
            program.end()
    finally:
        server.terminate()
        server.wait()


def slow_pipe(source, target, rate):
    """Copies bytes at a limited rate, those after a pause with a delay."""
    last = 0
    try:
        while chunk := source.recv(4096):
            pause = DELAY if time.monotonic() - last > DELAY else 0
            time.sleep(pause + len(chunk) / rate)
            target.sendall(chunk)
            last = time.monotonic()
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


def slow_link(port):
    """Listens before a port of this machine, with a slow link between. Returns the port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def accept():
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", port))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=slow_pipe, args=(*ends, BYTES_PER_SECOND), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


def link(maxtops):
    """Start and keys over a slow link."""
    server, url = demo(maxtops[-1], "jsonapi", 1_000)
    port = slow_link(int(url.rpartition(":")[2]))
    try:
        for maxtop in maxtops:
            program = Program([maxtop, "-e", f"127.0.0.1:{port}", "--timeout", "60s"])
            started = program.wait_for(TABLE, 120)
            program.read_for(10)
            row(maxtop, "1,000 sessions over 1 Mbit/s, 200 ms", f"start {started:.1f} s", sizes(program),
                latencies(pressed(program)))
            program.end()
    finally:
        server.terminate()
        server.wait()


def main():
    options = arguments()
    maxtops = options.maxtop or ["target/release/maxtop"]
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, load {load}\n")
    parts = {"million": lambda: million(maxtops, options.sessions), "nested": lambda: nested(maxtops),
             "fleet": lambda: fleet(maxtops), "link": lambda: link(maxtops)}
    for name, part in parts.items():
        if options.only in (None, name):
            part()


if __name__ == "__main__":
    main()
