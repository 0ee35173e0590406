"""Users, identities and sessions, written straight into the tables. The token of session i is
known: base64url(sha256("bench i")), 43 characters, as a real one."""

import base64
import hashlib
import random

PASSWORD = "correct horse battery staple"

# Without triggers and foreign keys: ten million rows would otherwise take an hour.
_USERS = """
SET session_replication_role = replica;
INSERT INTO users (email, email_verified_at, name, created_at)
  SELECT 'user' || i || '@bench.example', now(), 'Bench User ' || i, now()
  FROM generate_series({first_user}, {last_user}) AS i;
INSERT INTO identities (user_id, provider, subject, email, email_verified, linked_at)
  SELECT id, 'github', '1000' || id, email, true, now() FROM users
  WHERE id BETWEEN {first_user} AND {last_user};
"""
_SESSIONS = """
INSERT INTO sessions (user_id, created_at, authenticated_at, last_seen_at, expires_at, sweep_at,
                      remember, token_hash, method, ip, user_agent)
  SELECT 1 + (i - 1) % {last_user}, now(), now(), now(), now() + interval '14 days',
         now() + interval '1 day', true,
         sha256(convert_to(translate(rtrim(encode(sha256(convert_to('bench ' || i, 'UTF8')), 'base64'),
                                           '='), '+/', '-_'), 'UTF8')),
         'github', '192.0.2.1', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'
  FROM generate_series({first_session}, {last_session}) AS i;
"""
_MAX_USERS = 1_000_000


def token(i):
    digest = hashlib.sha256(f"bench {i}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def grow(stack, before, to):
    """From `before` sessions to `to`, of as many users, but a million at most."""
    stack.sql((_USERS + _SESSIONS).format(first_user=min(before, _MAX_USERS) + 1, last_user=min(to, _MAX_USERS),
                                          first_session=before + 1, last_session=to))
    for table in ("users", "identities", "sessions"):
        stack.sql(f"VACUUM ANALYZE {table}")
    stack.sql("CHECKPOINT")


def give_sessions(stack, users):
    """Users 1 to `users`, who exist, one each."""
    stack.sql(_SESSIONS.format(last_user=users, first_session=1, last_session=users))


def give_passwords(stack, accounts, password_hash):
    stack.sql(f"UPDATE users SET password_hash = '{password_hash}' WHERE id <= {accounts}")


def write_tokens(path, sessions, count):
    """`count` tokens of `sessions`, without order and each run the same ones."""
    picked = random.Random(7).sample(range(1, sessions + 1), count)
    path.write_text("".join(token(i) + "\n" for i in picked))
    return path
