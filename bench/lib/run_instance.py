"""What one instance costs and how fast two agree: start-up, memory, revocation."""

import http.client
import json
import subprocess
import time
from statistics import median

from lib import seed
from lib.figures import Figure
from lib.processes import resident_mib


def start_up(bench):
    """From the exec to the first 200 of /readyz, on a migrated database."""
    stack = bench.stack
    template = stack.start_service()
    stack.stop(template)
    listening, ready = [], []
    host, port = template.address.split(":")
    for _ in range(bench.starts):
        began = time.monotonic()
        process, _ = stack.processes.start_listening(
            [stack.program("latchkey"), "serve", "--config", str(template.config)], template.log)
        listening.append((time.monotonic() - began) * 1000)
        while _status(http.client.HTTPConnection(host, int(port)), "GET", "/readyz") != 200:
            time.sleep(0.001)
        ready.append((time.monotonic() - began) * 1000)
        stack.processes.stop(process)
    return [Figure("start to ready", median(ready), "ms", at_most=50,
                   detail=f"median of {len(ready)}, longest {max(ready):.0f}; to `listening on` {median(listening):.0f} ms")]


def memory_idle(bench):
    service = bench.stack.start_service()
    figure = Figure("resident memory, idle", resident_mib(service.pid), "MiB", at_most=40)
    bench.stack.stop(service)
    return [figure]


def memory_used(bench):
    """The most the instance ever had that all the other figures were measured on."""
    with open(f"/proc/{bench.service.pid}/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
    return [Figure("resident memory, peak under all of this", peak, "MiB", at_most=120)]


def revocation(bench):
    """Logs in at A, is known at B, logs out at A; B is asked until it refuses. The time counts from
    when the log-out was sent."""
    other = bench.stack.start_service()
    a, b = (http.client.HTTPConnection(*server.address.split(":")) for server in (bench.service, other))
    times = []
    for _ in range(bench.revocations):
        cookies = _log_in(a)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        for _ in range(2):
            if _status(b, "GET", "/api/account/", headers) != 200:
                raise RuntimeError("the other instance does not know the session")
        began = time.monotonic()
        status = _status(a, "POST", "/api/logout/", {**headers, "X-CSRFToken": cookies["csrftoken"]})
        if status != 200:
            raise RuntimeError(f"log-out answered {status}")
        while _status(b, "GET", "/api/account/", headers) != 403:
            pass
        times.append((time.monotonic() - began) * 1000)
    bench.stack.stop(other)
    return [Figure("revocation seen by another instance", max(times), "ms", at_most=100,
                   detail=f"longest of {len(times)}, median {median(times):.1f} ms")]


def _log_in(connection):
    body = json.dumps({"email": "user1@bench.example", "password": seed.PASSWORD})
    # What an earlier figure left in the queue of the hashers goes first, and may fill it.
    for _ in range(100):
        connection.request("POST", "/api/login/", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 503:
            break
        time.sleep(0.1)
    if answer.status != 200:
        raise RuntimeError(f"log-in answered {answer.status}")
    pairs = (value.split(";")[0].split("=", 1) for name, value in answer.getheaders() if name.lower() == "set-cookie")
    return dict(pairs)


def _status(connection, method, path, headers=None):
    connection.request(method, path, headers=headers or {})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def micro(bench):
    """Google Benchmark's own table, for the JSON and for reading."""
    out = subprocess.run([bench.stack.program("latchkey-micro"), "--benchmark_format=json",
                          f"--benchmark_min_time={0.05 if bench.quick else 0.5}"],
                         check=True, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    return [Figure(f"micro: {result['name']}", result["cpu_time"] / 1000, "us")
            for result in json.loads(out)["benchmarks"]]
