-- Sessions. last_seen_at has no index, and pages have room to spare, so that writing it touches no
-- index (a heap-only update). The sweeper therefore cannot ask for what has been idle too long; it
-- asks for sweep_at, a lower bound of the time when a row may be past either expiry. A row that is
-- due but alive is given its next sweep_at, which happens about once per idle time-out.

CREATE TABLE sessions (
  id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id          bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at       timestamptz NOT NULL,
  authenticated_at timestamptz NOT NULL,
  last_seen_at     timestamptz NOT NULL,
  expires_at       timestamptz NOT NULL,
  sweep_at         timestamptz NOT NULL,
  remember         boolean NOT NULL,
  token_hash       bytea NOT NULL,
  method           text COLLATE "C" NOT NULL,
  ip               inet,
  user_agent       text NOT NULL DEFAULT '',
  CONSTRAINT sessions_token_hash_key UNIQUE (token_hash),
  CONSTRAINT sessions_token_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT sessions_method_length CHECK (octet_length(method) BETWEEN 1 AND 64),
  CONSTRAINT sessions_user_agent_length CHECK (octet_length(user_agent) <= 400)
) WITH (fillfactor = 85);

CREATE INDEX sessions_user_id_idx ON sessions (user_id);
CREATE INDEX sessions_sweep_at_idx ON sessions (sweep_at);
