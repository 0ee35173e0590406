-- What mailed links prove: that somebody reads the mail of an address. One row for each user and
-- purpose, so that only the newest link counts.

CREATE TABLE account_proofs (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id       bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  purpose       text COLLATE "C" NOT NULL,
  token_hash    bytea NOT NULL,
  -- The address the link was mailed to, which is what it proves.
  email         text COLLATE "C" NOT NULL,
  -- Of a sign-up: what the account gets when the address is proven. NULL: no password.
  password_hash text,
  name          text NOT NULL DEFAULT '',
  ip            inet,
  created_at    timestamptz NOT NULL,
  expires_at    timestamptz NOT NULL,
  CONSTRAINT account_proofs_user_id_purpose_key UNIQUE (user_id, purpose),
  CONSTRAINT account_proofs_token_hash_key UNIQUE (token_hash),
  CONSTRAINT account_proofs_token_hash_length CHECK (octet_length(token_hash) = 32),
  CONSTRAINT account_proofs_purpose CHECK (
    purpose IN ('confirm_email', 'change_email', 'reset_password')),
  CONSTRAINT account_proofs_email_length CHECK (octet_length(email) BETWEEN 1 AND 254),
  CONSTRAINT account_proofs_password_hash_length CHECK (
    octet_length(password_hash) BETWEEN 1 AND 1024),
  CONSTRAINT account_proofs_password_hash_purpose CHECK (
    password_hash IS NULL OR purpose = 'confirm_email'),
  CONSTRAINT account_proofs_name_length CHECK (octet_length(name) <= 255)
);

CREATE INDEX account_proofs_expires_at_idx ON account_proofs (expires_at);
