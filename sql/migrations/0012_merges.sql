-- Users that have become part of another, what moved when they did, and identities that may be
-- linked before anybody has come in by them.

-- A merged user stays as a disabled row: its address is taken by nobody, and the merge can be undone.
ALTER TABLE users ADD COLUMN merged_into bigint REFERENCES users (id) ON DELETE SET NULL;

CREATE INDEX users_merged_into_idx ON users (merged_into) WHERE merged_into IS NOT NULL;

-- Like the audit log it outlives users.
CREATE TABLE merges (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_id   bigint NOT NULL,
  target_id   bigint NOT NULL,
  merged_at   timestamptz NOT NULL,
  actor_id    bigint,
  actor_name  text NOT NULL,
  reason      text NOT NULL,
  -- What was moved and what it was like before, for the undo; it holds no password.
  moved       jsonb NOT NULL,
  undone_at   timestamptz,
  undone_by   bigint,
  -- What the undo brought back and what it could not.
  undo_report jsonb,
  CONSTRAINT merges_two_users CHECK (source_id <> target_id)
);

CREATE INDEX merges_source_id_idx ON merges (source_id, id);
CREATE INDEX merges_target_id_idx ON merges (target_id, id);

-- The next sign-in at the provider with exactly this verified address is linked to the user.
CREATE TABLE preauthorised_identities (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id    bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider   text COLLATE "C" NOT NULL,
  email      text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  created_by bigint,
  CONSTRAINT preauthorised_identities_key UNIQUE (provider, email),
  CONSTRAINT preauthorised_identities_provider_length CHECK (octet_length(provider) BETWEEN 1 AND 64),
  CONSTRAINT preauthorised_identities_email_form CHECK (
    email ~ '^[!-?A-~]+@[!-?A-~]+$' AND email = lower(email) AND octet_length(email) <= 254)
);

CREATE INDEX preauthorised_identities_user_id_idx ON preauthorised_identities (user_id);
CREATE INDEX preauthorised_identities_expires_at_idx ON preauthorised_identities (expires_at);
