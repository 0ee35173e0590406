"""What is measured and what it needs: a private PostgreSQL, nginx, the dev provider and Latchkey, all
on loopback, on free ports, below one temporary directory."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from lib.processes import Processes, cpu_seconds, family_cpu_seconds

ROOT = Path(__file__).resolve().parents[2]

# The simplest thing nginx can answer, with a body as long as ours. Our answer has more headers.
NGINX_CONF = """
worker_processes 1;
daemon off;
{user}pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ worker_connections 8192; }}
http {{
  access_log off;
  client_body_temp_path {dir}/body; proxy_temp_path {dir}/proxy; fastcgi_temp_path {dir}/fastcgi;
  uwsgi_temp_path {dir}/uwsgi; scgi_temp_path {dir}/scgi;
  keepalive_requests 1000000000;
  default_type application/json;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{ return 200 '{body}'; }}
  }}
}}
"""

CONFIG = """
[server]
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
secret_key = "the secret key of a benchmark, 32 bytes or more"

[database]
url = "{database}"

[session]
cache = {cache}

# All load comes from one address.
[limits]
enabled = false

[providers.github]
client_id = "latchkey-bench"
client_secret = "dev-secret"
authorize_url = "{dev}/github/login/oauth/authorize"
token_url = "{dev}/github/login/oauth/access_token"
api_url = "{dev}/github/api"
issuer = "{dev}/github/login/oauth"
allow_http = true

[providers.google]
client_id = "latchkey-bench"
client_secret = "dev-secret"
issuer = "{dev}/google"
allow_http = true

[providers.dev]
type = "oidc"
label = "Dev OpenID"
client_id = "latchkey-bench"
client_secret = "dev-secret"
issuer = "{dev}/oidc"
trust_email = true
allow_http = true
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A running server: `address` is host:port, `log` its stderr (Latchkey's request log)."""

    def __init__(self, process, address, log):
        self.process = process
        self.pid = process.pid
        self.address = address
        self.url = f"http://{address}"
        self.log = log

    def cpu(self):
        return cpu_seconds(self.pid)

    def must_live(self):
        """What a crashed server answered is no figure."""
        if self.process.poll() is not None:
            last = self.log.read_text(errors="replace")[-1000:]
            raise RuntimeError(f"a server ended with {self.process.returncode}:\n{last}")


class Stack:
    def __init__(self, programs, processes: Processes):
        self.programs = programs  # the build directory
        self.processes = processes
        self.dir = Path(tempfile.mkdtemp(prefix="latchkey-bench-"))
        self.dir.chmod(0o755)  # PostgreSQL may run as another user
        processes.at_end(lambda: shutil.rmtree(self.dir, ignore_errors=True))
        self._count = 0
        self._start_postgres()
        self._start_dev_provider()

    def program(self, name):
        return str(self.programs / name)

    def _start_postgres(self):
        """With the durability of a default PostgreSQL: fsync, synchronous_commit, full_page_writes."""
        home = self.dir / "postgres"
        script = str(ROOT / "scripts/postgres")
        self.processes.at_end(lambda: subprocess.run([script, "stop", home], check=False))
        started = subprocess.run([script, "start", home], check=True, text=True,
                                 stdout=subprocess.PIPE, process_group=0)
        self.database = started.stdout.splitlines()[-1]
        data = self.sql("SHOW data_directory")
        self.postgres_pid = int(Path(data, "postmaster.pid").read_text().splitlines()[0])

    def postgres_cpu(self):
        return family_cpu_seconds(self.postgres_pid)

    def sql(self, text):
        """Runs statements; answers the rows of the last one as text."""
        done = subprocess.run(["psql", self.database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", text],
                              check=True, text=True, stdout=subprocess.PIPE)
        return done.stdout.strip()

    def _start_dev_provider(self):
        log = self.dir / "dev-provider.log"
        process, url = self.processes.start_listening(
            [self.program("latchkey-dev-provider"), "--listen", "127.0.0.1:0"], log)
        self.dev = Server(process, url.removeprefix("http://"), log)

    def start_service(self, cache=True):
        """A further instance on the same database. Its request log is on, into a file."""
        self._count += 1
        config = self.dir / f"latchkey-{self._count}.toml"
        config.write_text(CONFIG.format(port=free_port(), database=self.database, dev=self.dev.url,
                                        cache=str(cache).lower()))
        config.chmod(0o600)
        log = config.with_suffix(".log")
        process, url = self.processes.start_listening(
            [self.program("latchkey"), "serve", "--config", str(config)], log)
        server = Server(process, url.removeprefix("http://"), log)
        server.config = config
        if cache:
            wait_until(lambda: b'"open"' in get(server.url + "/readyz"))
        return server

    def stop(self, server):
        self.processes.stop(server.process)

    def start_nginx(self, body_size):
        """One worker, no access log, `return 200` with a body of that many bytes."""
        port = free_port()
        home = self.dir / "nginx"
        home.mkdir()
        user = "user root;\n" if os.getuid() == 0 else ""
        conf = home / "nginx.conf"
        conf.write_text(NGINX_CONF.format(dir=home, port=port, body="x" * body_size, user=user))
        process = self.processes.start(["nginx", "-e", str(home / "nginx.log"), "-c", str(conf)],
                                       home / "nginx.log")
        nginx = Server(process, f"127.0.0.1:{port}", home / "nginx.log")
        wait_until(lambda: get(nginx.url + "/"))
        nginx.cpu = lambda: family_cpu_seconds(nginx.pid)
        return nginx


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=10) as answer:
        return answer.read()


def wait_until(condition, seconds=10):
    end = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise RuntimeError("it did not come up in time")
        time.sleep(0.02)

