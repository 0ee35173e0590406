-- Users, and the identities that providers vouch for. Text that is compared has the collation "C":
-- byte order and ASCII lower-casing only, whatever the database's locale is.

CREATE TABLE users (
  id                bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email             text COLLATE "C" NOT NULL,
  email_verified_at timestamptz,
  password_hash     text,
  name              text NOT NULL DEFAULT '',
  avatar_url        text NOT NULL DEFAULT '',
  is_staff          boolean NOT NULL DEFAULT false,
  is_superuser      boolean NOT NULL DEFAULT false,
  disabled_at       timestamptz,
  created_at        timestamptz NOT NULL,
  last_login_at     timestamptz,
  CONSTRAINT users_email_key UNIQUE (email),
  -- Printable ASCII around one @. base/email.h knows the whole grammar; this holds what two equal
  -- addresses being equal strings depends on, against every writer.
  CONSTRAINT users_email_form CHECK (
    email ~ '^[!-?A-~]+@[!-?A-~]+$' AND email = lower(email) AND octet_length(email) <= 254),
  CONSTRAINT users_password_hash_length CHECK (octet_length(password_hash) BETWEEN 1 AND 1024),
  CONSTRAINT users_name_length CHECK (octet_length(name) <= 255),
  CONSTRAINT users_avatar_url_length CHECK (octet_length(avatar_url) <= 2048)
) WITH (fillfactor = 90);

CREATE TABLE identities (
  id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id        bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  provider       text COLLATE "C" NOT NULL,
  subject        text COLLATE "C" NOT NULL,
  email          text COLLATE "C" NOT NULL DEFAULT '',
  email_verified boolean NOT NULL DEFAULT false,
  linked_at      timestamptz NOT NULL,
  last_used_at   timestamptz,
  CONSTRAINT identities_provider_subject_key UNIQUE (provider, subject),
  CONSTRAINT identities_provider_length CHECK (octet_length(provider) BETWEEN 1 AND 64),
  -- OpenID Connect Core section 2: sub is at most 255 characters.
  CONSTRAINT identities_subject_length CHECK (octet_length(subject) BETWEEN 1 AND 255),
  CONSTRAINT identities_email_length CHECK (octet_length(email) <= 254)
) WITH (fillfactor = 90);

CREATE INDEX identities_user_id_idx ON identities (user_id);
