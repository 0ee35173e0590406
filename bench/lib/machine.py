"""What a run was measured on, for whoever compares figures."""

import os
import platform
import subprocess

from lib.stack import ROOT


def machine():
    def first_line(*command):
        done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.stdout.splitlines()[0] if done.stdout else ""

    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "?")
    return {
        "cpu": model, "cores": os.cpu_count(), "kernel": platform.release(),
        "load before": os.getloadavg()[0], "nginx": first_line("nginx", "-v"), "wrk": first_line("wrk", "-v"),
        "postgresql": first_line("psql", "--version"),
        "commit": first_line("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
    }
