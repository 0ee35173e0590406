"""Runs wrk and latchkey-load, and reads what they print."""

import json
import subprocess
from pathlib import Path

_SCRIPT = str(Path(__file__).with_name("wrk.lua"))


def _output(command):
    done = subprocess.run([str(part) for part in command], check=False, text=True, process_group=0,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr or done.stdout}")
    return done.stdout


def wrk(server, tokens, connections, seconds, path="/api/account/"):
    """As fast as it is answered, from one thread: the other core is for the server."""
    out = _output(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", _SCRIPT, server.url, "--",
                   path, tokens])
    result = json.loads(next(line for line in out.splitlines() if line.startswith("JSON "))[5:])
    if result["errors"]:
        raise RuntimeError(f"{result['errors']} checks failed on {server.url}{path}")
    return result


def load_command(stack, command, target, **options):
    words = [stack.program("latchkey-load"), command, "--target", target.address]
    for name, value in options.items():
        words.append("--" + name.replace("_", "-"))
        if value is not True:
            words.append(str(value))
    return words


def load(stack, command, target, **options):
    return json.loads(_output(load_command(stack, command, target, **options)).splitlines()[-1])


class Background:
    """A load that runs beside what is measured within the block; its outcome is in `result`."""

    def __init__(self, stack, command, target, **options):
        self._processes = stack.processes
        self._command = load_command(stack, command, target, **options)
        self._log = stack.dir / "load.log"
        self._waits_for = "holding" if command == "hold" else None
        self.result = None

    def __enter__(self):
        self._process = self._processes.start(self._command, self._log)
        if self._waits_for:
            self._process.stdout.readline()
        return self

    def __exit__(self, *_):
        self._process.terminate()
        lines = self._process.stdout.read().splitlines()
        if lines:
            self.result = json.loads(lines[-1])
        self._processes.stop(self._process)
