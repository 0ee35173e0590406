"""Session checks beside nginx in the same run, and what they cost as sessions grow in number."""

from lib import seed
from lib.figures import Figure, middle
from lib.loads import wrk
from lib.processes import Cpu
from lib.stack import get

CONNECTIONS = (16, 64, 256, 1000)
LABELS = {
    "cached": ("session check, cached", 0.9),
    "verify": ("/auth/verify, cached", None),
    "database": ("session check, database", 0.45),
}


def _measured(server, stack, tokens, connections, seconds, path="/api/account/"):
    with Cpu(server=server.cpu, postgres=stack.postgres_cpu) as cpu:
        result = wrk(server, tokens, connections, seconds, path)
    result["rate"] = result["count"] / result["seconds"]
    for name, used in cpu.used.items():
        result[f"{name}_us"] = used / result["count"] * 1e6
    return result


def _interleaved(contestants, bench, connections, seconds):
    """Each of them in turn, several times over, so that noise hits all. By name: the results."""
    results = {name: [] for name in contestants}
    for _ in range(bench.rounds):
        for name, (server, path) in contestants.items():
            results[name].append(
                _measured(server, bench.stack, bench.tokens, connections, seconds, path))
    return results


def _figure(name, results, nginx, aim):
    ratios = sorted(ours["rate"] / theirs["rate"] for ours, theirs in zip(results, nginx))
    ratio = ratios[len(ratios) // 2] if len(ratios) % 2 else sum(ratios[len(ratios) // 2 - 1:][:2]) / 2
    detail = (f"{middle(results, 'rate'):,.0f}/s of {middle(nginx, 'rate'):,.0f}/s, "
              f"p50 {middle(results, 'p50_ms'):.2f} p99 {middle(results, 'p99_ms'):.2f} ms "
              f"(nginx {middle(nginx, 'p50_ms'):.2f}, {middle(nginx, 'p99_ms'):.2f}), "
              f"CPU {middle(results, 'server_us'):.1f} us")
    if middle(results, "postgres_us") >= 0.1:
        detail += f" and PostgreSQL {middle(results, 'postgres_us'):.1f} us"
    detail += f" (nginx {middle(nginx, 'server_us'):.1f})"
    return Figure(name, ratio, "x nginx", at_least=aim, detail=detail,
                  data={"rounds": results, "nginx": nginx})


def checks(bench):
    """Cached and database-authoritative. The aims are those of 64 connections."""
    stack = bench.stack
    uncached = stack.start_service(cache=False)
    headers = {"Cookie": "sessionid=" + seed.token(1)}
    body = get(bench.service.url + "/api/account/", headers)
    nginx = stack.start_nginx(len(body))
    contestants = {
        "nginx": (nginx, "/"),
        "cached": (bench.service, "/api/account/"),
        "verify": (bench.service, "/auth/verify"),
        "database": (uncached, "/api/account/"),
    }
    for server, path in contestants.values():
        wrk(server, bench.tokens, 64, 1, path)
    figures = []
    for connections in CONNECTIONS:
        aims = connections == 64
        chosen = {name: contestant for name, contestant in contestants.items() if aims or name != "verify"}
        results = _interleaved(chosen, bench, connections,
                               bench.seconds if aims else max(1, bench.seconds // 2))
        for name in [name for name in LABELS if name in results]:
            label, aim = LABELS[name]
            figures.append(_figure(f"{label}, {connections} connections", results[name], results["nginx"],
                                   aim if aims else None))
    stack.stop(nginx)
    stack.stop(uncached)
    return figures


def growth(bench):
    """Database-authoritative checks of sessions picked from all there are. Last, because the tables
    stay big."""
    stack = bench.stack
    service = stack.start_service(cache=False)
    costs, figures, before = {}, [], 1_000
    for size in [1_000, *bench.sizes]:
        if size > before:
            seed.grow(stack, before, size)
            before = size
        tokens = seed.write_tokens(stack.dir / "grown.txt", size, min(size, 50_000))
        wrk(service, tokens, 64, 2)  # what is asked for is in memory afterwards
        with_size = _measured(service, stack, tokens, 64, bench.seconds)
        costs[size] = 1e6 / with_size["rate"]
        if size > 1_000:
            figures.append(Figure(
                f"cost of a check, 1,000 to {size:,} sessions", costs[size] / costs[1_000], "x", at_most=2,
                detail=f"{costs[1_000]:.1f} us, then {costs[size]:.1f} us at {with_size['rate']:,.0f}/s, "
                       f"CPU {with_size['server_us']:.1f} and PostgreSQL {with_size['postgres_us']:.1f} us"))
    stack.stop(service)
    return figures
