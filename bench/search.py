#!/usr/bin/env python3
"""How long the administration's search takes, by what is looked for, through HTTP on one connection.

Before: `latchkey migrate`, `psql -f bench/search.sql`, `latchkey user create --staff --password-stdin` and
`latchkey serve`, all on the same database. Then:
  bench/search.py http://127.0.0.1:8080 ADDRESS PASSWORD [SEARCHES_OF_EACH_KIND]
"""
import http.client
import json
import random
import sys
import time
import urllib.parse

FIRST = "Ada Grace Alan Edsger Barbara Donald Frances Ken Dennis Margaret Linus Hedy Sophie Anna".split()
LAST = "Lovelace Hopper Turing Dijkstra Liskov Knuth Allen Thompson Ritchie Hamilton Cerf Wilson".split()


def number(below=1_000_000):
    return random.randrange(1, below)


def first():
    return random.choice(FIRST)


def last():
    return random.choice(LAST)


# What is looked for, by kind.
SEARCHES = {
    "exact id": lambda: str(number()),
    "exact subject": lambda: str(number() * 37 + 1_000_000),
    "provider:subject": lambda: f"github:{number() * 37 + 1_000_000}",
    "address beginning, common (ada.)": lambda: first().lower() + ".",
    "address beginning, rare": lambda: f"{first()}.{last()}{number(1000)}".lower(),
    "two characters": lambda: random.choice("abcdefghijklm") + random.choice("abcdefghijklm"),
    "part, rare": lambda: f"{last().lower()[2:]}{number()}@",
    "part, 2 % of users (surname)": lambda: last().lower(),
    "part, 30 % of users (gmail)": lambda: "gmail",
    "first and last name": lambda: f"{first()} {last()}",
    "part nobody has": lambda: f"zz{number()}qx",
}
LISTS = {
    "everybody": "",
    "provider=github": "provider=github",
    "staff=1": "staff=1",
    "disabled=1": "disabled=1",
    "gmail, disabled=1": "search=gmail&disabled=1",
    "turing, provider=github": "search=turing&provider=github",
}


class Staff:
    def __init__(self, url, email, password):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)
        credentials = json.dumps({"email": email, "password": password})
        answer = self.ask("POST", "/api/login/", credentials, {"Content-Type": "application/json"})
        cookies = [value for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        self.cookie = "; ".join(cookie.split(";")[0] for cookie in cookies)

    def ask(self, method, path, body=None, headers=None):
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        self.body = answer.read()
        if answer.status != 200:
            sys.exit(f"{path}: {answer.status} {self.body[:200]}")
        return answer

    def find(self, query):
        """Milliseconds, and the page."""
        began = time.perf_counter()
        self.ask("GET", "/api/admin/users/?" + query, headers={"Cookie": self.cookie})
        return (time.perf_counter() - began) * 1000, json.loads(self.body)


def show(name, times):
    times.sort()
    p99 = times[int(len(times) * 0.99) - 1]
    print(f"{name:34} p50 {times[len(times) // 2]:7.1f} ms  p99 {p99:7.1f} ms  of {len(times)}")


def main():
    random.seed(7)
    staff = Staff(*sys.argv[1:4])
    count = int(sys.argv[4]) if len(sys.argv) > 4 else 200
    for name, text in SEARCHES.items():
        queries = ["search=" + urllib.parse.quote(text()) for _ in range(count)]
        show(name, [staff.find(query)[0] for query in queries])
    for name, query in LISTS.items():
        show(name, [staff.find(query)[0] for _ in range(count)])
    times, cursor = [], ""
    for _ in range(60):
        took, page = staff.find("search=gmail&page=" + cursor)
        times.append(took)
        cursor = page["next"]
    show("gmail, page after page", times)


main()
