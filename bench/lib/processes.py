"""Starts the processes of a run, watches what they cost, and ends every one of them."""

import os
import signal
import subprocess
import sys
import time

TICKS = os.sysconf("SC_CLK_TCK")


class Processes:
    """A context: whatever was started in it has ended when it is left, also by INT and TERM."""

    def __init__(self):
        self._running = []
        self._cleanups = []

    def __enter__(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: sys.exit(128 + number))
        return self

    def __exit__(self, *_):
        # A second Ctrl-C must not leave half of them behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for process in reversed(self._running):
            self.stop(process)
        for cleanup in reversed(self._cleanups):
            cleanup()

    def at_end(self, cleanup):
        """Calls `cleanup` when everything has stopped, the last one first."""
        self._cleanups.append(cleanup)

    def start(self, command, log, **options):
        """In a group of its own, so that Ctrl-C reaches this program and not its children."""
        with open(log, "ab") as stderr:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=stderr,
                                       stdout=subprocess.PIPE, text=True, process_group=0, **options)
        self._running.append(process)
        return process

    def start_listening(self, command, log):
        """Starts a server that prints `listening on URL`; answers the process and the URL."""
        process = self.start(command, log)
        for line in process.stdout:
            if line.startswith("listening on "):
                return process, line.split()[-1]
        with open(log, encoding="utf-8", errors="replace") as text:
            raise RuntimeError(f"{command[0]} did not start:\n{text.read()[-2000:]}")

    def stop(self, process):
        if process in self._running:
            self._running.remove(process)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout:
            process.stdout.close()


def _stat(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
        return file.read().rpartition(")")[2].split()


def cpu_seconds(pid):
    """User and system time that the process has used."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS


def family_cpu_seconds(pid):
    """The same of a process, its children and those it has waited for, e.g. of PostgreSQL."""
    fields = _stat(pid)
    total = sum(int(field) for field in fields[11:15]) / TICKS
    for entry in os.listdir("/proc"):
        try:
            if entry.isdigit() and _stat(entry)[1] == str(pid):
                total += cpu_seconds(entry)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
        for line in file:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    raise RuntimeError(f"process {pid} has no memory")


class Cpu:
    """The CPU seconds that named processes use within the block."""

    def __init__(self, **clocks):
        self._clocks = clocks
        self.used = {}
        self.elapsed = 0.0

    def __enter__(self):
        self._began = time.monotonic()
        self._before = {name: clock() for name, clock in self._clocks.items()}
        return self

    def __exit__(self, *_):
        self.elapsed = time.monotonic() - self._began
        self.used = {name: clock() - self._before[name] for name, clock in self._clocks.items()}
