"""Runs a program in a pseudo-terminal and measures it. Needs nothing but Python 3 on Linux."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

TICKS = os.sysconf("SC_CLK_TCK")
# Replies to the terminal queries that programs send at their start.
REPLIES = [(b"\x1b[c", b"\x1b[?62c"), (b"\x1b[6n", b"\x1b[1;1R")]
SEQUENCE = re.compile(rb"\x1b\[[0-9;?<>=]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b.")


class Program:
    """A program on a terminal of 80x24 cells."""

    def __init__(self, command, columns=80, lines=24):
        self.written = 0
        self.text = b""
        self.started = time.monotonic()
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            # The size must be right before the program reads it.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            environment = dict(os.environ, TERM="xterm-256color", COLORTERM="truecolor", LANG="C.UTF-8")
            os.execvpe(command[0], command, environment)

    def read(self, wait):
        """Reads what is written within `wait` seconds, at most one chunk."""
        ready, _, _ = select.select([self.terminal], [], [], max(0, wait))
        if not ready:
            return b""
        try:
            chunk = os.read(self.terminal, 1 << 16)
        except OSError:
            chunk = b""
        if not chunk:
            raise EOFError("the program has ended")
        for query, reply in REPLIES:
            if query in chunk:
                os.write(self.terminal, reply)
        self.written += len(chunk)
        self.text = (self.text + chunk)[-(1 << 18):]
        return chunk

    def read_for(self, seconds):
        """Reads everything that is written within this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def wait_for(self, pattern, seconds=60):
        """Waits for a text. Returns the seconds since the start."""
        wanted = re.compile(pattern)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.read(end - time.monotonic())
            if wanted.search(SEQUENCE.sub(b" ", self.text)):
                return time.monotonic() - self.started
        raise TimeoutError(f"never shown: {pattern!r}")

    def key(self, key):
        """Presses a key. Returns the seconds until the next output."""
        while self.read(0):
            pass
        pressed = time.monotonic()
        os.write(self.terminal, key)
        return time.monotonic() - pressed if self.read(5) else float("inf")

    def memory(self):
        """Returns the resident memory and its peak, in MB."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8") as status:
            sizes = dict(re.findall(r"^(Vm\w+):\s+(\d+) kB", status.read(), re.M))
        return int(sizes["VmRSS"]) / 1024, int(sizes["VmHWM"]) / 1024

    def processor_time(self):
        """Returns the processor time used until now, in seconds."""
        with open(f"/proc/{self.pid}/stat", encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def end(self):
        """Ends the program, also if it has ended already."""
        os.kill(self.pid, signal.SIGTERM)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)
