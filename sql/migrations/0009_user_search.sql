-- What makes the administration's search fast at a million users. E-mail addresses are found by
-- prefix through users_email_key, which is in byte order.

CREATE INDEX users_name_prefix_idx ON users ((lower(name) COLLATE "C"), id);
CREATE INDEX users_staff_idx ON users (id) WHERE is_staff;
CREATE INDEX users_disabled_idx ON users (id) WHERE disabled_at IS NOT NULL;
CREATE INDEX identities_provider_user_idx ON identities (provider, user_id);
CREATE INDEX identities_subject_idx ON identities (subject);

-- Any part of an address or a name is found through trigrams. pg_trgm is a trusted extension: whoever
-- may create in the database may create it. Where it is not installed, search finds beginnings only,
-- until somebody installs it and calls this again.
CREATE FUNCTION latchkey_index_parts_of_users() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  home name;
BEGIN
  BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_file THEN
    RETURN false;
  END;
  SELECT nspname INTO home
    FROM pg_extension JOIN pg_namespace ON pg_namespace.oid = extnamespace
    WHERE extname = 'pg_trgm';
  EXECUTE format(
    'CREATE INDEX IF NOT EXISTS users_parts_idx ON users'
    ' USING gin (((email || chr(10) || lower(name)) COLLATE "C") %I.gin_trgm_ops)', home);
  RETURN true;
END
$$;

SELECT latchkey_index_parts_of_users();
