#!/usr/bin/python3
"""A real SMTP server (aiosmtpd) for the tests of mail. Options: --port N, --tls (offers STARTTLS and
takes no mail without it), --login USER:PASSWORD (and none without that).

First line of output: the port and, with --tls, the file with its certificate. Then a line of JSON for
each mail that it took. The recipient's name orders what goes wrong:
  refused@  550 to RCPT      spam@   554 to the mail     busy@  451 to RCPT, the first time
  hang@     no answer        close@  hangs up at DATA
"""
import argparse
import asyncio
import json
import subprocess
import ssl
import sys
import tempfile

from aiosmtpd.smtp import SMTP, AuthResult


def certificate(folder):
    key, cert = folder + "/key.pem", folder + "/cert.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", key, "-out", cert], check=True, capture_output=True)
    return key, cert


class Handler:
    def __init__(self):
        self.busy = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "refused":
            return "550 no such mailbox, and a secret: hunter2"
        if name == "busy" and address not in self.busy:
            self.busy.add(address)
            return "451 come back later"
        if name == "hang":
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].split("@")[0]
        if name == "spam":
            return "554 we do not like it"
        if name == "close":
            server.transport.abort()
            return "421 bye"
        print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos[0],
                          "data": envelope.original_content.decode("utf-8"),
                          "tls": session.ssl is not None, "peer": session.peer[1],
                          "helo": session.host_name}), flush=True)
        return "250 taken"


async def main():
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=0)
    options.add_argument("--tls", action="store_true")
    options.add_argument("--login", default="")
    args = options.parse_args()
    settings = {"auth_require_tls": False}
    first = ""
    with tempfile.TemporaryDirectory() as folder:
        if args.tls:
            key, cert = certificate(folder)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(cert, key)
            settings.update(tls_context=context, require_starttls=True)
            first = " " + cert
        if args.login:
            user, password = (part.encode() for part in args.login.split(":"))
            settings.update(auth_required=True, authenticator=lambda *a: AuthResult(
                handled=False, success=a[4].login == user and a[4].password == password))
        handler = Handler()
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(handler, **settings), "127.0.0.1", args.port)
        print(f"{server.sockets[0].getsockname()[1]}{first}", flush=True)
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit(0)
