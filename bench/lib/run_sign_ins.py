"""Complete sign-ins through the dev provider, and password logins."""

import json
import urllib.request

from lib import seed
from lib.figures import Figure
from lib.loads import load
from lib.processes import Cpu

RETURNING = 256


def _people(stack):
    """People who come back: each has the same subject at every sign-in."""
    people = [f"bench{i}" for i in range(RETURNING)]
    for person in people:
        order = {"id": person, "name": person, "email": f"{person}@people.example"}
        urllib.request.urlopen(stack.dev.url + "/_control/people", json.dumps(order).encode(), timeout=10).close()
    return people


def _walk(bench, provider, people, seconds, **options):
    """Counted from the second half-second on: at first all begin at once, and the last walk's requests
    may still be under way."""
    stack = bench.stack
    warm_up = 0.5
    with Cpu(service=bench.service.cpu, dev=stack.dev.cpu, postgres=stack.postgres_cpu) as cpu:
        result = load(stack, "sign-ins", bench.service, dev_provider=stack.dev.address, provider=provider,
                      people=",".join(people), seconds=seconds + warm_up, warm_up=warm_up, **options)
    done = result["statuses"].get("303", 0)
    if done == 0:
        raise RuntimeError(f"nobody signed in at {provider}: {result['others']}")
    detail = f"p50 {result['p50_ms']:.1f} p99 {result['p99_ms']:.1f} ms; CPU us a sign-in: " + ", ".join(
        f"{name} {used / done * seconds / cpu.elapsed * 1e6:.0f}" for name, used in cpu.used.items())
    detail += f"; all of it {sum(cpu.used.values()) / cpu.elapsed:.2f} cores"
    if result["others"]:
        detail += f"; NOT COMPLETED: {result['others']}"
    return done / result["seconds"], detail, result


def sign_ins(bench):
    """64 at once unless the name says otherwise. The dev provider is on the same two cores."""
    people = _people(bench.stack)
    figures = []
    for provider in bench.providers:
        _walk(bench, provider, people, 1.5)  # everybody has an account, keys are made
        rate, detail, data = _walk(bench, provider, ["fresh"], bench.seconds)
        figures.append(Figure(f"sign-ins, new users, {provider}, 0 ms", rate, "/s", at_least=3000,
                              detail=detail, data=data))
        rate, detail, data = _walk(bench, provider, people, bench.seconds)
        figures.append(Figure(f"sign-ins, returning, {provider}, 0 ms", rate, "/s", detail=detail, data=data))
        rate, detail, data = _walk(bench, provider, ["fresh"], max(3, bench.seconds), fault="slow", delay_ms=300)
        figures.append(Figure(f"sign-ins, new users, {provider}, 300 ms", rate, "/s", at_least=200,
                              detail=detail, data=data))
    return figures


def logins(bench):
    result = load(bench.stack, "logins", bench.service, connections=16, seconds=bench.seconds * 2,
                  accounts=bench.accounts, password=seed.PASSWORD)
    done = result["statuses"].get("200", 0)
    return [Figure("password logins, argon2id, 16 at once", done / result["seconds"], "/s", at_least=170,
                   detail=f"p50 {result['p50_ms']:.0f} p99 {result['p99_ms']:.0f} ms, "
                          f"statuses {result['statuses']}", data=result)]


def outbound(bench):
    """One browser at a fresh instance: its first sign-in, and the usual one after it."""
    stack = bench.stack
    service = stack.start_service()
    figures = []
    for provider in bench.providers:
        result = load(stack, "sign-ins", service, dev_provider=stack.dev.address, provider=provider,
                      people="bench0", browsers=1, seconds=1)
        figures.append(Figure(f"one sign-in, {provider}: first", result["max_ms"], "ms",
                              detail="libcurl handles, metadata and keys cold; the slowest of the run"))
        figures.append(Figure(f"one sign-in, {provider}: later", result["p50_ms"], "ms", detail="p50, warm"))
    stack.stop(service)
    return figures
