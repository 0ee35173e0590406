-- States that have been exchanged, each once, and sign-ins that may not enter yet.

CREATE TABLE claimed_states (
  state_hash         bytea PRIMARY KEY,
  claimed_at         timestamptz NOT NULL,
  expires_at         timestamptz NOT NULL,
  -- What the winner got, for the browser that repeats its callback. The session may be gone
  -- meanwhile, so this is no foreign key.
  session_token_hash bytea,
  next               text,
  CONSTRAINT claimed_states_state_hash_length CHECK (octet_length(state_hash) = 32),
  CONSTRAINT claimed_states_session_token_hash_length CHECK (
    octet_length(session_token_hash) = 32),
  CONSTRAINT claimed_states_next_length CHECK (octet_length(next) <= 2048),
  CONSTRAINT claimed_states_completed CHECK ((session_token_hash IS NULL) = (next IS NULL))
);

CREATE INDEX claimed_states_expires_at_idx ON claimed_states (expires_at);

CREATE TABLE pending_sign_ins (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  token_hash     bytea NOT NULL,
  provider       text COLLATE "C" NOT NULL,
  subject        text COLLATE "C" NOT NULL,
  email          text COLLATE "C" NOT NULL DEFAULT '',
  email_verified boolean NOT NULL DEFAULT false,
  name           text NOT NULL DEFAULT '',
  avatar_url     text NOT NULL DEFAULT '',
  reason         text NOT NULL,
  next           text NOT NULL,
  created_at     timestamptz NOT NULL,
  expires_at     timestamptz NOT NULL,
  CONSTRAINT pending_sign_ins_token_hash_key UNIQUE (token_hash),
  CONSTRAINT pending_sign_ins_token_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT pending_sign_ins_provider_length CHECK (octet_length(provider) BETWEEN 1 AND 64),
  CONSTRAINT pending_sign_ins_subject_length CHECK (octet_length(subject) BETWEEN 1 AND 255),
  CONSTRAINT pending_sign_ins_email_length CHECK (octet_length(email) <= 254),
  CONSTRAINT pending_sign_ins_name_length CHECK (octet_length(name) <= 255),
  CONSTRAINT pending_sign_ins_avatar_url_length CHECK (octet_length(avatar_url) <= 2048),
  CONSTRAINT pending_sign_ins_reason CHECK (
    reason IN ('email_missing', 'email_unverified', 'account_exists')),
  CONSTRAINT pending_sign_ins_next_length CHECK (octet_length(next) <= 2048)
);

-- For dropping them when the address's true owner comes, in whatever case the provider wrote it.
CREATE INDEX pending_sign_ins_email_idx ON pending_sign_ins (lower(email));
CREATE INDEX pending_sign_ins_expires_at_idx ON pending_sign_ins (expires_at);
