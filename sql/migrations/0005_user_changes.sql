-- Tells every instance that what it may have cached of a user's sessions is no longer true: a session
-- ended, or something that a session check answers has changed. The payload is the user's id. Nothing
-- is sent at a login, because notifications take a lock that all commits share.

CREATE FUNCTION latchkey_announce_user(id bigint) RETURNS void LANGUAGE sql AS
$$ SELECT pg_notify('latchkey_user_changed', id::text) $$;

CREATE FUNCTION latchkey_announce_changed_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM latchkey_announce_user(NEW.id);
  RETURN NULL;
END
$$;

CREATE TRIGGER users_announce AFTER UPDATE ON users FOR EACH ROW
  WHEN ((OLD.email, OLD.email_verified_at, OLD.password_hash, OLD.name, OLD.avatar_url,
         OLD.is_staff, OLD.is_superuser, OLD.disabled_at)
        IS DISTINCT FROM
        (NEW.email, NEW.email_verified_at, NEW.password_hash, NEW.name, NEW.avatar_url,
         NEW.is_staff, NEW.is_superuser, NEW.disabled_at))
  EXECUTE FUNCTION latchkey_announce_changed_user();

-- Also when a user's row goes, which takes the sessions with it. What had lapsed by itself is no
-- news: the sweeper is silent, but for sessions that were idle too long.
CREATE FUNCTION latchkey_announce_ended_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM latchkey_announce_user(user_id)
    FROM (SELECT DISTINCT user_id FROM ended WHERE expires_at > now()) AS users;
  RETURN NULL;
END
$$;

CREATE TRIGGER sessions_announce AFTER DELETE ON sessions REFERENCING OLD TABLE AS ended
  FOR EACH STATEMENT EXECUTE FUNCTION latchkey_announce_ended_sessions();

-- An identity that comes with its new user is no news: nobody has a session of that user yet.
CREATE FUNCTION latchkey_announce_changed_identity() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM latchkey_announce_user(OLD.user_id);
  END IF;
  IF TG_OP <> 'DELETE' AND EXISTS (SELECT 1 FROM sessions WHERE user_id = NEW.user_id) THEN
    PERFORM latchkey_announce_user(NEW.user_id);
  END IF;
  RETURN NULL;
END
$$;

CREATE TRIGGER identities_announce AFTER INSERT OR DELETE ON identities
  FOR EACH ROW EXECUTE FUNCTION latchkey_announce_changed_identity();
CREATE TRIGGER identities_announce_update AFTER UPDATE ON identities FOR EACH ROW
  WHEN ((OLD.user_id, OLD.email, OLD.email_verified)
        IS DISTINCT FROM (NEW.user_id, NEW.email, NEW.email_verified))
  EXECUTE FUNCTION latchkey_announce_changed_identity();
