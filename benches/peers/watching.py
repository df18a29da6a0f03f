#!/usr/bin/env python3
"""Prints what it costs a running MaxScale to be watched, and what maxtop needs for it.

    benches/peers/watching.py http://127.0.0.1:8989 --sql-port 4006 --sql-user app

Three rounds in one run: unwatched, watched by maxtop, and read by curl once a second. In each round another
admin client and another SQL client measure their own requests. The password of the admin user is in
`MAXTOP_PASSWORD`, that of the SQL user in `MYSQL_PWD`. Use a proxy made for it: the rounds add some load.
"""

import argparse
import base64
import http.client
import os
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse

from terminal import Program


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("endpoint", help="URL of the admin API")
    parser.add_argument("--maxtop", default="target/release/maxtop", help="binary to measure")
    parser.add_argument("--user", default="admin", help="admin user")
    parser.add_argument("--sql-port", type=int, help="port of a listener; without it SQL is not measured")
    parser.add_argument("--sql-user", default="app", help="user of the SQL client")
    parser.add_argument("--seconds", type=float, default=40, help="duration of a round")
    parser.add_argument("--lists", type=int, default=7, help="number of lists by each command; the median counts")
    return parser.parse_args()


def percentiles(took):
    """Returns the median, the 95th and 99th percentile and the maximum, in ms."""
    if not took:
        return "no reply"
    took = sorted(seconds * 1e3 for seconds in took)
    at = lambda share: took[min(len(took) - 1, int(len(took) * share))]
    return "{:6.1f} {:6.1f} {:6.1f} {:6.1f}".format(at(0.5), at(0.95), at(0.99), took[-1])


def authorization(options):
    """Returns the value of the header with the admin user and the password."""
    login = f"{options.user}:{os.environ.get('MAXTOP_PASSWORD', '')}"
    return "Basic " + base64.b64encode(login.encode()).decode()


class AdminClient(threading.Thread):
    """Requests one small resource, 20 times a second on one connection."""

    def __init__(self, options, end):
        super().__init__(daemon=True)
        self.options, self.end, self.took = options, end, []

    def run(self):
        url = urllib.parse.urlsplit(self.options.endpoint)
        connection = http.client.HTTPConnection(url.hostname, url.port)
        headers = {"Authorization": authorization(self.options)}
        while time.monotonic() < self.end:
            began = time.monotonic()
            connection.request("GET", "/v1/maxscale/threads/0", headers=headers)
            connection.getresponse().read()
            self.took.append(time.monotonic() - began)
            time.sleep(0.05)
        connection.close()


class SqlClient(threading.Thread):
    """Runs one small statement, 50 times a second on one connection."""

    def __init__(self, options, end):
        super().__init__(daemon=True)
        self.options, self.end, self.took = options, end, []

    def run(self):
        command = ["mariadb", "-nNB", "-h127.0.0.1", f"-P{self.options.sql_port}", f"-u{self.options.sql_user}"]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, bufsize=1) as client:
            while time.monotonic() < self.end:
                began = time.monotonic()
                client.stdin.write("SELECT 1;\n")
                client.stdout.readline()
                self.took.append(time.monotonic() - began)
                time.sleep(0.02)
            client.stdin.close()


def round_of(name, options, work):
    """Measures both clients while `work` runs until its argument, a time, has passed."""
    end = time.monotonic() + options.seconds
    clients = [AdminClient(options, end)] + ([SqlClient(options, end)] if options.sql_port else [])
    for client in clients:
        client.start()
    extra = work(end)
    for client in clients:
        client.join()
    figures = "  ".join(percentiles(client.took[5:]) for client in clients)
    print(f"{name:<10} {figures}  {extra}", flush=True)


def nothing(end):
    time.sleep(max(0, end - time.monotonic()))
    return ""


def screen(options):
    """Returns a function that watches on a terminal."""
    def work(end):
        program = Program([options.maxtop, "-e", options.endpoint, "-u", options.user])
        shown = program.wait_for(rb"list +\d")
        used, began = program.processor_time(), time.monotonic()
        program.read_for(max(0, end - time.monotonic() - 1))
        used = (program.processor_time() - used) / (time.monotonic() - began)
        keys = sorted(program.key([b"\x1b[B", b"\x1b[A"][count % 2]) * 1e3 for count in range(100))
        resident, peak = program.memory()
        program.end()
        return (
            f"first table {shown * 1e3:.0f} ms, {resident:.1f} MB (peak {peak:.1f}), {used * 100:.1f} % CPU, "
            f"key {statistics.median(keys):.2f} ms, 99th {keys[98]:.1f} ms"
        )
    return work


def curl(options):
    """Returns a function that reads the list with curl once a second."""
    def work(end):
        while time.monotonic() < end:
            subprocess.run(curl_command(options), stdout=subprocess.DEVNULL, check=True)
            time.sleep(1)
        return ""
    return work


def curl_command(options):
    # Arguments of a process can be read by other users, so the header is in a file.
    return ["curl", "-s", "-H", f"@{options.header.name}", f"{options.endpoint}/v1/sessions"]


def peak_memory(pid):
    """Returns the peak of the resident memory in MB; 0 if the process has ended."""
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8") as status:
            return max((int(line.split()[1]) / 1024 for line in status if line.startswith("VmHWM")), default=0)
    except OSError:
        return 0


def lists(options):
    """Prints the time of one list by curl and by maxtop, alternately, with the peak of its memory."""
    commands = {"curl": curl_command(options)}
    for form in ["json", "tsv"]:
        commands[f"list -o {form}"] = [
            options.maxtop, "-e", options.endpoint, "-u", options.user, "list", "-o", form]
    took = {name: [] for name in commands}
    peak = dict.fromkeys(commands, 0)
    for _ in range(options.lists):
        for name, command in commands.items():
            began = time.monotonic()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
                while process.poll() is None:
                    peak[name] = max(peak[name], peak_memory(process.pid))
                    time.sleep(0.002)
            took[name].append(time.monotonic() - began)
    base = statistics.median(took["curl"])
    for name, each in took.items():
        middle = statistics.median(each)
        print(f"{name:<14} {middle * 1e3:7.0f} ms  {middle / base:.2f}x  {peak[name]:.1f} MB", flush=True)


def main():
    options = arguments()
    options.header = tempfile.NamedTemporaryFile("w")
    options.header.write(f"Authorization: {authorization(options)}\n")
    options.header.flush()
    print(f"load {os.getloadavg()[0]:.2f}")
    lists(options)
    print("           admin: median, 95th, 99th, max;  SQL: the same; in ms")
    round_of("unwatched", options, nothing)
    round_of("maxtop", options, screen(options))
    round_of("curl", options, curl(options))
    round_of("unwatched", options, nothing)


if __name__ == "__main__":
    main()
