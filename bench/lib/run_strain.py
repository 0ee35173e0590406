"""A fixed rate of session checks, alone and beside what could stall them."""

import time

from lib.figures import Figure
from lib.loads import Background, load
from lib.processes import Cpu, resident_mib

RATE = 10_000


def _fixed_rate(bench, path="/api/account/", rate=RATE, seconds=None):
    return load(bench.stack, "checks", bench.service, path=path, tokens=bench.tokens, rate=rate,
                seconds=seconds or bench.seconds + 1, connections=64)


def _figure(name, result, aim):
    wrong = {status: count for status, count in result["statuses"].items() if status != "200"}
    detail = (f"p50 {result['p50_ms']:.3f} p99.9 {result['p999_ms']:.2f} max {result['max_ms']:.2f} ms, "
              f"{result['count'] / result['seconds']:,.0f}/s")
    if wrong or result["unanswered"] > 64:
        detail += f"; wrong {wrong}, unanswered {result['unanswered']}"
    return Figure(name, result["p99_ms"], "ms p99", at_most=aim and round(aim, 3), detail=detail, data=result)


def fixed(bench):
    _fixed_rate(bench, seconds=1)
    return [_figure("10,000 checks/s", _fixed_rate(bench), 1)]


def flood(bench):
    """1,000 wrong passwords a second, for known accounts: several times what can be hashed."""
    with Background(bench.stack, "logins", bench.service, connections=128, rate=1000, accounts=bench.accounts,
                    password="wrong", seconds=120) as logins:
        time.sleep(1)
        result = _fixed_rate(bench)
    figure = _figure("10,000 checks/s, login flood", result, 5)
    figure.detail += f"; logins answered {logins.result['statuses']}"
    return [figure]


def hung(bench):
    """72 browsers at a provider that does not answer its token endpoint. The figure ends before the
    service's own deadline of ten seconds would free them. Late, because the breaker opens then."""
    stack = bench.stack
    load(stack, "sign-ins", bench.service, dev_provider=stack.dev.address, provider="dev", people="fresh",
         seconds=1, browsers=1)
    with Background(stack, "sign-ins", bench.service, dev_provider=stack.dev.address, provider="dev",
                    people="fresh", fault="slow", delay_ms=15_000, browsers=72, seconds=30) as hanging:
        time.sleep(1)
        result = _fixed_rate(bench, seconds=min(bench.seconds * 2, 7))
    figure = _figure("10,000 checks/s, provider hung", result, 3)
    figure.detail += f"; sign-ins hanging {hanging.result['unanswered']}, refused {hanging.result['others']}"
    return [figure]


def idle(bench):
    """On an instance of its own, so that its memory is not what another figure left."""
    stack = bench.stack
    service = stack.start_service()
    load(stack, "checks", service, tokens=bench.tokens, seconds=1)
    before = resident_mib(service.pid)
    with Background(stack, "hold", service, connections=4000, seconds=60):
        time.sleep(0.5)
        with Cpu(service=service.cpu) as cpu:
            time.sleep(5)
        grown = resident_mib(service.pid) - before
        with_idle = load(stack, "checks", service, tokens=bench.tokens, rate=RATE, seconds=bench.seconds,
                         connections=64)
    stack.stop(service)
    return [
        Figure("4,000 idle connections, CPU", cpu.used["service"] / cpu.elapsed * 100, "% of a core",
               at_most=0.4, detail=f"{cpu.used['service']:.2f} s in {cpu.elapsed:.1f} s (the clock's tick is 0.01 s)"),
        Figure("4,000 idle connections, memory", grown, "MiB", at_most=8),
        _figure("10,000 checks/s, 4,000 idle", with_idle, None),
    ]


def slow(bench):
    """As without them means: p99 is at most half as long again, or half a millisecond longer."""
    pairs = {"/api/account/": RATE, "/healthz": 1000}
    alone = {path: _fixed_rate(bench, path, rate) for path, rate in pairs.items()}
    with Background(bench.stack, "hold", bench.service, connections=500, drip=True, seconds=120) as held:
        time.sleep(2)
        beside = {path: _fixed_rate(bench, path, rate) for path, rate in pairs.items()}
    figures = []
    for path in pairs:
        without = alone[path]["p99_ms"]
        figure = _figure(f"{path} with 500 slow clients", beside[path], max(without + 0.5, without * 1.5))
        figure.detail += f"; alone p99 {without:.3f} ms; reopened {held.result['reopened']}"
        figures.append(figure)
    return figures
