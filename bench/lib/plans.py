"""Which indexes the service's statements use, as PostgreSQL's auto_explain tells it in the server's log."""

import json
import re
from pathlib import Path

_SETTINGS = {
    "session_preload_libraries": "'auto_explain'",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_format": "'json'",
    "auto_explain.log_analyze": "on",
}
_ENTRY = re.compile(r"plan:\n((?:\t.*\n)+)")


class Plans:
    """A context. It holds for connections that are opened in it."""

    def __init__(self, stack):
        self._stack = stack

    def __enter__(self):
        for name, value in _SETTINGS.items():
            self._stack.sql(f"ALTER DATABASE latchkey SET {name} = {value}")
        self._log = Path(self._stack.sql("SHOW data_directory"), "server.log")
        return self

    def __exit__(self, *_):
        for name in _SETTINGS:
            self._stack.sql(f"ALTER DATABASE latchkey RESET {name}")

    def of(self, search):
        """The scans of users and identities in one search, statement by statement, after nine that made
        its plans generic."""
        for _ in range(9):
            search()
        before = self._log.stat().st_size
        search()
        with self._log.open(encoding="utf-8", errors="replace") as log:
            log.seek(before)
            plans = [json.loads(entry) for entry in _ENTRY.findall(log.read())]
        statements = [_scans(plan["Plan"]) for plan in plans if " FROM users" in plan["Query Text"]
                      or "AS walked" in plan["Query Text"]]
        return "; ".join(", ".join(scans) for scans in statements if scans)


def _scans(node):
    """Those that were executed, in the plan's order, each once."""
    found = []
    if node.get("Actual Loops", 1) > 0:
        if "Index Name" in node:
            found.append(node["Index Name"])
        elif node["Node Type"] == "Seq Scan":
            found.append(f"all of {node['Relation Name']}")
        for child in node.get("Plans", []):
            found += [scan for scan in _scans(child) if scan not in found]
    return found
